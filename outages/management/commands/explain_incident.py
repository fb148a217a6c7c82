"""manage.py explain_incident ID: prints an incident's evidence, each number with the rows that it was made of."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Sum

from outages.counting import at_minute, split_place
from outages.models import Announcement, Incident, IncidentEvent, MinuteCount, ProbeResult

MINUTE = timedelta(minutes=1)
PROBE_WINDOW = timedelta(minutes=15)


class Command(BaseCommand):
    help = "Print what moved an incident: each event, each term's nats, and the rows behind its numbers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, help="the incident's id, as the API gives it")

    def handle(self, *args: Any, **options: Any) -> None:
        incident = Incident.objects.select_related("service").filter(pk=options["id"]).first()
        if incident is None:
            raise CommandError(f"There is no incident {options['id']}. The API lists them with their ids.")
        where = ", ".join([*incident.countries, *incident.regions]) or "everywhere"
        self.stdout.write(
            f"Incident {incident.pk}: {incident.service.slug} number {incident.number}, "
            f"{incident.kind}, {incident.state}"
        )
        self.stdout.write(f"  parts {', '.join(incident.components)}; {where}; confidence {incident.confidence:.2f}")
        for event in incident.events.all():
            self._tell(incident, event)

    def _tell(self, incident: Incident, event: IncidentEvent) -> None:
        total = sum(term["nats"] for term in event.evidence)
        self.stdout.write(
            f"\n{event.at:%Y-%m-%d %H:%M} UTC  {event.frm or 'opened'} → {event.to}  "
            f"by {event.reason}, {total:.1f} nats"
        )
        self.stdout.write(f"  {event.text}")
        for term in event.evidence:
            self.stdout.write(f"  {term['kind']}: {term['name']}, {term['nats']:.2f} nats: {term['text']}")
            detail = {key: value for key, value in term["detail"].items() if value not in (None, "", [], {})}
            self.stdout.write(f"    numbers: {json.dumps(detail, ensure_ascii=False, sort_keys=True)}")
            for line in self._rows(incident, event, term):
                self.stdout.write(f"    rows: {line}")

    def _rows(self, incident: Incident, event: IncidentEvent, term: dict[str, Any]) -> list[str]:
        """What is stored behind a term, a line each."""
        if term["kind"] == "crowd":
            return self._counts(incident, event, term)
        if term["kind"] == "probes":
            return self._probes(incident, event, term)
        url = term["detail"].get("url")
        posts = Announcement.objects.filter(service=incident.service, url=url) if url else Announcement.objects.none()
        return [f"outages_announcement {post.pk}, posted {post.posted_at:%Y-%m-%d %H:%M}: {post.url}" for post in posts]

    def _counts(self, incident: Incident, event: IncidentEvent, term: dict[str, Any]) -> list[str]:
        """The minute counts of the term's window, by component, in the places of the event."""
        detail = term["detail"]
        if "from_minute" not in detail:
            return []
        first, last = at_minute(detail["from_minute"]), at_minute(detail["to_minute"])
        rows = MinuteCount.objects.filter(
            service=incident.service,
            minute__gte=first,
            minute__lte=last,
            component__slug__in=[term["component"]] if term["component"] else event.components,
        )
        if term["place"]:
            country, region = split_place(term["place"])
            rows = rows.filter(country=country, **({"region": region} if region else {}))
        sums = rows.values("component__slug").annotate(raw_sum=Sum("raw"), effective_sum=Sum("effective"))
        return [
            f"outages_minutecount {first:%H:%M} to {last:%H:%M}, {row['component__slug']}"
            f"{', ' + term['place'] if term['place'] else ''}: "
            f"{row['raw_sum']:,} reports, {row['effective_sum']:.1f} counted"
            for row in sums.order_by("component__slug")
        ]

    def _probes(self, incident: Incident, event: IncidentEvent, term: dict[str, Any]) -> list[str]:
        """The results of the term's probes shortly before the event, by what they were."""
        since: datetime = event.at - PROBE_WINDOW
        rows = ProbeResult.objects.filter(
            service=incident.service, probe__in=term["detail"].get("probes", []), at__gte=since, at__lt=event.at
        ).values_list("probe", "vantage", "classification", "http_status", "error")
        counted = Counter((probe, vantage, kind, str(status or error)) for probe, vantage, kind, status, error in rows)
        return [
            f"outages_proberesult {since:%H:%M} to {event.at:%H:%M}, {probe} from {vantage}: {number} × {kind} ({said})"
            for (probe, vantage, kind, said), number in sorted(counted.items())
        ]
