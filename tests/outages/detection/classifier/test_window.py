"""When planned work is meant to be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from outages.detection.classifier.window import ASSUMED_MINUTES, find

POSTED = datetime(2026, 3, 7, 14, 0, tzinfo=UTC).timestamp()  # a Saturday


def utc(text: str) -> int:
    return int(datetime.fromisoformat(f"2026-{text}:00+00:00").timestamp())


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("on 08 March from 00:51 UTC for about 90 minutes", "03-08T00:51", "03-08T02:21"),
        ("tonight 02:00–04:00 UTC", "03-08T02:00", "03-08T04:00"),
        ("tonight from 10 pm to 2 am UTC", "03-07T22:00", "03-08T02:00"),
        ("tomorrow from 03:00 UTC for 45 minutes", "03-08T03:00", "03-08T03:45"),
        ("2026-03-09 01:00-02:30 UTC", "03-09T01:00", "03-09T02:30"),
        ("2026-03-09T01:00Z to 2026-03-09T02:30Z", "03-09T01:00", "03-09T02:30"),
        ("on March 9 from 1:00 AM to 3:00 AM PT", "03-09T08:00", "03-09T10:00"),  # summer time began on the 8th
        ("Monday, March 9th from 12:00 to 16:30 UTC", "03-09T12:00", "03-09T16:30"),
        ("from 17:00 UTC Friday March 13 to 02:00 UTC Saturday March 14", "03-13T17:00", "03-14T02:00"),
        ("starting at 21:00 UTC on Tuesday, March 10 2026 for up to eight hours", "03-10T21:00", "03-11T05:00"),
        ("Sunday 23:00 CET until 01:00", "03-08T22:00", "03-09T00:00"),
        ("from 09:00 UTC+2 to 10:00", "03-08T07:00", "03-08T08:00"),
        ("am 8. März von 02:00 bis 04:00 Uhr", "03-08T01:00", "03-08T03:00"),
        ("am 08.03. von 2 bis 4 Uhr MEZ", "03-08T01:00", "03-08T03:00"),
        ("vannacht van 02:00 tot 04:00 uur", "03-08T01:00", "03-08T03:00"),
        ("le 8 mars de 2h à 4h", "03-08T01:00", "03-08T03:00"),
        ("i natt fra kl. 02:00 til 04:00", "03-08T01:00", "03-08T03:00"),
        ("3月8日 02:00-04:00 系统维护", "03-07T18:00", "03-07T20:00"),
        ("3月8日凌晨2点至4点 维护", "03-07T18:00", "03-07T20:00"),
        ("domani dalle 02:00 alle 04:00 UTC", "03-08T02:00", "03-08T04:00"),
    ],
)
def test_a_window_is_read_from_words(text: str, start: str, end: str) -> None:
    window = find(text, POSTED)
    assert window is not None
    assert (window.start, window.end) == (utc(start), utc(end))


def test_what_was_assumed_is_said() -> None:
    window = find("maintenance tomorrow from 03:00", POSTED)
    assert window is not None
    assert window.end - window.start == ASSUMED_MINUTES * 60
    assert any("end" in text for text in window.assumed)
    assert any("zone" in text for text in window.assumed)


@pytest.mark.parametrize(
    "text",
    [
        "maintenance on Sunday",
        "next week",
        "99:99 UTC",
        "2026-13-45 maintenance",
        "",
        "call 555 1234",
        "503 Server Maintenance",
    ],
)
def test_without_a_time_of_day_there_is_no_window(text: str) -> None:
    assert find(text, POSTED) is None


def test_the_time_to_the_next_update_is_not_the_length_of_the_work() -> None:
    window = find("Maintenance at 15:00 UTC for 2 hours. Next update in 30 minutes", POSTED)
    assert window is not None
    assert window.end - window.start == 7200
