"""Without a net: pages that were kept say so, and reports wait until they can be sent, each once."""

from __future__ import annotations

import json
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from config.front.proof_of_work import Challenges
from outages.web.views import offline, services
from reports.models import Report, Service
from tests import factories
from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def service(site: str) -> Service:
    return factories.a_service()


def installed(page: Page) -> None:
    """Waits until the service worker has taken over and has kept the page and the report form."""
    page.evaluate(
        """async () => {
          const wanted = ["/acme/report", "/offline", location.pathname];
          for (let tries = 0; tries < 150; tries += 1) {
            const kept = (await (await caches.open("brownout-pages")).keys()).map(({ url }) => new URL(url).pathname);
            if (navigator.serviceWorker.controller && wanted.every((path) => kept.includes(path))) return;
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          throw new Error("the service worker has not taken over");
        }"""
    )


def at_time(page: Page, moment: datetime) -> None:
    """Sets the clock of the page, and of the pages that follow it."""
    page.clock.set_fixed_time(moment)


def report(page: Page, symptom: str) -> None:
    page.get_by_text(symptom, exact=True).click()
    page.get_by_role("button", name="Send the report").click()


def stored() -> list[tuple[str, datetime]]:
    rows = Report.objects.select_related("symptom").order_by("occurred_at")
    return [(row.symptom.slug if row.symptom else row.get_kind_display(), row.occurred_at) for row in rows]


def arrived(page: Page, count: int) -> None:
    expect(page.locator("#waiting li[data-state=sent]")).to_have_count(count)
    assert Report.objects.count() == count


def test_two_reports_made_offline_arrive_once_each_at_their_own_time(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/", service_workers="allow")
    installed(page)
    now = datetime.now(UTC).replace(microsecond=0)
    earlier, later = now - timedelta(minutes=45), now - timedelta(minutes=5)
    page.context.set_offline(True)
    page.goto(page.url + "report")
    expect(page.get_by_text("You are offline. This page is from")).to_be_visible()
    expect(page.get_by_label("Country")).to_have_value("NL")
    at_time(page, earlier)
    report(page, "503 Server Maintenance")
    expect(page.locator("#waiting")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Saved on this device: Acme: 503")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Waiting for a connection: 1")).to_be_visible()
    at_time(page, later)
    report(page, "Cannot sign in")
    expect(page.get_by_text("Waiting for a connection: 2")).to_be_visible()
    assert stored() == []
    at_time(page, now)
    page.context.set_offline(False)
    arrived(page, 2)
    minute = {"second": 0, "microsecond": 0}  # times are kept to the minute
    assert stored() == [("http-503", earlier.replace(**minute)), ("login-failed", later.replace(**minute))]
    page.reload()
    arrived(page, 2)
    with page.expect_navigation():
        page.get_by_role("link", name="View report").first.click()
    expect(page.get_by_text("503 Server Maintenance")).to_be_visible()
    assert set(Report.objects.values_list("door", "country")) == {("web", "NL")}


def test_a_report_is_kept_over_a_reload_and_sent_by_the_next_page(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/", service_workers="allow")
    installed(page)
    page.context.set_offline(True)
    page.goto(page.url + "report")
    report(page, "Spins and times out")
    expect(page.get_by_text("Waiting for a connection.")).to_be_visible()
    page.close()
    another = page.context.new_page()
    page.context.set_offline(False)
    another.goto(page.url.removesuffix("report"))
    arrived(another, 1)


class Net:
    """Stands between the page and the API: each answer is let through, lost, or another one in its place."""

    def __init__(self, page: Page, *steps: Any) -> None:
        self.steps = list(steps)
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.proofs: list[str] = []
        page.route("**/api/v1/reports", self)

    def __call__(self, route: Route) -> None:
        step = self.steps.pop(0) if self.steps else "through"
        self.bodies.append(json.loads(route.request.post_data or ""))
        self.keys.append(route.request.headers["idempotency-key"])
        self.proofs.append(route.request.headers.get("x-proof-of-work", ""))
        if step == "through":
            route.continue_()
        elif step == "answer lost":
            route.fetch()
            route.abort("connectionreset")
        elif step == "request lost":
            route.abort("connectionfailed")
        else:
            route.fulfill(**step)


@pytest.mark.parametrize("broken", ["answer lost", "request lost"])
def test_a_send_that_breaks_off_counts_once(visit: Opener, service: Service, broken: str) -> None:
    page, _ = visit("/acme/report")
    net = Net(page, broken)
    report(page, "503 Server Maintenance")
    expect(page.get_by_text("Waiting for a connection.")).to_be_visible()
    assert Report.objects.count() == (1 if broken == "answer lost" else 0)
    page.reload()
    arrived(page, 1)
    assert len(set(net.keys)) == 1
    assert "occurred_at" not in net.bodies[0]
    assert "occurred_at" in net.bodies[1]


def test_a_page_that_is_closed_while_it_sends_loses_nothing(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report")
    page.route("**/api/v1/reports", lambda route: None)  # never answered
    page.get_by_text("503 Server Maintenance").click()
    with page.expect_request("**/api/v1/reports"):
        page.get_by_role("button", name="Send the report").click()
    page.close()
    another = page.context.new_page()
    another.goto(page.url)
    arrived(another, 1)


def test_while_the_server_fails_a_report_waits_and_is_tried_again(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report")
    busy = {"status": 429, "headers": {"Content-Type": "application/problem+json"}, "body": "{}"}
    log_in = {"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<p>Welcome to our hotel</p>"}
    Net(page, {"status": 503, "body": "away"}, busy, log_in)
    report(page, "503 Server Maintenance")
    expect(page.get_by_text("Waiting for a connection.")).to_be_visible()
    for _ in range(2):
        page.get_by_role("button", name="Try now").click()
        expect(page.get_by_role("status").filter(has_text="Still offline.")).to_be_visible()
    assert stored() == []
    page.get_by_role("button", name="Try now").click()
    arrived(page, 1)


def test_a_page_solves_the_puzzle_that_a_surge_asks_for(visit: Opener, service: Service) -> None:
    challenges = Challenges(b"a key")
    puzzle = challenges.new(time.time())
    asked = {"type": "/api/problems/proof-of-work", "status": 429, "challenge": puzzle}
    headers = {"Content-Type": "application/problem+json", "Retry-After": "5"}
    page, _ = visit("/acme/report")
    net = Net(page, {"status": 429, "headers": headers, "body": json.dumps(asked)})
    report(page, "503 Server Maintenance")
    page.wait_for_url("**/acme/report/**")
    assert Report.objects.count() == 1
    assert len(set(net.keys)) == 1, "it is the same report"
    assert net.bodies[0] == net.bodies[1]
    assert net.proofs[0] == ""
    assert challenges.redeem(net.proofs[1].encode(), time.time())


def test_what_is_refused_later_is_shown_and_can_be_changed(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report")
    Net(page, "request lost")
    page.get_by_text("Add details").click()
    page.get_by_label("Note").fill("on the road")
    report(page, "Cannot sign in")
    expect(page.get_by_text("Waiting for a connection.")).to_be_visible()
    factories.a_service(symptoms=[*factories.a_catalog().symptoms[:2], factories.a_catalog().symptoms[3]])
    page.reload()
    expect(page.locator("#waiting .error")).to_contain_text("login-failed")
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.get_by_label("Note")).to_have_value("on the road")
    page.get_by_text("503 Server Maintenance").click()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Thanks, we’ve got your report.")).to_be_visible()
    assert [row.note for row in Report.objects.all()] == ["on the road"]
    expect(page.locator("#waiting li")).to_have_count(0)


def test_what_waits_can_be_discarded_by_keyboard(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report")
    net = Net(page, "request lost")
    report(page, "Spins and times out")
    page.get_by_role("button", name="Discard").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Discarded: Acme: Spins and times out.")).to_be_visible()
    expect(page.locator("#main")).to_be_focused()
    page.reload()
    expect(page.locator("#waiting")).to_be_hidden()
    assert (len(net.keys), stored()) == (1, [])


def test_a_clock_that_is_ahead_loses_no_report(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report")
    Net(page, "request lost")
    now = datetime.now(UTC)
    at_time(page, now + timedelta(hours=3))
    report(page, "503 Server Maintenance")
    expect(page.get_by_text("Waiting for a connection.")).to_be_visible()
    at_time(page, now + timedelta(hours=3, minutes=20))
    page.reload()
    arrived(page, 1)
    [(_, occurred_at)] = stored()
    assert abs(occurred_at - (now - timedelta(minutes=20))) < timedelta(minutes=2)


def test_one_tap_reports_wait_too_and_know_their_country(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/", service_workers="allow", timezone_id="Asia/Tokyo")
    installed(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Works for me").click()
    expect(page.get_by_text("Waiting for a connection.")).to_be_visible()
    page.context.set_offline(False)
    arrived(page, 1)
    assert Report.objects.get().country == "JP"


def test_a_kept_page_says_how_old_it_is_and_its_ages_go_on(visit: Opener, service: Service) -> None:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    factories.watched(service, now - timedelta(minutes=20), now)
    page, _ = visit("/acme/", service_workers="allow")
    installed(page)
    page.context.set_offline(True)
    at_time(page, now + timedelta(minutes=50))
    page.reload()
    banner = page.get_by_text("You are offline. This page is from")
    expect(banner).to_be_visible()
    shown = banner.locator("time").text_content() or ""
    assert re.fullmatch(r"\d\d:\d\d", shown)
    expect(page).to_have_title(re.compile(f"^{shown} · Is Acme down"))
    assert (page.locator("time[data-age]").first.text_content() or "").startswith(("50", "51", "52"))
    page.context.set_offline(False)
    expect(banner).to_be_hidden()  # the page comes anew by itself


def test_what_was_never_opened_is_said_to_be_so(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/", service_workers="allow")
    installed(page)
    page.context.set_offline(True)
    page.goto(page.url + "history")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=re.compile(r"Is Acme down\?.* · \d\d:\d\d"))).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="You are offline")).to_be_hidden()


def test_neither_receipts_nor_subscriptions_are_kept(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/", service_workers="allow")
    installed(page)
    page.goto(page.url + "report")
    report(page, "503 Server Maintenance")
    expect(page.get_by_text("Thanks, we’ve got your report.")).to_be_visible()
    kept = page.evaluate(
        "caches.open('brownout-pages').then((pages) => pages.keys())"
        ".then((kept) => kept.map(({ url }) => new URL(url).pathname))"
    )
    assert sorted(kept) == ["/acme/", "/acme/report", "/offline"]
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()


def test_a_kept_page_is_shown_with_its_age_where_the_site_hangs(
    visit: Opener, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, trouble = visit("/acme/", service_workers="allow")
    installed(page)
    assert trouble.all == []
    hangs, shown = threading.Event(), services.shown
    monkeypatch.setattr(services, "shown", lambda *args: hangs.wait(30) and shown(*args))
    page.reload()
    expect(page.get_by_text("We can’t reach Brownout right now. This page is from")).to_be_visible()
    hangs.set()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_text("We can’t reach Brownout right now.")).to_be_hidden()


def test_a_new_version_takes_over_and_keeps_what_was_kept(
    visit: Opener, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _ = visit("/acme/", service_workers="allow")
    installed(page)
    monkeypatch.setattr(offline, "ASSETS", offline.ASSETS[:-1])
    page.evaluate(
        """async () => {
          const taken = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
          await (await navigator.serviceWorker.ready).update();
          await taken;
        }"""
    )
    installed(page)
    page.context.set_offline(True)
    page.goto(page.url + "report")
    report(page, "Spins and times out")
    expect(page.get_by_text("Waiting for a connection.")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_on_a_kept_page_its_list_and_a_receipt(
    visit: Opener, service: Service, scheme: str, width: int
) -> None:
    page, _ = visit(
        "/acme/",
        service_workers="allow",
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
        bypass_csp=True,
    )
    installed(page)
    found = []
    page.context.set_offline(True)
    page.goto(page.url + "report")
    report(page, "503 Server Maintenance")
    expect(page.get_by_text("Waiting for a connection.")).to_be_visible()
    found.append(findings(page, width))
    page.context.set_offline(False)
    arrived(page, 1)
    found.append(findings(page, width))
    page.get_by_role("link", name="View report").click()
    expect(page.get_by_text("Thanks, we’ve got your report.")).to_be_visible()
    found.append(findings(page, width))
    page.get_by_role("button", name="Delete my report").click()
    expect(page.get_by_role("heading", name="Your report is deleted")).to_be_visible()
    found.append(findings(page, width))
    assert found == [[], [], [], []]


def findings(page: Page, width: int) -> list[tuple[str, str]]:
    """What axe finds, and whether the page is too wide."""
    violations = Axe().run(page).response["violations"]
    found = [(violation["id"], node["html"][:120]) for violation in violations for node in violation["nodes"]]
    too_wide = page.evaluate("document.documentElement.scrollWidth") > width
    return [*found, *([("too wide", "")] if too_wide else [])]


def test_the_browser_wakes_the_worker_to_send_what_waits(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/", service_workers="allow")
    installed(page)
    page.context.set_offline(True)
    page.goto(page.url + "report")
    report(page, "503 Server Maintenance")
    expect(page.get_by_text("Waiting for a connection.")).to_be_visible()
    page.evaluate("localStorage.clear()")  # so that no page sends it
    session = page.context.new_cdp_session(page)
    registrations: list[Any] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    page.goto(page.url.removesuffix("report"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wake = {"origin": page.url.removesuffix("/acme/"), "registrationId": registrations[-1]["registrationId"]}
    page.context.set_offline(False)
    session.send("ServiceWorker.dispatchSyncEvent", {**wake, "tag": "reports", "lastChance": False})
    for _ in range(100):
        if Report.objects.exists():
            break
        page.wait_for_timeout(100)
    page.goto(page.url + "history")
    assert Report.objects.count() == 1
