"""All that leaves this machine goes through here: one client, one policy."""
