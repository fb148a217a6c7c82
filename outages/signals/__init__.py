"""Signals from outside: probes, announcements, recordings, and the client that fetches them."""
