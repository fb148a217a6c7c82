"""A real crowd: 5,000 reports of one internet provider over two weeks, one region in trouble after the other.

New York State on 29 June (Buffalo) and Texas on 20 June 2026 (San Antonio) must have incidents, in their places:
regions fail one by one here, while the rest of the country goes on as usual. Nothing may stay open for days, and the
detector must go on learning and finding after its first incident.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from outages.detection.datatypes import IncidentState, Minute, Reports, ServiceSpec, Transition
from outages.detection.engine import State, step
from outages.detection.replay import opaque
from reports.intake import csv_import
from reports.intake.recorded import Recorded

SHARED = Path(os.environ.get("BROWNOUT_SHARED", Path(__file__).resolve().parents[4] / "shared"))
FILE = SHARED / "datasets" / "spectrum_community_2026_06" / "spectrum-outages-2026-06.csv"
SPEC = ServiceSpec("spectrum", ("internet", "tv", "phone"))
ENDS = (IncidentState.RESOLVED, IncidentState.DISMISSED, IncidentState.MERGED)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not FILE.exists(), reason="the shared data sets are not here")]


def _columns(rows: list[Recorded]) -> Reports:
    size = len(rows)
    places = sorted({row.submission.region or "US" for row in rows})
    zeros = np.zeros(size, dtype="int64")
    return Reports(
        components=SPEC.components,
        places=tuple(places),
        symptoms=("",),
        component=np.array(
            [SPEC.components.index(row.submission.component or "internet") for row in rows], dtype="int32"
        ),
        place=np.array([places.index(row.submission.region or "US") for row in rows], dtype="int32"),
        symptom=zeros.astype("int32"),
        kind=zeros.astype("int8"),
        network=np.array([row.origin.network or opaque(str(row.line)) for row in rows], dtype="int64"),
        wide_network=zeros,
        asn=zeros,
        reporter=zeros,
        weight=np.ones(size, dtype="float32"),
    )


@cache
def transitions() -> tuple[Transition, ...]:
    by_minute: dict[int, list[Recorded]] = {}
    with FILE.open(encoding="utf-8") as lines:
        for row in csv_import.read(lines, "spectrum"):
            assert isinstance(row, Recorded)
            assert row.submission.occurred_at is not None
            by_minute.setdefault(int(row.submission.occurred_at.timestamp() // 60), []).append(row)
    state = State.fresh(min(by_minute) - 1)
    found: list[Transition] = []
    for number in range(min(by_minute), max(by_minute) + 180):
        rows = by_minute.get(number, [])
        state, outcome = step(state, Minute(number, _columns(rows) if rows else Reports()), service=SPEC)
        found += outcome.transitions
    return tuple(found)


def incidents_open_at(moment: datetime) -> list[Transition]:
    """The latest word on each incident that was open at a moment."""
    latest = {t.incident: t for t in transitions() if t.second <= moment.timestamp()}
    return [t for t in latest.values() if t.to_state not in ENDS]


@pytest.mark.parametrize(
    ("region", "moment"),
    [
        ("US-NY", datetime(2026, 6, 29, 23, 0, tzinfo=UTC)),  # Buffalo, since about 21:00
        ("US-TX", datetime(2026, 6, 20, 17, 0, tzinfo=UTC)),  # San Antonio, since about 14:00
    ],
)
def test_the_regions_in_trouble_have_an_incident_of_their_own(region: str, moment: datetime) -> None:
    here = [t for t in incidents_open_at(moment) if region in t.regions]
    assert here, f"open then: {[(t.components, t.countries, t.regions) for t in incidents_open_at(moment)]}"
    assert min(len(t.regions) for t in here) <= 3


def test_no_incident_stays_open_for_days() -> None:
    opened: dict[int, int] = {}
    for transition in transitions():
        opened.setdefault(transition.incident, transition.second)
    closed = {t.incident: t.second for t in transitions() if t.to_state in ENDS}
    last = transitions()[-1].second
    longest = max(closed.get(number, last) - start for number, start in opened.items())
    assert longest < timedelta(hours=30).total_seconds()
