"""Playback, time machine and panels in a real browser, under the real policy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from outages.web.charts.panels import PANELS
from reports.models import Service
from tests import factories
from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def service(site: str) -> Service:
    service = factories.a_service()
    factories.an_outage(service, datetime.now(UTC))
    factories.a_post(service, datetime.now(UTC))
    return service


def classes(page: Page) -> str:
    """How the places of the drawing are coloured."""
    return str(
        page.evaluate("[...document.querySelectorAll('#drawing path')].map(p => p.getAttribute('class')).join()")
    )


def frame_in(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query).get("frame", [""])[0]


def test_the_map_is_stepped_and_played_and_its_address_holds_the_moment(visit: Opener, service: Service) -> None:
    page, trouble = visit("/acme/map?window=1h&metric=count")
    page.locator("#explore").click()
    page.wait_for_selector("#plot[data-ready]")
    whole = classes(page)
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator("#drawing")).to_be_visible()
    expect(page.locator("#plot")).to_be_hidden()
    expect(page.locator("#player-words")).to_contain_text("Reports:")
    last = frame_in(page)
    assert classes(page) != whole
    page.get_by_role("slider", name="Time shown").press("Home")
    expect(page.locator("#player-moment")).to_have_value("0")
    assert frame_in(page) < last
    page.get_by_label("Speed").select_option("125")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator("#player-moment")).to_have_value(page.locator("#player-moment").get_attribute("max") or "")
    expect(page.get_by_role("button", name="Play")).to_be_visible()  # it stops at the end
    address = page.url
    page.get_by_role("button", name="Full range").click()
    expect(page.locator("#plot")).to_be_visible()
    assert classes(page) == whole
    assert frame_in(page) == ""
    assert trouble.all == []
    page.goto(address.replace(frame_in_address(address), last.replace(":", "%3A")))
    expect(page.locator("#player-words")).to_contain_text("Reports:")


def frame_in_address(address: str) -> str:
    """The moment as the address writes it."""
    return next(part.partition("=")[2] for part in urlsplit(address).query.split("&") if part.startswith("frame="))


def test_playback_goes_by_keyboard_alone(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/map?window=1h&metric=count")
    page.locator("#player-moment").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#player-whole")).to_be_visible()
    before = page.locator("#player-words").text_content()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#player-words")).not_to_have_text(before or "")
    assert (
        page.locator("#player-moment").get_attribute("aria-valuetext") == page.locator("#player-words").text_content()
    )
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#player-whole")).to_be_hidden()


def test_nothing_plays_by_itself_where_motion_is_not_wanted(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/map?window=1h&metric=count", reduced_motion="reduce")
    expect(page.get_by_role("button", name="Back", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_hidden()
    expect(page.get_by_label("Speed")).to_be_hidden()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator("#player-words")).to_contain_text("Reports:")


def test_without_a_script_one_steps_by_links(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/map?window=1h&metric=count", java_script_enabled=False)
    expect(page.get_by_role("button", name="Play")).to_be_hidden()
    page.get_by_role("link", name="Earlier", exact=True).click()
    expect(page.get_by_text("You’re viewing an earlier time:")).to_be_visible()
    page.get_by_role("link", name="Later", exact=True).click()
    assert page.url.endswith("Z")


def minutes(clock: str) -> int:
    """Minutes since midnight."""
    return 60 * int(clock[:2]) + int(clock[3:5])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_panel_can_be_explored_without_a_breach_of_the_policy(
    visit: Opener, service: Service, scheme: str
) -> None:
    page, trouble = visit("/acme/dashboards?window=6h", color_scheme=scheme)
    assert not page.evaluate("'Plotly' in window")  # nothing is loaded before somebody explores
    explored = [key for key in PANELS if page.locator(f"#{key} button[data-explore]").count()]
    assert {"volume", "parts", "symptoms", "week", "delay"} <= set(explored)
    for key in explored:
        button = page.locator(f"#{key} button[data-explore]")
        button.click()
        expect(page.locator(f"#{key}-figure .main-svg").first).to_be_visible()
        expect(page.locator(f"#{key}-drawn")).to_be_hidden()
        expect(button).to_have_attribute("aria-pressed", "true")
    page.locator("#volume button[data-explore]").click()
    expect(page.locator("#volume-drawn")).to_be_visible()
    expect(page.locator("#volume-figure")).to_be_hidden()
    assert trouble.all == []


def test_a_figure_that_cannot_be_loaded_leaves_the_drawing(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/dashboards?window=6h")
    page.route("**/dashboards/week.json*", lambda route: route.abort())
    page.locator("#week button[data-explore]").click()
    expect(page.get_by_text("The interactive chart couldn’t be loaded.")).to_be_visible()
    expect(page.locator("#week-drawn")).to_be_visible()


def test_the_slider_leads_into_the_past_and_a_link_back(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/dashboards?window=6h")
    page.get_by_text("View an earlier time").click()
    slider = page.get_by_role("slider", name="Drag to a time")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("PageDown")
    chosen = page.get_by_label("Day and time").input_value()
    assert datetime.fromisoformat(chosen + "+00:00") < datetime.now(UTC) - timedelta(hours=2)
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.get_by_text("You’re viewing an earlier time:")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"window": ["6h"], "at": [chosen]}
    page.get_by_role("link", name="Back to now").click()
    expect(page.get_by_text("You’re viewing an earlier time:")).to_be_hidden()


def test_a_chart_says_value_usual_and_time_in_the_visitor_s_zone(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/dashboards?window=6h", timezone_id="Asia/Kathmandu")  # 5 h 45 min ahead
    ticks = page.locator("#volume .time-axis text").all_text_contents()
    assert len(ticks) in (6, 7)
    assert {tick[2:] for tick in ticks} == {":00"}  # hours of the visitor, not of UTC
    page, trouble = visit("/acme/dashboards?window=6h", timezone_id="America/Los_Angeles")
    words = page.locator("#volume .readout")
    page.locator("#volume .scrub").focus()
    expect(words).to_contain_text("counted (usual")
    last = words.text_content()
    page.keyboard.press("ArrowLeft")
    expect(words).not_to_have_text(last or "")
    boxes = [page.locator(f"#volume {part}").bounding_box() for part in ("svg.chart", ".scrub")]
    assert boxes[0] == boxes[1]  # what is said is what one points at
    zone = page.locator("#volume [data-zone-name]").text_content() or ""
    assert zone in ("PST", "PDT")
    assert zone in (words.text_content() or "")
    page.locator("#volume .scrub").hover(position={"x": 40, "y": 40})
    expect(words).to_contain_text(zone)
    since = page.locator("#volume svg.chart").get_attribute("data-since") or ""
    here = page.evaluate("t => clocks.format(new Date(t))", since)
    page.locator("#volume button[data-explore]").click()
    expect(page.locator("#volume-figure .xtitle")).to_have_text(zone)
    shown = page.evaluate("document.getElementById('volume-figure').data.at(-1).x[0]")
    assert abs(minutes(shown[11:16]) - minutes(here)) % 1430 < 10  # the drawing's time; later by a moment
    expect(page.locator("#volume .legend")).to_be_visible()
    page.locator("#volume-figure .nsewdrag").first.hover()
    expect(page.locator("#volume-figure .hoverlayer .legend")).to_contain_text("counted")
    shown = "document.getElementById('volume-figure').layout.xaxis.range.map(at => Date.parse(at))"
    whole = page.evaluate(shown)
    plot = page.locator("#volume-figure .nsewdrag").first.bounding_box()
    assert plot
    page.mouse.move(plot["x"] + plot["width"] * 0.3, plot["y"] + plot["height"] / 2)
    page.mouse.down()
    page.mouse.move(plot["x"] + plot["width"] * 0.6, plot["y"] + plot["height"] / 2, steps=4)
    page.mouse.up()
    page.wait_for_function(f"([a, b]) => {{ const [c, d] = {shown}; return d - c < 0.5 * (b - a) }}", arg=whole)
    drawn, traces = page.evaluate(
        "[document.querySelectorAll('#volume .legend li').length, document.getElementById('volume-figure').data.length]"
    )
    assert drawn >= traces >= 3  # what is drawn is there to point at, and keeps its legend
    assert trouble.all == []
