"""Place codes."""

from __future__ import annotations


def split_place(place: str) -> tuple[str, str]:
    """A place code as (country, region)."""
    return place[:2], place if len(place) > 2 else ""
