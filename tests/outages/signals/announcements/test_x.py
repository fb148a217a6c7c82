"""X is read without a gap or a duplicate, within the budget, and never after a 429 before its reset."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from outages.models import Announcement, SourceHealth
from outages.signals.announcements import poller, store
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source
from reports.models import Service
from tests.outages.service_factory import a_service
from tests.servers.web import Answer, Web
from tests.servers.x_api import FakeX

pytestmark = pytest.mark.django_db

START = datetime(2026, 8, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def x(site: Web, clock: Clock, settings: Any) -> Iterator[FakeX]:
    settings.X_BEARER_TOKEN = "secret"
    settings.X_API_URL = site.url("")
    fake = FakeX(site, clock)
    yield fake
    assert fake.breaches == []


def service_on_x(**options: Any) -> Service:
    options = {"authors": ["Tesla"], "tier": "official", "budget_usd_a_day": 100.0} | options
    return a_service(sources=[Source(slug="x", kind="x", interval_minutes=5, **options)])


def read(service: Service, client: Client, clock: Clock) -> SourceHealth:
    return poller.read_source(service, "x", client, clock.now)


def stored() -> list[int]:
    return sorted(int(name) for name in Announcement.objects.values_list("external_id", flat=True))


def test_without_a_token_it_is_not_configured_and_asks_nothing(
    x: FakeX, client: Client, clock: Clock, settings: Any
) -> None:
    settings.X_BEARER_TOKEN = ""
    health = read(service_on_x(), client, clock)
    assert (health.state, x.requests) == ("not_configured", 0)
    assert "X_BEARER_TOKEN" in health.detail


def test_a_wrong_token_is_shown_as_refused(x: FakeX, client: Client, clock: Clock, settings: Any) -> None:
    settings.X_BEARER_TOKEN = "wrong"
    assert read(service_on_x(), client, clock).state == "blocked"


def test_the_first_read_is_history_and_later_posts_are_news(x: FakeX, client: Client, clock: Clock) -> None:
    service = service_on_x()
    for hours in range(50, 0, -1):
        x.post(f"Post {hours}", START - timedelta(hours=hours))
    read(service, client, clock)
    assert len(stored()) == 10
    assert all(row.seen_at == row.posted_at for row in Announcement.objects.all())
    clock.now += timedelta(minutes=10)
    number = x.post("We are investigating an outage of the Tesla app", clock.now - timedelta(minutes=1))
    read(service, client, clock)
    row = Announcement.objects.get(external_id=str(number))
    assert (row.seen_at, row.author, row.tier) == (clock.now, "Tesla", "official")
    assert (row.stage, row.relevant) == ("investigating", True)
    assert row.url == f"https://x.com/Tesla/status/{number}"


@pytest.mark.slow(30)
def test_three_months_are_read_without_a_duplicate_or_a_gap_whatever_fails(
    x: FakeX, client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(7)
    service = service_on_x(budget_usd_a_day=3.0)
    x.limit = 6
    read(service, client, clock)
    real = store.store_page

    def dies_now_and_then(*arguments: Any, **options: Any) -> int:
        changed = real(*arguments, **options)
        if dice.random() < 0.2:
            raise KeyboardInterrupt
        return changed

    monkeypatch.setattr(poller, "store_page", dies_now_and_then)
    at = START
    while at < START + timedelta(days=92):
        for _ in range(dice.choice([0, 0, 1, 3, 130]) if dice.random() < 0.3 else 1):
            x.post("A post", at)
        at += timedelta(hours=4)
    while clock.now < START + timedelta(days=97):
        if dice.random() < 0.05:
            x.old_tokens = True
        health = SourceHealth.objects.get()
        if health.next_try_at is None or health.next_try_at <= clock.now:
            spent = health.spent_today if health.spent_on == clock.now.date() else Decimal(0)
            before = x.billed
            try:
                health = read(service, client, clock)
            except KeyboardInterrupt:
                poller.take_due(clock.now)
            assert spent + (x.billed - before) * Decimal("0.005") <= Decimal("3.0") + Decimal("0.01")
        clock.now += timedelta(hours=4)
    assert stored() == [number for number, _, _ in x.posts]
    assert x.requests_while_limited == 0


def test_after_a_429_nothing_is_asked_before_the_reset(x: FakeX, client: Client, clock: Clock) -> None:
    service = service_on_x()
    read(service, client, clock)
    x.limit = 0
    clock.now += timedelta(minutes=5)
    x._window = clock.now
    health = read(service, client, clock)
    assert health.state == "slow"
    assert health.next_try_at is not None
    assert health.next_try_at >= clock.now + timedelta(minutes=15)
    assert x.requests_while_limited == 1


def test_the_last_request_of_a_window_is_not_followed_by_another(x: FakeX, client: Client, clock: Clock) -> None:
    service = service_on_x()
    read(service, client, clock)
    for _ in range(500):
        x.post("A post", clock.now)
    x.limit = 2
    x._window = None
    clock.now += timedelta(minutes=5)
    health = read(service, client, clock)
    assert (health.state, x.requests_while_limited) == ("slow", 0)
    assert len(stored()) == 200
    assert health.next_try_at is not None
    clock.now = health.next_try_at
    read(service, client, clock)
    assert len(stored()) == 400


def test_the_budget_of_a_day_is_never_exceeded_and_the_next_day_goes_on(x: FakeX, client: Client, clock: Clock) -> None:
    service = service_on_x(budget_usd_a_day=0.2)
    read(service, client, clock)
    for _ in range(60):
        x.post("A post", clock.now)
    clock.now += timedelta(minutes=5)
    health = read(service, client, clock)
    assert health.state == "slow"
    assert "budget" in health.detail
    assert health.spent_today <= Decimal("0.2")
    assert health.next_try_at is not None
    assert health.next_try_at.date() == (START + timedelta(days=1)).date()
    clock.now = health.next_try_at
    read(service, client, clock)
    clock.now += timedelta(days=1)
    assert read(service, client, clock).state == "fine"
    assert len(stored()) == 60


def test_a_search_reads_posts_of_anybody_and_makes_nobody_official(x: FakeX, client: Client, clock: Clock) -> None:
    service = service_on_x(authors=[], tier="community", query="tesla down")
    read(service, client, clock)
    clock.now += timedelta(minutes=5)
    x.post("Tesla app down for me", clock.now)
    read(service, client, clock)
    row = Announcement.objects.get()
    assert (row.author, row.tier) == ("Tesla", "community")


def test_a_search_that_has_been_away_for_too_long_begins_anew(x: FakeX, client: Client, clock: Clock) -> None:
    service = service_on_x(authors=[], tier="community", query="tesla down")
    x.post("First", clock.now)
    read(service, client, clock)
    for day in range(1, 20):
        x.post("Later", clock.now + timedelta(days=day))
    clock.now += timedelta(days=20)
    assert read(service, client, clock).state == "fine"
    assert stored()[-1] == x.posts[-1][0]


def test_an_account_that_does_not_exist_is_asked_for_once(x: FakeX, client: Client, clock: Clock, site: Web) -> None:
    service = service_on_x(authors=["Tesla", "NobodyAtAll"])
    for _ in range(3):
        health = read(service, client, clock)
        assert (health.state, health.detail) == ("blocked", "X says: NobodyAtAll: there is no such account")
        clock.now += timedelta(minutes=10)
    assert site.times("/2/users/by") == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"title": "Forbidden", "detail": "User has been suspended: [Tesla]."}, "User has been suspended: [Tesla]."),
        ({"title": "Authorization Error", "detail": "Sorry, you are not authorized to see this."}, "not authorized"),
        ({"title": "Not Found Error"}, "Not Found Error"),
    ],
)
def test_a_timeline_that_x_does_not_give_is_blocked_with_its_words(
    x: FakeX, client: Client, clock: Clock, site: Web, error: dict[str, str], said: str
) -> None:
    site.pages["/2/users/42/tweets"] = Answer(200, json.dumps({"errors": [error]}).encode())
    health = read(service_on_x(), client, clock)
    assert (health.state, Announcement.objects.count()) == ("blocked", 0)
    assert said in health.detail


@pytest.mark.parametrize("rest", [{}, {"meta": {"result_count": 0}}, {"errors": []}])
def test_an_answer_without_posts_is_no_trouble(
    x: FakeX, client: Client, clock: Clock, site: Web, rest: dict[str, object]
) -> None:
    site.pages["/2/users/42/tweets"] = Answer(200, json.dumps({"data": None, **rest}).encode())
    assert read(service_on_x(), client, clock).state == "fine"


def test_an_edited_post_is_an_edit_and_no_second_post(x: FakeX, client: Client, clock: Clock, site: Web) -> None:
    service = service_on_x()

    def answers(*posts: dict[str, object]) -> None:
        dated = [{"created_at": START.isoformat(), **post} for post in posts]
        site.pages["/2/users/42/tweets"] = Answer(200, json.dumps({"data": dated}).encode())

    answers({"id": "7", "text": "The Tesla app is down.", "edit_history_tweet_ids": ["7"]})
    read(service, client, clock)
    clock.now += timedelta(minutes=10)
    edited = {"id": "9", "text": "The Tesla app is down in Europe.", "edit_history_tweet_ids": ["7", "9"]}
    answers(edited, {"id": "8", "text": "Sign in works.", "edit_history_tweet_ids": 5})
    read(service, client, clock)
    assert stored() == [7, 8]
    post = Announcement.objects.get(external_id="7")
    assert (post.text, post.revisions.count()) == ("The Tesla app is down in Europe.", 1)


def test_a_long_post_is_asked_for_and_stored_whole(x: FakeX, client: Client, clock: Clock, site: Web) -> None:
    long = "The Tesla app &amp; sign in are down. " + "We are looking into it. " * 20 + "It is resolved now."
    post = {"id": "7", "text": long[:270] + "…", "created_at": START.isoformat(), "note_tweet": {"text": long}}
    site.pages["/2/users/42/tweets"] = Answer(200, json.dumps({"data": [post]}).encode())
    read(service_on_x(), client, clock)
    asked = next(request for request in site.asked if request.path == "/2/users/42/tweets")
    assert "note_tweet" in asked.query["tweet.fields"].split(",")
    text = Announcement.objects.get().text
    assert text.startswith("The Tesla app & sign in are down.")
    assert text.endswith("It is resolved now.")
