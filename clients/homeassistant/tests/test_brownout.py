"""The integration in Home Assistant: added by hand, read once a minute, and never an all-clear that nobody gave."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from custom_components.brownout.api import NoBrownoutError, Site, site_of
from custom_components.brownout.config_flow import BrownoutConfigFlow
from custom_components.brownout.const import DOMAIN, MOST_PAGES
from custom_components.brownout.diagnostics import async_get_config_entry_diagnostics
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

SITE = "https://status.example.org"
STATUS = f"{SITE}/api/v1/services/tesla/status"
SERVICES = f"{SITE}/api/v1/services?limit=200"
HERE = Path(__file__).resolve().parents[1] / "custom_components" / "brownout"


def status(verdict: str = "ok", **more: Any) -> dict[str, Any]:
    return {
        "service": "tesla", "name": "Tesla", "verdict": verdict, "ok": verdict == "ok", "stale": False,
        "sentence": f"It is {verdict}.", "reports_30m": 3, "expected_30m": 1.0, "as_of": "2026-11-30T20:57:00Z",
        "confidence": 0.5, "incidents": [], "url": f"{SITE}/tesla/", **more,
    }  # fmt: skip


def incident(number: int, state: str) -> dict[str, Any]:
    return {"number": number, "state": state}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    made = MockConfigEntry(
        domain=DOMAIN, title="Tesla", unique_id=f"{SITE}/tesla", data={"site": SITE, "service": "tesla"}
    )
    made.add_to_hass(hass)
    return made


async def minute(hass: HomeAssistant) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_service_is_added_in_two_steps(hass: HomeAssistant, aioclient_mock: Any) -> None:
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "user")

    async def typed(address: str) -> Any:
        return await hass.config_entries.flow.async_configure(flow["flow_id"], {"site": address})

    for address in ("ftp://status.example.org", "https://", "https://ada:geheim@status.example.org", "https://[x"):
        assert (await typed(address))["errors"] == {"site": "no_brownout"}, address
    for answer, error in (
        ({"status": 404}, "no_brownout"),
        ({"text": "<html>"}, "no_brownout"),
        ({"json": []}, "no_brownout"),
        ({"json": {"results": 5}}, "no_brownout"),
        ({"status": 503}, "cannot_connect"),
        ({"exc": TimeoutError()}, "cannot_connect"),
        ({"json": {"results": [], "next": None}}, "no_services"),
    ):
        aioclient_mock.clear_requests()
        aioclient_mock.get(SERVICES, **answer)
        assert (await typed("status.example.org"))["errors"] == {"site": error}, answer
    aioclient_mock.clear_requests()
    more = f"{SITE}/api/v1/services?cursor=a%2Bb&limit=200"
    aioclient_mock.get(f"{SERVICES}&cursor=a%2Bb", json={"results": [{"slug": "x", "name": "X"}], "next": None})
    aioclient_mock.get(SERVICES, json={"results": [{"slug": "tesla", "name": "Tesla"}], "next": more})
    aioclient_mock.get(STATUS, json=status())
    second = await typed(" status.example.org/ ")
    assert second["step_id"] == "service"
    options = second["data_schema"].schema["service"].config["options"]
    assert [option["value"] for option in options] == ["tesla", "x"]
    done = await hass.config_entries.flow.async_configure(flow["flow_id"], {"service": "tesla"})
    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "Tesla")
    assert done["data"] == {"site": SITE, "service": "tesla"}
    await hass.async_block_till_done()

    again = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    again = await hass.config_entries.flow.async_configure(again["flow_id"], {"site": SITE})
    again = await hass.config_entries.flow.async_configure(again["flow_id"], {"service": "tesla"})
    assert (again["type"], again["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_list_without_an_end_is_read_to_a_bound(hass: HomeAssistant, aioclient_mock: Any) -> None:
    more = f"{SITE}/api/v1/services?cursor=again&limit=200"
    aioclient_mock.get(SERVICES, json={"results": [{"slug": "tesla", "name": "Tesla"}], "next": more})
    found = await Site(async_get_clientsession(hass), SITE, "en").services()
    assert (found, aioclient_mock.call_count) == ({"tesla": "Tesla"}, MOST_PAGES)


async def test_silence_and_old_numbers_are_no_all_clear(hass: HomeAssistant, entry: Any, aioclient_mock: Any) -> None:
    aioclient_mock.get(STATUS, json=status(), headers={"ETag": '"1"'})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    def states() -> tuple[str, str, str]:
        ids = ("binary_sensor.tesla_outage", "sensor.tesla_verdict", "sensor.tesla_reports_in_30_minutes")
        return tuple(hass.states.get(each).state for each in ids)  # type: ignore[union-attr,return-value]

    assert states() == ("off", "ok", "3")
    assert hass.states.get("sensor.tesla_verdict").attributes["sentence"] == "It is ok."  # type: ignore[union-attr]
    for answer, expected in (
        ({"status": 304}, ("off", "ok", "3")),
        ({"json": status("possible")}, ("on", "possible", "3")),
        ({"json": status("recovering")}, ("on", "recovering", "3")),
        ({"json": status("maintenance")}, ("off", "maintenance", "3")),
        ({"json": status("unknown")}, (STATE_UNAVAILABLE, "unknown", "unknown")),
        ({"json": status(stale=True)}, (STATE_UNAVAILABLE, "ok", "unknown")),
        ({"json": status()}, ("off", "ok", "3")),
        ({"status": 503}, (STATE_UNAVAILABLE,) * 3),
        ({"json": status("confirmed")}, ("on", "confirmed", "3")),
        ({"status": 404}, (STATE_UNAVAILABLE,) * 3),
        ({"text": "{"}, (STATE_UNAVAILABLE,) * 3),
        ({"json": {"verdict": "splendid", "stale": False}}, (STATE_UNAVAILABLE,) * 3),
        ({"json": status()}, ("off", "ok", "3")),
    ):
        aioclient_mock.clear_requests()
        aioclient_mock.get(STATUS, **answer)
        await minute(hass)
        assert states() == expected, answer
    told = await async_get_config_entry_diagnostics(hass, entry)
    assert (told["last_reading"], told["status"]["verdict"]) == ("well", "ok")
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED


async def test_changes_of_incidents_are_events(hass: HomeAssistant, entry: Any, aioclient_mock: Any) -> None:
    aioclient_mock.get(STATUS, json=status("confirmed", incidents=[incident(4, "confirmed")]))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    seen: list[tuple[str, int]] = []

    def note(event: Any) -> None:
        attributes = event.data["new_state"].attributes
        if event.data["entity_id"] == "event.tesla_incident" and attributes.get("event_type"):
            seen.append((attributes["event_type"], attributes["number"]))

    hass.bus.async_listen("state_changed", note)
    for verdict, incidents, stale, expected in (
        ("confirmed", [incident(4, "confirmed")], False, []),
        ("confirmed", [incident(4, "confirmed"), incident(5, "possible")], False, [("possible", 5)]),
        ("unknown", [], True, []),
        ("confirmed", [incident(4, "recovering"), incident(5, "possible")], False, [("recovering", 4)]),
        ("ok", [], False, [("over", 4), ("over", 5)]),
        ("ok", [], False, []),
    ):
        seen.clear()
        aioclient_mock.clear_requests()
        aioclient_mock.get(STATUS, json=status(verdict, incidents=incidents, stale=stale))
        await minute(hass)
        assert list(dict.fromkeys(seen)) == expected, (verdict, incidents)


async def test_a_site_that_is_away_at_the_start_is_tried_again(
    hass: HomeAssistant, entry: Any, aioclient_mock: Any
) -> None:
    aioclient_mock.get(STATUS, exc=TimeoutError())
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY


def test_addresses_are_kept_in_one_form() -> None:
    for said in ("status.example.org", "https://status.example.org/", " HTTPS://Status.example.org?x#y "):
        assert site_of(said) == SITE, said
    assert site_of("http://[::1]:8000/up/") == "http://[::1]:8000/up"
    with pytest.raises(NoBrownoutError):
        site_of("https://status.example.org:99999")


def test_every_language_has_every_text() -> None:
    def keys(texts: Any, path: str = "") -> set[str]:
        if not isinstance(texts, dict):
            assert texts, path
            return {path}
        return set().union(*(keys(value, f"{path}/{name}") for name, value in texts.items()))

    every = {file.stem: keys(json.loads(file.read_text("utf-8"))) for file in (HERE / "translations").iterdir()}
    assert {language for language, found in every.items() if found != every["en"]} == set()
    assert BrownoutConfigFlow.VERSION == 1
