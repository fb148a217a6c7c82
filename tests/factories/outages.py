"""A day that ends in an outage, as pages show it."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Model

from outages.models import Incident, ServiceMinute
from reports.models import Service

from .counts import MINUTE, Cell, counts_of, symptom_counts_of
from .incidents import FAILING, a_term, an_incident

# Shares of the reports by place in the outage below.
SPREAD = {
    "US-CA": 0.2, "US-TX": 0.11, "US-FL": 0.07, "US-NY": 0.06, "US-WA": 0.05, "CA-ON": 0.04, "DE-BY": 0.06,
    "DE-NW": 0.05, "NL-NH": 0.05, "NL-ZH": 0.03, "GB-ENG": 0.08, "FR-IDF": 0.04, "NO-03": 0.05, "SE-AB": 0.03,
    "AU-NSW": 0.03, "": 0.05,
}  # fmt: skip


def an_outage(service: Service, until: datetime, *, component: str = "app", symptom: str = "http-503") -> Incident:
    """A day that ends in an outage: two hours unwatched in its night, the usual rise by day, a burst in its last 40
    minutes, in the shares of SPREAD and one place with a single network; an incident, open and confirmed."""
    until = until.replace(second=0, microsecond=0)
    ids = {SERVICE: service.pk, COMPONENT: service.components.get(slug=component).pk}
    ids |= {f"<{slug}>": pk for slug, pk in service.symptoms.values_list("slug", "id")}
    with connection.cursor() as cursor:
        for command, rows in _rows(until, component, symptom):
            for token, pk in ids.items():
                rows = rows.replace(token, str(pk))
            with cursor.copy(command) as copy:
                copy.write(rows)
    return an_incident(
        service,
        until - 33 * MINUTE,
        states=((0, "possible"), (7, "confirmed")),
        components=(component,),
        symptom=symptom,
        evidence=(
            a_term(component=component),
            a_term("probes", name="two-vantages", nats=4.2, seen=2, expected=0, detail=FAILING),
        ),
    )


# What stands for a row's number as long as the rows are in no database.
SERVICE, COMPONENT = "<service>", "<component>"


@lru_cache(maxsize=8)
def _rows(until: datetime, component: str, symptom: str) -> list[tuple[str, str]]:
    """Return the counts of that day as COPY takes them, a command and its rows for each table.

    Made once in a process: some hundred page tests look at the same day.
    """
    since = until - timedelta(hours=24)
    quiet, rows, said = [], [], []
    for i in range(24 * 60):
        minute = since + i * MINUTE
        left = 24 * 60 - i
        if 15 * 60 < left <= 17 * 60:
            continue
        usual = 0.25 + 0.15 * math.sin(2 * math.pi * (i - 300) / 1440)
        burst = 0.0 if left > 40 else 9.0 * (1 - math.exp(-(40 - left) / 8))
        raw = int(usual * i) - int(usual * (i - 1)) + round(burst) + (2 if i % 97 == 0 else 0)
        quiet.append(
            ServiceMinute(
                service_id=SERVICE,
                minute=minute,
                raw=max(raw, 0),
                effective=max(raw, 0) * 0.96,
                expected=usual,
                dispersion=0.2,
                working=1 if left < 30 and i % 5 == 0 else 0,
                expected_by_component={component: round(usual * 0.8, 3)},
            )
        )
        if raw > 0:
            said.append((minute, raw))
            rows += _spread(minute, raw, component)
    rows.append(Cell(until - 9 * MINUTE, "IS", component, raw=1, networks=(7,)))
    minutes, hours = counts_of(SERVICE, {component: COMPONENT}, rows)
    by_symptom = {minute: _split(raw, symptom, minute.minute) for minute, raw in said}
    tokens = {slug: f"<{slug}>" for counts in by_symptom.values() for slug in counts}
    return [
        _copied(table) for table in (quiet, minutes, hours, symptom_counts_of(SERVICE, COMPONENT, tokens, by_symptom))
    ]


def _copied(rows: Sequence[Model]) -> tuple[str, str]:
    """Return the command that takes rows of one table, and the rows as its text."""
    fields = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(field.column for field in fields)
    lines = ("\t".join(_text(field, getattr(row, field.attname)) for field in fields) for row in rows)
    return f"COPY {rows[0]._meta.db_table} ({columns}) FROM STDIN", "".join(f"{line}\n" for line in lines)


def _text(field: Any, value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(field, ArrayField):
        return "{" + ",".join(map(str, value)) + "}"
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _split(raw: int, symptom: str, turn: int) -> dict[str, int]:
    rest = raw // 3
    others = ("timeout", "other")
    counts = {symptom: raw - rest, others[turn % 2]: rest}
    return {slug: n for slug, n in counts.items() if n}


def _spread(minute: datetime, raw: int, component: str) -> list[Cell]:
    """The minute's reports over places, so that the sums over the minutes come near the shares."""
    places = list(SPREAD)
    weights = [SPREAD[place] for place in places]
    turn = (minute.hour * 60 + minute.minute) * 37
    counts: dict[str, int] = defaultdict(int)
    for n in range(raw):
        position = ((turn + n * 61) % 100) / 100
        for place, weight in zip(places, weights, strict=True):
            position -= weight
            if position < 0:
                counts[place] += 1
                break
    return [Cell(minute, place, component, raw=n, networks=(turn % 97, turn % 89 + 100)) for place, n in counts.items()]
