"""Moments as parameters name them: one reader for the API, Open311 and the pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from outages.clock import MomentError, parse_moment

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-03-02T10:00Z", "2026-03-02T11:00:00+01:00", "2026-03-02T11:00:00 01:00", "2026-03-02 11:00:00+01:00",
     "2026-03-02 11:00:00 01:00", " 2026-03-02T10:00:00Z "],
)  # fmt: skip
def test_a_time_with_its_zone_is_read_also_where_its_plus_came_as_a_space(text: str) -> None:
    assert parse_moment(text) == TEN
    assert parse_moment(text).tzinfo is UTC


def test_a_time_without_a_zone_is_taken_only_where_one_is_meant() -> None:
    assert parse_moment("2026-03-02T10:00", zone=UTC) == TEN
    with pytest.raises(MomentError, match="form"):
        parse_moment("2026-03-02T10:00")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("yesterday", "form"), ("", "form"), ("2026-13-02T10:00Z", "form"), ("\0", "form"),
     ("1999-12-31T23:59:59Z", "early"), ("0001-01-01T00:00:00+23:59", "early"),
     ("2100-01-01T00:00Z", "late"), ("9999-12-31T23:59:59-23:59", "late")],
)  # fmt: skip
def test_what_is_no_time_of_ours_says_why(text: str, reason: str) -> None:
    with pytest.raises(MomentError, match=reason):
        parse_moment(text, zone=UTC)
