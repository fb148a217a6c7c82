"""The Model Context Protocol: what assistants ask."""
