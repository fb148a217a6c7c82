"""Counts by bins of time, for what is drawn over time: one row a bin and part, or a bin and place.

Bins are aligned to whole multiples of their step since 1970, so that none of up to a day crosses midnight: networks can
be told apart within a day only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pandas as pd
from django.db import connection

from outages.analytics import disclosure, frames
from outages.analytics.disclosure import Question
from outages.analytics.frames import ENOUGH_NETWORKS, NETWORK_BITS, NETWORKS
from outages.models import ServiceMinute
from reports.models import Service

Key = Literal["component", "country", "region"]
HOUR = timedelta(hours=1)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins of `step` from `since`, an aligned time, to `until`; the last one may be shorter."""

    since: datetime
    until: datetime
    step: timedelta

    @classmethod
    def covering(cls, since: datetime, until: datetime, step: timedelta) -> Bins:
        """The aligned bins that hold [since, until): the first one begins at `since` or up to a step before."""
        return cls(floor(since, step), until, step)

    @property
    def starts(self) -> list[datetime]:
        count = -((self.since - self.until) // self.step)
        return [self.since + i * self.step for i in range(count)]

    @property
    def ends(self) -> list[datetime]:
        return [min(start + self.step, self.until) for start in self.starts]


@dataclass(frozen=True, slots=True)
class Count:
    """A row of `counts`."""

    start: datetime
    key: str
    raw: int
    effective: float
    networks: int

    @property
    def few(self) -> bool:
        """Whether too few people reported to say anything."""
        return self.networks < ENOUGH_NETWORKS


def by_key_and_start(frame: pd.DataFrame) -> dict[tuple[str, datetime], Count]:
    """The rows of `counts`, by key and start."""
    columns = (frame["key"], frame["bin"], frame["raw"], frame["effective"], frame["networks"])
    found = (
        Count(start.to_pydatetime(), str(key), int(raw), float(effective), int(networks))
        for key, start, raw, effective, networks in zip(*columns, strict=True)
    )
    return {(count.key, count.start): count for count in found}


def floor(at: datetime, step: timedelta) -> datetime:
    """The last whole multiple of the step up to a time."""
    return at - (at - BEGINNING) % step


def counts(
    service: Service, bins: Bins, key: Key, *, component: str | None = None, country: str | None = None
) -> pd.DataFrame:
    """What each part or place reported in each bin. One query.

    Columns: `bin` (start, UTC), `key` (a component's slug, or a place's code, "" where none was named; at "region"
    reports that name only the country stand under its code), `raw`, `effective` and `networks` (distinct, up to 3).
    Only bins with a report have rows. Whole hours come from HourCount where the step is made of hours. Within each bin
    the numbers are rounded, and rows with too few networks left out, as `disclosure` says; the same bin asked for as a
    map gets the same numbers.
    """
    by_hour = bins.step % HOUR == timedelta()
    last = floor(bins.until, HOUR) if by_hour else bins.since
    where = ""  # all places are read, also where one country's are wanted: what may be said of one hangs on the others
    if component:
        where = (
            " AND component_id = (SELECT id FROM reports_component WHERE service_id = %(service)s AND slug = %(slug)s)"
        )
    values: dict[str, Any] = {
        "service": service.pk,
        "since": bins.since,
        "last_hour": max(last, bins.since),
        "until": bins.until,
        "step": bins.step,
        "slug": component,
    }
    sql = _COUNTS.format(key=_KEYS[key], where=where, hours=_HOURS.format(where=where) if by_hour else "")
    if key == "component":
        sql = f"""SELECT n.bin, c.slug, n.raw, n.effective, n.networks FROM ({sql}) n
            JOIN reports_component c ON c.id = n.key"""  # noqa: S608 -- constants; every value is a parameter
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY 1, 2", values)
        rows = cursor.fetchall()
    frame = pd.DataFrame(rows, columns=["bin", "key", "raw", "effective", "networks"])
    frame["bin"] = pd.to_datetime(frame["bin"], utc=True)
    frame = frame.astype({"raw": int, "effective": float, "networks": int})
    parts = [
        disclosed(cells, frames.question(service, start, end, key, component))
        for start, end in zip(bins.starts, bins.ends, strict=True)
        if len(cells := frame[frame["bin"] == start])
    ]
    found = pd.concat(parts, ignore_index=True) if parts else frame
    return found[found["key"].str[:2] == country] if country and len(found) else found


def disclosed(cells: pd.DataFrame, asked: Question) -> pd.DataFrame:
    """The cells of one bin as they may be shown beside each other. Pure."""
    cells = cells.copy()
    enough = (cells["networks"] >= ENOUGH_NETWORKS).tolist()
    total, few = int(cells["raw"].sum()), enough.count(False)
    chances = [asked.chance(code) for code in cells["key"]]
    for column, said in (("raw", disclosure.shown), ("effective", disclosure.rounded)):
        numbers = zip(cells[column].tolist(), chances, enough, strict=True)
        cells[column] = [float(said(number, chance)) if one else number for number, chance, one in numbers]
    told = [int(number) for number, one in zip(cells["raw"], enough, strict=True) if one]
    if few and not disclosure.may_name(total, told, few):
        cells = cells[enough]
    return cells.astype({"raw": int})


def is_watched(service: Service, since: datetime, until: datetime) -> bool:
    """Whether any minute of [since, until) was scanned. One query."""
    return ServiceMinute.objects.filter(service=service, minute__gte=since, minute__lt=until).exists()


_KEYS: dict[Key, str] = {
    "component": "component_id",
    "country": "country",
    "region": "COALESCE(NULLIF(region, ''), country)",
}

_HOURS = """
    SELECT hour AS at, component_id, country, region, raw, effective, networks FROM outages_hourcount
     WHERE service_id = %(service)s AND hour >= %(since)s AND hour < %(last_hour)s {where}
    UNION ALL"""

_COUNTS = f"""
SELECT bin, key, sum(raw) AS raw, sum(effective) AS effective, {NETWORKS} AS networks
  FROM (
    SELECT date_bin(%(step)s, at, %(since)s) AS bin, {{key}} AS key, raw, effective, {NETWORK_BITS}
      FROM ({{hours}}
        SELECT minute AS at, component_id, country, region, raw, effective, networks FROM outages_minutecount
         WHERE service_id = %(service)s AND minute >= %(last_hour)s AND minute < %(until)s {{where}}
      ) spans WHERE raw > 0
  ) placed GROUP BY 1, 2"""  # noqa: S608 -- constants; every value is a parameter
