"""Channels, one file each: how a notification reaches its endpoint."""
