"""Reports that come at the same time are written together, and each gets its own answer."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connections

from config.local import processes
from reports.access.idempotency import Idempotency
from reports.errors import SubmissionError
from reports.intake import group_commit, rows, service_cache
from reports.intake.group_commit import Entry, Writer
from reports.intake.submissions import Submission
from reports.models import IdempotencyKey, Report, Service
from reports.privacy.origin import UNKNOWN

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)


def entry(reporter: int = 0, key: str = "", body: str = "", note: str = "") -> Entry:
    origin = replace(UNKNOWN, reporter=reporter)
    submission = Submission(service="acme", note=note)
    row = rows.Row.of(submission, origin, service_cache.service("acme"), now=NOW, door=rows.Door.API)
    asked = Idempotency(key.ljust(32).encode(), body.encode()) if key else None
    return Entry(row, NOW, asked)


def together(monkeypatch: pytest.MonkeyPatch, first: Entry, others: list[Entry]) -> list[list[Entry]]:
    """Take one report, and while it is being written the others. Return what was written together."""
    writer, written, may_go_on = Writer(), [], threading.Event()
    real = group_commit.write

    def write(batch: list[Entry]) -> None:
        written.append(list(batch))
        if len(written) == 1:
            assert may_go_on.wait(20)
        real(batch)

    def take(one: Entry) -> None:
        try:
            writer.take(one)
        except (SubmissionError, DatabaseError):
            pass
        finally:
            connections.close_all()

    monkeypatch.setattr(group_commit, "write", write)
    threads = [threading.Thread(target=take, args=[one]) for one in (first, *others)]
    threads[0].start()
    assert processes.wait_until(lambda: bool(written), 10)
    for number, thread in enumerate(threads[1:], start=1):
        thread.start()
        assert processes.wait_until(lambda count=number: len(writer._waiting) == count, 10)  # type: ignore[misc]
    may_go_on.set()
    for thread in threads:
        thread.join(20)
    return written


def test_what_comes_while_one_is_written_goes_into_the_next(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    first, others = entry(), [entry() for _ in range(6)]
    assert together(monkeypatch, first, others) == [[first], others]
    assert Report.objects.count() == 7
    assert len({one.receipt.id for one in (first, *others) if one.receipt}) == 7


def test_each_of_those_written_together_gets_its_own_answer(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    others = [
        entry(reporter=5), entry(reporter=5), entry(key="k1", body="a"), entry(key="k1", body="a"),
        entry(key="k1", body="b"), entry(reporter=6, key="k2"), entry(),
    ]  # fmt: skip
    written = together(monkeypatch, entry(), others)
    assert [len(batch) for batch in written] == [1, 7]
    tap, again, kept, replayed, misused, both, plain = others
    assert tap.receipt
    assert again.receipt
    assert again.receipt.repeated
    assert again.receipt.id == tap.receipt.id
    assert kept.receipt
    assert replayed.receipt
    assert replayed.receipt.replayed
    assert replayed.receipt.id == kept.receipt.id
    assert isinstance(misused.error, SubmissionError)
    assert misused.error.code == "idempotency-key-reused"
    assert both.receipt
    assert plain.receipt
    assert Report.objects.count() == 5
    assert IdempotencyKey.objects.count() == 2


def test_one_that_cannot_be_stored_takes_no_other_with_it(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = entry(), [entry(), entry()]
    bad.row = replace(bad.row, platform="much too long for its column")
    together(monkeypatch, entry(), [good[0], bad, good[1]])
    assert Report.objects.count() == 3
    assert bad.receipt is None
    assert bad.error is not None
    assert all(one.receipt and one.error is None for one in good)


@pytest.mark.parametrize("count", [1, 3])
def test_when_the_database_fails_all_hear_it(service: Service, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    def fail(*_rows: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(group_commit, "_insert", fail)
    others = [entry(reporter=uuid.uuid4().int >> 65) for _ in range(count)]
    together(monkeypatch, entry(), others)
    assert all(isinstance(one.error, OperationalError) and one.receipt is None for one in others)
    assert not Report.objects.exists()
