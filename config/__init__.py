"""Settings and the parts that tie the project together."""
