"""An update is read after those before it in its thread: live, stored and replayed alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from outages.detection.datatypes import ServiceSpec
from outages.detection.engine import State, step
from outages.detection.replay import Event, minutes_of
from outages.models import Announcement, DetectorState
from outages.pipeline import scan
from outages.pipeline.spec import service_spec
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
