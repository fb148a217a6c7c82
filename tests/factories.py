"""What tests set up: services by the catalogue's own loader, counts and incidents straight into their tables.

Nothing here is random: the same call makes the same rows.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Model

from outages.models import (
    Announcement,
    HourCount,
    Incident,
    IncidentEvent,
    MinuteCount,
    ServiceMinute,
    SymptomCount,
)
from reports.catalog import schema
from reports.catalog.store import store
from reports.models import Component, Service, Symptom

MINUTE = timedelta(minutes=1)


def a_catalog(slug: str = "acme", **changes: Any) -> schema.Catalog:
    """A small catalogue with three components, four symptoms, advice and things that still work."""
    values: dict[str, Any] = {
        "slug": slug,
        "name": slug.capitalize(),
        "default_component": "app",
        "components": [
            schema.Component(slug="app", name="Mobile app", depends_on=["login"]),
            schema.Component(slug="login", name="Sign-in"),
            schema.Component(slug="charging", name="Charging"),
        ],
        "symptoms": [
            schema.Symptom(slug="http-503", name="503 Server Maintenance", icon="503", component="app", common=True),
            schema.Symptom(slug="timeout", name="Spins and times out", icon="hourglass", component="app", common=True),
            schema.Symptom(slug="login-failed", name="Cannot sign in", icon="key", component="login", common=True),
            schema.Symptom(slug="other", name="Something else", icon="other"),
        ],
        "advice": [
            schema.Advice(text="Wait some minutes and try again."),
            schema.Advice(
                text="Do not sign out.", components=["login"], during=["possible", "confirmed"], warning=True
            ),
            schema.Advice(text="All is calm.", during=["ok"]),
        ],
        "still_works": [
            schema.StillWorks(text="The key card."),
            schema.StillWorks(text="Charging that has been started.", unless=["charging"]),
        ],
    }
    return schema.Catalog(**{**values, **changes})


def a_service(slug: str = "acme", **changes: Any) -> Service:
    """A service, loaded from `a_catalog`."""
    store(a_catalog(slug, **changes))
    return Service.objects.get(slug=slug)


def watched(
    service: Service,
    since: datetime,
    until: datetime,
    *,
    raw: int = 0,
    expected: float = 0.2,
    dispersion: float = 0.1,
    expected_by_component: Mapping[str, float] | None = None,
    working: int = 0,
) -> None:
    """Minutes [since, until) that were scanned, all alike."""
    count = round((until - since) / MINUTE)
    ServiceMinute.objects.bulk_create(
        [
            ServiceMinute(
                service=service,
                minute=since + i * MINUTE,
                raw=raw,
                effective=float(raw),
                expected=expected,
                dispersion=dispersion,
                working=working,
                expected_by_component=dict(expected_by_component or {}),
            )
            for i in range(count)
        ],
        update_conflicts=True,
        unique_fields=["service", "minute"],
        update_fields=["raw", "effective", "expected", "dispersion", "working", "expected_by_component"],
        batch_size=2000,
    )


@dataclass(frozen=True)
class Cell:
    """Reports of one component in one place in one minute."""

    minute: datetime
    place: str = ""
    component: str = "app"
    raw: int = 1
    effective: float | None = None
    networks: Sequence[int] = (1, 2, 3)
    working: int = 0
    told: int | None = None  # the number at which the reports are told; as many as there are unless given


def cells(service: Service, rows: Iterable[Cell]) -> None:
    """Minute counts, and the hour counts that are their sums."""
    ids = dict(Component.objects.filter(service=service).values_list("slug", "id"))
    minutes, hours = _counts(service.pk, ids, rows)
    MinuteCount.objects.bulk_create(minutes, batch_size=2000)
    HourCount.objects.bulk_create(hours, batch_size=2000)


def _counts(service: Any, ids: Mapping[str, Any], rows: Iterable[Cell]) -> tuple[list[MinuteCount], list[HourCount]]:
    minutes, hours = [], defaultdict(list)
    for row in rows:
        country, region = row.place[:2], row.place if len(row.place) > 2 else ""
        minutes.append(
            MinuteCount(
                service_id=service,
                minute=row.minute,
                component_id=ids[row.component],
                country=country,
                region=region,
                raw=row.raw,
                effective=row.raw if row.effective is None else row.effective,
                networks=sorted(row.networks)[:3],
                working=row.working,
                perturbed=(told := row.raw if row.told is None else row.told),
                perturbed_effective=(row.raw if row.effective is None else row.effective) * told / max(row.raw, 1),
                perturbed_working=row.working,
            )
        )
        hours[row.minute.replace(minute=0), ids[row.component], country, region].append(minutes[-1])
    sums = [
        HourCount(
            service_id=service,
            hour=hour,
            component_id=component,
            country=country,
            region=region,
            raw=sum(m.raw for m in found),
            effective=sum(m.effective for m in found),
            working=sum(m.working for m in found),
            networks=sorted({n for m in found for n in m.networks})[:3],
            perturbed=sum(m.perturbed for m in found),
            perturbed_effective=sum(m.perturbed_effective for m in found),
            perturbed_working=sum(m.perturbed_working for m in found),
        )
        for (hour, component, country, region), found in hours.items()
    ]
    return minutes, sums


def symptoms(service: Service, minute: datetime, counts: Mapping[str, int], component: str = "app") -> None:
    """Problem reports by symptom in one minute; "" stands for none named."""
    symptom_minutes(service, {minute: counts}, component)


def symptom_minutes(service: Service, counts: Mapping[datetime, Mapping[str, int]], component: str = "app") -> None:
    """Problem reports by minute and symptom."""
    part = Component.objects.get(service=service, slug=component)
    ids = dict(Symptom.objects.filter(service=service).values_list("slug", "id"))
    SymptomCount.objects.bulk_create(_symptom_counts(service.pk, part.pk, ids, counts), batch_size=2000)


def _symptom_counts(
    service: Any, component: Any, ids: Mapping[str, Any], counts: Mapping[datetime, Mapping[str, int]]
) -> list[SymptomCount]:
    return [
        SymptomCount(
            service_id=service, minute=minute, component_id=component, symptom_id=ids.get(slug), raw=raw, perturbed=raw
        )
        for minute, said in counts.items()
        for slug, raw in said.items()
    ]


FAILING = {"probes": ["api", "web"], "errors": ["503"], "is_unsteady": False, "failing_from": ["oslo", "paris"]}
CODES = {
    "possible": "opened",
    "confirmed": "two-kinds",
    "recovering": "reports-fall",
    "resolved": "reports-stopped",
    "dismissed": "no-more-evidence",
    "maintenance": "announced-maintenance",
    "merged": "one-with",
}
PARAMS = {"dismissed": {"minutes": 60}, "maintenance": {"quote": "Planned work"}, "merged": {"number": 1}}


def a_term(kind: str = "crowd", **changes: Any) -> dict[str, Any]:
    """A piece of evidence as events hold it."""
    return {
        "kind": kind,
        "name": "negative-binomial-cusum",
        "nats": 21.5,
        "seen": 41.0,
        "expected": 2.0,
        "component": "app",
        "place": "",
        "detail": {"minutes": 30, "networks": 33, "origins": 12},
    } | changes


def an_incident(
    service: Service,
    opened_at: datetime,
    *,
    states: Sequence[tuple[int, str]] = ((0, "possible"), (6, "confirmed")),
    components: Sequence[str] = ("app",),
    countries: Sequence[str] = (),
    regions: Sequence[str] = (),
    symptom: str = "http-503",
    kind: str = "outage",
    evidence: Sequence[dict[str, Any]] = (),
) -> Incident:
    """An incident with one event for each (minutes after the opening, state)."""
    number = Incident.objects.filter(service=service).count() + 1
    at = {state: opened_at + minutes * MINUTE for minutes, state in states}
    last_minutes, last = states[-1]
    scope = {"components": list(components), "countries": list(countries), "regions": list(regions), "symptom": symptom}
    incident = Incident.objects.create(
        service=service,
        number=number,
        state=last,
        kind=kind,
        confidence=0.93,
        opened_at=opened_at,
        confirmed_at=at.get("confirmed"),
        resolved_at=next((at[state] for state in ("resolved", "dismissed", "merged") if state in at), None),
        updated_at=opened_at + last_minutes * MINUTE,
        **scope,
    )
    before = ""
    for minutes, state in states:
        IncidentEvent.objects.create(
            incident=incident,
            at=opened_at + minutes * MINUTE,
            from_state=before,
            to_state=state,
            reason=f"{state}_rule",
            code=CODES[state],
            params=PARAMS.get(state, {}),
            confidence=0.93,
            evidence=list(evidence) or [a_term()],
            **scope,
        )
        before = state
    return incident


def a_post(service: Service, posted_at: datetime, text: str = "We are investigating.", **changes: Any) -> Announcement:
    """A relevant official post, read two minutes after it was posted."""
    values = {
        "source": "blog",
        "external_id": f"post-{Announcement.objects.count()}",
        "author": "acme",
        "tier": Announcement.Tier.OFFICIAL,
        "url": "https://status.example/1",
        "content_hash": "0" * 64,
        "seen_at": posted_at + 2 * MINUTE,
        "stage": "investigating",
        "relevant": True,
    }
    return Announcement.objects.create(service=service, posted_at=posted_at, text=text, **{**values, **changes})


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
        for command, rows in _rows_of_an_outage(until, component, symptom):
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
def _rows_of_an_outage(until: datetime, component: str, symptom: str) -> list[tuple[str, str]]:
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
    minutes, hours = _counts(SERVICE, {component: COMPONENT}, rows)
    by_symptom = {minute: _split(raw, symptom, minute.minute) for minute, raw in said}
    tokens = {slug: f"<{slug}>" for counts in by_symptom.values() for slug in counts}
    return [
        _copied(table) for table in (quiet, minutes, hours, _symptom_counts(SERVICE, COMPONENT, tokens, by_symptom))
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
