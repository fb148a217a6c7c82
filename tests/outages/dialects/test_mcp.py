"""The Model Context Protocol: the ten questions of the docs, and the SDK's own client."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jsonschema
import pytest
from django.test import Client

from outages.dialects.mcp.protocol import ToolError
from outages.dialects.mcp.questions import service_of
from outages.models import ServiceMinute
from tests import factories

from . import clients
from .conftest import MINUTE

LONGEST_ANSWER = 2048
Ask = Callable[..., Any]


def send(message: Any, status: int = 200) -> Any:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    answer = Client().generic("POST", "/mcp", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return json.loads(answer.content) if answer.content else None


def tools() -> dict[str, Any]:
    listed = send({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})["result"]["tools"]
    return {tool["name"]: tool for tool in listed}


@pytest.fixture
def ask(db: None) -> Ask:
    """Calls a tool; the answer is small and keeps to the schema that describes it."""
    described = tools()

    def asking(name: str, **arguments: Any) -> Any:
        params = {"name": name, "arguments": arguments}
        result = send({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params})["result"]
        assert not result["isError"], result
        jsonschema.validate(arguments, described[name]["inputSchema"])
        jsonschema.validate(result["structuredContent"], described[name]["outputSchema"])
        (content,) = result["content"]
        assert json.loads(content["text"]) == result["structuredContent"]
        assert len(content["text"].encode()) < LONGEST_ANSWER
        return result["structuredContent"]

    return asking


def test_a_client_learns_who_we_are_and_what_can_be_asked(db: None) -> None:
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    result = send({"jsonrpc": "2.0", "id": "a", "method": "initialize", "params": hello})["result"]
    assert result["protocolVersion"] == "2025-06-18"
    assert "is_all_clear" in result["instructions"]
    assert send({"jsonrpc": "2.0", "method": "notifications/initialized"}, 202) is None
    assert send({"jsonrpc": "2.0", "id": 2, "method": "ping"})["result"] == {}
    newer = {**hello, "protocolVersion": "2031-01-01"}
    answer = send({"jsonrpc": "2.0", "id": 3, "method": "initialize", "params": newer})
    assert answer["result"]["protocolVersion"] == "2025-11-25"
    found = tools()
    assert 1 <= len(found) <= 8
    for tool in found.values():
        assert tool["inputSchema"]["type"] == tool["outputSchema"]["type"] == "object"
        assert tool["annotations"]["readOnlyHint"] is True
        jsonschema.Draft202012Validator.check_schema(tool["inputSchema"])
        jsonschema.Draft202012Validator.check_schema(tool["outputSchema"])


def test_is_it_down_there_now(ask: Ask, outage: Any) -> None:
    there = ask("get_status", service="acme", country="NL")
    assert (there["verdict"], there["is_all_clear"], there["affects_country"]) == ("confirmed", False, True)
    assert there["incidents"][0]["components"] == ["Mobile app"]
    assert there["country"] == {"code": "NL", "name": "Netherlands", "reports": None}
    assert ask("get_status", service="acme", country="no")["affects_country"] is False


def test_what_is_not_watched_is_never_an_all_clear(ask: Ask, db: None, now: datetime) -> None:
    factories.a_service()
    answer = ask("get_status", service="acme")
    assert (answer["verdict"], answer["is_all_clear"], answer["data_until"]) == ("unknown", False, None)
    problem = ask("explain_problem", service="acme", problem="503")
    assert problem["whose"] == "unknown"


def test_a_calm_service_is_an_all_clear(ask: Ask, service: Any) -> None:
    assert ask("get_status", service="acme")["is_all_clear"] is True
    assert ask("explain_problem", service="acme", problem="I see error 503")["whose"] == "probably-you"
    assert "get_status" in ask("list_incidents", service="acme")["note"]


def test_is_it_mine_or_theirs(ask: Ask, outage: Any) -> None:
    assert ask("explain_problem", service="acme", problem="503", country="NL")["whose"] == "not-you"
    assert ask("explain_problem", service="acme", problem="503", country="NO")["whose"] == "cannot-say"


def test_the_answer_is_that_of_the_page_is_it_only_me(ask: Ask, service: Any, now: datetime, client: Any) -> None:
    """Charging needs the sign-in; who can't charge while the sign-in is down is not told that it is their own fault."""
    factories.an_incident(service, now - 9 * MINUTE, states=((0, "confirmed"),), components=("login",))
    for symptom in ("timeout", "login-failed", "http-503"):
        whose = ask("explain_problem", service="acme", problem=symptom, country="DE")["whose"]
        page = client.get(f"/acme/is-it-me?symptom={symptom}&country=DE").content.decode()
        words = {
            "not-you": "It’s not just you",
            "probably-not-you": "It’s probably not just you",
            "cannot-say": "We can’t tell",
            "probably-you": "It’s probably on your side",
        }
        assert words[whose] in page


def test_many_services_ask_no_more_queries(ask: Ask, service: Any, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        factories.a_service(f"other-{number}")
    with django_assert_max_num_queries(8):
        assert len(ask("list_services")["services"]) == 7


def test_how_long_did_the_last_one_last(ask: Ask, service: Any, now: datetime) -> None:
    states = ((0, "possible"), (5, "confirmed"), (30, "resolved"))
    for days, number in ((9, 1), (5, 2), (1, 3)):
        factories.an_incident(service, now - timedelta(days=days), states=states[: 2 + (number < 4)])
    newest = ask("list_incidents", service="acme")["incidents"][0]
    assert (newest["number"], newest["state"], newest["lasted_min"]) == (3, "resolved", 30.0)
    assert [entry["state"] for entry in ask("get_incident", service="acme", number=3)["timeline"]] == [
        "possible",
        "confirmed",
        "resolved",
    ]
    durations = ask("outage_durations", service="acme", component="app")
    assert (durations["outages"], durations["median_min"], durations["longest_min"]) == (3, 30.0, 30.0)
    assert durations["note"] == ""
    assert ask("outage_durations", service="acme", component="login")["outages"] == 0


def test_answers_stay_small_when_much_is_wrong(ask: Ask, service: Any, now: datetime) -> None:
    for number in range(12):
        factories.an_incident(
            service, now - (number + 1) * MINUTE, states=((0, "confirmed"),), components=("app", "login", "charging"),
            countries=["NL", "DE", "FR", "BE"],
        )  # fmt: skip
    ask("get_status", service="acme", country="NL")
    ask("list_incidents", service="acme", only_open=True)
    assert len(ask("list_services", query="acme")["services"]) == 1


def test_a_country_and_a_service_are_known_by_what_people_call_them(ask: Ask, outage: Any) -> None:
    for said in (
        "Netherlands",
        "the Netherlands",
        "Holland",
        "Niederlande",
        "Pays-Bas",
        "オランダ",
        "nl",
        "Netherland",
    ):
        assert ask("get_status", service="Acme", country=said)["country"]["code"] == "NL", said
    assert ask("get_status", service="ACME", country="USA")["country"]["code"] == "US"
    assert ask("list_incidents", service="acme", component="Mobile app")["incidents"][0]["number"] == 1


def test_a_name_is_found_without_reading_the_catalogues_of_all_others(
    ask: Ask, service: Any, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        name = {"en": f"Parcel Post {number}", "fr": f"Colis Éclair {number}"}
        factories.a_service(f"post-{number}", name=name, formerly=[f"mail-{number}"])

    def state(said: str) -> str:
        """What the answer's page is, for what a service is called."""
        found = ask("get_status", service=said)
        return str(found["page"]).removeprefix("http://localhost:8000/").strip("/")

    for said in ("post-3", " Parcel post 3", "colis eclair 3", "MAIL-3", "Éclair 3", "Parcels 3"):
        assert state(said) == "post-3", said
    with django_assert_max_num_queries(2), pytest.raises(ToolError, match="no service 'Parcel' here"):
        service_of("Parcel")  # six of them
    with django_assert_max_num_queries(3):
        assert service_of("colis eclair 4").slug == "post-4"
    factories.a_service("post-4", name="Pigeons")
    assert state("pigeons") == "post-4"
    monkeypatch.setattr("outages.dialects.mcp.tools.MOST_SERVICES", 2)
    found = ask("list_services", query="parcel")
    assert ([each["slug"] for each in found["services"]], found["more"]) == (["post-0", "post-1"], 3)
    monkeypatch.setattr("outages.dialects.mcp.name_index.MOST_NAMED", 3)
    factories.a_service("post-4", name="Doves")  # so that the index is made anew
    assert "4 more services are known by their slugs alone" in ask("list_services", query="doves")["note"]
    assert state("post-4") == "post-4"


def test_what_keeps_working_and_what_has_just_ended(ask: Ask, service: Any, now: datetime) -> None:
    states = ((0, "possible"), (5, "confirmed"), (30, "resolved"))
    factories.an_incident(service, now - timedelta(days=2), states=states)
    assert ask("get_status", service="acme")["last_ended"] is None
    factories.an_incident(service, now - timedelta(hours=2), states=states)
    calm = ask("get_status", service="acme")
    assert (calm["is_all_clear"], calm["still_works"]) == (True, [])
    assert (calm["last_ended"]["number"], calm["last_ended"]["lasted_min"]) == (2, 30.0)
    factories.an_incident(service, now - 9 * MINUTE, states=((0, "confirmed"),))
    down = ask("get_status", service="acme")
    works = ask("explain_problem", service="acme", problem="503")["still_works"]
    assert down["still_works"] == works


def test_was_there_one_that_night_says_whether_anybody_watched(ask: Ask, service: Any, now: datetime) -> None:
    """Two hours before now were watched, and nothing before."""
    states = ((0, "possible"), (5, "confirmed"), (30, "resolved"))
    factories.an_incident(service, now - timedelta(hours=30), states=states)
    found = ask("list_incidents", service="acme", since="2026-03-01T07:00+02:00", until="2026-03-01T08:00")
    assert [incident["number"] for incident in found["incidents"]] == [1]
    assert ask("list_incidents", service="acme", since="2026-03-01", until="2026-03-01")["incidents"]
    watched = ask("list_incidents", service="acme", since="2026-03-02T11:00Z", until="2026-03-02T11:30Z")
    assert (watched["incidents"], watched["watched_share"]) == ([], 1.0)
    assert "all of that time was watched" in watched["note"]
    for since, share in (("2026-02-20", 0.0), ("2026-03-02T08:30", 0.5)):
        until = "2026-02-21" if share == 0 else "2026-03-02T11:30"
        unknown = ask("list_incidents", service="acme", since=since, until=until)
        assert (unknown["incidents"], unknown["watched_share"]) == ([], share)
        assert "there may have been one" in unknown["note"]
    assert ask("list_incidents", service="acme", since="2026-03-05")["watched_share"] is None
    ServiceMinute.objects.filter(service=service, minute__gte=now - 2 * MINUTE).delete()  # not counted yet
    assert ask("list_incidents", service="acme", since="2026-03-02T11:00Z")["watched_share"] == 1.0


def test_a_service_that_is_not_watched_is_not_called_well(ask: Ask, service: Any) -> None:
    found = ask("list_services", query="instagram")
    assert (found["services"], found["more"]) == ([], 0)
    assert "can't say whether it works" in found["note"]
    assert "Did you mean acme" in ask("list_services", query="acmee")["note"]


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("get_status", {"service": "instagram"}, "can't say whether it works"),
        ("get_status", {"service": "acme", "country": "California"}, "Ask for its country: United States."),
        ("explain_problem", {"service": "acme", "problem": "it doesn't work"}, "Choose one of"),
        ("list_incidents", {"service": "acme", "since": "last Tuesday"}, "no date or time"),
        ("list_incidents", {"service": "acme", "since": "2026-03-02", "until": "2026-02-27"}, "before"),
        ("get_status", {"service": "acne"}, "Did you mean acme"),
        ("get_status", {"service": "a\0"}, "There is no service"),
        ("get_status", {}, "service"),
        ("get_status", {"service": "acme", "country": "XX"}, "ISO 3166-1"),
        ("get_status", {"service": "acme", "city": "Oslo"}, "unknown field"),
        ("list_incidents", {"service": "acme", "component": "apps"}, "Did you mean app"),
        ("get_incident", {"service": "acme", "number": 99}, "no such incident"),
        ("get_incident", {"service": "acme", "number": 2**40}, "number"),
        ("explain_problem", {"service": "acme", "problem": "zzz"}, "Choose one of"),
        ("list_services", {"query": "x" * 101}, "length"),
    ],
)
def test_a_wrong_question_is_answered_with_what_to_ask(
    service: Any, name: str, arguments: dict[str, Any], said: str
) -> None:
    params = {"name": name, "arguments": arguments}
    result = send({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})["result"]
    assert result["isError"]
    assert said in result["content"][0]["text"]


@pytest.mark.parametrize(
    ("message", "status", "code"),
    [
        (b"{", 400, -32700),
        (b"\xff", 400, -32700),
        (b"[" * 50_000, 400, -32700),
        ([], 400, -32600),
        ({"id": 1, "method": "ping"}, 400, -32600),
        ({"jsonrpc": "2.0", "id": {}, "method": "ping"}, 400, -32600),
        ({"jsonrpc": "2.0", "id": 1, "method": "resources/list"}, 200, -32601),
        ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": []}, 200, -32602),
        ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "nothing"}}, 200, -32602),
    ],
)
def test_a_wrong_message_is_an_error_of_the_protocol(db: None, message: Any, status: int, code: int) -> None:
    assert send(message, status)["error"]["code"] == code


def test_a_slash_behind_the_address_is_no_other_address(db: None) -> None:
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert Client().post("/mcp/", message, "application/json").json()["result"]["tools"]


def test_there_are_no_streams_and_scripts_of_every_site_may_ask(db: None) -> None:
    refused = Client().get("/mcp")
    assert (refused.status_code, refused["Allow"]) == (405, "POST, OPTIONS")
    ahead = Client().options("/mcp", headers={"Access-Control-Request-Headers": "mcp-protocol-version,content-type"})
    assert "POST" in ahead["Access-Control-Allow-Methods"]
    assert "mcp-protocol-version" in ahead["Access-Control-Allow-Headers"]
    assert send(b" " * 70_000, 413)["status"] == 413


SDK = """
import asyncio, json, sys
from mcp.client.client import Client
async def main():
    async with Client(sys.argv[1] + "/mcp") as client:
        tools = await client.list_tools()
        answer = await client.call_tool("get_status", {"service": "acme", "country": "NL"})
        wrong = await client.call_tool("get_status", {"service": "acne"})
        print(json.dumps([sorted(tool.name for tool in tools.tools), answer.structured_content, wrong.is_error]))
asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_sdks_own_client_reads_it(live_server: Any, outage: Any) -> None:
    done = subprocess.run(
        [str(clients.python_with("mcp==2.3.0")), "-c", SDK, live_server.url],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    names, answer, wrong = json.loads(done.stdout)
    assert names == sorted(tools())
    assert (answer["verdict"], answer["affects_country"], wrong) == ("confirmed", True, True)
