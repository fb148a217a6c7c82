"""Languages in a real browser: led once, chosen without a script, local times, and room for long words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from reports.models import Service
from tests import factories
from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def service(site: str) -> Service:
    service = factories.a_service()
    factories.an_outage(service, datetime.now(UTC))
    return service


def test_a_visitor_is_led_to_their_language_and_chooses_another_for_good(
    visit: Opener, service: Service, site: str
) -> None:
    page, trouble = visit("/acme/", locale="de-CH", java_script_enabled=False)
    expect(page).to_have_url(f"{site}/de/acme/")
    page.get_by_role("link", name="Karte", exact=True).click()
    expect(page).to_have_url(f"{site}/de/acme/map")
    page.get_by_role("button", name="English").press("Enter")
    expect(page).to_have_url(f"{site}/acme/map")
    page.get_by_role("link", name="History", exact=True).click()
    expect(page).to_have_url(f"{site}/acme/history")
    page.goto(f"{site}/")
    expect(page).to_have_url(f"{site}/")
    page.get_by_role("button", name="日本語").click()
    expect(page).to_have_url(f"{site}/ja/")
    page.goto(f"{site}/acme/")
    expect(page).to_have_url(f"{site}/ja/acme/")
    assert trouble.all == []


@pytest.mark.parametrize(
    ("tag", "form", "age"),
    [("de", r"(\d\d:\d\d) GMT\+9", r" \(vor \d+ .+\)"), ("ja", r"(\d{1,2}:\d\d) JST", r"（\d+.+前）")],
)
def test_times_are_written_as_the_language_does_in_the_visitor_s_zone(
    visit: Opener, service: Service, tag: str, form: str, age: str
) -> None:
    page, _ = visit(f"/{tag}/acme/incidents/1", timezone_id="Asia/Tokyo")
    shown = page.locator("time[data-local=moment]").first
    at = datetime.fromisoformat(shown.get_attribute("datetime") or "")
    said = shown.text_content() or ""
    local = at.astimezone(ZoneInfo("Asia/Tokyo"))
    is_of_today = local.date() == datetime.now(ZoneInfo("Asia/Tokyo")).date()
    written = re.search(form + (age if is_of_today else "$"), said)  # yesterday's has its date before it and no age
    assert written, said
    assert written[1].zfill(5) == f"{local:%H:%M}"
    assert shown.get_attribute("title") == f"{at:%Y-%m-%d %H:%M} UTC"


@pytest.mark.parametrize("tag", ["de", "ja"])
def test_nothing_is_wider_than_a_phone_and_axe_finds_nothing(visit: Opener, service: Service, tag: str) -> None:
    page, trouble = visit(f"/{tag}/", viewport={"width": 360, "height": 740})
    wide, found = [], {}
    for path in ("/", "/acme/", "/acme/map", "/acme/report", "/acme/subscribe", "/acme/is-it-me", "/about/method"):
        page.goto(re.sub(r"/(de|ja)/.*", f"/{tag}{path}", page.url), wait_until="load")
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(path)
        violations = Axe().run(page).response["violations"]
        found[path] = [violation["id"] for violation in violations]
    assert wide == []
    assert {path: ids for path, ids in found.items() if ids} == {}
    assert trouble.all == []
