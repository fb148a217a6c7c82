"""Sources whose names, marks, clocks and order are not to be relied on: nothing is lost, nothing stored twice."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise

import pytest

from outages.models import Announcement, SourceHealth
from outages.signals.announcements import poller
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source
from tests.outages.service_factory import a_service
from tests.outages.signals.announcements.test_feed import NOON, feed_of, item, read, rss
from tests.servers.web import Answer, Request, Web, conditional

pytestmark = pytest.mark.django_db
TEN = timedelta(minutes=10)
TITLES = ("App is down", "Sign in is slow", "Charging works again")


def of_titles(*names: str, later: timedelta = timedelta()) -> bytes:
    """A feed of so many entries under these names, one an hour."""
    return rss(*(item(name, TITLES[n], NOON - timedelta(hours=n) + later) for n, name in enumerate(names)))


def test_names_that_are_drawn_anew_each_time_store_nothing_twice(site: Web, client: Client) -> None:
    service = feed_of(site, tier="press")
    for reading in range(4):
        site.pages["/feed"] = Answer(200, of_titles(*(f"{reading}-{n}" for n in range(3))))
        assert read(service, client, NOON + reading * TEN).state == "fine"
    found = Announcement.objects.order_by("-posted_at")
    assert [row.text for row in found] == list(TITLES)
    assert [row.external_id for row in found] == ["3-0", "3-1", "3-2"]
    assert not any(row.deleted_at for row in found)


def test_two_entries_that_say_the_same_at_once_stay_two(site: Web, client: Client) -> None:
    service = feed_of(site, tier="press")
    twins = [item(name, "App is down", NOON) for name in ("a", "b")]
    for reading, entries in enumerate((twins[:1], twins, twins[::-1])):
        site.pages["/feed"] = Answer(200, rss(*entries))
        read(service, client, NOON + reading * TEN)
    assert sorted(Announcement.objects.values_list("external_id", flat=True)) == ["a", "b"]


def test_a_server_whose_mark_never_changes_is_asked_for_all_of_it_in_the_end(site: Web, client: Client) -> None:
    service = feed_of(site, tier="press")
    bodies = [of_titles("1")]

    def stuck(request: Request) -> Answer:
        if request.headers.get("If-None-Match") == '"same"':
            return Answer(304, headers={"ETag": '"same"'})
        return Answer(200, bodies[0], {"ETag": '"same"'})

    site.pages["/feed"] = stuck
    read(service, client, NOON)
    bodies[0] = of_titles("1", "2")
    read(service, client, NOON + TEN)
    assert Announcement.objects.count() == 1  # it says that nothing changed
    assert read(service, client, NOON + timedelta(hours=6)).state == "fine"
    assert Announcement.objects.count() == 2


@pytest.mark.parametrize("wrong", [timedelta(hours=-9), timedelta(days=-3), timedelta(hours=3), timedelta(days=400)])
def test_a_clock_that_is_wrong_loses_nothing(site: Web, client: Client, wrong: timedelta) -> None:
    service = feed_of(site, tier="press")
    site.pages["/feed"] = Answer(200, of_titles("1", later=wrong))
    read(service, client, NOON)
    site.pages["/feed"] = Answer(200, of_titles("1", "2", later=wrong))
    assert read(service, client, NOON + TEN).state == "fine"
    assert Announcement.objects.count() == 2
    assert all(row.seen_at <= NOON + TEN for row in Announcement.objects.all())


def test_entries_in_any_order_deleted_and_restored_are_there_once(site: Web, client: Client) -> None:
    service = feed_of(site, tier="press")
    dice = random.Random(5)
    names = ["1", "2", "3"]
    for reading in range(12):
        shown = dice.sample(names, k=dice.choice([1, 2, 3]) if 0 < reading < 11 else 3)
        entries = [item(name, TITLES[int(name) - 1], NOON - timedelta(hours=int(name))) for name in shown]
        site.pages["/feed"] = Answer(200, rss(*entries))
        read(service, client, NOON + reading * TEN)
    assert sorted(Announcement.objects.values_list("external_id", "deleted_at")) == [(name, None) for name in names]


@pytest.mark.slow
def test_one_that_fails_for_a_day_is_asked_ever_more_seldom_and_then_caught_up_whole(site: Web, client: Client) -> None:
    """Four sources of one host that go down together neither storm it nor come back together; nothing said is lost."""
    names = [f"news-{number}" for number in range(4)]
    sources = [Source(slug=name, kind="feed", url=site.url(f"/{name}"), tier="press") for name in names]
    service = a_service(sources=sources)
    site.pages |= {f"/{name}": Answer(503, b"busy") for name in names}
    until, now, asked = NOON + timedelta(hours=24), NOON, []
    while now < until:
        for _, slug in poller.take_due(now):
            health = poller.read_source(service, slug, client, now)
            asked.append((slug, now))
            assert health.state == "unreachable", health.detail
        now = min(SourceHealth.objects.values_list("next_try_at", flat=True))
    times = {name: [at for slug, at in asked if slug == name] for name in names}
    counts = {name: len(found) for name, found in times.items()}
    assert all(6 <= count <= 10 for count in counts.values()), counts
    waits = [later - earlier for earlier, later in pairwise(times["news-0"])]
    assert all(wait <= timedelta(hours=7, minutes=12) for wait in waits), waits
    lasts = sorted(found[-1] for found in times.values())
    assert lasts[-1] - lasts[0] > timedelta(minutes=20), f"they came together: {lasts}"
    missed = [item(str(n), f"Tesla app is down, part {n}", NOON + timedelta(minutes=n)) for n in range(120)]
    site.pages["/news-0"] = conditional(rss(*reversed(missed)))
    back = SourceHealth.objects.get(slug="news-0").next_try_at
    assert back is not None
    health = poller.read_source(service, "news-0", client, back)
    stored = Announcement.objects.filter(source="news-0")
    assert (health.state, health.failures, stored.count()) == ("fine", 0, 120), health.detail
    assert health.next_try_at is not None
    assert health.next_try_at - back < timedelta(minutes=13), health.next_try_at
