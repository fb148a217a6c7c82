"""Entries that are logs, news that come late, and what robots.txt and document types really forbid."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from outages.models import Announcement
from outages.signals.announcements import poller
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source
from reports.models import Service
from tests.outages.service_factory import a_service
from tests.outages.signals.announcements.test_feed import NOON, feed_of, item, read, rss
from tests.servers.web import Answer, Web, conditional

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=30)
FIRST = "<p><small>Nov 22, 12:01 UTC</small><br><strong>Investigating</strong> - Sign in fails for some.</p>"
SECOND = "<p><small>Nov 22, 12:20 UTC</small><br><strong>Resolved</strong> - A setting was wrong.</p>"


def official(site: Web) -> Service:
    return feed_of(site, tier="official", authors=["Tesla"])


def show(site: Web, *items: str) -> None:
    site.pages["/feed"] = conditional(rss(*items))


def rows() -> list[tuple[str, str]]:
    return [(row.stage, row.thread) for row in Announcement.objects.order_by("posted_at", "id")]


def begin(site: Web, client: Client, at: datetime = NOON) -> Service:
    """An official feed that was read before."""
    service = official(site)
    show(site, item("0", "Tesla news of last year", NOON - timedelta(days=300)))
    read(service, client, at)
    return service


def test_an_entry_that_grows_becomes_a_thread_and_keeps_its_first_update(site: Web, client: Client) -> None:
    service = begin(site, client)
    show(site, item("7", "Tesla app", LATER, body=FIRST))
    read(service, client, LATER)
    show(site, item("7", "Tesla app", LATER, body=SECOND + FIRST))
    read(service, client, LATER + timedelta(minutes=10))
    assert [row for row in rows() if row[1]] == [("investigating", "7"), ("resolved", "7")]
    assert Announcement.objects.get(thread="7", stage="resolved").posted_at == NOON + timedelta(minutes=20)


def test_an_entry_without_times_that_grows_keeps_its_first_update(site: Web, client: Client) -> None:
    service = begin(site, client)
    first = "<p><b>Investigating</b> - Sign in fails for some.</p>"
    show(site, item("7", "Tesla app", LATER, body=first))
    read(service, client, LATER)
    show(site, item("7", "Tesla app", LATER, body="<p><b>Resolved</b> - It works again.</p>" + first))
    read(service, client, LATER + timedelta(minutes=10))
    assert [row for row in rows() if row[1]] == [("investigating", "7"), ("resolved", "7")]


def test_an_update_that_was_stored_under_the_name_of_its_entry_is_found_again(site: Web, client: Client) -> None:
    service = begin(site, client)
    show(site, item("7", "Tesla app", LATER, body=FIRST))
    read(service, client, LATER)
    Announcement.objects.filter(thread="7").update(external_id="7")
    show(site, item("7", "Tesla app", LATER, body=SECOND + FIRST.replace("for some", "for all")))
    read(service, client, LATER + timedelta(minutes=10))
    assert [row for row in rows() if row[1]] == [("investigating", "7"), ("resolved", "7")]


def test_an_end_that_is_written_after_a_day_counts_when_it_is_seen(site: Web, client: Client) -> None:
    service = begin(site, client)
    show(site, item("7", "Tesla app: [Investigating] errors", LATER))
    read(service, client, LATER)
    late = LATER + timedelta(hours=30)
    show(site, item("7", "Tesla app: [Resolved] errors", LATER))
    read(service, client, late)
    row = Announcement.objects.get(external_id="7")
    assert (row.stage, row.seen_at, row.is_heard) == ("resolved", late, True)


def test_robots_are_asked_for_the_very_addresses_and_read_behind_a_mark(site: Web, client: Client) -> None:
    source = Source(slug="news", kind="statuspage", tier="official", authors=["Tesla"], url=site.url(""))
    service = a_service(sources=[source])
    site.pages["/robots.txt"] = Answer(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /api/\n")
    health = poller.read_source(service, "news", client, NOON)
    assert (health.state, [request.path for request in site.asked]) == ("blocked", ["/robots.txt"])


def test_robots_that_forbid_another_address_do_not_keep_us_away(site: Web, client: Client) -> None:
    service = official(site)
    site.pages["/robots.txt"] = Answer(200, b"User-agent: *\nDisallow: /feed/old\nAllow: /feed\n")
    show(site, item("7", "Tesla app is down", LATER))
    assert read(service, client, LATER).state == "fine"


@pytest.mark.parametrize(
    "declaration",
    ['<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">', "<!DOCTYPE rss>"],
)
def test_a_document_type_without_entities_is_read(site: Web, client: Client, declaration: str) -> None:
    service = official(site)
    document = rss(item("7", "Tesla app is down", LATER)).replace(b"<rss", declaration.encode() + b"<rss", 1)
    site.pages["/feed"] = Answer(200, document)
    assert (read(service, client, LATER).state, Announcement.objects.count()) == ("fine", 1)


def test_many_entries_are_stored_whole_and_once(site: Web, client: Client) -> None:
    service = official(site)
    show(site, *(item(str(n), f"Tesla app, note {n}", NOON - timedelta(minutes=n)) for n in range(600)))
    read(service, client, NOON)
    read(service, client, LATER)
    assert Announcement.objects.count() == 600


@pytest.mark.parametrize(
    ("title", "body", "stages"),
    [
        ("[Resolved] Tesla app is slow", "<p>Requests are slow.</p>", ["resolved"]),  # cState
        (
            "Tesla app is slow",
            "<p><em>Monitoring</em> - It is faster. <small>12:20</small></p><p><em>Investigating</em> - Slow.</p>",
            ["investigating", "monitoring"],
        ),  # cState
        ("Tesla app - Resolved", "<p>The app works again.</p>", ["resolved"]),  # Better Stack
        (
            "Tesla app",
            "<p><strong>Status: Identified</strong></p><p>A disk is full.</p>",
            ["identified"],
        ),  # incident.io
        ("Scheduled: Tesla app", "<p>The app is moved to new machines.</p>", ["planned"]),  # Instatus
        ("Tesla app is now degraded", "<p>We look into it.</p>", ["investigating"]),
        (
            "Tesla app",
            "<p><b>RESOLVED</b>: It works.</p><p><b>UPDATE</b>: A fix is tried.</p><p><b>IDENTIFIED</b>: A disk.</p>",
            ["identified", "identified", "resolved"],
        ),
    ],
)
def test_the_labels_of_other_pages_are_believed(
    site: Web, client: Client, title: str, body: str, stages: list[str]
) -> None:
    service = begin(site, client)
    show(site, item("7", title, LATER, body=body))
    read(service, client, LATER)
    new = Announcement.objects.exclude(external_id="0").order_by("id")
    assert [row.stage for row in new] == stages
