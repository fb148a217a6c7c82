"""Numbers for charts and maps, safe to publish."""
