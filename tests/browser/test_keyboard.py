"""Each task by keyboard alone: every stop can be reached by Tab and is seen, and what came of it is read out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from reports.models import Report, Service
from tests import factories
from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_STOPS = 120
# A screen reader reads out what changes in a live region, and what the focus moves to.
READ_OUT = """(words) => {
  const heard = [...document.querySelectorAll("[role=status], [role=alert], [aria-live]"), document.activeElement];
  return heard.some((element) => element.innerText.includes(words));
}"""


@pytest.fixture
def service(site: str) -> Service:
    service = factories.a_service()
    factories.an_outage(service, datetime.now(UTC))
    return service


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Presses Tab until the target has the focus, and sees to it that the focus shows."""
    expect(target).to_be_attached()
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        if target.evaluate("element => element === document.activeElement"):
            assert target.evaluate(
                """element => {
                  const shown = element.matches(".tile input") ? element.labels[0] : element;
                  return element.matches(":focus-visible") && getComputedStyle(shown).outlineStyle !== "none";
                }"""
            ), "nobody sees where the focus is"
            return
    raise AssertionError(f"Tab never comes to {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def heard(page: Page, words: str) -> None:
    """What happened is on the page, and is read out."""
    expect(page.get_by_text(words).locator("visible=true").first).to_be_visible()
    assert page.evaluate(READ_OUT, words), f"nobody hears {words!r}"


def reported(page: Page) -> None:
    """Sends a report from the service's page on."""
    press(page, page.get_by_role("link", name="Report a problem"))
    page.wait_for_url("**/report")
    tab_to(page, page.get_by_label("503 Server Maintenance"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Cannot sign in")).to_be_checked()
    press(page, page.get_by_role("button", name="Send the report"))
    heard(page, "Thanks, we’ve got your report.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without a script"])
def test_report_correct_and_withdraw(visit: Opener, service: Service, scripts: bool) -> None:
    page, _ = visit("/acme/", java_script_enabled=scripts)
    reported(page)
    press(page, page.get_by_role("link", name="Edit"))
    page.wait_for_url("**/correct")
    tab_to(page, page.get_by_label("Cannot sign in"))
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Spins and times out")).to_be_checked()
    press(page, page.get_by_role("button", name="Save changes"))
    heard(page, "Your changes are saved.")
    assert Report.objects.get().symptom.slug == "timeout"
    press(page, page.get_by_role("button", name="Delete my report"))
    heard(page, "Your report is deleted")
    assert Report.objects.get().withdrawn_at is not None


def test_fixed_for_me(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/")
    reported(page)
    press(page, page.get_by_role("button", name="It works again"))
    heard(page, "Thanks! Good news counts too.")
    assert sorted(Report.objects.values_list("kind", flat=True)) == [Report.Kind.PROBLEM, Report.Kind.RECOVERED]


def test_what_is_missing_in_a_report_is_read_out_and_stands_by_its_field(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report")
    press(page, page.get_by_role("button", name="Send the report"))
    heard(page, "Not sent yet.")
    expect(page.get_by_text("Please pick a problem.")).to_be_visible()
    described = page.get_by_role("group", name="What’s going wrong").get_attribute("aria-describedby")
    assert described == "error_symptom"


def test_choose_a_place(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report", geolocation={"latitude": 52.3731, "longitude": 4.8922}, permissions=["geolocation"])
    expect(page.get_by_label("Country")).to_have_value("NL")
    tab_to(page, page.get_by_label("Country"))
    page.keyboard.type("United States")
    heard(page, "United States: its regions are listed now.")
    tab_to(page, page.get_by_label("Region"))
    page.keyboard.type("Calif")
    expect(page.get_by_label("Region")).to_have_value("US-CA")
    press(page, page.get_by_role("button", name="Use my location"))
    heard(page, "North Holland")
    expect(page.get_by_label("Region")).to_have_value("NL-NH")


def test_subscribe_by_mail(visit: Opener, service: Service, settings: Any) -> None:
    settings.EMAIL_HOST, settings.OUTBOUND = "127.0.0.1", "loopback"
    page, _ = visit("/acme/")
    press(page, page.get_by_role("link", name="Alerts", exact=True))
    page.wait_for_url("**/subscribe")
    tab_to(page, page.get_by_label("Your email address"))
    page.keyboard.type("nobody")
    page.keyboard.press("Enter")
    heard(page, "Not saved yet.")
    tab_to(page, page.get_by_label("Your email address"))
    page.keyboard.type("nobody@example.org")
    page.keyboard.press("Enter")
    heard(page, "Check your inbox.")


def test_the_map_by_its_table(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/map?metric=excess")
    tab_to(page, page.get_by_label("Show", exact=True))
    page.keyboard.press("c")  # "Counted reports": a choice acts at once
    page.wait_for_url("**metric=count**")
    press(page, page.get_by_role("table").get_by_role("link", name="United States"))
    expect(page.get_by_role("rowheader", name="California")).to_be_visible()
    assert "United States" in page.title()
    press(page, page.get_by_role("link", name="All countries"))
    page.wait_for_url("**/map?window=1h&metric=count")
    expect(page.get_by_role("rowheader", name="Germany")).to_be_visible()


def test_language(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/")
    press(page, page.get_by_role("button", name="Deutsch"))
    page.wait_for_url("**/de/acme/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    tab_to(page, page.get_by_role("button", name="English"))
    expect(page.locator(".languages [aria-current]")).to_have_text("Deutsch")


def test_the_first_stop_leads_past_the_head_of_the_page(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Report a problem"))


def test_reports_that_wait(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report")
    page.context.set_offline(True)
    tab_to(page, page.get_by_label("503 Server Maintenance"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    heard(page, "Saved on this device: Acme: 503")
    expect(page.locator("#waiting")).to_be_focused()
    press(page, page.get_by_role("button", name="Try now"))
    heard(page, "Still offline.")
    page.context.set_offline(False)
    heard(page, "Sent: Acme: 503")
    press(page, page.get_by_role("link", name="View report"))
    heard(page, "Thanks, we’ve got your report.")
