"""Reports straight into the database, as an intake that was asked by a crowd would have stored them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from outages.clock import at_minute, minute_of
from outages.detection.datatypes import Minute, Reports
from outages.detection.engine import State, step
from outages.models import DetectorState
from outages.pipeline.spec import service_spec
from reports.catalog.store import catalog_of
from reports.models import Report, Service
from tests.outages.detection.minutes import Crowd

PARTS = ("app", "login", "vehicle", "charging", "website", "energy")
KINDS = {"problem": 0, "working": 1, "recovered": 2}


@dataclass(frozen=True, slots=True)
class Sent:
    """One report. 0 stands for a network, a provider or a reporter that is not known."""

    at: datetime
    component: str = "app"
    symptom: str = "http-503-maintenance"
    place: str = "NL-NH"
    kind: str = "problem"
    network: int = 0
    wide_network: int = 0
    asn: int = 0
    reporter: int = 0
    verdict: int = 0
    weight: float = 1.0


def send(service: Service, sent: Iterable[Sent]) -> None:
    """Stores them."""
    components = dict(service.components.values_list("slug", "id"))
    symptoms = dict(service.symptoms.values_list("slug", "id"))
    Report.objects.bulk_create(
        [
            Report(
                id=uuid.uuid4(),
                at=one.at,
                received_at=one.at,
                occurred_at=one.at,
                service=service,
                component_id=components[one.component],
                symptom_id=symptoms[one.symptom],
                kind=KINDS[one.kind],
                country=one.place[:2],
                region=one.place,
                network=one.network,
                wide_network=one.wide_network,
                asn=one.asn,
                reporter=one.reporter,
                verdict=one.verdict,
                weight=one.weight,
                door="api",
                receipt_hash=b"",
            )
            for one in sent
        ],
        batch_size=2000,
    )


def usual(crowd: Crowd, start: datetime, minutes: int, kind: str = "problem") -> list[Sent]:
    """What an ordinary crowd sends."""
    sent = []
    for minute in range(minutes):
        taken = crowd.some(crowd.per_minute, components=PARTS)
        sent += of_reports(taken, start + timedelta(minutes=minute), kind)
    return sent


def of_reports(taken: Reports, minute: datetime, kind: str = "problem") -> list[Sent]:
    """A minute's reports as rows to store."""
    return [
        Sent(
            at=minute + timedelta(seconds=number % 60),
            component=taken.components[taken.component[number]],
            symptom=taken.symptoms[taken.symptom[number]],
            place=taken.places[taken.place[number]],
            kind=kind,
            network=int(taken.network[number]),
            wide_network=int(taken.wide_network[number]),
            asn=int(taken.asn[number]),
            reporter=int(taken.reporter[number]),
        )
        for number in range(len(taken))
    ]


def watched_quietly(service: Service, until: datetime, minutes: int = 400) -> None:
    """Gives a service the state of a detector that has seen an ordinary crowd for so long."""
    spec = service_spec(catalog_of(service))
    crowd = Crowd(1)
    first = minute_of(until) - minutes
    state = State.fresh(first - 1)
    for number in range(first, minute_of(until)):
        taken = crowd.some(crowd.per_minute, components=PARTS)
        state, _ = step(state, Minute(number, taken), service=spec)
    DetectorState.objects.create(
        service=service,
        minute=at_minute(state.minute),
        state=state.dumps(),
        recounted_until=datetime(2000, 1, 1, tzinfo=UTC),
    )
