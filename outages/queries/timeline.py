"""Parts of services minute by minute, and their uptime: what tools that watch endpoints want to see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from outages.models import Incident, IncidentEvent
from outages.verdict import Verdict, judge
from reports.models import Service

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stood:
    """What an incident said from a moment on."""

    at: datetime
    state: str
    confidence: float
    components: list[str]


@dataclass(slots=True)
class History:
    """A service's minutes before its present. `watched` holds the starts of the minutes that were watched."""

    until: datetime
    watched: set[datetime] = field(default_factory=set)
    incidents: list[list[Stood]] = field(default_factory=list)

    def verdict(self, component: str, minute: datetime) -> Verdict:
        """What was said of a component at the end of a minute; UNKNOWN where nobody watched."""
        found = []
        for stood in self.incidents:
            latest = next((change for change in reversed(stood) if change.at <= minute + MINUTE), None)
            if latest and latest.state in Incident.OPEN_STATES and component in (latest.components or [component]):
                found.append(latest)
        return judge(found, watched=minute in self.watched)

    def minutes(self, count: int) -> list[datetime]:
        """The starts of the last minutes, oldest first, up to the last watched one or to the present."""
        last = max(self.watched, default=None)
        end = self.until.replace(second=0, microsecond=0) - MINUTE
        if last is not None and end - last <= 2 * MINUTE:
            end = last  # the scan is a little behind the clock
        return [end - back * MINUTE for back in range(count - 1, -1, -1)]


def histories(moments: Mapping[Service, datetime], minutes: int) -> dict[int, History]:
    """The last minutes of services before each one's present, by id. Two queries, however many services there are."""
    found = {service.pk: History(until) for service, until in moments.items()}
    span = minutes * MINUTE + 3 * MINUTE
    values: list[Any] = [list(found), [history.until for history in found.values()], span]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.service_id, m.minute FROM unnest(%s::bigint[], %s::timestamptz[]) AS w (service_id, at) "
            "JOIN outages_serviceminute m ON m.service_id = w.service_id AND m.minute >= w.at - %s AND m.minute < w.at",
            values,
        )
        for service_id, minute in cursor.fetchall():
            found[service_id].watched.add(minute)
    since = min((history.until for history in found.values()), default=None)
    if since is None:
        return found
    rows = (
        IncidentEvent.objects.filter(incident__service__in=found)
        .filter(Q(incident__resolved_at=None) | Q(incident__resolved_at__gte=since - span))
        .order_by("at", "id")
        .values_list("incident__service_id", "incident_id", "at", "to_state", "confidence", "components")
    )
    told: dict[tuple[int, int], list[Stood]] = defaultdict(list)
    for service_id, incident_id, at, to, confidence, components in rows:
        told[service_id, incident_id].append(Stood(at, to, confidence, components))
    for (service_id, _incident), stood in told.items():
        found[service_id].incidents.append(stood)
    return found


def uptimes(service: Service, components: Sequence[str], until: datetime, span: timedelta) -> dict[str, float | None]:
    """The share of watched minutes, from 0 to 1, outside of confirmed outages of each component. Three queries.

    None where nothing was watched. What was only possible, false alarms and maintenance are not down time.
    """
    since = until - span
    outages = (
        Incident.objects.filter(service=service, kind=Incident.Kind.OUTAGE, confirmed_at__lt=until)
        .exclude(state__in=[Incident.State.DISMISSED, Incident.State.MERGED])
        .filter(Q(resolved_at=None) | Q(resolved_at__gt=since))
        .values_list("components", "confirmed_at", "resolved_at")
    )
    parts, starts, ends = [], [], []
    for named, confirmed_at, resolved_at in outages:
        for component in named or components:
            parts.append(component)
            starts.append(confirmed_at)
            ends.append(resolved_at or until)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM outages_serviceminute WHERE service_id = %s AND minute >= %s AND minute < %s",
            [service.pk, since, until],
        )
        watched: int = cursor.fetchone()[0]
        cursor.execute(
            "SELECT s.part, count(DISTINCT m.minute) FROM unnest(%s::text[], %s::timestamptz[], %s::timestamptz[]) "
            "AS s (part, since, until) JOIN outages_serviceminute m ON m.service_id = %s AND m.minute >= %s "
            "AND m.minute < %s AND m.minute >= s.since AND m.minute < s.until GROUP BY 1",
            [parts, starts, ends, service.pk, since, until],
        )
        down: dict[str, int] = dict(cursor.fetchall())
    return {component: 1 - down.get(component, 0) / watched if watched else None for component in components}
