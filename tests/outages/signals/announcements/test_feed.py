"""Feeds are read once, politely, and never believed blindly."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from outages.models import Announcement, AnnouncementRevision, SourceHealth
from outages.signals.announcements import poller
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source
from reports.models import Service
from tests.outages.service_factory import a_service
from tests.servers.web import Answer, Request, Web, conditional

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def item(name: str, title: str, at: datetime | None, *, body: str = "", author: str = "") -> str:
    date = f"<pubDate>{format_datetime(at)}</pubDate>" if at else ""
    by = f"<dc:creator>{author}</dc:creator>" if author else ""
    return (
        f"<item><guid isPermaLink='false'>{name}</guid><title>{title}</title><link>https://news.example/{name}</link>"
        f"<description><![CDATA[{body}]]></description>{date}{by}</item>"
    )


def rss(*items: str) -> bytes:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        "<title>Example News</title>" + "".join(items) + "</channel></rss>"
    ).encode()


def feed_of(site: Web, **options: Any) -> Service:
    source = Source(slug="news", kind="feed", url=site.url("/feed"), interval_minutes=10, **options)
    return a_service(sources=[source])


def read(service: Service, client: Client, now: datetime) -> SourceHealth:
    return poller.read_source(service, "news", client, now)


BEFORE = item("1", "Older news", NOON - timedelta(hours=3))
OUTAGE = item("2", "Tesla app is down", NOON + timedelta(minutes=5), body="<p>Owners see <b>503</b> errors.</p>")


def test_the_first_read_is_history_and_what_comes_after_is_news(site: Web, client: Client) -> None:
    service = feed_of(site, tier="press")
    site.pages["/feed"] = conditional(rss(BEFORE))
    assert read(service, client, NOON).state == "fine"
    site.pages["/feed"] = conditional(rss(OUTAGE, BEFORE))
    later = NOON + timedelta(minutes=10)
    read(service, client, later)
    old, new = Announcement.objects.order_by("posted_at")
    assert (old.seen_at, old.first_seen_at) == (NOON - timedelta(hours=3), NOON)
    assert (new.seen_at, new.first_seen_at) == (later, later)
    assert (new.text, new.url, new.tier) == (
        "Tesla app is down\nOwners see 503 errors.",
        "https://news.example/2",
        "press",
    )
    assert new.author == "Example News"
    assert new.relevant
    assert new.reasons


def test_a_feed_that_has_not_changed_is_not_sent_again(site: Web, client: Client) -> None:
    service = feed_of(site)
    site.pages["/feed"] = conditional(rss(BEFORE))
    for minutes in (0, 10, 20):
        health = read(service, client, NOON + timedelta(minutes=minutes))
    assert Announcement.objects.count() == 1
    assert next(r for r in site.asked if r.path == "/feed").headers.get("If-None-Match") is None
    assert all(request.headers.get("If-None-Match") for request in site.asked[2:] if request.path == "/feed")
    assert health.last_success_at == NOON + timedelta(minutes=20)
    assert health.last_change_at == NOON


def test_last_modified_is_used_where_there_is_no_etag(site: Web, client: Client) -> None:
    service = feed_of(site)
    stamp = "Sun, 22 Nov 2026 11:00:00 GMT"

    def page(request: Request) -> Answer:
        if request.headers.get("If-Modified-Since") == stamp:
            return Answer(304)
        return Answer(200, rss(BEFORE), {"Last-Modified": stamp})

    site.pages["/feed"] = page
    read(service, client, NOON)
    assert read(service, client, NOON + timedelta(minutes=10)).state == "fine"
    assert site.asked[-1].headers.get("If-Modified-Since") == stamp


def test_an_edit_is_kept_as_a_revision_and_counts_again_if_it_says_something_else(site: Web, client: Client) -> None:
    service = feed_of(site, tier="press")
    site.pages["/feed"] = conditional(rss())
    read(service, client, NOON)
    posted = NOON + timedelta(minutes=1)
    site.pages["/feed"] = conditional(rss(item("1", "A quiet day at Tesla", posted)))
    read(service, client, NOON + timedelta(minutes=10))
    site.pages["/feed"] = conditional(
        rss(item("1", "Tesla app outage: owners locked out, company investigating", posted))
    )
    edited = NOON + timedelta(minutes=20)
    read(service, client, edited)
    row = Announcement.objects.get()
    revision = AnnouncementRevision.objects.get()
    assert (revision.text, revision.replaced_at) == ("A quiet day at Tesla", edited)
    assert row.text.startswith("Tesla app outage")
    assert (row.seen_at, row.first_seen_at) == (edited, NOON + timedelta(minutes=10))


def test_a_deletion_is_noticed_at_the_second_reading_and_can_be_undone(site: Web, client: Client) -> None:
    service = feed_of(site)
    oldest, newer = item("1", "One", NOON - timedelta(hours=3)), item("2", "Two", NOON - timedelta(hours=2))
    newest = item("3", "Three", NOON - timedelta(hours=1))
    site.pages["/feed"] = conditional(rss(newest, newer, oldest))
    read(service, client, NOON)
    site.pages["/feed"] = conditional(rss(newest, oldest))
    read(service, client, NOON + timedelta(minutes=10))
    assert Announcement.objects.get(external_id="2").deleted_at is None
    gone = NOON + timedelta(minutes=20)
    read(service, client, gone)
    assert Announcement.objects.get(external_id="2").deleted_at == gone
    assert Announcement.objects.exclude(deleted_at=None).count() == 1
    site.pages["/feed"] = conditional(rss(newest, newer, oldest) + b" ")
    read(service, client, NOON + timedelta(minutes=30))
    assert Announcement.objects.get(external_id="2").deleted_at is None


def test_an_old_entry_that_comes_to_the_top_takes_no_other_out(site: Web, client: Client) -> None:
    service = feed_of(site)
    entries = [item(str(n), f"Number {n}", NOON - timedelta(hours=n)) for n in range(1, 11)]
    site.pages["/feed"] = conditional(rss(*entries))
    read(service, client, NOON)
    fresh = [item(f"new{n}", "Fresh", NOON + timedelta(minutes=n)) for n in range(7)]
    site.pages["/feed"] = conditional(rss(entries[-1], *fresh, *entries[:2]))
    for minutes in (10, 20, 30):
        read(service, client, NOON + timedelta(minutes=minutes))
    assert not Announcement.objects.exclude(deleted_at=None).exists()


def test_an_old_entry_that_leaves_the_feed_was_not_deleted(site: Web, client: Client) -> None:
    service = feed_of(site)
    oldest, newer = item("1", "One", NOON - timedelta(hours=2)), item("2", "Two", NOON - timedelta(hours=1))
    site.pages["/feed"] = conditional(rss(newer, oldest))
    read(service, client, NOON)
    site.pages["/feed"] = conditional(rss(newer))
    read(service, client, NOON + timedelta(minutes=10))
    assert Announcement.objects.filter(deleted_at=None).count() == 2


def test_only_a_named_author_is_official(site: Web, client: Client) -> None:
    service = feed_of(site, tier="official", authors=["Tesla"])
    site.pages["/feed"] = conditional(
        rss(item("1", "Down", NOON, author="tesla"), item("2", "Down too", NOON, author="Tesla Fan"))
    )
    read(service, client, NOON)
    tiers = dict(Announcement.objects.values_list("external_id", "tier"))
    assert tiers == {"1": "official", "2": "community"}


def test_news_older_than_a_day_opens_nothing_now(site: Web, client: Client) -> None:
    service = feed_of(site)
    site.pages["/feed"] = conditional(rss())
    read(service, client, NOON)
    stale = NOON - timedelta(days=2)
    site.pages["/feed"] = conditional(rss(item("1", "Tesla app down", stale)))
    read(service, client, NOON + timedelta(minutes=10))
    assert Announcement.objects.get().seen_at == stale


def test_a_date_in_the_future_or_none_means_now(site: Web, client: Client) -> None:
    service = feed_of(site)
    site.pages["/feed"] = conditional(rss(item("1", "Soon", NOON + timedelta(days=9)), item("2", "Sometime", None)))
    read(service, client, NOON)
    assert set(Announcement.objects.values_list("posted_at", flat=True)) == {NOON}


def test_robots_are_asked_first_and_obeyed(site: Web, client: Client) -> None:
    service = feed_of(site)
    site.pages["/robots.txt"] = Answer(200, b"User-agent: Brownout\nDisallow: /feed\n")
    site.pages["/feed"] = conditional(rss(BEFORE))
    health = read(service, client, NOON)
    assert (health.state, site.times("/feed")) == ("blocked", 0)
    assert "robots.txt" in health.detail


def test_robots_are_asked_once_a_day(site: Web, client: Client) -> None:
    service = feed_of(site)
    site.pages["/feed"] = conditional(rss(BEFORE))
    for hours in (0, 1, 23, 25):
        read(service, client, NOON + timedelta(hours=hours))
    assert site.times("/robots.txt") == 2


def test_robots_that_cannot_be_read_forbid_everything(site: Web, client: Client) -> None:
    service = feed_of(site)
    site.pages["/robots.txt"] = Answer(503)
    health = read(service, client, NOON)
    assert (health.state, site.times("/feed")) == ("unreachable", 0)


def test_a_refusal_is_answered_by_staying_away_longer_each_time(site: Web, client: Client) -> None:
    service = feed_of(site)
    site.pages["/feed"] = Answer(403)
    waits = []
    now = NOON
    for _ in range(4):
        health = read(service, client, now)
        assert health.state == "blocked"
        waits.append(health.next_try_at - now)
        now = health.next_try_at
    assert all(later > earlier for earlier, later in itertools.pairwise(waits))
    assert waits[3] >= timedelta(minutes=80)


def test_retry_after_is_honoured(site: Web, client: Client) -> None:
    service = feed_of(site)
    site.pages["/feed"] = Answer(429, headers={"Retry-After": "7200"})
    health = read(service, client, NOON)
    assert health.state == "blocked"
    assert health.next_try_at >= NOON + timedelta(hours=2)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500),
        Answer(404),
        Answer(200, b"<html><body>Not a feed</body></html>", {"Content-Type": "text/html"}),
        Answer(200, b"\x00\x01\x02"),
        Answer(200, b""),
    ],
)
def test_a_feed_that_cannot_be_read_is_unreachable_and_loses_nothing(site: Web, client: Client, answer: Answer) -> None:
    service = feed_of(site)
    site.pages["/feed"] = conditional(rss(BEFORE))
    read(service, client, NOON)
    site.pages["/feed"] = answer
    health = read(service, client, NOON + timedelta(minutes=10))
    assert health.state == "unreachable"
    assert health.last_success_at == NOON
    assert Announcement.objects.get().deleted_at is None
    site.pages["/feed"] = conditional(rss(OUTAGE, BEFORE))
    assert read(service, client, NOON + timedelta(minutes=40)).failures == 0
    assert Announcement.objects.count() == 2


@pytest.mark.parametrize(
    ("author", "read_as", "tier"),
    [
        ("ops@acme.example (Tesla)", "Tesla", "official"),
        ("Tesla &lt;ops@acme.example&gt;", "Tesla", "official"),
        ("ops@acme.example (Tesla Fan)", "Tesla Fan", "community"),
        ("known@acme.example (Desk)", "known@acme.example (Desk)", "official"),
        ("ops@acme.example", "ops@acme.example", "community"),
    ],
)
def test_a_mailbox_with_a_name_is_its_name(site: Web, client: Client, author: str, read_as: str, tier: str) -> None:
    service = feed_of(site, tier="official", authors=["Tesla", "known@acme.example (Desk)"])
    site.pages["/feed"] = conditional(rss(item("1", "Tesla app is down", NOON, author=author)))
    read(service, client, NOON)
    post = Announcement.objects.get()
    assert (post.author, post.tier) == (read_as, tier)


def test_xml_that_declares_entities_is_refused(site: Web, client: Client) -> None:
    service = feed_of(site)
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    site.pages["/feed"] = Answer(200, (bomb + rss(item("1", "&b;", NOON)).decode().partition("?>")[2]).encode())
    health = read(service, client, NOON)
    assert health.state == "unreachable"
    assert "entities" in health.detail
    assert Announcement.objects.count() == 0


def test_broken_xml_is_read_as_far_as_it_goes(site: Web, client: Client) -> None:
    service = feed_of(site)
    site.pages["/feed"] = Answer(200, rss(item("1", "Tesla is down", NOON))[:-20])
    assert read(service, client, NOON).state == "fine"
    assert Announcement.objects.get().text == "Tesla is down"


def test_atom_is_read_too(site: Web, client: Client) -> None:
    service = feed_of(site)
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Status</title><entry><id>tag:1</id><title>API errors</title>'
        '<link href="https://status.example/1"/><updated>2026-11-22T11:00:00Z</updated>'
        '<content type="html">&lt;p&gt;Investigating&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</content>'
        "</entry></feed>"
    )
    site.pages["/feed"] = Answer(200, atom.encode())
    read(service, client, NOON)
    row = Announcement.objects.get()
    assert (row.external_id, row.text, row.url) == (
        "tag:1",
        "API errors\nInvestigating",
        "https://status.example/1",
    )
    assert row.posted_at == NOON - timedelta(hours=1)


def test_long_texts_are_kept_as_excerpts_and_long_names_by_their_hash(site: Web, client: Client) -> None:
    service = feed_of(site)
    site.pages["/feed"] = conditional(rss(item("x" * 900, "Long", NOON, body="word " * 5000)))
    for minutes in (0, 10):
        site.pages["/feed"] = conditional(rss(item("x" * 900, "Long", NOON, body="word " * 5000)) + b" " * minutes)
        read(service, client, NOON + timedelta(minutes=minutes))
    row = Announcement.objects.get()
    assert len(row.text) <= 600
    assert row.external_id.startswith("sha256:")


def test_due_sources_are_taken_once_and_tried_again_if_their_reader_died(site: Web, client: Client) -> None:
    service = feed_of(site)
    assert poller.take_due(NOON) == [(service.pk, "news")]
    assert poller.take_due(NOON) == []
    assert poller.take_due(NOON + poller.LEASE) == [(service.pk, "news")]
    site.pages["/feed"] = conditional(rss(BEFORE))
    read(service, client, NOON)
    assert poller.take_due(NOON + timedelta(minutes=9)) == []
    assert poller.take_due(NOON + timedelta(minutes=13)) == [(service.pk, "news")]


def test_off_asks_nobody_and_shows_it(site: Web) -> None:
    from outages.signals.outbound.policy import Mode, Policy

    service = feed_of(site)
    health = read(service, Client(Policy(Mode.OFF), user_agent="x"), NOON)
    assert health.state == "off"
    assert site.asked == []
    poller.health_of(service, Source(slug="other", kind="feed"))
    poller.mark_off()
    assert set(SourceHealth.objects.values_list("state", flat=True)) == {"off"}
