"""REST resources of reports."""
