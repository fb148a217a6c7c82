"""Settings and the parts that tie the project together."""

VERSION = "1.0.0"
