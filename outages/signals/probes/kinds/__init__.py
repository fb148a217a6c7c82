"""Kinds of probe, one file each."""
