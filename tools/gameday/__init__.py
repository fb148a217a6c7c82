"""A game day: the real thing under load, and one part of it after the other killed, frozen, filled or flooded."""
