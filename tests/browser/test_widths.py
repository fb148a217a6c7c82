"""No page scrolls sideways on a phone, in any language: one browser, every page opened once a language."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from reports.catalog.loader import read
from reports.catalog.store import store
from reports.languages import LANGUAGES
from reports.models import Service
from tests import factories
from tests.browser.conftest import Opener
from tests.pseudo_language import TAG, spoken

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WIDTHS = (320, 360, 401, 415, 768)
OF_SERVICE = (
    *("", "map", "map?country=US", "dashboards", "incidents/1", "history", "report", "subscribe", "errors/"),
    *("errors/http-503-maintenance", "is-it-me"),
)
PAGES = (
    *(
        "/",
        "/board?of=tesla.app,spectrum",
        "/about",
        "/about/method",
        "/privacy",
        "/sources",
        "/developers",
        "/offline",
    ),
    *(f"/tesla/{path}" for path in OF_SERVICE),
    *(f"/spectrum/{path}" for path in ("", "map", "dashboards", "history", "errors/")),
    *("/embed/tesla", "/embed/tesla/map"),
)
# The longest words, the tallest lines and the first language see every page; the others those with most on them.
WHOLE = ("en", "de", "ja")
SHORT = ("/", "/tesla/", "/tesla/map", "/tesla/incidents/1", "/tesla/dashboards", "/tesla/report", "/tesla/subscribe")
# What is below the first screen is laid out only when it comes near: here all of it is looked at.
WHOLE_PAGE = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { content-visibility: visible !important; contain: none !important }");
  document.adoptedStyleSheets = [sheet];
}
"""
# What sticks out, and is not within something that scrolls by itself.
TOO_WIDE = """
width => {
  if (document.documentElement.scrollWidth <= width) return "";
  const clips = e => getComputedStyle(e).overflowX !== "visible";
  const scrolls = e => e && e !== document.body && (clips(e) || scrolls(e.parentElement));
  const sticksOut = e => e.getBoundingClientRect().right > width + 0.5 && !scrolls(e.parentElement);
  const last = [...document.body.querySelectorAll("*")].filter(sticksOut).at(-1);
  const words = last?.textContent.trim().slice(0, 50);
  return `${document.documentElement.scrollWidth} px: <${last?.localName} class="${last?.className}"> ${words}`;
}
"""


# Columns of the list beside the map that one has to scroll to: the last is what the map shows.
HIDDEN_COLUMNS = """
() => [...document.querySelectorAll(".map-list")]
  .map(table => table.offsetWidth - table.parentElement.clientWidth)
  .filter(px => px > 0)
"""


@pytest.fixture
def services(site: str) -> Service:
    """The shipped catalogues: their names and texts are longer than any made up for tests."""
    catalogues = Path(__file__).resolve().parents[2] / "catalog"
    for name in ("tesla", "spectrum"):
        store(read(catalogues / f"{name}.toml"))
    tesla = Service.objects.get(slug="tesla")
    factories.an_outage(tesla, datetime.now(UTC), symptom="http-503-maintenance")
    factories.a_post(tesla, datetime.now(UTC), "https://example.org/" + "a" * 200)
    return tesla


def look(page: Page, address: str, found: list[str]) -> None:
    page.goto(address, wait_until="domcontentloaded")
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    page.evaluate(WHOLE_PAGE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        if wide := page.evaluate(TOO_WIDE, width):
            found.append(f"{width} {address}: {wide}")
        if width >= 360 and (hidden := page.evaluate(HIDDEN_COLUMNS)):
            found.append(f"{width} {address}: {hidden} px of the map's list are out of sight")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_scrolls_sideways(visit: Opener, site: str, services: Service, language: str) -> None:
    found: list[str] = []
    page, _ = visit("/offline", viewport={"width": 320, "height": 700})
    for path in PAGES if language in WHOLE else SHORT:
        look(page, site + ("" if language == "en" else f"/{language}") + path, found)
    assert found == []


def test_words_half_as_long_again_and_from_right_to_left_fit_too(
    visit: Opener, site: str, services: Service, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    spoken(monkeypatch, settings, mirrored=True)
    found: list[str] = []
    page, _ = visit("/offline", viewport={"width": 320, "height": 700})
    for path in SHORT:
        look(page, f"{site}/{TAG}{path}", found)
        assert page.evaluate("document.documentElement.dir") == "rtl"
    assert found == []
