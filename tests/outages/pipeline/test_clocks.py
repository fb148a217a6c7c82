"""A clock that is set back or on, two workers at one service, and a scan that ends between its steps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from outages.clock import whole_minute
from outages.models import DetectorState, Incident, MinuteCount, ServiceMinute
from outages.pipeline import scan, serving_minutes
from outages.pipeline.renewal import MOST_AHEAD
from outages.queries.status import status
from reports.intake import rows, single
from reports.intake.submissions import Submission
from reports.models import Report, Service
from reports.privacy.origin import Origin
from tests.factories import a_service

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LAG = timedelta(seconds=6)


@pytest.fixture
def service() -> Service:
    service = a_service()
    for minute in (0, 60, 120):
        scan.run(service, now=START + minute * MINUTE + LAG)
    return service


class People:
    """Reports from ever new networks of nine providers."""

    def __init__(self) -> None:
        self.numbered = 0

    def report(self, minute: datetime, reports: int = 6) -> None:
        for _ in range(reports):
            self.numbered += 1
            origin = Origin(network=100 + self.numbered, wide_network=10 + self.numbered, asn=1 + self.numbered % 9)
            at = minute + timedelta(seconds=8 + self.numbered % 40)
            single.take(Submission(service="acme", symptom="timeout", country="NL"), origin, now=at, door=rows.Door.API)


def counted_once(service: Service) -> None:
    """Each watched minute's count is that of its reports, and its parts add up to it."""
    for minute in ServiceMinute.objects.filter(service=service):
        span = {"minute": minute.minute, "service": service}
        stored = Report.objects.filter(service=service, at__gte=minute.minute, at__lt=minute.minute + MINUTE)
        assert minute.raw == stored.count() == sum(MinuteCount.objects.filter(**span).values_list("raw", flat=True))


@pytest.mark.parametrize("back_s", [0, 5, 90, 300, 3600, 26 * 3600])
def test_an_outage_is_seen_whatever_the_clock_was_set_back_by(service: Service, back_s: int) -> None:
    """By less than MOST_AHEAD the scan waits; by more it goes on from where the clock is now."""
    people, began = People(), START + 120 * MINUTE - timedelta(seconds=back_s)
    minutes = 0
    while not Incident.objects.exists():
        assert minutes <= 3 + MOST_AHEAD / MINUTE
        minute = whole_minute(began) + minutes * MINUTE
        people.report(minute)
        minutes += 1
        scan.run(service, now=minute + MINUTE + LAG)
    last = whole_minute(began) + minutes * MINUTE
    incident = Incident.objects.get()
    assert incident.opened_at <= last
    assert DetectorState.objects.get().minute == last - MINUTE
    told = status(service, now=last + LAG)
    assert (told.verdict.value, told.stale) in (("possible", False), ("confirmed", False))
    scan.run(service, now=last + 130 * MINUTE + LAG)  # through all minutes that were stepped before
    counted_once(service)
    assert Incident.objects.get().resolved_at is not None


def test_an_open_incident_lives_through_a_clock_that_is_set_on_and_back(service: Service) -> None:
    people, at = People(), START + 120 * MINUTE
    for minute in range(1, 4):
        serving_minutes.note(at + minute * MINUTE)
        people.report(at + minute * MINUTE)
        scan.run(service, now=at + (minute + 1) * MINUTE + LAG)
    mine = Incident.objects.get()
    assert mine.state == "confirmed"
    ahead = at + 5 * MINUTE + timedelta(hours=1)
    serving_minutes.note(ahead)
    people.report(ahead)
    scan.run(service, now=ahead + MINUTE + LAG)
    assert [(i.number, i.state) for i in Incident.objects.all()] == [(mine.number, "confirmed")]
    for minute in range(6, 9):
        people.report(at + minute * MINUTE)
        scan.run(service, now=at + (minute + 1) * MINUTE + LAG)
        assert [(i.number, i.state) for i in Incident.objects.all()] == [(mine.number, "confirmed")]
    assert DetectorState.objects.get().minute == at + 8 * MINUTE
    mine.refresh_from_db()
    assert mine.updated_at <= at + 9 * MINUTE
    scan.run(service, now=at + 90 * MINUTE + LAG)
    counted_once(service)


def test_a_minute_of_which_all_reports_are_held_comes_a_second_time(service: Service) -> None:
    people, at = People(), START + 120 * MINUTE
    people.report(at)
    Report.objects.update(verdict=Report.Verdict.HELD)
    scan.run(service, now=at + MINUTE + LAG)
    assert MinuteCount.objects.get(minute=at).cuts == {"held": 6}
    scan.run(service, now=at - 60 * MINUTE + LAG)
    scan.run(service, now=at + MINUTE + LAG)
    assert DetectorState.objects.get().minute == at
    assert MinuteCount.objects.get(minute=at).cuts == {"held": 6}
    assert ServiceMinute.objects.filter(minute=at).count() == 1


def test_a_worker_that_was_held_up_sets_no_clock_back(service: Service) -> None:
    before = bytes(DetectorState.objects.get().state)
    stepped = scan.run(service, now=START + 90 * MINUTE, clock=lambda: START + 120 * MINUTE + LAG)
    row = DetectorState.objects.get()
    assert (stepped, row.minute, bytes(row.state)) == (0, START + 119 * MINUTE, before)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_service_step_each_minute_once() -> None:
    service, people = a_service(), People()
    scan.run(service, now=START + LAG)
    for minute in range(5):
        people.report(START + minute * MINUTE)
    started = Barrier(4)

    def work() -> int:
        started.wait(timeout=30)
        try:
            return scan.run(Service.objects.get(), now=START + 5 * MINUTE + LAG)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        stepped = [worker.result(timeout=60) for worker in [workers.submit(work) for _ in range(4)]]
    assert sum(stepped) == 5
    counted_once(service)
    assert ServiceMinute.objects.count() == 6
    numbers = list(Incident.objects.values_list("number", flat=True))
    assert numbers == [1]
