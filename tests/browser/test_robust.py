"""Pages in hard conditions: endless names, very many reports, large text, browsers and scripts that lack parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from outages.models import Incident, ServiceMinute
from reports.catalog import schema
from reports.models import Service
from tests import factories
from tests.browser.conftest import Opener
from tests.browser.test_alive import OVER, end, is_over
from tests.browser.test_widths import TOO_WIDE, WHOLE_PAGE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"[:80]
PAGES = ("/", "/acme/", "/acme/map", "/acme/dashboards", "/acme/incidents/1", "/acme/history", "/acme/report")
MORE = (
    "/acme/subscribe",
    "/acme/errors/",
    "/acme/errors/http-503",
    "/acme/is-it-me",
    "/embed/acme",
    "/board?of=acme.app",
)


@pytest.mark.slow
def test_endless_names_very_many_reports_and_double_text_fit(visit: Opener, site: str) -> None:
    names = {"app": LONG, "login": LONG[:60] + "login", "charging": "Charging"}
    service = factories.a_service(
        name=LONG,
        components=[schema.Component(slug=slug, name=name) for slug, name in names.items()],
        symptoms=[
            schema.Symptom(slug=slug, name=LONG[: 40 - i] + str(i), component="app", common=True)
            for i, slug in enumerate(("http-503", "timeout", "login-failed"))
        ]
        + [schema.Symptom(slug="other", name="Something else", icon="other")],
    )
    factories.an_outage(service, datetime.now(UTC))
    newest = ServiceMinute.objects.filter(service=service).latest("minute")
    ServiceMinute.objects.filter(pk=newest.pk).update(raw=1_234_567, effective=1_234_567.0)
    Incident.objects.filter(service=service).update(headline=LONG)
    found: dict[Any, str] = {}
    page, trouble = visit("/offline", viewport={"width": 320, "height": 700})
    for path in (*PAGES, *MORE):
        page.goto(site + path, wait_until="domcontentloaded")
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        page.evaluate(WHOLE_PAGE)
        for width in (320, 360):
            page.set_viewport_size({"width": width, "height": 700})
            if wide := page.evaluate(TOO_WIDE, width):
                found[path, width] = wide
        if path in PAGES:
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            if wide := page.evaluate(TOO_WIDE, 360):
                found[path, "text at 200 %"] = wide
    assert (found, trouble.all) == ({}, [])


def broken_in(page: Page) -> list[str]:
    """Return where the page's scripts will say what broke in them."""
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    return broken


LACKS = {
    "no EventSource": "delete window.EventSource",
    "no zones": "delete Intl.DateTimeFormat.prototype.formatToParts",
    "no Intl": "delete window.Intl",
    "no storage": "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no') } })",
}


@pytest.mark.slow
def test_a_browser_that_lacks_something_still_renews_and_says_that_it_is_over(
    visit: Opener, site: str, settings: Any
) -> None:
    service: Service = factories.a_service()
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    factories.an_outage(service, now)
    factories.watched(service, now, now + timedelta(minutes=30))  # however long it takes here
    settings.LIVE_ON_PAGES = True
    pages: dict[str, tuple[Page, list[str]]] = {}
    for lack, script in LACKS.items():
        page, _ = visit("/offline")
        page.context.add_init_script(script)
        page.route("**/stream", lambda route: route.abort())  # cut as often as it is asked for
        broken = broken_in(page)
        page.goto(site + "/acme/")
        expect(page.locator("[data-say]").first).to_have_attribute("data-state", "confirmed")
        pages[lack] = (page, broken)
    page, _ = visit("/offline")
    for name in ("net", "chart", "share", "recent"):  # scripts that do not come take no other with them
        page.route(f"**/js/{name}*.js", lambda route: route.abort())
    page.goto(site + "/acme/")
    pages["no other script"] = (page, [])
    kept, _ = visit("/acme/")  # left before the end, and come back to out of the browser's own memory
    kept.evaluate("clearTimeout(asking)")  # asleep
    end(service)
    kept.evaluate("renewedAt = 0; dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    for page, broken in [(kept, []), *pages.values()]:
        expect(page.locator("#said")).to_contain_text(OVER, timeout=30_000)  # how fast: tests/browser/test_alive.py
        is_over(page)
        assert broken == []
    assert "UTC" in (pages["no zones"][0].locator(".answer time").first.text_content() or "")
