"""The dashboard of Grafana and the blocks for Home Assistant and Prometheus: valid, and true of the API as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.urls import resolve
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from outages.dialects.metrics import render as metrics
from outages.verdict import Verdict
from tests import factories

from .conftest import MINUTE, NOW, add_probe

PROJECT = Path(__file__).resolve().parents[3]
DASHBOARD = json.loads((PROJECT / "deploy/grafana/brownout.json").read_text(encoding="utf-8"))
INFINITY = "yesoreyeram-infinity-datasource"
Read = Callable[..., Any]


def blocks(page: str) -> dict[str, Any]:
    """The YAML blocks of a page of the docs, as one document."""
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    found: dict[str, Any] = {}
    for block in re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        document = yaml.safe_load(block)
        assert not found.keys() & document.keys()
        found |= document
    assert found
    return found


@pytest.fixture
def full(db: None, now: Any) -> Any:
    """A service of which everything is known."""
    service = factories.a_service()
    factories.an_outage(service, NOW)
    add_probe(service, NOW - MINUTE, "up")
    return service


# ── Grafana ──────────────────────────────────────────────────────────────────────────────────────────────────────


def queries() -> Iterator[dict[str, Any]]:
    """All questions that the dashboard asks: of its panels, and of its variable."""
    for panel in DASHBOARD["panels"]:
        yield from panel["targets"]
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["infinityQuery"]


def test_the_dashboard_asks_nothing_but_its_own_data_source_and_site() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    for query in queries():
        assert query["datasource"] == {"type": INFINITY, "uid": "${datasource}"}
        assert query["url"].startswith("${site}/api/v1/")


def test_the_dashboards_variables_are_those_that_it_uses() -> None:
    declared = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    used = set(re.findall(r"\$\{(\w+)", json.dumps(DASHBOARD)))
    assert used - {"__from", "__to"} == declared == {"datasource", "site", "service"}


def test_every_verdict_has_its_colour_on_the_dashboard() -> None:
    (mapping,) = DASHBOARD["panels"][0]["fieldConfig"]["defaults"]["mappings"]
    assert mapping["options"].keys() == {verdict.value for verdict in Verdict}


@pytest.mark.django_db
@pytest.mark.parametrize("query", list(queries()), ids=lambda query: urlsplit(query["url"]).path.rpartition("/")[2])
def test_every_question_of_the_dashboard_has_an_answer_with_its_columns(read: Read, full: Any, query: Any) -> None:
    since = (NOW - timedelta(hours=24)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    until = NOW.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    values = {"${site}": "", "${service}": "acme", "${__from:date:iso}": since, "${__to:date:iso}": until}
    address = query["url"]
    for variable, value in values.items():
        address = address.replace(variable, value)
    assert "$" not in address
    found = read(address).json()
    for step in filter(None, query["root_selector"].split(".")):
        found = found[step]
    rows = found if isinstance(found, list) else [found]
    assert rows
    for column in query["columns"]:
        assert all(column["selector"] in row for row in rows), column


def test_the_data_source_is_allowed_to_ask_the_dashboards_site() -> None:
    document = yaml.safe_load((PROJECT / "deploy/grafana/datasource.yaml").read_text(encoding="utf-8"))
    (source,) = document["datasources"]
    (site,) = [variable for variable in DASHBOARD["templating"]["list"] if variable["name"] == "site"]
    assert source["type"] == INFINITY
    assert site["query"] in source["jsonData"]["allowedHosts"]


# ── Home Assistant ───────────────────────────────────────────────────────────────────────────────────────────────


class HomeAssistant:
    """As much of Home Assistant as its blocks use: a REST sensor with attributes, and templates over it."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self.attributes: dict[str, dict[str, Any]] = {}
        self._templates = SandboxedEnvironment(undefined=StrictUndefined)
        self._templates.globals |= {
            "states": lambda entity: self.states[entity],
            "state_attr": lambda entity, name: self.attributes[entity][name],
        }

    def render(self, template: str, **values: Any) -> str:
        return self._templates.from_string(template).render(**values).strip()

    def poll(self, sensors: list[dict[str, Any]], answer: dict[str, Any]) -> None:
        for sensor in sensors:
            entity = "sensor." + sensor["name"].lower().replace(" ", "_")
            self.states[entity] = self.render(sensor["value_template"], value_json=answer)
            self.attributes[entity] = {name: answer[name] for name in sensor.get("json_attributes", [])}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("watched_until_minutes", "state", "verdict", "problem", "available"),
    [
        (0, None, "ok", "False", "True"),
        (0, "possible", "possible", "True", "True"),
        (0, "confirmed", "confirmed", "True", "True"),
        (0, "maintenance", "maintenance", "False", "True"),
        (5, None, "unknown", "False", "False"),
        (60, None, "unknown", "False", "False"),
    ],
)
def test_home_assistant_shows_the_verdict_and_never_an_all_clear_that_nobody_gave(
    read: Read,
    db: None,
    now: Any,
    watched_until_minutes: int,
    state: str | None,
    verdict: str,
    problem: str,
    available: str,
) -> None:
    service = factories.a_service("tesla")
    factories.watched(service, now - timedelta(hours=2), now - watched_until_minutes * MINUTE)
    if state:
        factories.an_incident(service, now - 9 * MINUTE, states=((0, state),))
    found = blocks("home-assistant.md")
    (rest,), (template,) = found["rest"], found["template"]
    home = HomeAssistant()
    home.poll(rest["sensor"], read(urlsplit(rest["resource"]).path).json())
    assert home.states["sensor.tesla_verdict"] == verdict
    assert home.states["sensor.tesla_reports"] == "0"
    (outage,) = template["binary_sensor"]
    assert (home.render(outage["state"]), home.render(outage["availability"])) == (problem, available)


@pytest.mark.django_db
def test_home_assistants_automation_is_told_in_a_sentence(read: Read, service: Any) -> None:
    found = blocks("home-assistant.md")
    home = HomeAssistant()
    home.poll(found["rest"][0]["sensor"], read("/api/v1/services/acme/status").json())
    (automation,) = found["automation"]
    assert automation["triggers"][0]["entity_id"] == "binary_sensor.tesla_outage"
    assert home.render(automation["actions"][0]["data"]["message"]).startswith("No problems with Acme right now.")


# ── the docs ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_alerts_for_prometheus_use_metrics_that_exist() -> None:
    rules = blocks("dialects.md")["groups"][0]["rules"]
    used = {name for rule in rules for name in re.findall(r"brownout_\w+", rule["expr"])}
    assert used
    assert used <= metrics.METRICS.keys()
    verdicts = {verdict for rule in rules for verdict in re.findall(r'verdict="(\w+)"', rule["expr"])}
    assert verdicts <= {verdict.value for verdict in Verdict}


@pytest.mark.parametrize(
    "address",
    [
        address
        for page in ("dialects.md", "home-assistant.md")
        for address in re.findall(
            r"http://localhost:8000(/[^\s`'\")]+)", (PROJECT / "docs" / page).read_text(encoding="utf-8")
        )
        if address != "/gatus"
    ],
)
def test_every_address_in_the_docs_leads_somewhere(address: str) -> None:
    resolved = resolve(address)
    assert "nothing" not in resolved.func.__name__.lower()
    assert resolved.route
