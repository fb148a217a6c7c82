"""Catalogues: one TOML file says all about a service."""
