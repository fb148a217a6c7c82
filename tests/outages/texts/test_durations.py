"""Lengths of time: hours from an hour on, and the same steps as in the browser (tests/browser/test_pages.py)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outages.texts import durations


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (5, "5 s"),
        (89.9, "89 s"),
        (95, "2 min"),
        (150, "3 min"),
        (3569, "59 min"),
        (3570, "1 h"),
        (112 * 60, "1 h 52 min"),
        (7200, "2 h"),
        (7260, "2 h 1 min"),
        (48 * 3600, "2 days"),
    ],
)
def test_a_length_has_its_one_or_two_largest_units(seconds: float, words: str) -> None:
    assert durations.duration(timedelta(seconds=seconds)) == words


def test_what_is_known_in_minutes_is_written_in_hours_too() -> None:
    assert [durations.in_minutes(count) for count in (-112, -3.4, 0, 59.4, 59.5, 112, 148)] == [
        "-1 h 52 min", "-3 min", "0 min", "59 min", "1 h", "1 h 52 min", "2 h 28 min",
    ]  # fmt: skip
