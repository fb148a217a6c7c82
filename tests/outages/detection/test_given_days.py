"""Four days as somebody else made them: what comes of each is said beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from outages.detection import replay
from outages.detection.datatypes import IncidentState, Transition
from outages.detection.replay import Line

DAYS = Path(__file__).parents[2] / "data" / "detection"


def of_day(name: str) -> tuple[list[Line], list[Transition]]:
    """The incidents of a day, and all that was told of them."""
    events = list(replay.read_events(DAYS / name))
    service = replay.surveyed(events)
    told = list(replay.replay(events, service))
    lines: dict[int, Line] = {}
    for transition in told:
        replay.take(lines, transition, service.slug)
    return list(lines.values()), told


@pytest.mark.slow
def test_a_total_outage_is_confirmed_for_all_components_and_its_usual_stays_the_learnt_one() -> None:
    lines, told = of_day("total-outage")
    assert len(lines) == 1
    assert lines[0].confirmed_at is not None
    assert lines[0].confirmed_at <= "2026-03-03T09:05:00Z"
    assert lines[0].components == ("api", "app", "login", "website")
    assert lines[0].resolved_at is not None
    assert lines[0].resolved_at <= "2026-03-03T10:15:00Z"
    assert max(t.confidence for t in told) >= 0.95
    expected = [term.expected for t in told for term in t.terms if term.expected is not None]
    assert max(expected) < 120  # two reports a minute at most, in an hour


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vantage-gone", "then-blocked"])
def test_reports_end_an_outage_whose_only_vantage_is_gone_or_refused(name: str) -> None:
    lines, _ = of_day(name)
    assert len(lines) == 1
    assert lines[0].resolved_at is not None
    assert "2026-03-02T12:40:00Z" <= lines[0].resolved_at <= "2026-03-02T13:05:00Z"


@pytest.mark.slow
def test_the_makers_word_holds_one_incident_everywhere_until_the_maker_ends_it() -> None:
    lines, told = of_day("word-only")
    assert len(lines) == 1
    assert (lines[0].components, lines[0].countries, lines[0].regions) == (("api",), (), ())
    assert lines[0].opened_at <= "2026-03-02T12:02:00Z"
    assert lines[0].resolved_at == "2026-03-02T15:01:00Z"
    assert all(t.to_state != IncidentState.DISMISSED for t in told)
