"""Announcements: what others say of a service, one class a source."""
