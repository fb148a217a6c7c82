"""Privacy: where a report comes from, without an address, and the keys of a day."""
