"""Names the source does not have: of regions that are made by dissolving finer ones, and corrections.

`names.txt` has one region a line: its code, then language=name. English must be there; other languages may be missing.
"""

from __future__ import annotations

from pathlib import Path


def read() -> dict[str, dict[str, str]]:
    """Return {region: {language: name}}; these take the place of all names that the source has."""
    names: dict[str, dict[str, str]] = {}
    for line in Path(__file__).with_name("names.txt").read_text("utf-8").splitlines():
        code, *parts = line.split("|")
        assert code not in names, code
        names[code] = dict(part.split("=", 1) for part in parts)
        assert "en" in names[code], code
    return names
