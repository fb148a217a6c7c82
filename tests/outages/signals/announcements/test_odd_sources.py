"""Sources whose names, marks, clocks and order are not to be relied on: nothing is lost, nothing stored twice."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from outages.models import Announcement
from outages.signals.outbound.client import Client
from tests.outages.signals.announcements.test_feed import NOON, feed_of, item, read, rss
from tests.servers.web import Answer, Request, Web

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
