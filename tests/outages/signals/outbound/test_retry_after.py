"""When others want to be asked again, as they write it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from outages.signals.outbound.retry_after import retry_after_s

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("Sun, 22 Nov 2026 12:02:00 GMT", 120),
        ("Sun, 22 Nov 2020 12:02:00 GMT", 0),
        ("99999999999999", 86_400),
        ("Fri, 22 Nov 9999 12:02:00 GMT", 86_400),
    ],
)
def test_seconds_and_dates_are_read(value: str, seconds: int) -> None:
    assert retry_after_s(value, NOW) == seconds


@pytest.mark.parametrize(
    "value",
    ["soon", "", None, "-5", "1.5", "²", "١٢", "Sun, 22 Nov 99999999999999999999 12:02:00 GMT", "\0", "," * 999],
)
def test_what_says_nothing_says_nothing(value: str | None) -> None:
    assert retry_after_s(value, NOW) is None
