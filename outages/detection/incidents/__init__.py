"""Incidents inside the detector: how they open, move, and end."""
