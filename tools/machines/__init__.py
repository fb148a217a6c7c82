"""Many machines on one: hosts in network namespaces, and each of them dead or cut off in turn under load."""
