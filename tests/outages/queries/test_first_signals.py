"""Who knew first, by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outages.models import Announcement
from outages.queries import first_signals
from outages.queries.first_signals import First
from outages.queries.incidents import IncidentView
from outages.web.charts.panels import delay
from outages.web.views.incidents import delay_words

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def an_incident(number: int = 1, **changes: Any) -> IncidentView:
    names = ("components", "countries", "regions", "upstream")
    values: dict[str, Any] = {name: [] for name in names} | {
        "id": number, "number": number, "state": "resolved", "kind": "outage", "symptom": "", "confidence": 0.9,
        "text": "", "reason": "", "opened_at": NOON, "confirmed_at": NOON, "resolved_at": NOON + 60 * MINUTE,
        "updated_at": NOON, "merged_into": None,
    }  # fmt: skip
    values |= changes
    given: dict[str, Any] = {name: values.get(name) for name in IncidentView.__dataclass_fields__}
    return IncidentView(**given)


def first(crowd: int | None, probes: int | None, official: int | None) -> First:
    """Minutes after noon."""
    times = [None if minutes is None else NOON + minutes * MINUTE for minutes in (crowd, probes, official)]
    return First(an_incident(), *times)


def a_post(minutes: int, incident: int | None = None, tier: str = "official") -> Announcement:
    return Announcement(posted_at=NOON + minutes * MINUTE, tier=tier, incident_id=incident)


@pytest.mark.parametrize(
    ("told", "minutes"),
    [((0, 4, 16), 16), ((9, 2, 16), 14), ((None, 3, 1), -2), ((0, 0, None), None), ((None, None, 5), None)],
)
def test_the_delay_runs_from_the_first_sign_to_official_word(told: tuple[Any, ...], minutes: float | None) -> None:
    assert first(*told).delay_minutes == minutes


def test_the_median_is_over_those_with_word_and_silence_is_counted() -> None:
    summary = first_signals.summed_up([first(0, None, 10), first(0, None, 30), first(0, None, 80), first(0, 1, None)])
    assert (summary.incidents, summary.with_word, summary.without_word, summary.median_minutes) == (4, 3, 1, 30)
    assert "30 minutes after" in delay.words(summary)
    assert "in 3 of 4 outages" in delay.words(summary)


def test_what_took_an_hour_and_more_is_told_in_hours() -> None:
    late, early = first(0, None, 112), first(0, None, -70)
    assert "Typically that was 1 h 52 min after the first sign." in delay.words(first_signals.summed_up([late]))
    assert "Typically it was 1 h 10 min ahead of the first sign." in delay.words(first_signals.summed_up([early]))
    assert delay_words(late, was_read=True) == "The company spoke up 1 h 52 min after the first sign."
    assert delay_words(early, was_read=True) == "The company spoke up 1 h 10 min before the first sign."
    marks = [mark.words for one in (late, early) for mark in delay.track(one, 120).marks if mark.css == "official"]
    assert [text.partition(": ")[2] for text in marks] == [
        "1 h 52 min after the first sign",
        "1 h 10 min before the first sign",
    ]


def test_silence_in_all_of_them_is_said_as_such() -> None:
    assert "The company said nothing" in delay.words(first_signals.summed_up([first(0, 0, None)]))
    assert delay.words(first_signals.summed_up([])) == ""


def test_a_kind_has_spoken_when_an_event_first_rests_on_it() -> None:
    events = [
        (NOON, [{"kind": "crowd", "nats": 2.0}, {"kind": "probes", "nats": 0.0}]),
        (NOON + MINUTE, [{"kind": "probes", "nats": 4.2}, {"kind": "crowd", "nats": 9.0}]),
    ]
    assert first_signals.first_signs(events) == {"crowd": NOON, "probes": NOON + MINUTE}


def test_official_word_is_a_post_of_the_incident_or_of_its_time() -> None:
    view = an_incident(1)
    assert first_signals.official_word(view, [a_post(20), a_post(12)], NOON) == NOON + 12 * MINUTE
    assert first_signals.official_word(view, [a_post(12, incident=2), a_post(5, tier="press")], NOON) is None
    assert first_signals.official_word(view, [a_post(-180), a_post(200)], NOON) is None
    assert first_signals.official_word(view, [a_post(200, incident=1)], NOON) == NOON + 200 * MINUTE
