"""Pages that take reports in."""
