"""How the vantages are: fine, silent, blind, blocked, or switched off. None of these is a sign of an outage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from outages.detection.estimators import probes as rules
from outages.detection.thresholds import DEFAULT
from outages.models import ProbeHealth, Vantage
from outages.signals.outbound.configured import is_off

FINE, SILENT, BLIND, BLOCKED, OFF = "fine", "silent", "blind", "blocked", "off"
SILENT_AFTER = timedelta(seconds=150)  # two heartbeats and a half
OVERDUE_INTERVALS = 3


@dataclass(frozen=True, slots=True)
class VantageState:
    """A vantage now. `failing_controls` are those targets that tell us of our own network."""

    name: str
    state: str
    last_seen_at: datetime | None
    last_result_at: datetime | None
    failing_controls: tuple[str, ...] = ()


def vantages(now: datetime) -> list[VantageState]:
    """All vantages that were ever heard, by name."""
    rows: dict[str, list[ProbeHealth]] = defaultdict(list)
    for row in ProbeHealth.objects.filter(last_at__gt=now - timedelta(minutes=DEFAULT.fresh_minutes)):
        rows[row.vantage].append(row)
    return [
        VantageState(
            name=vantage.name,
            state=_state(vantage, rows[vantage.name], now),
            last_seen_at=vantage.last_seen_at,
            last_result_at=vantage.last_result_at,
            failing_controls=tuple(
                sorted({r.probe for r in rows[vantage.name] if r.control and r.classification == "down"})
            ),
        )
        for vantage in Vantage.objects.order_by("name")
    ]


def _state(vantage: Vantage, health: Iterable[ProbeHealth], now: datetime) -> str:
    if is_off():
        return OFF
    if vantage.last_seen_at is None or vantage.last_seen_at < now - SILENT_AFTER:
        return SILENT
    asked = [row for row in health if row.classification not in ("unasked", "own_error")]
    if not asked:
        return OFF if list(health) else FINE
    said = rules.vantage_state([_track(row) for row in asked], _minute(now), DEFAULT)
    return {rules.BLIND: BLIND, rules.BLOCKED: BLOCKED}.get(said, FINE)


def _track(row: ProbeHealth) -> rules.Track:
    """The row as the detector's own rule for vantages takes it."""
    return rules.Track(
        probe=row.probe,
        vantage=row.vantage,
        component=row.component,
        countries=(),
        control=row.control,
        state=rules.UP if row.classification == rules.DEGRADED else row.classification,
        said=row.error or str(row.http_status or ""),
        minute=_minute(row.last_at),
    )


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def is_overdue(row: ProbeHealth, interval_s: float, now: datetime) -> bool:
    """Whether a probe should have said something by now."""
    waits_until = max(row.not_before_at or row.last_at, row.last_at)
    return waits_until < now - max(OVERDUE_INTERVALS * timedelta(seconds=interval_s), SILENT_AFTER)
