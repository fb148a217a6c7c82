"""Whatever one minute does, its service is never stuck, and what is missing is said."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from outages.detection.engine import step
from outages.models import DetectorState, MinuteCount, ScanFailure, ServiceMinute
from outages.pipeline import counts, failures, scan
from outages.queries.status import status
from reports.intake import corrections, rows, single
from reports.intake.judgement import Receipt
from reports.intake.submissions import Correction, Submission
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
    scan.run(service, now=START + LAG)
    return service


def take(at: datetime, network: int = 7, **values: Any) -> Receipt:
    submission = Submission(service="acme", **{"symptom": "timeout", "country": "NL", **values})
    return single.take(submission, Origin(network=network), now=at, door=rows.Door.API)


def failing(monkeypatch: pytest.MonkeyPatch, at: datetime, error: Callable[[], Exception]) -> None:
    """Lets each step of one minute fail."""

    def stumbles(state: Any, minute: Any, **rest: Any) -> Any:
        if counts.at_minute(minute.minute) == at:
            raise error()
        return step(state, minute, **rest)

    monkeypatch.setattr("outages.pipeline.scan.step", stumbles)


def scanned(service: Service, now: datetime) -> None:
    """One minute's scan with its retries, as the task makes them."""
    for attempt in range(failures.MOST_ATTEMPTS):
        try:
            scan.run(service, now=now + timedelta(seconds=5 * attempt))
            return
        except scan.ScanError:
            pass


@pytest.mark.parametrize("change", ["correct", "withdraw"])
def test_a_correction_in_the_running_minute_leaves_the_scan_going(service: Service, change: str) -> None:
    scan.run(service, now=START + MINUTE + LAG)
    running = START + MINUTE + timedelta(seconds=20)
    receipt = take(running)
    take(running, network=8)
    if change == "correct":
        corrections.correct(receipt.id, receipt.secret, Correction(country="DE"), now=running)
    else:
        corrections.withdraw(receipt.id, receipt.secret, now=running)
    scan.run(service, now=running + timedelta(seconds=20))
    assert not MinuteCount.objects.exists(), "a minute that was not stepped has no counts"
    for minute in range(2, 5):
        assert scan.run(service, now=START + minute * MINUTE + LAG) == 1
    assert status(service, now=START + 4 * MINUTE + LAG).as_of == START + 4 * MINUTE
    left = 2 if change == "correct" else 1
    assert sum(MinuteCount.objects.values_list("raw", flat=True)) == left


def test_a_minute_that_fails_is_tried_again_then_set_aside_and_the_next_is_gone_on_with(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    failing(monkeypatch, START, lambda: ValueError("a note that somebody wrote"))
    with caplog.at_level(logging.WARNING):
        scanned(service, START + MINUTE + LAG)
    row = ScanFailure.objects.get()
    assert (row.minute, row.attempts, row.stage) == (START, 3, "step")
    assert row.set_aside_at is not None
    assert "ValueError at tests/outages/pipeline/test_failures.py" in row.error
    assert "somebody wrote" not in row.error + caplog.text
    assert "set aside" in caplog.text
    scanned(service, START + 2 * MINUTE + LAG)
    seen = status(service, now=START + 2 * MINUTE + LAG)
    assert (seen.as_of, seen.stale, seen.missing_30m) == (START + 2 * MINUTE, False, 1)
    assert not ServiceMinute.objects.filter(minute=START).exists()
    ScanFailure.objects.update(set_aside_at=datetime.now(UTC))
    assert b'brownout_minutes_set_aside_24h{service="acme"} 1.0' in client.get("/metrics").content


def test_a_minute_that_fails_once_is_counted_at_the_next_attempt(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, START, MemoryError)
    with pytest.raises(scan.ScanError):
        scan.run(service, now=START + MINUTE + LAG)
    monkeypatch.undo()
    assert scan.run(service, now=START + MINUTE + 2 * LAG) == 1
    assert not ScanFailure.objects.exists()


def test_one_bad_minute_of_a_long_gap_takes_no_other_with_it(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, START + 70 * MINUTE, ZeroDivisionError)
    scanned(service, START + 100 * MINUTE + LAG)
    missing = {START + n * MINUTE for n in range(100)} - set(ServiceMinute.objects.values_list("minute", flat=True))
    assert missing == {START + 70 * MINUTE}
    assert ScanFailure.objects.get().set_aside_at is not None


def test_a_minute_that_ends_the_process_each_time_is_set_aside_too(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of memory, or killed at the time limit: no except clause ever runs."""
    failing(monkeypatch, START, SystemExit)  # type: ignore[arg-type]
    for attempt in range(8):
        try:
            scan.run(service, now=START + (2 + attempt) * MINUTE + LAG)
        except SystemExit:
            continue
    assert ScanFailure.objects.get(minute=START).set_aside_at is not None
    assert DetectorState.objects.get().minute == START + 8 * MINUTE


def test_a_database_that_is_away_for_a_moment_is_not_the_minutes_fault(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, START, lambda: OperationalError("canceling statement due to statement timeout"))
    scanned(service, START + MINUTE + LAG)
    assert ScanFailure.objects.get().set_aside_at is None
    for minute in range(2, 8):
        scanned(service, START + minute * MINUTE + LAG)
    assert ScanFailure.objects.get().set_aside_at is not None, "but it does not last for ever"
    assert status(service, now=START + 7 * MINUTE + LAG).stale is False


def test_a_state_that_no_minute_can_be_stepped_with_is_learnt_anew(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(state: Any, minute: Any, **rest: Any) -> Any:
        if "poison" in state.components:
            raise ZeroDivisionError
        return step(state, minute, **rest)

    state = scan.State.loads(bytes(DetectorState.objects.get().state))
    real = scan.State.loads

    def loads(raw: bytes) -> Any:
        loaded = real(raw)
        loaded.components = [*loaded.components, "poison"]
        return loaded

    assert state.components
    monkeypatch.setattr("outages.pipeline.scan.step", poisoned)
    monkeypatch.setattr("outages.pipeline.scan.State.loads", loads)
    for minute in range(1, scan.RELEARN_AFTER_FAILURES + 1):
        scanned(service, START + minute * MINUTE + LAG)
    monkeypatch.setattr("outages.pipeline.scan.State.loads", real)
    scanned(service, START + (scan.RELEARN_AFTER_FAILURES + 1) * MINUTE + LAG)
    assert DetectorState.objects.get().minute == START + scan.RELEARN_AFTER_FAILURES * MINUTE


def test_a_report_committed_after_its_minute_was_stepped_is_still_counted(service: Service) -> None:
    scan.run(service, now=START + MINUTE + LAG)
    take(START + timedelta(seconds=50))
    scan.run(service, now=START + 2 * MINUTE + LAG)
    assert ServiceMinute.objects.get(minute=START).raw == 1


def test_reports_that_come_after_the_clock_was_set_back_are_counted(service: Service) -> None:
    scan.run(service, now=START + 60 * MINUTE + LAG)
    take(START + 30 * MINUTE + timedelta(seconds=5))
    scan.run(service, now=START + 31 * MINUTE + LAG)
    assert ServiceMinute.objects.get(minute=START + 30 * MINUTE).raw == 1


def test_reports_in_stepped_minutes_ahead_of_a_clock_that_was_set_back_twice_are_counted(service: Service) -> None:
    """Found by the model: seed 1, a clock set back by 1 minute, seven reports, and set back by 50."""
    scan.run(service, now=START + 60 * MINUTE + LAG)
    take(START + 58 * MINUTE + timedelta(seconds=5))
    scan.run(service, now=START + 8 * MINUTE)
    assert ServiceMinute.objects.get(minute=START + 58 * MINUTE).raw == 1


def test_reports_of_a_clock_that_was_set_back_and_on_again_between_two_scans_are_counted(service: Service) -> None:
    """Found by the model: seed 1147, a clock set back by 7 minutes, reports, and set on by 26 hours."""
    scan.run(service, now=START + 60 * MINUTE + LAG)
    take(START + 53 * MINUTE + timedelta(seconds=5))
    scan.run(service, now=START + 80 * MINUTE + LAG)
    assert ServiceMinute.objects.get(minute=START + 53 * MINUTE).raw == 1


def test_a_recount_that_fails_is_tried_again_and_then_set_aside(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = take(START + timedelta(seconds=5))
    take(START + MINUTE + timedelta(seconds=5), network=8)
    scan.run(service, now=START + 2 * MINUTE + LAG)
    corrections.withdraw(receipt.id, receipt.secret, now=START + 2 * MINUTE + LAG)
    Report.objects.filter(network=8).update(withdrawn_at=START + 2 * MINUTE + LAG)
    real = counts.recount

    def recount(service: Service, minutes: Any) -> int:
        if START in minutes:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        return real(service, minutes)

    monkeypatch.setattr("outages.pipeline.counts.recount", recount)
    for minute in range(3, 7):
        assert scan.run(service, now=START + minute * MINUTE + LAG) == 1
    assert ServiceMinute.objects.get(minute=START + MINUTE).raw == 0, "its neighbour is recounted"
    row = ScanFailure.objects.get()
    assert (row.stage, row.minute, row.set_aside_at is not None) == ("recount", START, True)


def test_late_reports_never_make_counts_for_a_minute_that_nobody_watched(service: Service) -> None:
    late = take(START + 5 * MINUTE, occurred_at=START - timedelta(hours=3))
    assert late.counted
    scan.run(service, now=START + 6 * MINUTE + LAG)
    assert not MinuteCount.objects.exists()


@pytest.mark.parametrize("behind_s", [121, 600])
def test_a_service_whose_scan_is_late_is_stale_and_never_ok(service: Service, behind_s: int) -> None:
    now = START + timedelta(seconds=behind_s)
    seen = status(service, now=now)
    assert (seen.stale, seen.ok, seen.verdict) == (True, None, "unknown")
    from outages.queries import front_page

    assert front_page.rows(now=now)[0].verdict == "unknown"
