"""The web form and its receipt, without a browser: what is stored, what is refused, and in what words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from reports.models import Report
from reports.privacy.origin import REPORTER_COOKIE

NOW = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
FORM = "/acme/report"
VALID = {"symptom": "login-failed", "token": "2f6f7b3e-0000-4000-8000-000000000001"}


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def send(client: Any, address: str = FORM, **changes: Any) -> Any:
    return client.post(address, {**VALID, **changes})


def stored() -> list[Report]:
    return list(Report.objects.order_by("received_at", "id"))


def test_two_taps_store_a_report_and_lead_to_its_receipt(client: Any, service: Any) -> None:
    answer = send(client)
    assert answer.status_code == 303
    [report] = stored()
    assert (report.symptom.slug, report.component.slug, report.kind) == ("login-failed", "login", 0)
    assert (report.door, report.country, report.at) == ("web", "", NOW)
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert "Thanks, we’ve got your report." in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in page.content.decode()


def test_details_are_kept_as_they_were_given(client: Any, service: Any) -> None:
    send(
        client,
        component="app",
        country="US",
        region="US-CA",
        platform="ios",
        error_code="503",
        note="<b>since</b> lunch",
        started="30",
    )
    [report] = stored()
    assert (report.component.slug, report.country, report.region) == ("app", "US", "US-CA")
    assert (report.platform, report.error_code, report.note) == ("ios", "503", "since lunch")
    assert report.occurred_at == (NOW - timedelta(minutes=30)).replace(second=0)


def test_the_clock_s_zone_gives_the_country_only_where_none_was_chosen(client: Any, service: Any) -> None:
    send(client, zone="Europe/Amsterdam", token="a-token-of-its-own-1")
    send(client, zone="Europe/Amsterdam", country="DE", symptom="http-503", token="a-token-of-its-own-2")
    send(client, zone="Nowhere/Land", kind="working", symptom="", token="a-token-of-its-own-3")
    assert sorted(report.country for report in stored()) == ["", "DE", "NL"]


def test_the_same_tap_twice_is_one_report_with_one_receipt(client: Any, service: Any) -> None:
    first = send(client)
    client.cookies.clear()
    second = send(client)
    assert second.status_code == 303
    assert second["Location"] == first["Location"] + "?again=1"
    assert len(stored()) == 1
    assert "We already have your report." in client.get(second["Location"]).content.decode()


def test_another_choice_in_the_same_form_is_another_report(client: Any, service: Any) -> None:
    send(client)
    client.cookies.clear()
    send(client, symptom="http-503")
    assert len(stored()) == 2


def test_a_second_form_within_two_minutes_is_known_by_its_cookie(client: Any, service: Any) -> None:
    send(client, token="a-token-of-its-own-1")
    send(client, token="a-token-of-its-own-2")
    assert len(stored()) == 1


def test_the_cookie_is_short_lived_and_set_only_by_a_report(client: Any, service: Any) -> None:
    assert client.get(FORM).cookies == {}
    cookie = send(client).cookies[REPORTER_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 24 * 3600)


def test_a_field_that_people_do_not_see_gives_a_robot_away(client: Any, service: Any) -> None:
    answer = send(client, website="https://spam.example")
    assert answer.status_code == 303
    [report] = stored()
    assert report.verdict == Report.Verdict.REJECTED
    assert "Saved, but not included in the counts" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"symptom": ""}, "Please pick a problem."),
        ({"symptom": "engine"}, "engine is not one of the available choices"),
        ({"component": "wheel"}, "wheel is not one of the available choices"),
        ({"country": "XX"}, "XX is not one of the available choices"),
        ({"country": "NL", "region": "US-CA"}, "US-CA is not one of the available choices"),
        ({"error_code": "<?>"}, "At most 40 letters"),
        ({"note": "x" * 501}, "at most 500 characters"),
        ({"started": "1000000"}, "1000000 is not one of the available choices"),
        ({"kind": "angry"}, "angry is not one of the available choices"),
        ({"symptom": "\0"}, "is not one of the available choices"),
        ({"error_code": "5\0"}, "Null characters are not allowed"),
        ({"zone": "\0"}, "Null characters are not allowed"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    client: Any, service: Any, changes: dict[str, str], words: str
) -> None:
    answer = send(client, **({"note": "keep me"} | changes))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert 'role="alert"' in page
    if "note" not in changes:
        assert "keep me" in page
    assert stored() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_another_site_cannot_report_in_a_visitor_s_name(client: Any, service: Any, headers: dict[str, str]) -> None:
    answer = client.post(FORM, VALID, headers=headers)
    assert answer.status_code == 403
    assert stored() == []


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}])
def test_our_own_form_needs_no_cookie(service: Any, headers: dict[str, str]) -> None:
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(FORM, VALID, headers=headers).status_code == 303


def test_a_recording_takes_no_reports(client: Any, recorded: Any) -> None:
    assert "doesn’t accept new ones" in client.get("/recorded/report").content.decode()
    answer = send(client, "/recorded/report")
    assert answer.status_code == 403
    assert stored() == []


def test_an_unknown_service_is_not_found(client: Any, service: Any) -> None:
    assert client.get("/nowhere/report").status_code == 404
    assert send(client, "/nowhere/report").status_code == 404


def test_a_correction_starts_from_what_was_written(client: Any, service: Any) -> None:
    receipt = send(client, country="NL", region="NL-NH", note="old")["Location"]
    page = client.get(f"{receipt}/correct").content.decode()
    assert '<option value="NL-NH" selected>' in page
    assert ">\nold</textarea>" in page
    answer = client.post(f"{receipt}/correct", {"symptom": "http-503", "component": "app", "country": "DE"})
    assert (answer.status_code, answer["Location"]) == (303, f"{receipt}?corrected=1")
    assert "Your changes are saved." in client.get(answer["Location"]).content.decode()
    [report] = stored()
    assert (report.symptom.slug, report.component.slug) == ("http-503", "app")
    assert (report.country, report.region, report.note) == ("DE", "", "")


def test_a_country_s_regions_are_asked_for_without_storing_anything(client: Any, service: Any) -> None:
    wish = {"regions": "shown", "country": "US", "note": "since lunch"}
    page = send(client, **wish)
    assert page.status_code == 200
    assert '<option value="US-CA"' in page.content.decode()
    assert "since lunch" in page.content.decode()
    assert stored() == []
    receipt = send(client)["Location"].partition("?")[0]
    page = send(client, f"{receipt}/correct", **wish)
    assert (page.status_code, '<option value="US-CA"' in page.content.decode()) == (200, True)
    assert [(report.note, report.country) for report in stored()] == [("", "")]


def test_a_wrong_correction_changes_nothing(client: Any, service: Any) -> None:
    receipt = send(client)["Location"]
    answer = client.post(f"{receipt}/correct", {"symptom": "engine"})
    assert answer.status_code == 422
    assert stored()[0].symptom.slug == "login-failed"


def test_a_withdrawn_report_stays_withdrawn(client: Any, service: Any) -> None:
    receipt = send(client, note="mine")["Location"]
    assert client.post(f"{receipt}/withdraw")["Location"] == receipt
    assert client.post(f"{receipt}/withdraw").status_code == 303
    assert "Your report is deleted" in client.get(receipt).content.decode()
    answer = client.post(f"{receipt}/correct", {"symptom": "http-503"})
    assert "This report was deleted." in answer.content.decode()
    [report] = stored()
    assert (report.note, report.symptom.slug) == ("", "login-failed")


@pytest.mark.parametrize("tail", ["", "/correct", "/withdraw"])
def test_only_who_holds_the_receipt_gets_to_it(client: Any, service: Any, recorded: Any, tail: str) -> None:
    receipt = send(client)["Location"]
    wrong = receipt[:-3] + ("AAA" if not receipt.endswith("AAA") else "BBB")
    method = client.post if tail == "/withdraw" else client.get
    assert method(wrong + tail).status_code == 403
    assert method(receipt.replace("/acme/", "/recorded/") + tail).status_code == 404
    unknown = "/acme/report/00000000-0000-7000-8000-000000000000/" + receipt.rpartition("/")[2]
    assert method(unknown + tail).status_code == 404
    assert stored()[0].withdrawn_at is None


def test_a_receipt_tells_how_many_reported_before(client: Any, service: Any) -> None:
    from outages.models import ServiceMinute

    ServiceMinute.objects.create(service=service, minute=NOW.replace(second=0) - timedelta(hours=1), raw=214)
    ServiceMinute.objects.create(service=service, minute=NOW.replace(second=0) - timedelta(hours=25), raw=9)
    page = client.get(send(client)["Location"]).content.decode()
    assert "Report no. <strong>215</strong> in the last 24 hours" in page


def test_a_point_becomes_a_region_and_nothing_else(client: Any, db: None) -> None:
    answer = client.post("/places/region", json.dumps({"lat": 52.3731, "lon": 4.8922}), content_type="application/json")
    assert (answer.json()["country"], answer.json()["region"]) == ("NL", "NL-NH")
    assert set(answer.json()) == {"country", "region", "regions"}
    assert answer["Cache-Control"].find("no-store") >= 0


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"lat": 91, "lon": 0}', '{"lat": "x", "lon": 0}', '{"lat": NaN, "lon": 0}', "[" * 5000, "\xff"],
)
def test_a_point_that_is_none_is_refused(client: Any, db: None, body: str) -> None:
    answer = client.post("/places/region", body, content_type="application/json")
    assert answer.status_code == 400
    assert "degrees" in answer.json()["error"]


@pytest.mark.parametrize(
    ("query", "country", "region"),
    [
        ("zone=America/Phoenix", "US", "US-AZ"),
        ("zone=Mars/Base", "", ""),
        ("country=nl", "NL", ""),
        ("country=../..", "..", ""),
        ("", "", ""),
    ],
)
def test_regions_are_listed_by_country_or_by_clock(
    client: Any, db: None, query: str, country: str, region: str
) -> None:
    answer = client.get(f"/places/regions?{query}").json()
    assert (answer["country"], answer["region"]) == (country, region)
    assert answer["regions"][0] == ["", "prefer not to say"]
    assert (len(answer["regions"]) > 1) == (len(country) == 2 and country.isalpha())
