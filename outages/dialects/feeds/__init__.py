"""Atom, RSS, JSON Feed, iCalendar and CAP."""
