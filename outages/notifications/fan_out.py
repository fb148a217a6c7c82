"""From events to deliveries: reads what the incidents' outbox has gained and decides who is told.

Safe to call at any time, by anybody, as often as you like: an event and its deliveries and the cursor move in one
transaction, and the database allows one delivery for each event and subscription.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from outages.models import Delivery, Incident, IncidentEvent, NoticeCursor, Subscription
from outages.notifications.retry import NEWS, digest_at
from outages.notifications.rules import ENDS, Scope, SubscriptionFilter, Told, kind_of, outage_number, was_confirmed
from reports.models import Service

BATCH = 1000


def sweep(now: datetime) -> int:
    """Turns all new events into deliveries, in order. Returns how many deliveries it made."""
    made = 0
    for service in Service.objects.filter(is_active=True):
        if service.clock != Service.Clock.LIVE:
            NoticeCursor.skip(service)  # what is played back is told to nobody, even if the service goes live later
            continue
        while (count := _next_event(service, now)) is not None:
            made += count
    return made


def _next_event(service: Service, now: datetime) -> int | None:
    """Takes the cursor over one event. Returns how many deliveries came of it, or None at the end."""
    NoticeCursor.objects.get_or_create(service=service)
    new = IncidentEvent.objects.filter(incident__service=service)
    with transaction.atomic():
        cursor = NoticeCursor.objects.select_for_update().get(service=service)
        last = new.filter(id__gt=cursor.event_id).aggregate(last=Max("id"))["last"]
        if last is None:
            return None
        event = (
            new.filter(id__gt=cursor.event_id, at__gt=now - NEWS)
            .select_related("incident")
            .defer("evidence")
            .order_by("id")
            .first()
        )
        deliveries = _deliveries(service, event, now) if event is not None else []
        Delivery.objects.bulk_create(deliveries, batch_size=BATCH, ignore_conflicts=True)
        cursor.event_id = last if event is None else event.pk
        cursor.save(update_fields=["event_id"])
    return len(deliveries)


def _deliveries(service: Service, event: IncidentEvent, now: datetime) -> list[Delivery]:
    incident = event.incident
    wanting = Subscription.objects.filter(
        service=service, confirmed_at__lte=event.created_at, disabled_at=None
    ).values_list("id", "endpoint_id", "from_state", "component", "country", "region", "components", "cadence")
    if not wanting:
        return []
    so_far = list(incident.events.filter(id__lte=event.pk).defer("evidence").order_by("id"))
    moves = [(one.from_state, one.to_state) for one in so_far]
    outage, confirmed, scope = outage_number(moves), was_confirmed(moves), _scope(event)
    told = _told(incident, outage, so_far)
    made = []
    for pk, endpoint_id, from_state, component, country, region, components, cadence in wanting:
        wish = SubscriptionFilter(from_state, component, country, region, frozenset(components))
        kind = kind_of(event.to_state, scope, wish, told.get(pk, Told()), confirmed=confirmed)
        if kind is not None:
            next_at = digest_at(now) if cadence == Subscription.Cadence.DAILY else now
            made.append(
                Delivery(
                    subscription_id=pk,
                    endpoint_id=endpoint_id,
                    kind=kind.value,
                    event=event,
                    incident=incident,
                    outage=outage,
                    created_at=now,
                    next_at=next_at,
                )
            )
    return made


def _scope(event: IncidentEvent) -> Scope:
    return Scope(frozenset(event.components), frozenset(event.countries), frozenset(event.regions))


def _told(incident: Incident, outage: int, events: Sequence[IncidentEvent]) -> dict[object, Told]:
    """What each subscription was told of an incident, by the subscription's id."""
    scopes = {event.pk: _scope(event) for event in events}
    ever: dict[object, set[str]] = defaultdict(set)
    kinds: dict[object, set[str]] = defaultdict(set)
    last: dict[object, Scope] = {}
    rows = incident.deliveries.order_by("event_id").values_list("subscription_id", "kind", "outage", "event_id")
    for subscription, kind, number, event_id in rows:
        ever[subscription].add(kind)
        if number == outage:
            kinds[subscription].add(kind)
            if event_id in scopes:
                last[subscription] = scopes[event_id]
    for heir, kind in _inherited(incident, outage, events):
        ever[heir].add(kind)
        kinds[heir].add(kind)
    return {
        subscription: Told(frozenset(kinds[subscription]), frozenset(found), last.get(subscription))
        for subscription, found in ever.items()
    }


def _inherited(incident: Incident, outage: int, events: Sequence[IncidentEvent]) -> Iterable[tuple[object, str]]:
    """What was told of the same outage under another number: of incidents that were merged into this one while it
    lasts, and of the one that it was split off. The end of those is not the end of this."""
    begun = [event for event in events if event.from_state in ("", *ENDS) and event.to_state not in ENDS]
    if not begun:
        return ()
    other = Q(incident__merged_into=incident, incident__resolved_at__gte=begun[-1].at)
    if incident.split_from_id is not None and outage == 1:
        other |= Q(incident=incident.split_from_id, event_id__lt=begun[0].pk)
    told = Delivery.objects.filter(other).exclude(kind=Delivery.Kind.RESOLVED)
    return told.values_list("subscription_id", "kind").order_by("event_id")
