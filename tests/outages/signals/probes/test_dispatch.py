"""Which probes are handed out, and that each slot is, once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from outages.models import Incident, ProbeHealth, Slot, Vantage
from outages.signals.probes.dispatch import TICK, dispatch, tick_of
from outages.signals.probes.runner import Job
from reports.catalog.schema import Probe
from reports.models import Service
from tests.outages.service_factory import a_service

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Sent:
    """What was sent, in order."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, Job]] = []

    def __call__(self, vantage: str, jobs: Sequence[Job], expires_at: datetime) -> None:
        self.jobs += [(vantage, job) for job in jobs]

    def runs(self) -> list[str]:
        return [job.probe.slug for _, job in self.jobs]


@pytest.fixture(autouse=True)
def outbound(settings: Any) -> None:
    settings.OUTBOUND = "loopback"


def probe(slug: str = "app", **options: Any) -> Probe:
    return Probe(slug=slug, kind="http", component="app", url=f"http://{slug}.localhost/", **options)


def hear(*names: str, at: datetime = NOON) -> None:
    for name in names:
        Vantage.objects.update_or_create(name=name, defaults={"last_seen_at": at})


def run(sent: Sent, minutes: float, *, start: datetime = NOON) -> None:
    """Dispatches each tick, with vantages that stay in touch."""
    for number in range(int(minutes * 60 / TICK.total_seconds())):
        now = start + number * TICK
        Vantage.objects.update(last_seen_at=now)
        dispatch(now, sent)


@pytest.mark.slow
@pytest.mark.django_db
def test_each_vantage_gets_each_probe_once_a_minute() -> None:
    a_service(probes=[probe("app"), probe("login")])
    hear("paris", "oslo")
    sent = Sent()
    run(sent, 10)
    for vantage in ("paris", "oslo"):
        for slug in ("app", "login"):
            count = sum(1 for name, job in sent.jobs if (name, job.probe.slug) == (vantage, slug))
            assert count in (9, 10, 11)
    assert len({job.id for _, job in sent.jobs}) == len(sent.jobs)


@pytest.mark.django_db
def test_off_takes_no_slot_and_sends_nothing(settings: Any) -> None:
    settings.OUTBOUND = "off"
    a_service(probes=[probe()])
    hear("paris")
    sent = Sent()
    run(sent, 3)
    assert sent.jobs == []
    assert Slot.objects.count() == 0


@pytest.mark.django_db
def test_a_vantage_that_says_nothing_any_more_gets_no_work() -> None:
    a_service(probes=[probe()])
    hear("paris", at=NOON - timedelta(minutes=4))
    sent = Sent()
    for number in range(24):
        dispatch(NOON + number * TICK, sent)
    assert sent.jobs == []


@pytest.mark.django_db
def test_recorded_and_inactive_services_are_not_probed() -> None:
    a_service("old", probes=[probe("old")])
    a_service("gone", probes=[probe("gone")])
    Service.objects.filter(slug="old").update(clock="recorded")
    Service.objects.filter(slug="gone").update(is_active=False)
    hear("paris")
    sent = Sent()
    run(sent, 3)
    assert sent.jobs == []


@pytest.mark.slow
@pytest.mark.django_db
def test_a_failure_or_an_open_incident_makes_probes_run_four_times_as_often() -> None:
    service = a_service(probes=[probe()])
    hear("paris")
    Incident.objects.create(service=service, number=1, state="possible", opened_at=NOON, updated_at=NOON)
    sent = Sent()
    run(sent, 10)
    assert 38 <= len(sent.jobs) <= 42
    Incident.objects.update(state="resolved")
    calm = Sent()
    run(calm, 10, start=NOON + timedelta(hours=1))
    assert len(calm.jobs) in (9, 10, 11)
    later = NOON + timedelta(hours=2)
    ProbeHealth.objects.create(
        service=service,
        probe="app",
        vantage="paris",
        kind="http",
        classification="down",
        failures=1,
        last_at=later + timedelta(minutes=5),
        last_change_at=later,
    )
    failing = Sent()
    run(failing, 5, start=later)
    assert 18 <= len(failing.jobs) <= 22


@pytest.mark.django_db
def test_a_target_that_asked_us_to_stay_away_is_left_alone_until_then() -> None:
    service = a_service(probes=[probe()])
    hear("paris")
    ProbeHealth.objects.create(
        service=service,
        probe="app",
        vantage="paris",
        kind="http",
        classification="blocked",
        refusals=1,
        last_at=NOON,
        last_change_at=NOON,
        not_before_at=NOON + timedelta(minutes=10),
    )
    sent = Sent()
    run(sent, 9.9)
    assert sent.jobs == []
    run(sent, 5, start=NOON + timedelta(minutes=10))
    assert sent.jobs


@pytest.mark.django_db
def test_a_late_beat_leaves_nothing_out() -> None:
    a_service(probes=[probe(f"p{n}") for n in range(40)])
    hear("paris")
    prompt, late = Sent(), Sent()
    run(prompt, 2)
    Slot.objects.all().delete()
    dispatch(NOON - TICK, Sent())
    Slot.objects.filter(at=tick_of(NOON - TICK)).update(at=NOON - TICK)
    for second in (20, 35, 75, 115):
        Vantage.objects.update(last_seen_at=NOON)
        dispatch(NOON + timedelta(seconds=second), late)
    assert sorted(set(late.runs())) == sorted(set(prompt.runs()))
    assert len(late.jobs) == len(prompt.jobs)


@pytest.mark.django_db
def test_a_slot_whose_taker_died_is_sent_by_another_with_the_same_runs() -> None:
    a_service(probes=[probe(f"p{n}") for n in range(60)])
    hear("paris")
    dispatch(NOON - TICK, Sent())

    def dies(vantage: str, jobs: Sequence[Job], expires_at: datetime) -> None:
        dying.jobs.extend((vantage, job) for job in jobs)
        raise KeyboardInterrupt

    dying = Sent()
    with pytest.raises(KeyboardInterrupt):
        dispatch(NOON, dies)
    assert dying.jobs
    Slot.objects.filter(at=NOON).update(taken_at=NOON)
    again = Sent()
    dispatch(NOON + timedelta(seconds=10), again)
    first_ids = {job.id for _, job in dying.jobs}
    assert not first_ids & {job.id for _, job in again.jobs}, "it may still be at work"
    dispatch(NOON + timedelta(seconds=20), again)
    assert first_ids <= {job.id for _, job in again.jobs}
    assert len({job.id for _, job in again.jobs}) == len(again.jobs)


@pytest.mark.django_db(transaction=True)
def test_three_beats_at_once_send_each_run_once() -> None:
    a_service(probes=[probe(f"p{n}") for n in range(30)])
    hear("paris", "oslo")
    sent = Sent()
    start = threading.Barrier(3)

    def beat() -> None:
        try:
            for number in range(24):
                start.wait(10)
                dispatch(NOON + number * TICK, sent)
        finally:
            connection.close()

    beats = [threading.Thread(target=beat) for _ in range(3)]
    for thread in beats:
        thread.start()
    for thread in beats:
        thread.join(60)
    ids = [job.id for _, job in sent.jobs]
    assert len(ids) == len(set(ids))
    assert Slot.objects.count() == 48
    assert 30 * 2 * 2 * 0.8 < len(ids) < 30 * 2 * 2 * 1.2


@pytest.mark.django_db
def test_planning_asks_no_more_of_the_database_for_more_probes(django_assert_max_num_queries: Any) -> None:
    a_service("one", probes=[probe(f"p{n}") for n in range(50)])
    a_service("two", probes=[probe(f"q{n}") for n in range(50)])
    hear("paris")
    with django_assert_max_num_queries(14):
        dispatch(NOON, Sent())
