"""How each source of evidence fares is told as it is: what cannot be read or seen is never an all-clear."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from outages.models import Observation, Observer, ProbeHealth, SourceHealth, Vantage
from outages.queries import observers
from outages.queries.evidence_sources import EvidenceSources
from outages.signals.announcements import poller
from reports.access import keys
from reports.catalog.schema import Probe, Source
from reports.models import Service
from tests.outages.service_factory import a_service

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PROBES = [
    Probe(slug="app", kind="http", component="app", url="http://app.localhost/"),
    Probe(slug="login", kind="http", component="login", url="http://login.localhost/"),
    Probe(slug="control", kind="http", url="http://control.localhost/", control=True),
]
SOURCES = [
    Source(slug="x", kind="x", authors=["Tesla"], tier="official", budget_usd_a_day=1.5),
    Source(slug="log", kind="changelog", url="http://log.localhost/", authors=["Tesla"], tier="official"),
    Source(slug="press", kind="feed", url="http://press.localhost/", tier="press"),
    Source(slug="moderator", kind="manual", authors=["Tesla"], tier="official"),
]


@pytest.fixture(autouse=True)
def outbound(settings: Any) -> None:
    settings.OUTBOUND = "on"


@pytest.fixture
def service() -> Service:
    return a_service(probes=PROBES, sources=SOURCES)


def saw(service: Service, vantage: str, at: datetime = NOON, **answers: int | str) -> None:
    """What a vantage's probes last said: a status, or the step that failed."""
    Vantage.objects.update_or_create(name=vantage, defaults={"last_seen_at": at, "last_result_at": at})
    for probe in PROBES:
        answer = answers.get(probe.slug, 200)
        status = answer if isinstance(answer, int) else None
        ProbeHealth.objects.update_or_create(
            service=service,
            probe=probe.slug,
            vantage=vantage,
            defaults={
                "kind": "http",
                "component": probe.component or "",
                "control": probe.control,
                "classification": "up" if answer == 200 else "blocked" if answer == 403 else "down",
                "http_status": status,
                "error": "" if status else answer,
                "last_at": at,
                "last_change_at": at,
            },
        )


def vantage_states(now: datetime = NOON) -> dict[str, str]:
    return {vantage.name: vantage.state for vantage in EvidenceSources([], now).vantages}


def test_a_vantage_whose_controls_fail_is_blind_and_one_that_is_refused_is_blocked(service: Service) -> None:
    saw(service, "paris")
    saw(service, "oslo", app="timeout", login="timeout", control="timeout")
    saw(service, "rome", app=403, login=403)
    saw(service, "bern", app=503, login=503)
    assert vantage_states() == {"paris": "fine", "oslo": "blind", "rome": "blocked", "bern": "fine"}


def test_a_vantage_that_does_not_answer_is_silent(service: Service) -> None:
    saw(service, "paris", NOON - timedelta(minutes=4))
    assert vantage_states() == {"paris": "silent"}
    assert {probe.state for probe in EvidenceSources([service], NOON).probes(service)} == {"silent"}
    assert {probe.next_try_at for probe in EvidenceSources([service], NOON).probes(service)} == {None}


def test_off_is_shown_as_off_everywhere(service: Service, settings: Any) -> None:
    saw(service, "paris")
    settings.OUTBOUND = "off"
    assert vantage_states() == {"paris": "off"}
    assert {probe.state for probe in EvidenceSources([service], NOON).probes(service)} == {"off"}
    states = {source.slug: source.state for source in EvidenceSources([service], NOON).sources(service)}
    assert states == {"x": "off", "log": "off", "press": "off", "moderator": "fine"}
    assert [(m.kind, m.state) for m in EvidenceSources([service], NOON).missing(service)] == [
        ("probes", "off"),
        ("official", "off"),
    ]


def test_a_probe_tells_what_it_saw_apart_from_whether_it_can_be_trusted(service: Service) -> None:
    saw(service, "paris", app=503, login=403)
    saw(service, "oslo", app="timeout", login="timeout", control="timeout")
    said = {(p.probe, p.vantage): (p.state, p.says, p.detail) for p in EvidenceSources([service], NOON).probes(service)}
    assert said["app", "paris"] == ("fine", "down", "503")
    assert said["login", "paris"] == ("blocked", "blocked", "403")
    assert said["app", "oslo"] == ("blind", "down", "timeout")
    ahead = [p.next_try_at for p in EvidenceSources([service], NOON).probes(service)]
    assert all(moment is not None and NOON < moment < NOON + timedelta(hours=2) for moment in ahead)


def test_a_probe_that_says_nothing_while_its_vantage_lives_is_silent(service: Service) -> None:
    saw(service, "paris")
    ProbeHealth.objects.filter(probe="login").update(last_at=NOON - timedelta(minutes=9))
    states = {probe.probe: probe.state for probe in EvidenceSources([service], NOON).probes(service)}
    assert states == {"app": "fine", "login": "silent", "control": "fine"}


def test_sources_show_their_state_budget_and_next_try(service: Service) -> None:
    waiting = EvidenceSources([service], NOON).sources(service)
    assert [source.state for source in waiting] == ["waiting", "waiting", "waiting", "fine"]
    for source in SOURCES[:3]:
        poller.health_of(service, source)
    SourceHealth.objects.update(state="fine", next_try_at=NOON + timedelta(minutes=3))
    SourceHealth.objects.filter(slug="x").update(spent_on=NOON.date(), spent_today=Decimal("0.6"))
    SourceHealth.objects.filter(slug="press").update(next_try_at=NOON - timedelta(minutes=30))
    by_slug = {source.slug: source for source in EvidenceSources([service], NOON).sources(service)}
    assert by_slug["x"].budget_left_usd == Decimal("0.9")
    assert by_slug["log"].budget_left_usd is None
    assert by_slug["log"].next_try_at == NOON + timedelta(minutes=3)
    assert (by_slug["press"].state, by_slug["log"].state) == ("silent", "fine")


def test_evidence_is_missing_only_where_nobody_can_give_it(service: Service) -> None:
    saw(service, "oslo", app="timeout", login="timeout", control="timeout")
    for source in SOURCES[:3]:
        poller.health_of(service, source)
    SourceHealth.objects.filter(slug="x").update(state="not_configured")
    SourceHealth.objects.filter(slug="log").update(state="unreachable")
    assert [(m.kind, m.state) for m in EvidenceSources([service], NOON).missing(service)] == [
        ("probes", "blind"),
        ("official", "unreachable"),
    ]
    saw(service, "paris", app=503)
    SourceHealth.objects.filter(slug="log").update(state="fine", next_try_at=NOON)
    assert EvidenceSources([service], NOON).missing(service) == []


def test_what_a_catalogue_does_not_ask_for_is_not_missing() -> None:
    bare = a_service("bare", name="Bare")
    assert EvidenceSources([bare], NOON).missing(bare) == []


def test_the_page_names_the_blind_vantage_and_the_source_that_needs_a_token(client: Client, service: Service) -> None:
    now = datetime.now(UTC)
    saw(service, "oslo", now, app="timeout", login="timeout", control="timeout")
    poller.health_of(service, SOURCES[0])
    SourceHealth.objects.update(state="not_configured", detail="set X_BEARER_TOKEN to read X")
    page = client.get("/sources")
    assert page.status_code == 200
    words = " ".join(re.sub(r"<[^>]*>", " ", page.content.decode()).split())
    assert "oslo offline" in words
    assert "set X_BEARER_TOKEN to read X" in words
    assert "$1.50 left today" in words


def test_the_page_shows_who_observes_from_outside_and_how_far_their_word_is_trusted(
    client: Client, service: Service
) -> None:
    now = datetime.now(UTC)
    key = keys.create(name="the owner's secret name", scopes=["reports:write"], now=now).key
    program = Observer.objects.create(service=service, api_key=key, kind="program", agreed=3, last_at=now)
    Observer.objects.create(service=service, api_key=key, kind="browsers", last_at=now)
    Observation.objects.create(observer=program, minute=now, component="app", country="NO", calls=40, failed=10)
    page = client.get("/sources").content.decode()
    words = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    (shown,) = [one for one in observers.of_service(service, now) if one.kind == "program"]
    assert f"Program {shown.id} 25% of calls fail {shown.trust:.0%}" in words
    assert "– by how many networks agree" in words
    assert "secret name" not in page


def test_the_page_asks_no_more_of_the_database_for_more_services(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(4):
        saw(a_service(f"s{number}", name=f"S{number}", probes=PROBES, sources=SOURCES), "paris", datetime.now(UTC))
    assert client.get("/sources").status_code == 200  # reads the catalogues, once for this process
    with django_assert_max_num_queries(9):  # one of them for observers from outside
        assert client.get("/sources").status_code == 200
