"""Recordings: taken in from files, and played against a service's clock."""
