"""The front page for many services in a browser: found by name, grouped, looked at last, a board of one's own."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import Page, expect

from config.process_cache import CACHE
from outages.models import Dispute, HourCount, MinuteCount, ServiceMinute
from tests import factories
from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.slow
def test_many_services_are_searched_grouped_remembered_and_made_a_board(
    visit: Opener, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outages.web.views.front_page.MOST_UNGROUPED", 3)
    factories.an_outage(factories.a_service(category="cars"), datetime.now(UTC))
    for slug, name, category in (("cafe", "Café Net", ""), ("bank", "Bank", "payments"), ("coin", "Coin", "payments")):
        factories.a_service(slug, name=name, **({"category": category} if category else {}))
    page, trouble = visit("/", viewport={"width": 360, "height": 640}, has_touch=True)
    expect(page.locator(".trouble a")).to_have_text("Acme")
    groups = [heading.strip() for heading in page.locator("main h2").all_inner_texts()]
    assert groups == ["Payments", "Other services"]  # below what is in trouble
    expect(page.locator("#recent")).to_be_hidden()  # nothing was looked at
    for name in ("Café Net", "Acme"):
        page.get_by_role("link", name=name, exact=True).last.click()
        expect(page).to_have_title(re.compile(f"^Is {name} down"))
        page.wait_for_load_state()  # the script that remembers runs after the title has been read
        page.goto(site + "/")
    expect(page.locator("#recent a")).to_have_text(["Acme", "Café Net"])  # the last one first, kept on the device
    assert {cookie["name"] for cookie in page.context.cookies()} == set()
    page.evaluate('localStorage.setItem(\'brownout-recent\', \'[{"slug": 1}, null, {"slug": "../x", "name": "<b>"}]\')')
    page.reload()
    expect(page.locator("#recent")).to_be_hidden()  # what is not ours is not shown
    page.get_by_label("Find a service").fill("CAFE")
    page.keyboard.press("Enter")
    expect(page.locator(".service-row")).to_have_count(1)
    expect(page.locator(".service-row")).to_contain_text("Café Net")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator(".service-row")).to_have_count(4)
    page.goto(site + "/board?of=acme.app,cafe")
    expect(page.locator(".service-row :is(h2, h3)")).to_have_text(["Acme: Mobile app", "Café Net"])
    page.get_by_role("link", name="Acme: Mobile app: Report a problem").click()
    expect(page.locator("#id_component, [name=component]").first).to_have_value("app")
    page.go_back()
    page.get_by_role("link", name="Get outage alerts").click()
    page.wait_for_url("**/board/subscribe?of=acme.app,cafe")
    assert trouble.all == []


@pytest.mark.slow
def test_a_page_is_passed_on_embedded_in_two_taps_and_disputed(visit: Opener, site: str) -> None:
    service = factories.a_service()
    incident = factories.an_outage(service, datetime.now(UTC))
    page, trouble = visit(
        "/acme/", viewport={"width": 360, "height": 640}, permissions=["clipboard-read", "clipboard-write"]
    )

    def copied() -> Any:
        expect(page.locator("#sharing [data-part=told]")).to_have_text("Copied.")
        return page.evaluate("navigator.clipboard.readText()")

    page.get_by_role("button", name="Copy link").click()
    moment = re.search(r"/acme/\?(at=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$", copied())
    assert moment
    picture = page.locator("meta[property='og:image']").get_attribute("content") or ""
    drawn = page.request.get(site + picture[picture.index("/acme") :])
    assert (drawn.status, drawn.headers["content-type"]) == (200, "image/png")
    page.get_by_text("Embed this on your site").click()  # one tap,
    page.get_by_role("button", name="Copy code").click()  # two
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('<iframe')")
    assert '/embed/acme"' in copied()
    page.goto(site + "/acme/map?window=1h")
    for kind in ("PNG", "SVG"):
        with page.expect_download() as download:
            page.get_by_role("link", name=kind, exact=True).click()
        assert download.value.suggested_filename.endswith(f".{kind.lower()}")
    cells = page.locator(".map-list tbody tr").evaluate_all("rows => rows.map(row => row.cells[4].textContent.trim())")
    times = [float(cell) for cell in cells if re.fullmatch(r"[\d.]+", cell)]
    assert len(times) > 3, cells
    assert times == sorted(times, reverse=True), cells  # ranked by how unusual it is
    page.goto(site + f"/acme/incidents/{incident.number}")
    page.get_by_text("This is wrong").click()
    page.get_by_role("button", name="Send to the moderators").click()
    expect(page.locator("#error_reason")).to_be_visible()
    page.locator("[id^=claim_]").first.check()
    page.get_by_label("Why?").fill("Sign-in has worked for all of us since ten.")
    page.get_by_role("button", name="Send to the moderators").click()
    expect(page.get_by_text("A moderator will read it and answer here.")).to_be_focused()
    expect(page.get_by_text("1 dispute is waiting for a moderator.")).to_be_visible()
    assert Dispute.objects.get().number == incident.number
    for table in (MinuteCount, HourCount):
        table.objects.update(perturbed_effective=F("perturbed_effective") * 0.95)  # fewer count than were reported
    ServiceMinute.objects.update(expected=18.503 / 30)  # "19", and "18" where it was rounded to 18.5 before
    CACHE.clear()
    assert numbers_that_disagree(page, lambda path: f"{site}{path}{'&' if '?' in path else '?'}{moment[1]}") == {}
    assert [entry for entry in trouble.all if "422" not in entry] == []


IN_HALF_AN_HOUR = r"([\d,]+) reports in 30 min \(usual: (?:under )?([\d,]+)\)"


def numbers_that_disagree(page: Page, at: Callable[[str], str]) -> dict[str, dict[str, Any]]:
    """Read one moment on each page that says a number of a kind, and return the kinds that differ with where."""
    said: dict[str, dict[str, Any]] = {}

    def note(kind: str, where: str, number: Any) -> None:
        said.setdefault(kind, {})[where] = int(number.replace(",", "")) if isinstance(number, str) else number

    def read(path: str) -> str:
        page.goto(at(path), wait_until="domcontentloaded")
        return page.inner_text("body")

    def told(pattern: str, path: str, text: str) -> tuple[str, ...]:
        found = re.search(pattern, text)
        assert found, (pattern, path, text)
        return found.groups()

    for path in ("/", "/acme/", "/embed/acme", "/acme/errors/http-503"):
        text = read(path)
        clauses = re.findall(IN_HALF_AN_HOUR, text)
        assert clauses, (path, text)
        for n, numbers in enumerate(clauses):
            note("reported", f"{path} {n}", numbers[0])
            note("usual", f"{path} {n}", numbers[1])
        if path == "/acme/":
            counted, of = told(r"([\d,]+) of ([\d,]+) reports counted", path, text)
            note("counted", path, counted)
            note("reported", f"{path} of", of)
            note("a day", path, told(r"([\d,]+) counted \(usual: ", path, text)[0])
            note("last hour in the US", path, told(r"United States\s+([\d,]+)", path, text)[0])
        elif path == "/acme/errors/http-503":
            named, of = told(r"([\d,]+) of ([\d,]+) reports in the last 30 minutes", path, text)
            note("named the error", path, named)
            note("reported", f"{path} of", of)
            note("half an hour in the US", path, told(r"United States\s+([\d,]+)", path, text)[0])
    text = read("/acme/is-it-me?symptom=http-503&country=US")
    named, of = told(r"([\d,]+) of ([\d,]+) reports in the last 30 minutes", "is it me", text)
    note("named the error", "is it me", named)
    note("reported", "is it me", of)
    note("half an hour in the US", "is it me", told(r"United States: ([\d,]+) reports in 30 min", "is it me", text)[0])
    note("a day", "dashboards", told(r"([\d,]+) reports counted, usually", "dashboards", read("/acme/dashboards"))[0])
    read("/acme/map?window=1h")
    row = page.locator(".map-list tr", has_text="United States").locator("td").first
    note("last hour in the US", "map", row.inner_text())
    status = page.request.get(at("/api/v1/services/acme/status")).json()
    note("reported", "API", status["reports_30m"])
    note("reported", "API, tally", status["tally_30m"]["reports"])
    note("counted", "API", status["tally_30m"]["counted"])
    rows = csv.DictReader(StringIO(page.request.get(at("/acme/map.csv?window=1h")).text()))
    note("last hour in the US", "CSV", next(row["reports"] for row in rows if row["place"] == "US"))
    rows = csv.DictReader(StringIO(page.request.get(at("/acme/reports.csv")).text()))
    note("a day", "CSV", round(sum(float(row["counted"] or 0) for row in rows)))
    return {kind: numbers for kind, numbers in said.items() if max(numbers.values()) - min(numbers.values()) > 0}
