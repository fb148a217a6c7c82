"""An hour of sources that repeat themselves, change their minds and their form, and go back in time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from outages.models import Announcement, AnnouncementRevision
from outages.signals.announcements import poller
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source
from tests.outages.service_factory import a_service
from tests.outages.signals.announcements.test_feed import NOON, feed_of, item, read, rss
from tests.servers.web import Answer, Web

pytestmark = pytest.mark.django_db
TEN = timedelta(minutes=10)
HOUR = timedelta(hours=1)
BEGUN = "We are investigating an outage of the Tesla app"
OVER = "The outage of the Tesla app is resolved"
OFFICIAL: dict[str, Any] = {"tier": "official", "authors": ["Tesla"]}


def serve(site: Web, *entries: str) -> None:
    site.pages["/feed"] = Answer(200, rss(*entries))


def said(name: str, text: str, ago: timedelta = timedelta()) -> str:
    return item(name, text, NOON - ago, author="Tesla")


def test_an_old_post_that_comes_again_under_a_new_name_is_not_said_again(site: Web, client: Client) -> None:
    service = feed_of(site, **OFFICIAL)
    first = said("a", BEGUN, 5 * HOUR)
    serve(site, first)
    read(service, client, NOON)
    for reading in range(1, 4):
        serve(site, *(said(f"copy-{n}", BEGUN, 5 * HOUR) for n in range(reading)), first)
        read(service, client, NOON + reading * TEN)
    rows = Announcement.objects.all()
    assert {row.seen_at for row in rows} == {NOON - 5 * HOUR}, "a copy counts when the first of it did"


def test_a_copy_that_is_stale_every_other_time_does_not_end_and_begin_an_outage(site: Web, client: Client) -> None:
    service = feed_of(site, **OFFICIAL)
    serve(site)
    read(service, client, NOON - TEN)
    serve(site, said("a", BEGUN))
    read(service, client, NOON)
    serve(site, said("a", OVER))
    over = NOON + TEN
    read(service, client, over)
    for reading in range(2, 20):
        serve(site, said("a", (BEGUN, OVER)[reading % 2]))
        read(service, client, NOON + reading * TEN)
    row = Announcement.objects.get()
    assert (row.text, row.stage, row.seen_at) == (OVER, "resolved", over)
    assert AnnouncementRevision.objects.count() == 1


def test_who_takes_a_word_back_for_good_is_believed_at_the_second_reading(site: Web, client: Client) -> None:
    service = feed_of(site, **OFFICIAL)
    serve(site)
    read(service, client, NOON - TEN)
    for reading, text in enumerate((BEGUN, OVER, BEGUN, BEGUN)):
        serve(site, said("a", text))
        read(service, client, NOON + reading * TEN)
    row = Announcement.objects.get()
    assert (row.text, row.stage, row.seen_at) == (BEGUN, "investigating", NOON + 3 * TEN)


def test_a_word_that_is_deleted_and_restored_counts_once(site: Web, client: Client) -> None:
    service = feed_of(site, **OFFICIAL)
    around = said("top", "Vote for the next site", HOUR), said("old", "Now open", 9 * HOUR)
    serve(site, *around)
    read(service, client, NOON - TEN)
    begun = said("a", BEGUN, timedelta())
    for reading in range(12):
        shown = (begun,) if reading % 4 < 2 else ()
        serve(site, around[0], *shown, around[1])
        read(service, client, NOON + reading * TEN)
    row = Announcement.objects.get(external_id="a")
    assert (row.seen_at, row.stage) == (NOON, "investigating")
    assert AnnouncementRevision.objects.count() == 0


@pytest.mark.parametrize("is_dated", [True, False])
def test_a_monitor_that_fails_recovers_and_fails_again_is_told_each_time(
    site: Web, client: Client, is_dated: bool
) -> None:
    source = Source(slug="news", kind="gatus", url=site.url("/"), tier="official", authors=["Tesla"])
    service = a_service(sources=[source])
    heard = []
    now = NOON
    for turn in range(3):
        for fails in (False, False, True, True, True):
            # The window of results moves on while it fails: what it begins with now is no new failure.
            began = {"timestamp": (now - HOUR).isoformat()} if is_dated else {}
            results = [{"success": not fails, **began}] * 3
            endpoints = [{"name": "App", "key": "app", "results": results}]
            site.pages["/api/v1/endpoints/statuses"] = Answer(200, json.dumps(endpoints).encode())
            assert read(service, client, now).state == "fine"
            heard += [(row.stage, turn) for row in Announcement.objects.filter(seen_at=now)]
            now += TEN
    assert heard == [
        *(("investigating", 0), ("resolved", 1)),
        *(("investigating", 1), ("resolved", 2)),
        ("investigating", 2),
    ]


KINDS: tuple[Any, ...] = (
    *("feed", "statuspage", "changelog", "json", "mastodon", "bluesky", "instatus", "incident-io", "aws-health"),
    *("google-cloud", "slack-status", "cachet", "uptime-kuma", "gatus", "github"),
)
LISTS = ("incidents", "items", "page", "data", "scheduled_maintenances", "results", "feed", "activeIncidents")


@pytest.mark.parametrize("kind", KINDS)
def test_no_form_of_an_answer_is_an_error_of_ours(site: Web, client: Client, kind: Any) -> None:
    mapping = {"items": "items", "id": "id", "text": "text"} if kind == "json" else {}
    url = site.url({"mastodon": "/@name", "bluesky": "/profile/name", "uptime-kuma": "/status/x"}.get(kind, "/x/y"))
    service = a_service(sources=[Source(slug="news", kind=kind, url=url, mapping=mapping, authors=["Tesla"])])
    odd = {"id": 10**40, "created_at": 10**30, "begin": "x", "date": 10**18, "updates": 3, "notes": None, "results": {}}
    documents: list[Any] = [
        *(None, [], {}, [None], "text", 7, [odd], dict.fromkeys(LISTS, odd)),
        {key: [None, 7, "x", {}, [], odd] for key in LISTS},
    ]
    deep = b"[" * 50_000 + b"]" * 50_000
    feed = rss(said("a", BEGUN))
    bodies = [
        *((json.dumps(document).encode(), "application/json") for document in documents),
        *((deep, "application/json"), (b"", "text/html"), (feed, "application/json"), (feed, "image/png")),
        *((b"\xff\xfe\x00\xd8" * 100, "text/xml; charset=utf-16"), (b"PK\x03\x04" + bytes(100), "application/zip")),
        *((b"<html><body>" + b"<div>" * 20_000, "text/html"), (b"# 9999-99-99\n\nx\n", "text/plain")),
        *((b"x" * 10_000_000, "text/plain"), (rss(*(said(str(n), "x" * 5000) for n in range(200))), "text/xml")),
    ]
    for number, (body, content_type) in enumerate(bodies):
        site.pages = _Everywhere(Answer(200, body, {"Content-Type": content_type}))
        health = poller.read_source(service, "news", client, NOON + number * timedelta(days=1))
        assert health.state != "own_error", (number, body[:60], health.detail)


class _Everywhere(dict[str, Any]):
    """One answer to every address but robots.txt."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer

    def get(self, key: str, default: Any = None) -> Any:
        return Answer(404) if key == "/robots.txt" else self.answer
