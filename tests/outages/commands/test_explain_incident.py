"""Each number of an incident leads to its rows."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from selectolax.lexbor import LexborHTMLParser

from outages.clock import at_minute
from outages.detection.replay import Event
from outages.models import Incident
from outages.pipeline import scan
from outages.pipeline.spec import service_spec
from outages.queries.explain import stored
from outages.signals.announcements.recorded import record_announcements
from outages.signals.probes.recorded import record_results
from reports.catalog.loader import read
from reports.catalog.store import catalog_of, store
from reports.models import Report, Service
from tests.outages.crowds import Sent, of_reports, send, usual, watched_quietly
from tests.outages.detection.minutes import Crowd

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def explained(incident: int) -> str:
    out = io.StringIO()
    call_command("explain_incident", str(incident), stdout=out)
    return out.getvalue()


@pytest.fixture
def service() -> Service:
    store(read(Path(__file__).parents[3] / "catalog" / "tesla.toml"))
    return Service.objects.get(slug="tesla")


def test_an_incident_is_explained_down_to_its_minute_counts(service: Service) -> None:
    scan.run(service, now=START + timedelta(seconds=6))
    send(
        service,
        [
            Sent(START + timedelta(seconds=5 * n), symptom="timeout", network=n * 7919, wide_network=n * 104729, asn=n)
            for n in range(1, 11)
        ],
    )
    scan.run(service, now=START + timedelta(minutes=1, seconds=6))
    text = explained(Incident.objects.get().pk)
    assert "opened → possible" in text
    assert "crowd: negative-binomial-cusum" in text
    assert "outages_minutecount 12:00 to 12:00, app, NL: 10 reports, 10.0 counted" in text
    assert "reports_report 12:00 to 12:00: 10 reports from 10 networks, 10 known providers" in text


def an_outage_of_many_sides(service: Service) -> tuple[Incident, datetime]:
    """Reports from three countries, some of them cut, failing probes and official word. Returns also the present."""
    watched_quietly(service, START)
    crowd = Crowd(3)
    sent = usual(Crowd(2), START, 75)
    for number in range(25):
        minute = START + number * MINUTE
        sent += of_reports(crowd.some(9.0, ("app", "login"), symptoms=("http-503-maintenance",)), minute)
        sent += [Sent(minute, network=77, asn=101, reporter=9000 + number * 10 + n) for n in range(6)]
        sent.append(Sent(minute, network=78, verdict=Report.Verdict.HELD))
    send(service, sent)
    failing = [
        Event("probe", START + number * MINUTE, "tesla", component="app", probe=f"app-{vantage}", vantage=vantage,
              http_status=503 if 3 <= number < 25 else 200)
        for number in range(75) for vantage in ("euw1", "use1")
    ]  # fmt: skip
    record_results(service, failing)
    source, author = sorted(service_spec(catalog_of(service)).official_authors)[0]
    said = Event("announcement", START + 12 * MINUTE, "tesla", source=source, author=author, id="1",
                 text="We are investigating an outage of the Tesla app.", url="https://example.org/1")  # fmt: skip
    record_announcements(service, [said], now=START + 12 * MINUTE)
    end = START + 75 * MINUTE
    scan.catch_up(service, end)
    incident = Incident.objects.filter(service=service, confirmed_at__isnull=False).get()
    return incident, end


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w])", text))


def test_every_number_of_the_evidence_on_the_page_is_found_in_the_explanation(
    service: Service, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident, end = an_outage_of_many_sides(service)
    monkeypatch.setattr("django.utils.timezone.now", lambda: end)
    page = LexborHTMLParser(client.get(f"/tesla/incidents/{incident.number}").content.decode())
    for unseen in page.css("svg, script, time"):
        unseen.decompose()
    evidence = page.css_first("[aria-labelledby=timeline]").text(separator=" ")
    sections = [
        evidence,
        page.css_first("details.small").text(separator=" "),
        page.css_first("[aria-labelledby=where] table").text(separator=" "),
    ]
    shown = set().union(*map(numbers_in, sections)) - {str(n) for n in range(10)}  # too common to prove anything
    assert len(shown) > 20
    missing = shown - numbers_in(explained(incident.pk))
    assert not missing


def test_what_was_seen_is_the_sum_of_the_counts_that_are_named(service: Service) -> None:
    incident, _ = an_outage_of_many_sides(service)
    terms = [term for event in incident.events.all() for term in event.evidence if term["kind"] == "crowd"]
    assert terms
    for term in terms:
        since = at_minute(term["detail"]["from_minute"])
        until = at_minute(term["detail"]["to_minute"]) + MINUTE
        places = [] if term["place"] == "everywhere" else term["place"].split(", ")
        raw, effective, cuts = stored(service, since, until, term["detail"]["components"], places)
        assert effective == pytest.approx(term["seen"], abs=3.0)  # evidence is told to the nearest five
        assert raw - effective == pytest.approx(sum(n for name, n in cuts.items() if name != "held"), abs=0.01)


def test_an_incident_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CommandError, match="There is no incident 77"):
        explained(77)
