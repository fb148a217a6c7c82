"""A problem reported in a browser, seen on the page: with and without a script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect

from outages.pipeline import scan
from reports.models import Report, Service
from tests import factories
from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def service(clock: Any, site: str) -> Service:
    return factories.a_service()


def reported(page: Page) -> Report:
    expect(page.get_by_role("status").filter(has_text="Thanks")).to_be_visible()
    return Report.objects.order_by("-received_at").select_related("symptom", "component")[0]


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
def test_a_problem_reported_in_two_taps_arrives_on_the_page(
    visit: Opener, service: Service, clock: Any, script: bool
) -> None:
    page, trouble = visit("/acme/report", java_script_enabled=script)
    page.get_by_text("Cannot sign in").click()
    page.get_by_role("button", name="Send the report").click()
    report = reported(page)
    assert (report.symptom.slug, report.component.slug, report.door) == ("login-failed", "login", "web")
    assert report.country == ("NL" if script else "")
    entry = page.locator("#entry")
    expect(entry).to_contain_text("within two minutes")
    alert, others = (
        page.get_by_role("link", name="Alert me when"),
        page.get_by_role("link", name="See what others report"),
    )
    assert alert.bounding_box()["y"] < others.bounding_box()["y"]  # type: ignore[index]  # both are on the page
    if script:
        expect(entry.get_by_role("link", name="See Netherlands on the map")).to_be_visible()
    expect(page.get_by_text("You’re the first to report")).to_be_visible()
    clock.shift(timedelta(seconds=70))
    assert scan.run(service, now=datetime.now(UTC)) >= 1
    if script:
        expect(entry).to_contain_text("Counted.", timeout=12_000)  # by itself
    page.get_by_role("link", name="See what others report").click()
    expect(page.get_by_role("heading", name="Most reported problems")).to_be_visible()
    expect(page.get_by_text("1 report in 30 min").first).to_be_visible()
    expect(page.locator(".ranked")).to_have_count(0)  # one report is too few to say what people see
    assert trouble.all == []


def test_works_for_me_is_one_tap_and_knows_the_country(visit: Opener, service: Service) -> None:
    page, trouble = visit("/acme/", timezone_id="Asia/Tokyo")
    page.get_by_role("button", name="Works for me").click()
    report = reported(page)
    assert (report.kind, report.country) == (Report.Kind.WORKING, "JP")
    assert trouble.all == []


def test_a_place_is_changed_without_a_script(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report", java_script_enabled=False)
    page.get_by_text("Spins and times out").click()
    page.get_by_label("Country").select_option("US")
    page.get_by_role("button", name="Load regions").click()
    expect(page.get_by_label("Spins and times out")).to_be_checked()
    assert page.url.endswith("/acme/report"), "what was filled in stands in no address"
    page.get_by_label("Region").select_option(label="California")
    page.get_by_role("button", name="Send the report").click()
    report = reported(page)
    assert (report.symptom.slug, report.country, report.region) == ("timeout", "US", "US-CA")


def test_my_location_leaves_only_a_region(visit: Opener, service: Service) -> None:
    page, trouble = visit(
        "/acme/report", geolocation={"latitude": 52.3731, "longitude": 4.8922}, permissions=["geolocation"]
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_label("Region")).to_have_value("NL-NH")
    assert not any("52.37" in address for address in asked)
    page.get_by_text("Cannot sign in").click()
    page.get_by_role("button", name="Send the report").click()
    assert reported(page).region == "NL-NH"
    assert trouble.all == []


def test_a_report_is_corrected_then_withdrawn_without_a_script(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report", java_script_enabled=False)
    page.get_by_text("Spins and times out").click()
    page.get_by_role("button", name="Send the report").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_text("Cannot sign in").click()
    note = "\u05e9\u05dc\u05d5\u05dd " + "W" * 300  # from right to left, and a word longer than any screen
    page.get_by_label("Note").fill(note)
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Your changes are saved.")).to_be_visible()
    expect(page.get_by_role("cell", name=note)).to_have_css("direction", "rtl")
    assert (page.get_by_role("table").bounding_box() or {})["width"] < 1280
    report = Report.objects.select_related("symptom").get()
    assert (report.symptom.slug, report.note) == ("login-failed", note)
    page.get_by_role("button", name="Delete my report").click()
    expect(page.get_by_role("heading", name="Your report is deleted")).to_be_visible()
    report.refresh_from_db(from_queryset=Report.objects.filter(id=report.id))
    assert report.withdrawn_at is not None
    assert report.note == ""


def test_fixed_for_me_is_one_tap_on_the_receipt(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report")
    page.get_by_text("Cannot sign in").click()
    page.get_by_role("button", name="Send the report").click()
    reported(page)
    page.get_by_role("button", name="It works again").click()
    expect(page.get_by_text("it works again", exact=True)).to_be_visible()
    kinds = Report.objects.filter(service=service).order_by("received_at").values_list("kind", "component__slug")
    assert list(kinds) == [(Report.Kind.PROBLEM, "login"), (Report.Kind.RECOVERED, "login")]


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without a script"])
def test_a_form_that_lacks_its_symptom_keeps_all_that_was_filled_in(
    visit: Opener, service: Service, script: bool
) -> None:
    page, _ = visit("/acme/report", java_script_enabled=script)
    page.get_by_text("Add details").click()
    page.get_by_label("Note").fill("at home")
    page.get_by_label("Country").select_option("DE")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Please pick a problem.")).to_be_visible()
    expect(page.get_by_label("Country")).to_have_value("DE")
    expect(page.get_by_label("Note")).to_have_value("at home")
    assert not Report.objects.filter(service=service).exists()


def test_the_whole_way_goes_by_keyboard(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Report a problem").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/report")
    page.get_by_label("503 Server Maintenance").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Spins and times out")).to_be_checked()
    page.keyboard.press("Enter")
    assert reported(page).symptom.slug == "timeout"
