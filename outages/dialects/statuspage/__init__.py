"""Statuspage v2."""
