"""The REST API: version 1, and the pages that explain its errors."""
