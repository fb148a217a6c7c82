"""The answer on a phone's first screen, and pages that stay one state while it happens."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, expect

from config.languages import path_in
from outages.models import Incident, IncidentEvent
from reports.languages import LANGUAGES
from reports.models import Service
from tests import factories
from tests.browser.conftest import Opener, Trouble

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 640}}
FIRST = (".sentence", ".answer", ".actions.first", ".works", ".lasted", ".near")
OPEN = ("/acme/", "/acme/incidents/4", "/", "/acme/map")
OVER = "It's over."
RETRY = "retry: 300\n\n"


@pytest.fixture
def service(site: str) -> Service:
    service = factories.a_service()
    now = datetime.now(UTC)
    for days in (3, 5, 9):
        factories.an_incident(
            service, now - timedelta(days=days), states=((0, "possible"), (6, "confirmed"), (days * 30, "resolved"))
        )
    factories.an_outage(service, now)
    return service


def end(service: Service) -> None:
    """The open incident is over from now on."""
    now = datetime.now(UTC)
    incident = Incident.objects.get(service=service, resolved_at=None)
    event = IncidentEvent.objects.filter(incident=incident).latest("at", "id")
    event.pk, event.from_state, event.to_state, event.at = None, event.to_state, "resolved", now
    event.code, event.params = factories.CODES["resolved"], factories.PARAMS.get("resolved", {})
    event.save()
    Incident.objects.filter(pk=incident.pk).update(state="resolved", resolved_at=now, updated_at=now)


@pytest.mark.slow
def test_the_first_screen_of_a_phone_holds_the_answer_in_each_language(
    visit: Opener, service: Service, site: str
) -> None:
    page, trouble = visit("/acme/", **PHONE)
    too_low, too_long = {}, {}
    for language in LANGUAGES:
        page.goto(site + path_in("/acme/", language))
        for part in FIRST:
            box = page.locator(part).first.bounding_box()
            assert box, (language, part)
            if box["y"] + box["height"] > 640:
                too_low[language, part] = box
        lines = page.locator(".sentence").evaluate(
            "p => Math.round(p.getBoundingClientRect().height / parseFloat(getComputedStyle(p).lineHeight))"
        )
        if lines > 2:
            too_long[language] = lines
        tab = page.locator(".tabs [aria-current]").bounding_box()
        assert tab
        assert 0 <= tab["x"] <= 360 - tab["width"]
    assert (too_low, too_long, trouble.all) == ({}, {}, [])


def test_the_active_tab_is_in_sight(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/subscribe", **PHONE)
    tab = page.locator(".tabs [aria-current]").bounding_box()
    assert tab
    assert 0 <= tab["x"] <= 360 - tab["width"]


def test_report_a_problem_is_four_keys_away(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/")
    for key in ("Tab", "Enter", "Tab"):
        page.keyboard.press(key)
    expect(page.get_by_role("link", name="Report a problem")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/acme/report")


def is_over(page: Page) -> None:
    """Every part of the page says so, and it was said aloud."""
    expect(page.locator("#said")).to_contain_text(OVER, timeout=5000)
    assert page.locator("[data-say]").first.get_attribute("data-state") in ("ok", "resolved")
    assert page.locator("link[rel=icon]").get_attribute("href", timeout=1000).endswith("/mark.svg")


@pytest.mark.slow
def test_with_a_live_stream_all_parts_turn_over_together(visit: Opener, service: Service, settings: Any) -> None:
    settings.LIVE_ON_PAGES = True
    told: list[bool] = []

    def stream(route: Route) -> None:
        body = "event: incident\ndata: {}\n\n" if told else ""
        route.fulfill(content_type="text/event-stream", body=RETRY + body)

    pages: list[tuple[Page, Trouble]] = []
    for path in OPEN:
        page, trouble = visit("/offline")
        page.route("**/stream", stream)
        page.goto(page.url.removesuffix("/offline") + path)
        expect(page.locator("[data-say]").first).to_have_attribute("data-state", "confirmed")
        assert "mark-down" in (page.locator("link[rel=icon]").get_attribute("href") or "") or path == "/"
        pages.append((page, trouble))
    service_page = pages[0][0]
    assert "Outage" in service_page.title()
    link = service_page.locator("[data-live=verdict] a[href*='incidents/4']")
    near = service_page.locator(".near a")
    assert link.count() == 1
    near.focus()
    service_page.evaluate("scrollTo(0, 300)")
    end(service)
    told.append(True)
    for page, trouble in pages:
        is_over(page)
        assert trouble.all == []
    assert "Outage" not in service_page.title()
    assert link.count() == 0
    expect(service_page.locator(".sentence")).to_contain_text("Acme is working again.")
    expect(service_page.locator("table.bars .is-confirmed")).to_have_count(0)
    expect(near).to_be_focused()
    assert service_page.evaluate("scrollY") > 0
    expect(pages[2][0].locator(".service-row")).to_contain_text("Back to normal")


@pytest.mark.slow
def test_without_a_stream_all_parts_turn_over_within_five_seconds(visit: Opener, service: Service) -> None:
    pages: list[tuple[Page, Trouble]] = []
    for path in OPEN:
        page, trouble = visit(path)
        expect(page.locator("[data-say]").first).to_have_attribute("data-state", "confirmed")
        pages.append((page, trouble))
    map_page = pages[3][0]
    map_page.get_by_role("button", name="Zoom in").click()
    near = map_page.locator("#drawing svg").get_attribute("viewBox")
    map_page.locator(".state-line a").focus()
    end(service)
    started = time.monotonic()
    for page, trouble in pages:
        is_over(page)
        assert trouble.all == []
    assert time.monotonic() - started < 5
    assert map_page.locator("#drawing svg").get_attribute("viewBox") == near  # where one has moved to
    expect(map_page.locator(".state-line a")).to_be_focused()
    expect(map_page.locator(".state-line")).to_contain_text("working again")
    expect(map_page.locator("#v_show")).to_be_hidden()
    expect(map_page.locator("#map-buttons")).to_be_visible()


def test_without_a_stream_the_page_is_renewed_when_the_tab_comes_back(visit: Opener, service: Service) -> None:
    page, trouble = visit("/acme/")
    page.locator("[data-live=verdict] details summary, .chips").first.scroll_into_view_if_needed()
    end(service)
    page.evaluate("renewedAt = 0; document.dispatchEvent(new Event('visibilitychange'))")
    is_over(page)
    assert trouble.all == []


def test_what_was_opened_and_filled_in_stays_while_the_page_renews(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/incidents/4")
    details = page.locator("[data-live=page] details").first
    details.locator("summary").click()
    details.locator("summary").evaluate("e => (window.kept = e)")
    end(service)
    page.evaluate("refresh()")
    is_over(page)
    assert details.evaluate("e => e.open")
    assert page.evaluate("document.contains(window.kept) && document.activeElement === window.kept")


def test_times_have_their_zone_and_today_s_their_age(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/", timezone_id="America/Los_Angeles")
    since = page.locator(".answer time").text_content() or ""
    at = datetime.fromisoformat(page.locator(".answer time").get_attribute("datetime") or "")
    here, now = at.astimezone(ZoneInfo("America/Los_Angeles")), datetime.now(ZoneInfo("America/Los_Angeles"))
    assert here.tzname() in ("PST", "PDT")
    if here.date() == now.date():
        assert since.startswith(f"{here:%H:%M} {here.tzname()} (")
        assert since.endswith("ago)")
    else:
        assert since == f"{here:%Y-%m-%d %H:%M} {here.tzname()}"
    assert page.locator("[data-zone-name]").first.text_content() in ("PST", "PDT")
    past = f"{at:%Y-%m-%dT%H:%MZ}"
    page.goto(page.url + f"?at={past}")
    assert f"({at:%H:%M} UTC)" in (page.locator(".banner time[data-local]").first.text_content() or "")
