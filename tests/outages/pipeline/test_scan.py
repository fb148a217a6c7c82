"""The scan: reports to counts to incidents, through the real database and the real detector."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from outages.models import DetectorState, Incident, MinuteCount, ProbeResult, ServiceMinute
from outages.pipeline import decisions, scan
from outages.queries.incidents import incidents
from outages.queries.status import status
from reports.catalog.loader import read
from reports.catalog.store import store
from reports.models import Report, Service

pytestmark = pytest.mark.django_db

CATALOG = Path(__file__).parents[3] / "catalog" / "tesla.toml"
START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
LAG = timedelta(seconds=6)  # a minute is complete some seconds after its end


@pytest.fixture
def service() -> Service:
    store(read(CATALOG))
    return Service.objects.get(slug="tesla")


def report(service: Service, moments: Iterable[datetime], first_network: int = 1, region: str = "NL-NH") -> None:
    """One report a moment, each from a network, an autonomous system and a device of its own."""
    component = service.components.get(slug="app")
    symptom = service.symptoms.get(slug="http-503-maintenance")
    Report.objects.bulk_create(
        Report(
            id=uuid.uuid4(),
            at=at,
            received_at=at,
            occurred_at=at,
            service=service,
            component=component,
            symptom=symptom,
            country=region[:2],
            region=region,
            network=number * 7919,
            wide_network=number * 104729,
            asn=number,
            reporter=number * 31,
            door="api",
            receipt_hash=b"",
        )
        for number, at in enumerate(moments, start=first_network)
    )


def burst(start: datetime, minutes: int, each: int) -> list[datetime]:
    return [start + timedelta(minutes=m, seconds=60 * i / each) for m in range(minutes) for i in range(each)]


def test_a_service_is_watched_from_its_first_scan_on(service: Service) -> None:
    assert status(service, now=START).verdict == "unknown"
    assert scan.run(service, now=START + LAG) == 1
    assert scan.run(service, now=START + LAG) == 0
    seen = status(service, now=START + LAG)
    assert (seen.verdict, seen.ok, seen.stale) == ("ok", True, False)
    assert seen.as_of == START


def test_ten_reports_from_ten_networks_open_an_incident_with_its_evidence(service: Service) -> None:
    scan.run(service, now=START + LAG)
    report(service, burst(START, 1, 10))
    scan.run(service, now=START + timedelta(minutes=1) + LAG)
    seen = status(service, now=START + timedelta(minutes=1) + LAG)
    assert seen.reports_30m == 10
    incident = Incident.objects.get()
    assert incident.is_open
    assert incident.components == ["app"]
    assert seen.verdict == incident.state
    event = incident.events.earliest("at")
    assert event.evidence[0]["kind"] == "crowd"
    assert event.evidence[0]["nats"] > 0


def test_a_burst_in_the_first_minute_of_a_new_site_is_seen(service: Service) -> None:
    report(service, burst(START, 1, 10))
    assert scan.run(service, now=START + timedelta(minutes=1) + LAG) == 1
    assert Incident.objects.get().is_open


def test_a_minute_is_never_counted_twice(service: Service) -> None:
    scan.run(service, now=START + LAG)
    report(service, burst(START, 3, 4))
    now = START + timedelta(minutes=3) + LAG
    assert scan.run(service, now=now) == 3
    assert scan.run(service, now=now) == 0
    assert sum(ServiceMinute.objects.values_list("raw", flat=True)) == 12
    assert sum(MinuteCount.objects.values_list("raw", flat=True)) == 12


@pytest.mark.slow
def test_minute_by_minute_gives_the_same_as_catching_up_at_once(service: Service) -> None:
    scan.run(service, now=START + LAG)
    report(service, burst(START, 12, 5))
    for minute in range(1, 40):
        scan.run(service, now=START + timedelta(minutes=minute) + LAG)
    apart = list(Incident.objects.values("number", "state", "opened_at", "confirmed_at", "components", "regions"))
    state = bytes(DetectorState.objects.get().state)
    scan.rebuild(service, START - timedelta(minutes=1), START + timedelta(minutes=39), now=START)
    assert (
        list(Incident.objects.values("number", "state", "opened_at", "confirmed_at", "components", "regions")) == apart
    )
    assert bytes(DetectorState.objects.get().state) == state
    assert apart


def test_a_step_that_fails_leaves_nothing_behind(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    scan.run(service, now=START + LAG)
    report(service, burst(START, 1, 10))
    monkeypatch.setattr("outages.pipeline.counts.store", lambda *args: 1 / 0)
    with pytest.raises(scan.ScanError):
        scan.run(service, now=START + timedelta(minutes=1) + LAG)
    monkeypatch.undo()
    assert not Incident.objects.exists()
    assert scan.run(service, now=START + timedelta(minutes=1) + LAG) == 1
    assert Incident.objects.count() == 1


@pytest.mark.slow
def test_a_state_that_cannot_be_read_is_learnt_anew(service: Service) -> None:
    """An upgrade may change what a state holds. The scan goes on, and an outage neither ends nor begins."""
    scan.run(service, now=START + LAG)
    report(service, burst(START, 6, 8))
    scan.run(service, now=START + timedelta(minutes=6) + LAG)
    before = Incident.objects.get()
    assert before.is_open
    DetectorState.objects.update(state=b"of another age")
    assert scan.run(service, now=START + timedelta(minutes=7) + LAG) == 1
    after = Incident.objects.get()
    assert (after.number, after.state, after.opened_at, after.components, after.regions) == (
        before.number, before.state, before.opened_at, before.components, before.regions,
    )  # fmt: skip
    assert "detector-renewed" in after.events.values_list("reason", flat=True)
    for minute in range(8, 150):
        scan.run(service, now=START + timedelta(minutes=minute) + LAG)
    assert Incident.objects.get().state == "resolved", "it is followed to its end"


def test_counts_whose_reports_are_gone_are_never_rebuilt_away(service: Service) -> None:
    scan.run(service, now=START + LAG)
    report(service, burst(START, 1, 4))
    scan.run(service, now=START + timedelta(minutes=1) + LAG)
    Report.objects.all().delete()
    long_after = START + timedelta(days=200)
    with pytest.raises(scan.ReportsGoneError, match="4 reports were counted"):
        scan.rebuild(service, long_after, long_after + timedelta(minutes=1), now=long_after)
    assert ServiceMinute.objects.get(minute=START).raw == 4


def test_the_present_of_recorded_data_moves_with_each_scan_of_the_same_instance(service: Service) -> None:
    service.clock = Service.Clock.RECORDED
    service.save()
    for minute in (1, 2):
        until = START + timedelta(minutes=minute)
        scan.catch_up(service, until, start=START)
        assert status(service, now=START).as_of == until


@pytest.mark.slow
def test_a_long_stop_is_a_gap_not_a_quiet_time(service: Service) -> None:
    scan.run(service, now=START + LAG)
    later = START + timedelta(days=3)
    stepped = scan.run(service, now=later + LAG)
    assert stepped == 24 * 60
    assert not ServiceMinute.objects.filter(minute__gte=START, minute__lt=later - timedelta(days=1)).exists()


def test_a_verdict_on_old_signals_is_unknown_and_never_an_all_clear(service: Service) -> None:
    scan.run(service, now=START + LAG)
    soon = status(service, now=START + timedelta(minutes=5))
    assert (soon.verdict, soon.ok, soon.stale, soon.confidence) == ("unknown", None, True, 0)
    late = status(service, now=START + timedelta(minutes=30))
    assert (late.verdict, late.ok, late.confidence) == ("unknown", None, 0)


def test_a_past_moment_is_seen_as_it_was(service: Service) -> None:
    scan.run(service, now=START + LAG)
    report(service, burst(START, 10, 6))
    end = START + timedelta(minutes=120)
    scan.run(service, now=end + LAG)
    incident = Incident.objects.get()
    before = status(service, now=end, at=incident.opened_at - timedelta(seconds=1))
    during = status(service, now=end, at=incident.opened_at + timedelta(minutes=1))
    assert before.verdict == "ok"
    assert during.verdict in ("possible", "confirmed")
    assert incidents(service, incident.opened_at - timedelta(seconds=1)) == []
    assert during.incidents[0].resolved_at is None


def test_a_late_report_is_drawn_but_never_detected(service: Service) -> None:
    scan.run(service, now=START + LAG)
    scan.run(service, now=START + timedelta(minutes=20) + LAG)
    report(service, burst(START, 1, 10))
    Report.objects.update(late=True, received_at=START + timedelta(minutes=20, seconds=30))
    scan.run(service, now=START + timedelta(minutes=21) + LAG)
    assert ServiceMinute.objects.get(minute=START).raw == 10
    assert not Incident.objects.exists()


def test_a_moderator_can_dismiss_an_incident_and_the_reason_is_kept(service: Service) -> None:
    scan.run(service, now=START + LAG)
    report(service, burst(START, 1, 10))
    scan.run(service, now=START + timedelta(minutes=1) + LAG)
    override = decisions.move(Incident.objects.get(), "dismissed", reason="A class trip", by=None)
    scan.run(service, now=START + timedelta(minutes=2) + LAG)
    override.refresh_from_db()
    assert override.applied_at is not None
    incident = Incident.objects.get()
    assert incident.state == "dismissed"
    event = incident.events.latest("id")
    assert (event.code, event.params) == ("moderator-dismissed", {"why": "A class trip"})


def test_the_number_of_queries_does_not_grow_with_the_reports(service: Service) -> None:
    scan.run(service, now=START + LAG)
    counts = []
    for minute, each in ((0, 2), (1, 40)):
        report(service, burst(START + timedelta(minutes=minute), 1, each), first_network=1000 * minute + 1)
        connection.force_debug_cursor = True
        before = len(connection.queries_log)
        status(service, now=START + timedelta(minutes=minute))
        counts.append(len(connection.queries_log) - before)
        connection.force_debug_cursor = False
        scan.run(service, now=START + timedelta(minutes=minute + 1) + LAG)
    assert counts[0] == counts[1]
    assert counts[0] <= 8


def test_a_look_into_the_running_minute_opens_what_the_scan_goes_on_with(service: Service) -> None:
    scan.run(service, now=START + LAG)
    report(service, [START + timedelta(seconds=second) for second in range(12)])
    assert scan.look(service, now=START + timedelta(seconds=15) + LAG)
    assert not scan.look(service, now=START + timedelta(seconds=17) + LAG), "each moment is looked at once"
    assert Incident.objects.get().opened_at == START + timedelta(seconds=15)
    assert scan.run(service, now=START + timedelta(minutes=1) + LAG) == 1
    incident = Incident.objects.get()
    assert incident.is_open
    assert sum(ServiceMinute.objects.values_list("raw", flat=True)) == 12


def test_what_a_look_could_not_see_yet_is_never_told_as_seen_then(service: Service) -> None:
    scan.run(service, now=START + LAG)
    assert not scan.look(service, now=START + timedelta(seconds=30) + LAG)
    report(service, [START + timedelta(seconds=second) for second in range(12)])  # committed too late for that look
    scan.run(service, now=START + timedelta(minutes=1) + LAG)
    assert Incident.objects.get().opened_at == START + timedelta(seconds=35)


def test_a_look_waits_for_news_and_one_query_finds_who_has_any(service: Service) -> None:
    def asked(second: int) -> list[int]:
        return scan.with_news(now=START + timedelta(seconds=second) + LAG)

    scan.run(service, now=START + LAG)
    assert asked(30) == [], "nothing has come"
    report(service, [START + timedelta(seconds=12)])
    connection.force_debug_cursor = True
    before = len(connection.queries_log)
    assert (asked(3), asked(9), asked(13)) == ([], [], []), "none that a look at ten seconds would see"
    assert asked(15) == [service.pk]
    assert len(connection.queries_log) - before <= 4
    connection.force_debug_cursor = False
    scan.look(service, now=START + timedelta(seconds=15) + LAG)
    assert (asked(16), asked(40)) == ([], []), "it was looked at, and nothing new has come"
    report(service, [START + timedelta(seconds=41)], first_network=9)
    assert asked(45) == [service.pk]
    Service.objects.update(is_active=False)
    assert asked(45) == []


def test_reports_that_do_not_count_and_probes_that_answer_are_no_news(service: Service) -> None:
    scan.run(service, now=START + LAG)
    report(service, [START + timedelta(seconds=12)])
    Report.objects.update(verdict=Report.Verdict.HELD)
    probed = {"at": START + timedelta(seconds=10), "service": service, "probe": "api", "vantage": "paris"}
    ProbeResult.objects.create(id=uuid.uuid4(), component="app", classification="up", latency_ms=90.0, **probed)
    assert scan.with_news(now=START + timedelta(seconds=30) + LAG) == []
    ProbeResult.objects.create(id=uuid.uuid4(), component="app", classification="down", latency_ms=9000.0, **probed)
    assert scan.with_news(now=START + timedelta(seconds=30) + LAG) == [service.pk]
