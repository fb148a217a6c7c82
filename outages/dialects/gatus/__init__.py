"""Gatus."""
