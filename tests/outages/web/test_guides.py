"""Error guides and “is it only me?”, read from the database as a visitor meets them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache

from config.process_cache import CACHE
from outages.models import ProbeResult
from reports.catalog.schema import Component, Guide, Probe, StillWorks, Symptom
from tests import factories

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MOST_QUERIES = 12

SYMPTOMS = [
    Symptom(
        slug="http-503",
        name="503 Server Maintenance",
        icon="503",
        component="app",
        common=True,
        http_status=503,
        suggests="maintenance",
        guide=Guide(
            meaning="The server cannot answer.",
            causes={
                "maintenance": "They work on it.",
                "configuration": "A wrong setting.",
                "overload": "Too many ask.",
                "internal": "A fault inside.",
            },
            stops=["Live data."],
            steps=["Wait.", "Refresh.", "Look for official word.", "Ask support."],
            avoid=["Do not reinstall."],
            permanent="No, it passes.",
            platforms={"ios": "Swipe it away.", "android": "Clear its cache.", "web": "Reload.", "car": "Drive on."},
        ),
    ),
    Symptom(slug="login-failed", name="Cannot sign in", icon="key", component="login", components=["login"]),
    Symptom(slug="charging-failed", name="No charge", icon="bolt", component="charging", components=["charging"]),
    Symptom(slug="timeout", name="Times out", icon="hourglass", component="app"),
    Symptom(slug="other", name="Something else", icon="other"),
]
PARTS = [
    Component(slug="app", name="Mobile app"),
    Component(slug="login", name="Sign-in"),
    Component(slug="charging", name="Charging"),
]
WORKS = [StillWorks(text="The key card."), StillWorks(text="Plugging in.", unless=["charging"])]
SITE = Probe(slug="site", kind="http", component="app", url="https://acme.example/")


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def service(db: None) -> Any:
    cache.clear()
    return factories.a_service(components=PARTS, symptoms=SYMPTOMS, still_works=WORKS, probes=[SITE])


@pytest.fixture
def calm(service: Any) -> Any:
    factories.watched(service, NOW.replace(second=0) - HOUR, NOW.replace(second=0))
    return service


@pytest.fixture
def outage(service: Any) -> Any:
    factories.an_outage(service, NOW)
    return service


def probed(service: Any, http_status: int | None, error: str = "") -> None:
    ProbeResult.objects.create(
        id=uuid4(),
        at=NOW - MINUTE,
        service=service,
        probe="site",
        vantage="here",
        component="app",
        classification="down",
        http_status=http_status,
        error=error,
    )


def read(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:500]
    return " ".join(answer.content.decode().split())


def likely(page: str) -> list[str]:
    """The causes that are marked as those that the evidence speaks for."""
    return [part.partition("</dt>")[0].partition(" <")[0] for part in page.split('class="likely"><dt>')[1:]]


ADDRESSES = (
    "/acme/errors/",
    "/acme/errors/http-503",
    "/acme/is-it-me",
    "/acme/is-it-me?symptom=http-503&country=US&region=US-CA",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_few_queries_suffice_even_for_a_process_that_knows_no_catalogue(
    client: Any, outage: Any, address: str, django_assert_max_num_queries: Any
) -> None:
    factories.a_post(outage, NOW - 12 * MINUTE)
    cache.clear()
    CACHE.clear()
    with django_assert_max_num_queries(MOST_QUERIES + ("region=" in address)):  # what is usual there
        read(client, address)


def test_a_guide_says_all_that_the_catalogue_knows(client: Any, calm: Any) -> None:
    page = read(client, "/acme/errors/http-503")
    for words in (
        "The server cannot answer.", "No, it passes.", "Live data.", "Do not reinstall.", "They work on it.",
        "<li>Wait.</li><li>Refresh.</li><li>Look for official word.</li><li>Ask support.</li>", "The key card.",
    ):  # fmt: skip
        assert words in page
    devices = [page.index(f"<dt>{name}</dt>") for name in ("iPhone or iPad", "Android", "Web browser", "In the car")]
    assert devices == sorted(devices)


def test_a_symptom_without_a_guide_still_tells_whether_it_is_seen(client: Any, calm: Any) -> None:
    page = read(client, "/acme/errors/charging-failed")
    assert "Nobody has reported this in the last 30 minutes" in page
    assert "No explanation yet." in page
    assert "Plugging in." not in page  # it does not go on working where charging is what fails


def test_servers_errors_seen_by_people_and_probes_speak_for_overload_or_a_fault(client: Any, outage: Any) -> None:
    probed(outage, 503)
    page = read(client, "/acme/errors/http-503")
    assert "Yes, others have it too:" in page
    assert "/acme/incidents/1" in page
    assert "our automatic checks get them too" in page
    assert likely(page) == ["Overload", "Internal error"]
    assert "United States" in page


def test_probes_without_an_answer_speak_for_the_way_to_the_servers(client: Any, outage: Any) -> None:
    probed(outage, None, "timeout")
    assert likely(read(client, "/acme/errors/http-503")) == ["Wrong configuration"]


def test_trouble_in_one_region_only_speaks_for_the_way_there(client: Any, calm: Any) -> None:
    factories.an_incident(calm, NOW - 9 * MINUTE, countries=("US",), regions=("US-CA",))
    page = read(client, "/acme/errors/http-503")
    assert likely(page) == ["Wrong configuration"]
    assert "Wrong configuration and Network" in page
    assert "California" in page


def test_maintenance_speaks_for_itself(client: Any, calm: Any) -> None:
    factories.an_incident(calm, NOW - 9 * MINUTE, kind="maintenance", states=((0, "maintenance"),))
    page = read(client, "/acme/errors/http-503")
    assert likely(page) == ["Maintenance"]


def test_a_calm_moment_speaks_for_one_s_own_side(client: Any, calm: Any) -> None:
    page = read(client, "/acme/errors/http-503")
    assert "more likely on your side" in page
    assert likely(page) == []


def test_an_unwatched_moment_speaks_for_nothing(client: Any, service: Any) -> None:
    page = read(client, "/acme/errors/http-503")
    assert "Monitoring is paused right now." in page
    assert "This points to" not in page
    assert "Not monitored right now." in read(client, "/acme/errors/")


def test_an_outage_of_another_part_is_told_apart(client: Any, calm: Any) -> None:
    factories.an_incident(calm, NOW - 9 * MINUTE, components=("charging",), symptom="charging-failed")
    page = read(client, "/acme/errors/login-failed")
    assert "nobody has reported this in the last 30 minutes" in page
    assert "There’s a problem, but with other features" in page


def ended(service: Any, days_ago: int, minutes: int, last: str = "resolved", **changes: Any) -> None:
    states = ((0, "possible"), (5, "confirmed"), (minutes, last))
    factories.an_incident(service, NOW - timedelta(days=days_ago), states=states, **changes)


def test_how_long_it_lasted_counts_only_outages_of_this_symptom_that_are_over(client: Any, calm: Any) -> None:
    assert "so we can’t estimate" in read(client, "/acme/errors/http-503")
    ended(calm, 9, 40)
    assert "lasted <strong>40 min</strong>" in read(client, "/acme/errors/http-503")
    ended(calm, 8, 300)
    assert "That’s too few to predict the next one." in read(client, "/acme/errors/http-503")
    ended(calm, 7, 10)
    ended(calm, 6, 900, symptom="timeout")
    ended(calm, 5, 900, last="dismissed")
    ended(calm, 4, 900, kind="maintenance")
    factories.an_incident(calm, NOW - 9 * MINUTE)
    page = read(client, "/acme/errors/http-503")
    assert "3 past outages with this error" in page
    assert "lasted 10 min to 5 h, typically <strong>40 min</strong>." in page


def test_the_time_machine_knows_neither_later_reports_nor_later_outages(client: Any, outage: Any) -> None:
    ended(outage, 2, 60)
    then = f"{NOW - timedelta(days=3):%Y-%m-%dT%H:%MZ}"
    page = read(client, f"/acme/errors/http-503?at={then}")
    assert "so we can’t estimate" in page
    assert "others have it too" not in page
    assert "I have this too" not in page
    assert "“at”" in read(client, "/acme/errors/http-503?at=2090-01-01", 400)
    before = f"{NOW - 2 * HOUR:%Y-%m-%dT%H:%M:%SZ}"
    asked = read(client, f"/acme/is-it-me?symptom=http-503&country=US&at={before}")
    assert "we see nothing unusual" in asked
    assert f'name="at" value="{before}"' in asked


def test_the_list_names_every_symptom_with_its_count(client: Any, outage: Any) -> None:
    page = read(client, "/acme/errors/")
    for symptom in SYMPTOMS:
        assert f'"/acme/errors/{symptom.slug}"' in page
    assert "reports in 30 minutes</strong>" in page
    assert "Nobody has reported this in the last 30 minutes, or too few to say." in page


def test_bars_and_lists_lead_to_the_guides(client: Any, outage: Any) -> None:
    page = read(client, "/acme/")
    assert '<a href="/acme/errors/http-503">503 Server Maintenance</a>' in page
    assert '"/acme/is-it-me"' in page
    sent = client.post("/acme/report", {"symptom": "http-503"})
    assert '"/acme/errors/http-503"' in read(client, sent["Location"])


@pytest.mark.parametrize("path", ["/acme/errors/http-999", "/nowhere/errors/", "/nowhere/is-it-me"])
def test_what_there_is_not_is_said(client: Any, calm: Any, path: str) -> None:
    assert "This page doesn’t exist." in read(client, path, 404)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("country=DE", "It’s not just you:"),
        ("country=DE&region=DE-BY", "It’s not just you:"),
        ("", "You didn’t choose a place, so this is about all places together."),
    ],
)
def test_an_outage_everywhere_is_nobody_s_own(client: Any, outage: Any, query: str, words: str) -> None:
    page = read(client, f"/acme/is-it-me?symptom=http-503&{query}")
    assert words in page
    assert "It’s not just you:" in page
    assert "/acme/incidents/1" in page
    assert "<li>Wait.</li><li>Refresh.</li><li>Look for official word.</li></ol>" in page


def test_an_outage_elsewhere_is_not_taken_for_one_here(client: Any, calm: Any) -> None:
    factories.an_incident(calm, NOW - 9 * MINUTE, countries=("US",), regions=("US-CA",))
    assert "not where you are" in read(client, "/acme/is-it-me?symptom=http-503&country=US&region=US-TX")
    assert "not where you are" in read(client, "/acme/is-it-me?symptom=http-503&country=DE")
    assert "It’s not just you:" in read(client, "/acme/is-it-me?symptom=http-503&country=US&region=US-CA")
    assert "It’s not just you:" in read(client, "/acme/is-it-me?symptom=http-503&country=US")


def test_many_reports_around_me_say_that_it_is_not_only_me(client: Any, calm: Any) -> None:
    until = NOW.replace(second=0)
    factories.watched(calm, until - 8 * MINUTE, until, raw=2)
    factories.cells(calm, [factories.Cell(until - i * MINUTE, "NL-NH", "login", raw=2) for i in range(1, 9)])
    page = read(client, "/acme/is-it-me?symptom=login-failed&country=NL&region=NL-NH")
    assert "It’s probably not just you:" in page
    assert re.search(r"North Holland: 15 reports in 30 min\b", page)
    elsewhere = read(client, "/acme/is-it-me?symptom=login-failed&country=DE")
    assert "It’s probably on your side:" in elsewhere
    assert "no reports in the last 30 minutes, or too few to say." in elsewhere


def test_a_few_reports_around_me_are_too_few_to_say(client: Any, calm: Any) -> None:
    until = NOW.replace(second=0)
    factories.cells(calm, [factories.Cell(until - i * MINUTE, "NL-NH", "login", networks=(7,)) for i in range(1, 20)])
    page = read(client, "/acme/is-it-me?symptom=login-failed&country=NL&region=NL-NH")
    # The only place with reports, and too few: it is withheld, and so as little said to be without any.
    assert "North Holland: no reports in the last 30 minutes, or too few to say." in page


def test_nobody_watching_is_no_answer(client: Any, service: Any) -> None:
    assert "We don’t know:" in read(client, "/acme/is-it-me?symptom=http-503&country=NL")


@pytest.mark.parametrize(
    "query",
    ["symptom=engine", "symptom=http-503&country=XX", "symptom=%00", "symptom=http-503&country=NL&region=NL-XX"],
)
def test_a_choice_that_is_none_is_said_beside_it(client: Any, calm: Any, query: str) -> None:
    page = read(client, f"/acme/is-it-me?{query}", 400)
    assert 'class="error"' in page


def test_the_region_of_another_country_is_left_out_and_that_is_said(client: Any, calm: Any) -> None:
    page = read(client, "/acme/is-it-me?symptom=http-503&country=DE&region=NL-NH")
    assert "That region is in another country, so we left it out." in page
    assert "It’s probably on your side:" in page
    assert "Bavaria" in page
