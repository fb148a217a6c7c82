"""Reports that come at the same time are written together, and each gets its own answer."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connections
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

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


def raises(error: Exception) -> Callable[..., None]:
    def fail(*_rows: Any) -> None:
        raise error

    return fail


def together(
    monkeypatch: pytest.MonkeyPatch,
    first: Entry,
    others: list[Entry],
    until: Callable[[Writer], bool] = lambda _writer: True,
) -> list[list[Entry]]:
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
    for thread, one in zip(threads[1:], others, strict=True):
        thread.start()
        assert processes.wait_until(lambda one=one: one in writer._waiting or one.due_s < time.monotonic(), 10)  # type: ignore[misc]
    assert processes.wait_until(lambda: until(writer), 10)
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


def test_those_of_whom_nothing_is_known_take_one_message(service: Service) -> None:
    batch = [entry(reporter=5), entry(key="k1"), entry(reporter=6, key="k2"), entry()]
    with CaptureQueriesContext(connections["default"]) as queries:
        group_commit.write(batch)
    assert len(queries) == 1, [query["sql"][:80] for query in queries]
    assert all(one.receipt and not one.receipt.repeated for one in batch)
    assert Report.objects.count() == 4
    assert {bytes(key) for key in IdempotencyKey.objects.values_list("key_hash", flat=True)} == {
        one.asked.key_hash for one in batch if one.asked
    }


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_known_of_some_changes_nothing_for_the_others(
    service: Service, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    group_commit.write([entry(reporter=5), entry(key="k1", body="a"), entry(reporter=7, key="k7", body="a")])
    tap, replayed, misused = entry(reporter=5), entry(key="k1", body="a"), entry(key="k1", body="b")
    other_key, new = entry(reporter=7, key="k8"), [entry(reporter=6), entry(key="k2"), entry()]
    known = [tap, replayed, misused, other_key]
    if fails:
        monkeypatch.setattr(group_commit, "insert", raises(OperationalError("gone")))
    group_commit.write([new[0], tap, replayed, new[1], misused, other_key, new[2]])
    assert all(one.receipt and not one.error and not one.receipt.repeated for one in new)
    if fails:
        assert all(isinstance(one.error, OperationalError) and one.receipt is None for one in known)
    else:
        assert tap.receipt
        assert tap.receipt.repeated
        assert replayed.receipt
        assert replayed.receipt.replayed
        assert isinstance(misused.error, SubmissionError)
        assert other_key.receipt
        assert other_key.receipt.repeated
    assert Report.objects.count() == 6
    assert Report.objects.filter(reporter=6).count() == 1


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
    monkeypatch.setattr(group_commit, "take_new", raises(OperationalError("gone")))
    others = [entry(reporter=uuid.uuid4().int >> 65) for _ in range(count)]
    together(monkeypatch, entry(), others)
    assert all(isinstance(one.error, OperationalError) and one.receipt is None for one in others)
    assert not Report.objects.exists()


def test_who_waits_for_others_has_no_more_time_for_it_and_takes_none_from_them(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, soon, others, given = entry(), entry(), [entry(), entry()], list[float]()
    now_s = time.monotonic()
    late.due_s, soon.due_s = now_s - 1, now_s + 60
    monkeypatch.setattr(group_commit.deadlines, "statement_s", 100.0)
    real = group_commit.write
    monkeypatch.setattr(group_commit, "write", lambda batch: given.append(group_commit.deadlines.wait_s) or real(batch))
    group_commit._write_in_time([late, soon, *others])
    assert 50 < given[0] <= 60, "all within the time of the one that has least"
    assert isinstance(late.error, OperationalError)
    assert all(one.receipt and one.error is None for one in (soon, *others))
    assert Report.objects.count() == 3


def test_who_gave_up_is_not_stored_and_who_is_to_write_next_does(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, gone, heir = entry(), entry(), entry()
    gone.due_s = time.monotonic() + 0.05
    assert together(monkeypatch, first, [gone, heir], until=lambda writer: gone not in writer._waiting) == [
        [first],
        [heir],
    ]
    assert first.receipt
    assert heir.receipt
    assert gone.receipt is None
    writer = Writer()
    writer._waiting, heir.leads = [heir], True
    assert not writer._drop(heir), "else nobody would ever write again"
    assert Report.objects.count() == 2
