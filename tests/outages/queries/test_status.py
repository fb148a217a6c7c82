"""The status of a service: what it says within a running minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from outages.queries.status import status
from outages.verdict.summary import Trend
from tests import factories

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("second", [0, 1, 7, 30, 59])
@pytest.mark.parametrize("lag", [0, 1])
def test_a_steady_outage_is_steady_in_every_second_of_a_minute(second: int, lag: int) -> None:
    """The running minute is counted by nobody yet, and just after its end neither is the one before."""
    service = factories.a_service()
    factories.watched(service, START - 60 * MINUTE, START - lag * MINUTE, raw=200)
    factories.an_incident(service, START - 50 * MINUTE, states=((0, "confirmed"),))
    seen = status(service, now=START + timedelta(seconds=second))
    assert seen.summary.trend == Trend.STEADY
    assert seen.reports_30m == (30 - lag) * 200


def test_an_outage_that_doubles_is_rising() -> None:
    service = factories.a_service()
    factories.watched(service, START - 40 * MINUTE, START - 10 * MINUTE, raw=20)
    factories.watched(service, START - 10 * MINUTE, START, raw=40)
    factories.an_incident(service, START - 40 * MINUTE, states=((0, "confirmed"),))
    assert status(service, now=START + timedelta(seconds=40)).summary.trend == Trend.RISING
