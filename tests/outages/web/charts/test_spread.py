"""How an incident spread: what nobody watched is no "no reports"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from outages.web.charts import spread
from tests import factories

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_unwatched_time_is_hatched_and_named() -> None:
    service = factories.a_service()
    half, end = START + timedelta(minutes=30), START + timedelta(hours=1)
    factories.watched(service, START, half, raw=20)
    factories.cells(service, [factories.Cell(START + n * factories.MINUTE, "DE", raw=20) for n in range(30)])
    index = pd.date_range(START, end, freq="5min", inclusive="left")
    watched = pd.Series([5] * 6 + [0] * 6, index=index)
    read = spread.read(service, START, end, {}, watched=watched, country=None, language="en")
    assert str(read.drawing).count('class="gap"') == 6
    assert ("gap", "not monitored") in read.legend
    all_seen = spread.read(service, START, end, {}, watched=watched + 5, country=None, language="en")
    assert 'class="gap"' not in str(all_seen.drawing)
    assert ("gap", "not monitored") not in all_seen.legend
