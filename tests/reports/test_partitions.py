"""Partitions are made ahead, and making them holds nobody up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from outages.signals.probes import rollup
from reports import partitions, tasks

TABLE = "reports_report"
DAY = date(2031, 5, 1)


@pytest.fixture
def no_day_left_behind(transactional_db: None) -> Iterator[None]:
    yield
    partitions.drop_before(TABLE, DAY + timedelta(days=30))


def elsewhere(work: str, hold: threading.Event, ready: threading.Event) -> threading.Thread:
    """Another client that has done something in a transaction, and ends it when told."""

    def run() -> None:
        from django.db import transaction

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(work)
            ready.set()
            hold.wait(20)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    return thread


def test_each_start_makes_the_days_ahead(no_day_left_behind: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from config.local import prepare

    partitions.drop_before(TABLE, date(2100, 1, 1))
    prepare.make_partitions()
    today = datetime.now(UTC).date()
    for days in range(-1, tasks.DAYS_AHEAD + 1):
        assert partitions.partition_name(TABLE, today + timedelta(days=days)) in partitions.existing(TABLE)
    assert partitions.partition_name(rollup.TABLE, today) in partitions.existing(rollup.TABLE)


def test_a_reader_who_stays_long_delays_only_us_and_no_writer(
    no_day_left_behind: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that we wait for is a lock that others wait for behind us."""
    hold, ready, done, again = threading.Event(), threading.Event(), threading.Event(), threading.Event()
    monkeypatch.setattr(partitions, "random", lambda: again.set() or 0.5)  # asked for before each further attempt
    reader = elsewhere(f"SELECT count(*) FROM {TABLE}_default", hold, ready)
    made: list[int] = []

    def make() -> None:
        made.append(partitions.ensure(TABLE, "at", DAY, DAY))
        done.set()
        connection.close()

    maker = threading.Thread(target=make)
    maker.start()
    assert again.wait(30), "it gives way soon, and tries again"
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '2s'")
        for _ in range(10):
            cursor.execute(f"DELETE FROM {TABLE} WHERE at = '2031-06-01'")  # as a writer locks, it does
        cursor.execute("RESET statement_timeout")
    assert not done.is_set()
    hold.set()
    reader.join(10)
    maker.join(20)
    assert made == [1]


def test_who_never_lets_go_is_an_error_after_a_while(no_day_left_behind: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "ATTEMPTS", 3)
    hold, ready = threading.Event(), threading.Event()
    reader = elsewhere(f"SELECT count(*) FROM {TABLE}_default", hold, ready)
    try:
        with pytest.raises(OperationalError):
            partitions.ensure(TABLE, "at", DAY, DAY)
    finally:
        hold.set()
        reader.join(10)
    assert partitions.partition_name(TABLE, DAY) not in partitions.existing(TABLE), "nothing is left half made"
    assert partitions.ensure(TABLE, "at", DAY, DAY) == 1
    assert partitions.ensure(TABLE, "at", DAY, DAY) == 0
    monkeypatch.setattr(partitions, "existing", lambda _table: set())
    assert partitions.ensure(TABLE, "at", DAY, DAY) == 0, "somebody else has made it since we looked"


def test_a_day_that_has_begun_by_somebody_elses_clock_has_its_rows_moved(transactional_db: None) -> None:
    """Whoever makes partitions may be behind whoever dates the rows, and be on the day before."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE days (at timestamptz) PARTITION BY RANGE (at)")
        cursor.execute("CREATE TABLE days_default PARTITION OF days DEFAULT")
        cursor.execute("INSERT INTO days VALUES (%s)", [datetime(*tomorrow.timetuple()[:3], tzinfo=UTC)])
        try:
            assert partitions.ensure("days", "at", tomorrow, tomorrow) == 1
            cursor.execute("SELECT tableoid::regclass::text FROM days")
            assert cursor.fetchall() == [(partitions.partition_name("days", tomorrow),)]
        finally:
            cursor.execute("DROP TABLE days")
