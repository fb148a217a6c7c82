"""Minutes that were watched, and counts of reports by place and symptom, straight into their tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from outages.models import HourCount, MinuteCount, ServiceMinute, SymptomCount
from reports.models import Component, Service, Symptom

MINUTE = timedelta(minutes=1)


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
    minutes, hours = counts_of(service.pk, ids, rows)
    MinuteCount.objects.bulk_create(minutes, batch_size=2000)
    HourCount.objects.bulk_create(hours, batch_size=2000)


def counts_of(service: Any, ids: Mapping[str, Any], rows: Iterable[Cell]) -> tuple[list[MinuteCount], list[HourCount]]:
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
    SymptomCount.objects.bulk_create(symptom_counts_of(service.pk, part.pk, ids, counts), batch_size=2000)


def symptom_counts_of(
    service: Any, component: Any, ids: Mapping[str, Any], counts: Mapping[datetime, Mapping[str, int]]
) -> list[SymptomCount]:
    return [
        SymptomCount(
            service_id=service, minute=minute, component_id=component, symptom_id=ids.get(slug), raw=raw, perturbed=raw
        )
        for minute, said in counts.items()
        for slug, raw in said.items()
    ]
