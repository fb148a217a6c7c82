"""An update is read after those before it in its thread: live, stored and replayed alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outages.detection.classifier import read
from outages.detection.datatypes import ServiceSpec
from outages.detection.engine import State, step
from outages.detection.replay import Event, minutes_of
from outages.models import Announcement, DetectorState, SourceHealth
from outages.pipeline import scan
from outages.pipeline.spec import service_spec
from outages.signals.announcements import poller, store
from outages.signals.announcements.datatypes import Page, Post
from outages.signals.announcements.recorded import record_announcements
from outages.signals.announcements.store import store_page
from reports.catalog.schema import Source
from reports.catalog.store import catalog_of
from reports.models import Service
from tests.outages.service_factory import a_service

NOW = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
STATUS = Source(slug="status", kind="statuspage", tier="official", authors=["Tesla"], url="https://status.example/")
SAID = (
    ("identified", "Tesla app outage\nIdentified: We found the cause of the errors and are working on a fix."),
    ("identified", "Tesla app outage\nUpdate: Some users still see errors in the Tesla app."),
    ("resolved", "Tesla app outage\nResolved: This incident has been resolved."),
)
ALONE = ("investigating", "Tesla app outage\nUpdate: Some users still see errors in the Tesla app.")


def events(thread: str = "abc") -> list[Event]:
    return [
        Event("announcement", NOW + timedelta(minutes=5 * number), "tesla", source="status", author="Tesla", text=text,
              id=f"u{number}", url="https://status.example/abc", thread=thread)
        for number, (_, text) in enumerate(SAID)
    ]  # fmt: skip


def read_in(found: list[Event], spec: ServiceSpec) -> list[str]:
    """The stages that the detector reads."""
    stages: list[str] = []
    state: State | None = None
    for minute in minutes_of(found):
        state, outcome = step(state or State.fresh(minute.minute - 1), minute, service=spec)
        stages += [reading.stage for reading in outcome.readings.values()]
        state = State.loads(state.dumps())
    return stages


SPEC = ServiceSpec(
    slug="tesla", components=("app",), entities=("Tesla",), official_authors=frozenset({("status", "tesla")}),
    source_kinds={"status": "statuspage"},
)  # fmt: skip


def test_an_update_that_names_no_stage_keeps_that_of_its_thread() -> None:
    assert read_in(events(), SPEC) == [stage for stage, _ in SAID]


def test_posts_without_a_thread_are_read_alone() -> None:
    assert read_in(events(thread=""), SPEC)[1] == ALONE[0]


def test_threads_of_other_sources_are_others() -> None:
    found = events()
    found[1].source = "another"
    assert read_in(found, SPEC)[1] != "identified"


@pytest.fixture
def service(db: None) -> Service:
    return a_service(sources=[STATUS])


def stored() -> list[tuple[str, str]]:
    return list(Announcement.objects.order_by("posted_at").values_list("thread", "stage"))


def test_recorded_posts_are_stored_and_scanned_as_they_are_replayed(service: Service) -> None:
    record_announcements(service, events(), now=NOW + timedelta(hours=1))
    assert stored() == [("abc", stage) for stage, _ in SAID]
    assert read_in(events(), service_spec(catalog_of(service))) == [stage for stage, _ in SAID]
    scan.catch_up(service, NOW + timedelta(minutes=8), start=NOW)
    state = State.loads(bytes(DetectorState.objects.get().state))
    assert [known.reading.stage for known in state.threads.values()] == ["identified"]


def test_a_page_that_lists_the_newest_first_is_read_in_the_order_of_its_posts(service: Service) -> None:
    posts = [
        Post(event.id, event.text, event.url, event.author, event.at, event.thread) for event in reversed(events()[:2])
    ]
    store_page(service, STATUS, Page(tuple(posts), cursor={}), NOW + timedelta(minutes=7), is_history=False)
    assert stored() == [("abc", "identified"), ("abc", "identified")]
    scan.catch_up(service, NOW + timedelta(minutes=8), start=NOW)
    state = State.loads(bytes(DetectorState.objects.get().state))
    assert [known.reading.stage for known in state.threads.values()] == ["identified"]


@pytest.mark.django_db
def test_a_long_thread_is_not_read_from_its_start_for_each_update(monkeypatch: pytest.MonkeyPatch) -> None:
    service = a_service(sources=[STATUS])
    readings: list[str] = []

    def counted(announcement: Any, spec: Any, previous: Any = None) -> Any:
        readings.append(announcement.text)
        return read(announcement, spec, previous)

    monkeypatch.setattr("outages.signals.announcements.store.read", counted)

    def later(minutes: int) -> datetime:
        return NOW - timedelta(hours=2) + timedelta(minutes=minutes)

    first = Post("u", SAID[0][1], author="Tesla", posted_at=later(0), thread="abc")
    posts = tuple(
        Post(f"u{number}", f"{SAID[1][1]} {number}", author="Tesla", posted_at=later(number), thread="abc")
        for number in range(1, 51)
    )
    store_page(service, STATUS, Page((first, *posts), {}), NOW, is_history=False)
    assert len(readings) == 51, "1,326 before"
    assert set(Announcement.objects.values_list("stage", flat=True)) == {"identified"}, "each keeps its thread's stage"


@pytest.mark.django_db
def test_a_page_of_very_many_posts_is_stored_in_part() -> None:
    posts = tuple(Post(f"u{number}", "All is well.", posted_at=NOW) for number in range(30))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "MOST_POSTS", 20)
        store_page(a_service(), STATUS, Page(posts, {}), NOW, is_history=False)
    assert Announcement.objects.count() == 20


@pytest.mark.django_db
def test_only_web_addresses_are_stored_as_links() -> None:
    post = Post("u", SAID[0][1], url="javascript:alert(document.domain)", posted_at=NOW)
    store_page(a_service(), STATUS, Page((post,), {}), NOW, is_history=False)
    assert Announcement.objects.get().url == ""


@pytest.mark.django_db
def test_a_read_that_never_ended_is_a_failure_in_the_health_record() -> None:
    service = a_service(sources=[STATUS])
    row = poller.health_of(service, STATUS)
    SourceHealth.objects.filter(pk=row.pk).update(
        state="fine", last_success_at=NOW - timedelta(hours=1), last_try_at=NOW - timedelta(minutes=6),
        next_try_at=NOW - timedelta(minutes=1),
    )  # fmt: skip
    assert (service.pk, row.slug) not in poller.take_due(NOW)
    row.refresh_from_db()
    assert (row.state, row.failures) == ("unreachable", 1)
    assert "aborted" in row.detail
    assert row.next_try_at is not None
    assert row.next_try_at > NOW
