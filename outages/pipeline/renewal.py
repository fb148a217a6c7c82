"""A detector's state made anew out of stored signals: where it can't be read, or the clock was set back behind it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from outages.clock import MINUTE, minute_of
from outages.detection.datatypes import Minute, Transition
from outages.detection.engine import State, step
from outages.detection.incidents.handover import carried_over
from outages.models import DetectorState, MinuteCount, ServiceMinute
from outages.pipeline import failures, incidents, inputs, quiet
from outages.pipeline.lock import lock_scan
from outages.pipeline.spec import service_spec
from reports.catalog.store import catalog_of
from reports.models import Service

log = logging.getLogger(__name__)

RELEARN = timedelta(hours=72)  # what is usual, after a detector's state could not be read
FIRST_QUIET_MINUTES = 3
MOST_AHEAD = 3 * MINUTE  # a clock that was set back by less is waited for


def first_state(service: Service, first: datetime) -> State:
    """The state before the first minute that is watched.

    A new site has no crowd yet. Its state begins with some quiet minutes, so that a burst in the very first is seen.
    """
    number = minute_of(first)
    state = State.fresh(number - FIRST_QUIET_MINUTES - 1)
    spec = service_spec(catalog_of(service))
    for before in range(number - FIRST_QUIET_MINUTES, number):
        state, _ = step(state, Minute(before), service=spec)
    return state


def relearnt(service: Service, until: datetime, back: timedelta) -> State:
    """Return a state made of the watched minutes before `until`, at most `back`.

    Incidents that are open go on in it under their numbers; those that only the new state holds open are opened.
    """
    spec = service_spec(catalog_of(service))
    since = until - back
    spans = [(max(first, since), min(last, until)) for first, last in watched_spans(service) if last > since]
    spans = [(first, last) for first, last in spans if first < last]
    state = State.fresh(minute_of(spans[0][0]) - 1) if spans else first_state(service, until)
    state.numbered = incidents.highest_number(service)
    transitions: dict[int, list[Transition]] = defaultdict(list)
    for first, last in spans:
        for minute in inputs.read(service, first, last, pending=False):
            state, outcome = step(state, replace(minute, overrides=()), service=spec)
            for transition in outcome.transitions:
                transitions[transition.incident].append(transition)
    found = {incident.number for incident in state.incidents if incident.is_open}
    gone_on = carried_over(state, inputs.open_incidents(service))
    incidents.apply(service, gone_on)
    for number in sorted(found & {incident.number for incident in state.incidents}):
        incidents.apply(service, transitions[number])
    return state


def rewind(service: Service, *, last_complete: Callable[[], datetime]) -> bool:
    """Take a service's detector back to the present where the clock was set back behind it. Return whether it was.

    Otherwise nothing would be judged until the clock has come to the state's minute again, and all would seem well.
    `last_complete` is asked once nobody else can step the service: a process that was held up for long is behind the
    others, and no clock was set back.
    """
    with transaction.atomic():
        if not lock_scan(service):
            return False
        row = DetectorState.objects.filter(service=service).first()
        last = last_complete()
        if row is None or row.minute <= last + MOST_AHEAD:
            return False
        until = last + MINUTE
        log.warning("%s: the clock was set back behind %s; the scan goes on at %s", service.slug, row.minute, until)
        # What was counted is counted again when the minutes come; of the others nobody can know yet.
        counted = MinuteCount.objects.filter(service=service, minute=OuterRef("minute"))
        yet_to_come = ServiceMinute.objects.filter(service=service, minute__gte=until)
        yet_to_come.filter(~Exists(counted), raw=0, working=0, recovered=0).delete()
        failures.forget_from(service, until)
        incidents.bring_back(service, until)
        try:
            with transaction.atomic():
                state = relearnt(service, until, RELEARN)
        except Exception:
            log.exception("%s: the detector begins anew, as it can't learn anew", service.slug)
            state = relearnt(service, until, timedelta(0))
        row.minute, row.state, row.looked_until = last, state.dumps(), None
        row.save()
        quiet.drop(service)
    return True


def watched_spans(service: Service, *also: tuple[datetime, datetime]) -> list[tuple[datetime, datetime]]:
    """The spans of time that were watched, together with others, in order and without overlap."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(minute), max(minute) + interval '1 minute' FROM (SELECT minute, minute - row_number() OVER "
            "(ORDER BY minute) * interval '1 minute' AS island FROM outages_serviceminute WHERE service_id = %s) m "
            "GROUP BY island",
            [service.pk],
        )
        spans = sorted([*cursor.fetchall(), *also])
    merged = spans[:1]
    for first, last in spans[1:]:
        if first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
