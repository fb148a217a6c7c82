"""Every page in a real browser: no failed request, nothing outside, no breach of the policy, no finding of axe."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_httpserver import HTTPServer

from outages.web.charts import map_area
from reports.models import Service
from tests import factories
from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/",
    "/acme/",
    "/acme/map",
    "/acme/map?country=US&metric=excess&window=1h",
    "/acme/dashboards",
    "/acme/incidents/1",
    "/acme/history",
    "/acme/report",
    "/acme/subscribe",
    "/acme/errors/",
    "/acme/errors/http-503",
    "/acme/is-it-me",
    "/acme/is-it-me?symptom=http-503&country=US&region=US-CA",
    "/embed/acme",
    "/embed/acme/map?country=US",
    "/about",
    "/about/method",
    "/privacy",
    "/sources",
    "/developers",
    "/offline",
)
REFUSED = "/acme/is-it-me?symptom=engine"  # answered with 400 and a message beside the field


@pytest.fixture
def service(site: str) -> Service:
    service = factories.a_service(disclaimer="Not the maker's.")
    factories.an_outage(service, datetime.now(UTC))
    factories.a_post(service, datetime.now(UTC))
    return service


def settled(page: Page) -> None:
    """Lets plotly draw the map, where there is one."""
    if page.locator("#explore").count():
        page.locator("#explore").click()
        page.wait_for_selector("#plot[data-ready]")


def test_no_page_fails_a_request_leaves_the_machine_or_breaks_the_policy(visit: Opener, service: Service) -> None:
    found = {}
    for path in PAGES:
        page, trouble = visit(path)
        settled(page)
        found[path] = trouble.all
    assert found == {path: [] for path in PAGES}


@pytest.mark.slow(25)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_no_page_is_too_wide(
    visit: Opener, site: str, service: Service, scheme: str, width: int
) -> None:
    page, _ = visit("/", color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True)
    found = {}
    for path in (*PAGES, REFUSED):
        page.goto(site + path, wait_until="load")
        settled(page)
        result: dict[str, Any] = Axe().run(page).response
        found[path] = [
            (violation["id"], [node["html"][:120] for node in violation["nodes"]][:3])
            for violation in result["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[path].append(("too wide", []))
    assert found == {path: [] for path in (*PAGES, REFUSED)}


def test_plotly_takes_over_and_a_country_opens_its_regions(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/map?window=24h&metric=count")
    settled(page)
    expect(page.locator("#drawing")).to_be_hidden()
    fills = page.evaluate(
        "[...document.querySelectorAll('#plot .choroplethlayer path')].map(path => getComputedStyle(path).fill)"
    )
    assert len(set(fills)) >= 3  # land and steps; a place with few is drawn only once its hour has ended
    page.evaluate("document.getElementById('plot').emit('plotly_click', { points: [{ location: 'US' }] })")
    page.wait_for_url("**/map?window=24h&metric=count&country=US")
    expect(page.get_by_role("rowheader", name="California")).to_be_visible()


def test_the_map_works_without_a_script(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/map", java_script_enabled=False)
    expect(page.locator("#drawing svg")).to_be_visible()
    page.get_by_label("Time", exact=True).select_option("1h")
    page.get_by_label("Show", exact=True).select_option("excess")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Acme by country, last hour: times the usual")).to_be_visible()
    page.locator("#drawing").get_by_role("link", name="United States").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="California")).to_be_visible()
    page.get_by_role("link", name="All countries").click()
    expect(page.get_by_role("rowheader", name="Germany")).to_be_visible()


def test_the_map_is_zoomed_by_buttons_and_keys_and_its_choices_act_at_once(visit: Opener, service: Service) -> None:
    page, trouble = visit("/acme/map?window=1h&area=whole", viewport={"width": 360, "height": 740})
    drawing, svg = page.locator("#drawing"), page.locator("#drawing svg")

    def seen() -> list[float]:
        return [float(n) for n in (svg.get_attribute("viewBox") or "").split()]

    box = svg.bounding_box()
    assert box
    assert box["height"] >= 320
    for name in ("Zoom in", "Zoom out"):
        target = page.get_by_role("button", name=name).bounding_box()
        assert target
        assert min(target["width"], target["height"]) >= 44
    whole = seen()
    page.get_by_role("button", name="Zoom in").click()
    assert seen()[2] == pytest.approx(whole[2] * 0.6, abs=0.2)
    page.get_by_role("button", name="Zoom out").click()
    assert seen() == whole
    drawing.focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    assert seen()[0] > whole[2] * 0.25
    page.keyboard.press("0")
    assert seen() == whole
    expect(page.get_by_role("button", name="Show", exact=True)).to_be_hidden()
    page.get_by_label("Country", exact=True).select_option("LU")  # a country too small to tap
    page.wait_for_url("**country=LU**")
    expect(page.get_by_role("heading", name="Acme: reports (Luxembourg)")).to_be_visible()
    assert trouble.all == []


def test_the_map_opens_on_the_affected_area_and_leads_back_to_the_world(
    visit: Opener, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_area, "affected", lambda *given: (280.0, 20.0, 160.0, 69.5))
    for scripts in (True, False):
        page, _ = visit("/acme/map?window=1h", java_script_enabled=scripts)
        svg = page.locator("#drawing svg")
        expect(svg).to_have_attribute("viewBox", "280 20 160 69.5")
        page.get_by_role("link", name="Whole world").click()
        expect(svg).to_have_attribute("viewBox", "0 0 640 278")


def test_a_frame_makes_the_page_around_it_as_high_as_it_needs(visit: Opener, site: str, service: Service) -> None:
    page, _ = visit("/about", bypass_csp=True)
    page.evaluate(
        """site => {
            addEventListener("message", ({ origin, data }) => {
                if (origin === site && data.brownoutHeight) frame.height = data.brownoutHeight;
            });
            document.body.innerHTML = `<iframe id="frame" width="340" height="60" src="${site}/embed/acme"></iframe>`;
        }""",
        site,
    )
    page.wait_for_function("Number(document.getElementById('frame').height) > 200")
    frame = page.frames[-1]
    frame.wait_for_function("document.documentElement.scrollHeight <= innerHeight + 1")


@pytest.mark.parametrize("scripts", [True, False])
def test_is_it_me_answers_by_keyboard_with_and_without_a_script(visit: Opener, service: Service, scripts: bool) -> None:
    page, _ = visit("/acme/is-it-me", java_script_enabled=scripts)
    if scripts:
        expect(page.get_by_label("Country")).to_have_value("NL")  # the place of the browser's time zone
    else:
        page.get_by_label("Country").select_option("NL")
        page.get_by_role("button", name="Load regions").click()
    page.get_by_label("Region").select_option("NL-NH")
    page.locator("#symptom_http-503").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Is it just me?").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It’s not just you:")).to_be_visible()
    expect(page.get_by_text("North Holland:")).to_be_visible()
    page.get_by_role("link", name="503 Server Maintenance").click()
    expect(page.get_by_role("heading", name="Why it happens")).to_be_visible()


def test_another_site_may_frame_the_small_page_and_no_other(
    browser: Browser, site: str, service: Service, httpserver: HTTPServer
) -> None:
    frames = "".join(
        f'<iframe src="{site}{path}" width="360" height="560"></iframe>' for path in ("/embed/acme", "/acme/")
    )
    httpserver.expect_request("/").respond_with_data(f"<!doctype html>{frames}", content_type="text/html")
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "frame" in message.text.lower() else None)
    page.goto(httpserver.url_for("/"), wait_until="load")
    small = page.frame_locator("iframe").first
    expect(small.get_by_text("Acme is down")).to_be_visible()
    expect(small.get_by_role("img", name="Reports in the last 24 hours")).to_be_visible()
    with page.expect_popup() as opened:
        small.get_by_role("link", name="Evidence, map and history").click()
    expect(opened.value).to_have_url(f"{site}/acme/")
    assert len(refused) == 1
    assert "frame-ancestors 'none'" in refused[0]
    page.close()


def test_times_are_the_visitor_s_with_utc_at_hand(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/incidents/1", timezone_id="Asia/Tokyo")
    shown = page.locator("time[data-local=moment]").first
    at = datetime.fromisoformat(shown.get_attribute("datetime") or "")
    assert shown.get_attribute("title") == f"{at:%Y-%m-%d %H:%M} UTC"
    assert f"{(at.hour + 9) % 24:02d}:{at:%M} GMT+9" in (shown.text_content() or "")


def test_the_page_renews_itself_where_somebody_looks(visit: Opener, service: Service) -> None:
    page, trouble = visit("/acme/")
    before = page.locator("[data-live=verdict]").text_content()
    factories.an_incident(service, datetime.now(UTC), components=("charging",), states=((0, "confirmed"),))
    page.evaluate("refresh()")
    expect(page.locator("[data-live=verdict]")).not_to_have_text(before or "")
    assert trouble.all == []


def test_ages_grow_in_the_words_of_the_page_s_language(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/")
    grown = page.evaluate(
        """() => {
          document.body.dataset.agoS = "vor {n} Sek.";
          document.body.dataset.agoMin = "vor {n} Min.";
          document.body.dataset.agoH = "vor {h} Std.";
          document.body.dataset.agoHMin = "vor {h} Std. {n} Min.";
          return [5, 89.9, 95, 150, 3569, 3570, 112 * 60, 7200, 7260, 48 * 3600].map((seconds) => ago(seconds) ?? null);
        }"""
    )
    assert grown == [  # the server's: tests/outages/texts/test_durations.py
        "vor 5 Sek.", "vor 89 Sek.", "vor 2 Min.", "vor 3 Min.", "vor 59 Min.", "vor 1 Std.", "vor 1 Std. 52 Min.",
        "vor 2 Std.", "vor 2 Std. 1 Min.", None,
    ]  # fmt: skip
    later = "const now = Date.now(); Date.now = () => now + 600000; age(document)"
    page.evaluate(f"() => {{ {later} }}")
    assert (page.locator("time[data-age]").first.text_content() or "").startswith("vor 1")
