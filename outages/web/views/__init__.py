"""The pages, one file a noun. They read; only reports/web/views.py takes something in."""
