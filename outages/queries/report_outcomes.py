"""What became of a report: was an outage of its part and place confirmed afterwards, or was all calm?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Sum

from outages.clock import at_minute
from outages.models import Incident, ServiceMinute
from outages.queries import chips
from outages.queries import incidents as incident_queries
from reports.models import Service
from reports.reputation.score import Agreement, Said

AROUND = timedelta(hours=1)
PATIENCE = timedelta(hours=3)  # so long after a report nothing is said of it
LONGEST_DOUBT = timedelta(days=2)  # an incident that stays open longer without being confirmed says nothing
WATCHED_MINUTES = 90  # of the two hours around a report


def agreement(said: Said, now: datetime) -> Agreement:
    """How a report was borne out. Three queries at most.

    Right: an outage of its part and place was confirmed, not yet when the report came. Wrong: for an hour before and
    after there was no incident of any kind in its place, and reports were no more than usual. Else unclear.
    """
    at = at_minute(said.minute)
    if now < at + PATIENCE:
        return Agreement.OPEN
    service = Service.objects.filter(slug=said.service).first()
    if service is None:
        return Agreement.UNCLEAR
    near = Incident.objects.filter(service=service, opened_at__lt=at + AROUND).exclude(resolved_at__lt=at - AROUND)
    here = [incident for incident in near if _holds(incident, said.place)]
    if any(_bears_out(incident, said, at) for incident in here):
        return Agreement.RIGHT
    if any(incident.is_open and incident.confirmed_at is None for incident in here) and now < at + LONGEST_DOUBT:
        return Agreement.OPEN
    return Agreement.WRONG if not here and _is_calm(service, at) else Agreement.UNCLEAR


def _holds(incident: Incident, place: str) -> bool:
    """Whether an incident's place holds a region or country; who names a country only may be in any of its regions."""
    spots = incident_queries.place_codes(incident)
    return not spots or any(spot in (place, place[:2]) or spot[:2] == place for spot in spots)


def _bears_out(incident: Incident, said: Said, at: datetime) -> bool:
    confirmed_at, opened_at = incident.confirmed_at, incident.opened_at
    if confirmed_at is None or incident.kind != Incident.Kind.OUTAGE or incident.state == Incident.State.DISMISSED:
        return False
    return said.component in incident.components and opened_at - incident_queries.LEAD <= at < confirmed_at


def _is_calm(service: Service, at: datetime) -> bool:
    sums: dict[str, Any] = ServiceMinute.objects.filter(
        service=service, minute__gte=at - AROUND, minute__lt=at + AROUND
    ).aggregate(watched=Count("id"), seen=Sum("effective"), expected=Sum("expected"))
    if sums["watched"] < WATCHED_MINUTES:
        return False
    return not chips.is_raised(round(sums["seen"]), sums["expected"])
