"""Takes observations in, and turns each minute's into results as probes have them. The only writer of both tables.

A network's hash lives as long as its day's key; rows go after a day.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Q, Sum

from outages.clock import whole_minute
from outages.models import Incident, Observation, Observer, ProbeResult
from outages.signals.observations import judgement
from outages.signals.observations.judgement import Account, Seen, Verdict
from outages.signals.observations.nel import Load
from reports.models import ApiKey
from reports.privacy.origin import Origin

KEPT = timedelta(days=1)
WINDOW = timedelta(minutes=2)  # whole minutes that a verdict is about
USUAL = timedelta(hours=6)  # before it, by which the usual is known
AFTERWARDS = timedelta(minutes=30)  # so long after a failure it is said that all is well again
MOST_ROWS_A_MINUTE = 5000  # of one observer
JUDGED_AFTER = timedelta(minutes=30)
EPISODE_GAP = timedelta(minutes=15)
VANTAGES = {Observer.Kind.PROGRAM: "observers", Observer.Kind.BROWSERS: "browsers"}
FAILED = "failed"
Cell = tuple[int, str, str, str]  # a service, a kind of observer, a component and a country
_IDS = uuid.UUID("0a6f4a53-4c41-4f0f-9ad0-3d2f5b8f6d17")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a program has counted of a component from a place in a minute."""

    component: str
    country: str
    region: str
    minute: datetime
    calls: float
    failed: float


def observer_of(service_id: int, key: ApiKey, kind: Observer.Kind, now: datetime) -> Observer:
    """Return the observer that a key is of a service, made where it is new."""
    found, made = Observer.objects.get_or_create(
        service_id=service_id, api_key=key, kind=kind, defaults={"last_at": now}
    )
    if not made and found.last_at < now - timedelta(seconds=30):
        Observer.objects.filter(pk=found.pk).update(last_at=now)
    return found


def take_counts(service_id: int, key: ApiKey, counted: Sequence[Counted], origin: Origin, now: datetime) -> None:
    """Store what a program has counted; the same minute again takes the place of what it said before."""
    with transaction.atomic():
        observer = observer_of(service_id, key, Observer.Kind.PROGRAM, now)
        for one in counted:
            Observation.objects.update_or_create(
                observer=observer,
                minute=whole_minute(one.minute),
                component=one.component,
                country=one.country,
                region=one.region,
                network=0,
                defaults={
                    "calls": one.calls,
                    "failed": one.failed,
                    "wide_network": origin.network,  # whose word it is; not a part of what it is about
                    "error": FAILED if one.failed else "",
                },
            )


def take_loads(
    service_id: int, key: ApiKey, component: str, loads: Sequence[Load], origin: Origin, now: datetime
) -> None:
    """Add what browsers of one network have met. An observer with very many networks a minute keeps the first ones."""
    if not loads:
        return
    minute = whole_minute(now)
    errors = Counter(load.error for load in loads if load.error)
    error = errors.most_common(1)[0][0] if errors else ""
    calls = sum(load.weight for load in loads)
    failed = sum(load.weight for load in loads if load.error)
    with transaction.atomic():
        observer = observer_of(service_id, key, Observer.Kind.BROWSERS, now)
        if Observation.objects.filter(observer=observer, minute=minute).count() >= MOST_ROWS_A_MINUTE:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO outages_observation AS o (observer_id, minute, component, country, region, network,
                    wide_network, calls, failed, error)
                VALUES (%s, %s, %s, %s, '', %s, %s, %s, %s, %s)
                ON CONFLICT (observer_id, minute, component, country, region, network) DO UPDATE
                SET calls = o.calls + EXCLUDED.calls, failed = o.failed + EXCLUDED.failed,
                    error = CASE WHEN EXCLUDED.error = '' THEN o.error ELSE EXCLUDED.error END
                """,
                [
                    observer.pk, minute, component, origin.country, origin.network, origin.wide_network, calls, failed,
                    error,
                ],
            )  # fmt: skip


def judge(now: datetime) -> int:
    """Turn what was observed in the last whole minutes into results of this one. Return how many speak of a failure."""
    end = whole_minute(now)
    rows = Observation.objects.filter(minute__gte=end - WINDOW, minute__lt=end).select_related(
        "observer__api_key", "observer"
    )
    cells: dict[Cell, list[Observation]] = defaultdict(list)
    for row in rows.iterator(chunk_size=5000):
        cells[row.observer.service_id, row.observer.kind, row.component, row.country].append(row)
    verdicts = {cell: _verdict(cell[1], found, end) for cell, found in sorted(cells.items())}
    # While all is well nothing is said: silence takes nothing away from what people report. Where a component fails in
    # one country, what is seen of it in others says where the fault ends.
    speaking = {cell[:3] for cell, said in verdicts.items() if said.fails or _failed_lately(cell[0], _probe(cell), end)}
    results = [_result(cell, said, cells[cell], end) for cell, said in verdicts.items() if cell[:3] in speaking]
    results += [_collector(service_id, kind, end) for service_id, kind in sorted({cell[:2] for cell in speaking})]
    ProbeResult.objects.bulk_create(results, ignore_conflicts=True)
    return sum(said.fails for said in verdicts.values())


def _probe(cell: Cell) -> str:
    _service, kind, component, country = cell
    return f"{VANTAGES[Observer.Kind(kind)]}-{component}-{country or 'all'}".lower()[:60]


def _verdict(kind: str, found: list[Observation], end: datetime) -> Verdict:
    if kind == Observer.Kind.PROGRAM:
        return judgement.of_programs([_account(rows, end) for rows in _by_observer(found)])
    networks: dict[int, Seen] = {}
    for row in found:
        before = networks.get(row.network, Seen(row.network, row.wide_network, 0.0, 0.0))
        networks[row.network] = Seen(
            row.network, row.wide_network, before.calls + row.calls, before.failed + row.failed
        )
    share, failing = _usual_of_browsers({row.observer_id for row in found}, found[0], end)
    return judgement.of_browsers(list(networks.values()), share, failing)


def _by_observer(found: Iterable[Observation]) -> list[list[Observation]]:
    grouped: dict[int, list[Observation]] = defaultdict(list)
    for row in found:
        grouped[row.observer_id].append(row)
    return list(grouped.values())


def _account(rows: list[Observation], end: datetime) -> Account:
    observer = rows[0].observer
    key = observer.api_key
    before = Observation.objects.filter(
        observer=observer, component=rows[0].component, minute__gte=end - USUAL, minute__lt=end - 5 * WINDOW
    ).aggregate(all_calls=Sum("calls"), all_failed=Sum("failed"))
    return Account(
        owner=f"owner {key.owner_id}" if key.owner_id is not None else f"key {key.pk}",
        network=rows[-1].wide_network,
        calls=sum(row.calls for row in rows),
        failed=sum(row.failed for row in rows),
        usual=(before["all_failed"] or 0.0) / before["all_calls"] if before["all_calls"] else 0.0,
        trust=judgement.trust_of(observer.agreed, observer.disagreed),
    )


def _usual_of_browsers(observers: set[int], one: Observation, end: datetime) -> tuple[float, float]:
    """The usual share of failures, and how many networks usually fail in a window."""
    before = Observation.objects.filter(
        observer_id__in=observers,
        component=one.component,
        country=one.country,
        minute__gte=end - USUAL,
        minute__lt=end - 5 * WINDOW,
    ).aggregate(
        all_calls=Sum("calls"),
        all_failed=Sum("failed"),
        failing=Count("id", filter=Q(failed__gt=0)),
        minutes=Count("minute", distinct=True),
    )
    share = before["all_failed"] / before["all_calls"] if before["all_calls"] else 0.0
    windows = (before["minutes"] or 0) / (WINDOW / timedelta(minutes=1))
    return min(share, 0.5), before["failing"] / windows if windows >= 1 else 0.0


def _failed_lately(service_id: int, probe: str, end: datetime) -> bool:
    lately = ProbeResult.objects.filter(service_id=service_id, at__gte=end - AFTERWARDS, at__lt=end, probe=probe)
    return lately.filter(classification="down").exists()


def _result(cell: Cell, verdict: Verdict, found: list[Observation], end: datetime) -> ProbeResult:
    service_id, kind, component, country = cell
    probe = _probe(cell)
    errors = Counter(row.error for row in found if row.error)
    error = errors.most_common(1)[0][0] if errors and verdict.fails else ""
    share = verdict.failed / verdict.calls if verdict.calls else 0.0
    return ProbeResult(
        id=uuid.uuid5(_IDS, f"{service_id} {probe} {end.isoformat()}"),
        at=end,
        service_id=service_id,
        probe=probe,
        vantage=VANTAGES[Observer.Kind(kind)],
        component=component,
        countries=[country] if country else [],
        classification="down" if verdict.fails else "up",
        http_status=int(error) if error.isdigit() else None,
        error="" if error.isdigit() else error,
        detail=f"{share:.1%} of {verdict.calls:.0f}",
    )


def _collector(service_id: int, kind: str, end: datetime) -> ProbeResult:
    """The collector's own result: it hears, so that its vantage is not blind, whatever else fails."""
    vantage = VANTAGES[Observer.Kind(kind)]
    return ProbeResult(
        id=uuid.uuid5(_IDS, f"{service_id} {vantage} collector {end.isoformat()}"),
        at=end,
        service_id=service_id,
        probe=f"{vantage}-collector",
        vantage=vantage,
        component="",
        control=True,
        classification="up",
    )


def settle_trust(now: datetime) -> int:
    """Look at what programs said half an hour ago, and whether it held. Return how many episodes that were."""
    until, episodes = now - JUDGED_AFTER, 0
    for observer in Observer.objects.filter(kind=Observer.Kind.PROGRAM):
        rows = observer.observations.filter(minute__lt=until, failed__gte=judgement.LEAST_FAILED)
        if observer.judged_until_at is not None:
            rows = rows.filter(minute__gte=observer.judged_until_at)
        last: dict[str, datetime] = {}
        for component, minute, calls, failed in rows.order_by("minute").values_list(
            "component", "minute", "calls", "failed"
        ):
            if calls < judgement.LEAST_CALLS or failed / calls < judgement.FAILING_SHARE:
                continue
            if component not in last or minute - last[component] > EPISODE_GAP:
                episodes += 1
                if _held(observer, component, minute):
                    observer.agreed += 1
                else:
                    observer.disagreed += 1
            last[component] = minute
        observer.judged_until_at = until
        observer.save(update_fields=["agreed", "disagreed", "judged_until_at"])
    return episodes


def _held(observer: Observer, component: str, minute: datetime) -> bool:
    """Return whether an outage of the component that others confirmed was under way about then."""
    return (
        Incident.objects.filter(
            service_id=observer.service_id,
            kind=Incident.Kind.OUTAGE,
            components__contains=[component],
            confirmed_at__isnull=False,
            opened_at__lte=minute + JUDGED_AFTER,
        )
        .filter(Q(resolved_at=None) | Q(resolved_at__gte=minute - EPISODE_GAP))
        .exclude(state=Incident.State.DISMISSED)
        .exists()
    )


def tidy(now: datetime) -> int:
    """Delete what is older than a day. Return how many rows."""
    return Observation.objects.filter(minute__lt=now - KEPT).delete()[0]
