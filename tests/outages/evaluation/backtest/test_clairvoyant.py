"""How soon an outage could be opened at best."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from outages.detection.replay import Event
from outages.evaluation.backtest import clairvoyant
from outages.evaluation.backtest.score import Truth

DAYS = 5
BEGINS = datetime(2026, 3, 2, tzinfo=UTC)
STARTS = BEGINS + timedelta(days=DAYS, hours=12)
TRUTH = Truth(
    profile="by hand", start=f"{BEGINS:%Y-%m-%dT%H:%M:%SZ}", end="2026-03-08T00:00:00Z",
    warm_up_ends="2026-03-07T00:00:00Z", region_weights={"NL-NH": 0.5, "DE-BE": 0.5},
    outages=(
        {
            "components": ["app"], "regions": ["NL-NH"], "countries": ["NL"],
            "start": f"{STARTS:%Y-%m-%dT%H:%M:%SZ}", "end": "2026-03-07T14:00:00Z",
        },
    ),
)  # fmt: skip


def told(at: datetime) -> Event:
    return Event("report", at, "acme", component="app", region="NL-NH")


def tried(at: datetime, *, failed: bool) -> Event:
    return Event("probe", at, "acme", component="app", countries=["NL"], http_status=503 if failed else 200)


QUIET = [told(BEGINS + timedelta(days=day, hours=12, minutes=5)) for day in range(DAYS)]
LATE = [told(STARTS + timedelta(minutes=minute)) for minute in range(20, 60)]


@pytest.mark.parametrize(
    ("signs", "first", "opened"),
    [
        ([], None, None),
        ([told(STARTS + timedelta(minutes=3))], 3.0, None),  # one report is what each quiet day brings
        ([told(STARTS + timedelta(minutes=3, seconds=20 * n)) for n in range(9)] + LATE, 3.0, 4.0),
        ([tried(STARTS + timedelta(minutes=n), failed=True) for n in range(2, 50)], 2.0, 3.0),
        ([tried(STARTS + timedelta(minutes=n), failed=False) for n in range(2, 50)], None, None),
    ],
)
def test_an_outage_is_opened_when_its_signs_are_rare_enough(
    signs: list[Event], first: float | None, opened: float | None
) -> None:
    (best,) = clairvoyant.at_best(TRUTH, [*QUIET, *signs])
    assert best.first_sign == (None if first is None else pytest.approx(first))
    assert best.opened == (None if opened is None else pytest.approx(opened, abs=0.7))


def test_more_places_to_look_at_need_more_evidence_and_the_page_says_how_soon() -> None:
    assert clairvoyant.needed_nats(7, 27) > clairvoyant.needed_nats(1, 1)
    assert clairvoyant.in_words([]) == ""
    few = [clairvoyant.Best(("app",), "", 1.0, 2.0), clairvoyant.Best(("app",), "", 12.0, None)]
    words = clairvoyant.in_words(few)
    assert "these 2 outages" in words
    assert "1 of them" in words
