"""Positions follow the order of commits, whatever the ids of the events are."""

import threading

import pytest
from django.db import connection, transaction

from outages.live import queries
from outages.models import DetectorState, IncidentEvent, LiveEntry
from outages.pipeline.reset import wipe_derived
from tests.factories import a_service
from tests.outages.live.conftest import Clock
from tests.outages.notifications.conftest import Story

pytestmark = pytest.mark.django_db(transaction=True)


def story(service, number=1):
    return Story(service, Clock(), number)


def test_who_commits_later_stands_later_even_with_an_older_id():
    early, late = story(a_service("early")), story(a_service("late"))
    written, may_commit = threading.Event(), threading.Event()

    def slow_scan():
        try:
            with transaction.atomic():
                early.becomes("possible")
                written.set()
                may_commit.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=slow_scan)
    thread.start()
    assert written.wait(30)
    with transaction.atomic():
        late.becomes("possible")
    before = queries.entries(0, 10)
    may_commit.set()
    thread.join()
    after = queries.entries(0, 10)
    assert [entry.service for entry in before] == ["late"]
    assert [entry.service for entry in after] == ["late", "early"], "what was read stays, what is new comes behind it"
    by_id = IncidentEvent.objects.order_by("id").values_list("incident__service__slug", flat=True)
    assert list(by_id) == ["early", "late"]


def test_events_of_one_transaction_keep_their_order_and_one_that_is_undone_has_no_place():
    mine = story(a_service())
    with transaction.atomic():
        mine.becomes("possible")
        transaction.set_rollback(True)
    mine = story(mine.service)
    with transaction.atomic():
        for state in ("possible", "confirmed", "recovering"):
            mine.becomes(state)
    found = queries.entries(0, 10)
    assert [entry.incident.state for entry in found] == ["possible", "confirmed", "recovering"]


def test_a_history_made_anew_says_so_before_its_events():
    service = a_service()
    DetectorState.objects.create(service=service, minute=Clock()(), state=b"", recounted_until=Clock()())
    story(service).becomes("possible")
    with transaction.atomic():
        wipe_derived(service)
        story(service).becomes("possible")
    found = queries.entries(0, 10)
    assert [entry.incident is None for entry in found] == [True, False], "of the old history nothing is left"


def test_a_service_that_is_deleted_takes_its_entries_along():
    service = a_service()
    DetectorState.objects.create(service=service, minute=Clock()(), state=b"", recounted_until=Clock()())
    story(service).becomes("possible")
    service.delete()
    assert not LiveEntry.objects.exists()


def test_an_entry_is_read_with_one_query_however_many_there_are(django_assert_num_queries):
    mine = story(a_service())
    for state in ("possible", "confirmed", "resolved"):
        mine.becomes(state)
    with django_assert_num_queries(1):
        assert len(queries.entries(0, 10)) == 3
