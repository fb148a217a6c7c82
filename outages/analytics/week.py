"""When reports usually come: the expected reports of each hour of the week."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from django.core.cache import cache
from django.db import connection

from outages.analytics.frames import BASELINE_CACHE_S, BASELINE_DAYS
from reports.models import Service

DAYS, HOURS = 7, 24


def hours_of_week(service: Service, until: datetime) -> pd.DataFrame:
    """Reports usually expected in each hour of the week (UTC), shape (7, 24), Monday first; NaN where none was watched.

    The mean of what the detector expected of each minute of the 28 days before `until`'s hour, times 60. What is
    expected stands still during an outage, so that outages do not make a pattern. One query, cached an hour.
    """
    end = until.replace(minute=0, second=0, microsecond=0)
    key = f"week:{service.pk}:{end:%Y%m%d%H}"
    rows: list[tuple[int, int, float]] | None = cache.get(key)
    if rows is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(isodow FROM minute AT TIME ZONE 'UTC')::int - 1, "
                "extract(hour FROM minute AT TIME ZONE 'UTC')::int, avg(expected) * 60 FROM outages_serviceminute "
                "WHERE service_id = %s AND minute >= %s AND minute < %s GROUP BY 1, 2",
                [service.pk, end - timedelta(days=BASELINE_DAYS), end],
            )
            rows = [(day, hour, float(expected)) for day, hour, expected in cursor.fetchall()]
        cache.set(key, rows, BASELINE_CACHE_S)
    grid = np.full((DAYS, HOURS), np.nan)
    for day, hour, expected in rows:
        grid[day, hour] = expected
    return pd.DataFrame(grid, index=pd.RangeIndex(DAYS, name="day"), columns=pd.RangeIndex(HOURS, name="hour"))
