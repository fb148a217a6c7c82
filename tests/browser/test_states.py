"""One state, one wording on every page, and no more claimed than is known; an incident's hours as small maps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from config.process_cache import CACHE
from outages.models import Incident, ServiceMinute
from tests import factories
from tests.browser.conftest import Opener
from tests.browser.test_alive import end

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# What the page, the map and the frame say; what the list, the titles and the incident's page say.
WORDS = {
    "possible": ("Acme may be down: Mobile app.", "Possible outage"),
    "confirmed": ("Acme is down: Mobile app.", "Outage"),
    "recovering": ("Acme is recovering: Mobile app.", "Recovering"),
    "over": ("Acme is working again.", "No problems"),
    "unknown": ("We can't tell if Acme is working.", "Unknown"),
}
UNKNOWABLE = ("providers", "no official", "everywhere", "confidence 0")


def test_each_state_is_said_the_same_on_every_page_and_claims_no_more(visit: Opener, site: str) -> None:
    service = factories.a_service()
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    incident = factories.an_outage(service, now)
    factories.watched(service, now, now + timedelta(minutes=30))  # however long it takes here
    page, trouble = visit("/offline", java_script_enabled=False)
    found = []
    for state, (sentence, word) in WORDS.items():
        if state == "over":
            end(service)
        elif state == "unknown":
            ServiceMinute.objects.filter(service=service).delete()
        else:
            Incident.objects.filter(pk=incident.pk).update(state=state)
            incident.events.filter(pk=incident.events.latest("at", "id").pk).update(to_state=state)
        CACHE.clear()
        for path, place in (
            ("/acme/", ".sentence"),
            ("/acme/map", ".state-line"),
            (f"/embed/acme?{state}", ".sentence"),
        ):
            page.goto(site + path, wait_until="domcontentloaded")
            text = page.inner_text("body")
            if sentence not in page.locator(place).first.inner_text():
                found.append((state, path, page.locator(place).first.inner_text()))
            if path != "/acme/map" and f"? {word} ·" not in page.title():
                found.append((state, path, page.title()))
            claimed = [words for words in UNKNOWABLE if words in text.lower()]
            if state in ("over", "unknown") and "confidence" in text:
                claimed.append("confidence")
            found += [(state, path, words) for words in claimed]
        page.goto(site + "/", wait_until="domcontentloaded")
        row = page.locator(".service-row .state").inner_text()
        if not row.startswith("Back to normal" if state == "over" else word):
            found.append((state, "/", row))
    assert (found, trouble.all) == ([], [])


def test_an_incident_is_told_hour_by_hour_and_unwatched_time_is_no_silence(visit: Opener, site: str) -> None:
    service = factories.a_service()
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    opened = until - timedelta(hours=3)
    factories.watched(service, opened - timedelta(hours=2), until - timedelta(hours=1), raw=1)
    rows = [factories.Cell(opened + timedelta(hours=k), "NL", raw=40 * (k + 1)) for k in range(2)]
    factories.cells(service, rows)
    factories.an_incident(service, opened, states=((0, "possible"), (9, "confirmed"), (170, "resolved")))
    page, trouble = visit("/acme/incidents/1", viewport={"width": 360, "height": 640})
    maps = page.locator(".hourly li")
    expect(maps).to_have_count(4)  # the hour before, too
    words = maps.all_inner_texts()
    assert ["Netherlands" in text for text in words] == [False, True, True, False]
    assert "not monitored" in words[3]
    expect(page.locator(".drawn .gap").first).to_be_attached()  # hatched in how it spread, too
    assert trouble.all == []
