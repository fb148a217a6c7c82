"""Statuspage's clients, made by others, against the running site."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests import factories
from tests.servers import web

from . import clients
from .conftest import MINUTE, add_plan

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

EXPORTER = """
from prometheus_client import generate_latest
from statuspage_prometheus_exporter import service_monitor
service_monitor.monitor_services(is_initial_run=True)
print(generate_latest().decode())
"""
STATUSCHECK = """
import json, sys
from statuscheck.services.bases._statuspageio import BaseStatusPageAPI
class Ours(BaseStatusPageAPI):
    def _get_base_url(self):
        return sys.argv[1] + "/api/v2/"
print(json.dumps(Ours().get_summary().as_dict()))
"""
STATUSPAGE_IO = """
const {Statuspage} = require('statuspage.io');
const client = new Statuspage('ours');
client.setApiUrl(process.argv[2]);
const {getStatus, getSummary, getComponents, incidents, scheduledMaintenances} = client.api;
(async () => console.log(JSON.stringify({
  status: await getStatus(), summary: await getSummary(), components: await getComponents(),
  incidents: await incidents.getAll(), unresolved: await incidents.getUnresolved(),
  upcoming: await scheduledMaintenances.getUpcoming(), active: await scheduledMaintenances.getActive(),
})))().catch(error => { console.error(error.message); process.exit(1); });
"""
CALENDAR_AND_ASSISTANT = """
const {Client} = require('%(sdk)s/dist/cjs/client/index.js');
const {StreamableHTTPClientTransport} = require('%(sdk)s/dist/cjs/client/streamableHttp.js');
const ICAL = require('ical.js');
const [site, at] = process.argv.slice(2);
const going_on = async path => {
  const calendar = new ICAL.Component(ICAL.parse(await (await fetch(site + path)).text()));
  const now = ICAL.Time.fromJSDate(new Date(Number(at)), true);
  return calendar.getAllSubcomponents('vevent').map(each => new ICAL.Event(each))
    .filter(each => each.startDate.compare(now) <= 0 && each.endDate.compare(now) > 0).map(each => each.summary);
};
(async () => {
  const client = new Client({name: 'test', version: '1'});
  await client.connect(new StreamableHTTPClientTransport(new URL(site + '/mcp')));
  const tools = (await client.listTools()).tools.map(each => each.name);
  const told = await client.callTool({name: 'get_status', arguments: {service: 'acme', country: 'NL'}});
  const wrong = await client.callTool({name: 'get_status', arguments: {service: 'nope'}});
  await client.close();
  console.log(JSON.stringify({tools, told: told.structuredContent, wrong: wrong.isError,
    one: await going_on('/acme/feeds/incidents.ics'), all: await going_on('/feeds/incidents.ics')}));
})().catch(error => { console.error(error); process.exit(1); });
"""


def printed(command: list[str], folder: Path, **environment: str) -> str:
    """What a program prints. It must end well."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def exported(live_server: Any, tmp_path: Path) -> Callable[[], dict[str, dict[tuple[str, ...], float]]]:
    """What statuspage-prometheus-exporter makes of the site: metric → label values (in the labels' order) → value."""

    def exporting() -> dict[str, dict[tuple[str, ...], float]]:
        services = {
            "acme": {"name": "Acme", "url": f"{live_server.url}/acme/api/v2/summary.json", "type": "status_page"}
        }
        file = tmp_path / "services.json"
        file.write_text(json.dumps(services), encoding="utf-8")
        output = printed([sys.executable, "-c", EXPORTER], tmp_path, SERVICES_JSON_PATH=str(file))
        return {
            family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
            for family in text_string_to_metric_families(output)
            if family.name.startswith("statuspage_")
        }

    return exporting


def test_the_prometheus_exporter_sees_a_calm_service(exported: Any, service: Any) -> None:
    found = exported()
    assert found["statuspage_probe_check"] == {("Acme",): 1}
    assert found["statuspage_service_status"] == {("Acme",): 1}
    assert set(found["statuspage_component_status"].values()) == {1}


def test_the_prometheus_exporter_sees_an_outage(exported: Any, outage: Any) -> None:
    found = exported()
    assert found["statuspage_service_status"] == {("Acme",): 0}
    down = [labels for labels, value in found["statuspage_component_status"].items() if value == 0]
    assert down == [("Mobile app", "Acme")]
    (incident,) = found["statuspage_incident_info"]
    assert {"acme-1", "Outage in North Holland: Mobile app", "major", "Mobile app"} <= set(incident)


def test_the_prometheus_exporter_never_sees_an_all_clear_where_nobody_watches(exported: Any, now: datetime) -> None:
    factories.a_service()
    found = exported()
    assert found["statuspage_probe_check"] == {("Acme",): 1}
    assert found["statuspage_service_status"] == {("Acme",): 0}
    assert set(found["statuspage_component_status"].values()) == {0}


@pytest.mark.parametrize(
    ("state", "kind", "name"),
    [
        (None, "", "No issues"),
        ("possible", "outage", "Minor incident"),
        ("confirmed", "outage", "Critical incident"),
        ("recovering", "outage", "Minor incident"),
        ("maintenance", "maintenance", "Maintenance"),
    ],
)
def test_statuscheck_reads_every_state(
    live_server: Any, service: Any, now: datetime, tmp_path: Path, state: str | None, kind: str, name: str
) -> None:
    python = clients.statuscheck()
    if state:
        factories.an_incident(service, now - 9 * MINUTE, states=((0, state),), kind=kind)
    summary = json.loads(printed([str(python), "-c", STATUSCHECK, f"{live_server.url}/acme"], tmp_path))
    assert (summary["status"]["name"], summary["status"]["is_ok"]) == (name, state is None)
    assert len(summary["components"]) == 3
    assert len(summary["incidents"]) == (1 if state else 0)


def test_statuspage_io_reads_every_document(live_server: Any, outage: Any, now: datetime) -> None:
    home = clients.npm("statuspage.io")
    add_plan(outage.service, now - timedelta(days=1), "Planned maintenance on 4 March 2026, 02:00 to 04:00 UTC.")
    (home / "read.js").write_text(STATUSPAGE_IO, encoding="utf-8")
    found = json.loads(printed(["node", "read.js", live_server.url], home))
    assert found["status"]["status"]["indicator"] == "major"
    assert {component["id"] for component in found["components"]["components"]} == {
        "acme-app",
        "acme-login",
        "acme-charging",
    }
    assert [incident["id"] for incident in found["unresolved"]["incidents"]] == ["acme-1"]
    assert [incident["id"] for incident in found["incidents"]["incidents"]] == ["acme-1"]
    for name in ("upcoming", "active"):  # this client asks for what is to come, either way
        assert found[name]["scheduled_maintenances"][0]["status"] == "scheduled"
    assert found["summary"]["page"]["name"] == "Acme"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("watched", "state", "said", "indicator"),
    [
        (True, None, "No problems", "none"),
        (True, "confirmed", "Outage: Mobile app", "critical"),
        (False, None, "Unknown", "minor"),
    ],
)
def test_the_status_widget_shows_it_on_a_page_of_another_site(
    live_server: Any,
    now: datetime,
    watched: bool,
    state: str | None,
    said: str,
    indicator: str,
) -> None:
    """In a real Chromium, from a page whose origin is not ours: it needs our CORS headers."""
    home = clients.npm("@statuspage/status-widget")
    script = (home / "node_modules/@statuspage/status-widget/dist/index.js").read_bytes()
    service = factories.a_service()
    if watched:
        factories.watched(service, now - timedelta(hours=1), now)
    if state:
        factories.an_incident(service, now - 9 * MINUTE, states=((0, state),))
    body = f'<!doctype html><statuspage-widget src="{live_server.url}"></statuspage-widget><script src="w.js"></script>'
    with web.web() as elsewhere, ThreadPoolExecutor(1) as aside:
        elsewhere.pages["/"] = web.Answer(body=body.encode(), headers={"Content-Type": "text/html"})
        elsewhere.pages["/w.js"] = web.Answer(body=script, headers={"Content-Type": "text/javascript; charset=utf-8"})
        # Aside, because other tests of the session may keep Playwright's loop in this thread.
        shown, shape = aside.submit(widget_on, elsewhere.url("/")).result()
    assert shown.startswith(said)
    assert indicator in shape.split()


def widget_on(address: str) -> tuple[str, str]:
    """The text and the classes of the widget on a page."""
    from playwright.sync_api import sync_playwright

    from tools import chromium

    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        page = browser.new_page()
        page.goto(address)
        text = page.locator("statuspage-widget .status-text")
        text.wait_for(timeout=15_000)
        shape = page.locator("statuspage-widget .status-indicator").get_attribute("class")
        found = text.inner_text(), shape or ""
        browser.close()
    return found


def test_scripts_read_the_calendar_and_assistants_ask(live_server: Any, outage: Any, now: datetime) -> None:
    """By ical.js, as Thunderbird and Nextcloud use it, and by the TypeScript SDK of the Model Context Protocol, which
    checks each answer by its tool's schema."""
    sdk = clients.npm("@modelcontextprotocol/sdk") / "node_modules/@modelcontextprotocol/sdk"
    home = clients.npm("ical.js")
    (home / "read.cjs").write_text(CALENDAR_AND_ASSISTANT % {"sdk": sdk}, encoding="utf-8")
    moment = str(int((now + 10 * MINUTE).timestamp() * 1000))
    found = json.loads(printed(["node", "read.cjs", live_server.url, moment], home))
    assert found["one"] == found["all"] == ["Acme: Outage in North Holland: Mobile app (confirmed)"]
    assert "get_status" in found["tools"]
    assert (found["told"]["verdict"], found["told"]["is_all_clear"], found["wrong"]) == ("confirmed", False, True)
