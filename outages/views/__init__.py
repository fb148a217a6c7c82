"""The pages, one file a noun. They read; only reports/views.py takes something in."""
