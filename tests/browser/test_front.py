"""The front page for many services in a browser: found by name, grouped, looked at last, a board of one's own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from outages.models import Dispute
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
    assert re.search(r"/acme/\?at=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", copied())
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
    expect(page.locator(".map-list tbody th").first).to_have_text("United States")  # ranked by how unusual it is
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
    assert [entry for entry in trouble.all if "422" not in entry] == []
