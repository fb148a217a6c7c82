"""Pages: views and charts."""
