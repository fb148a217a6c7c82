"""manage.py explain_incident ID: prints an incident's evidence, each number with the rows that it was made of."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from outages.clock import service_now
from outages.models import Incident, IncidentEvent
from outages.queries import explain
from outages.queries import incidents as incident_queries
from outages.texts import formats
from outages.texts.event_texts import event_text, term_text

NUMBERS = ("seen", "expected", "nats")


class Command(BaseCommand):
    help = (
        "Explain an incident: print each event, the weight (in nats) of each piece of evidence, and the rows "
        "behind its numbers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, help="incident ID, as in the API")

    def handle(self, *args: Any, **options: Any) -> None:
        incident = Incident.objects.select_related("service").filter(pk=options["id"]).first()
        if incident is None:
            raise CommandError(f"There is no incident {options['id']}. The API lists them with their ids.")
        where = ", ".join([*incident.countries, *incident.regions]) or "everywhere"
        self.stdout.write(
            f"Incident {incident.pk}: {incident.service.slug} number {incident.number}, "
            f"{incident.kind}, {incident.state}"
        )
        self.stdout.write(
            f"  parts {', '.join(incident.components)}; {where}; confidence {formats.percent(incident.confidence)}"
        )
        at = service_now(incident.service, now=timezone.now())
        view = incident_queries.incident(incident.service, incident.number, at)
        if view is not None:
            for line in explain.whole(incident, view, at):
                self.stdout.write(f"  rows: {line}")
        for event in incident.events.all():
            self._tell(incident, event)

    def _tell(self, incident: Incident, event: IncidentEvent) -> None:
        total = sum(term["nats"] for term in event.evidence)
        self.stdout.write(
            f"\n{event.at:%Y-%m-%d %H:%M} UTC  {event.from_state or 'opened'} → {event.to_state}  "
            f"by {event.reason}, {total:.1f} nats, confidence {formats.percent(event.confidence)}"
        )
        self.stdout.write(f"  {event_text(event)}")
        for term in event.evidence:
            self.stdout.write(f"  {term['kind']}: {term['name']}, {term['nats']:.2f} nats: {term_text(term)}")
            shown = {name: formats.short(term[name]) for name in NUMBERS if term[name] is not None}
            self.stdout.write(f"    shown: {', '.join(f'{name} {number}' for name, number in shown.items())}")
            detail = {key: value for key, value in term["detail"].items() if value not in (None, "", [], {})}
            self.stdout.write(f"    numbers: {json.dumps(detail, ensure_ascii=False, sort_keys=True)}")
            for line in explain.term(incident, event, term):
                self.stdout.write(f"    rows: {line}")
