"""While a service is in trouble its sources are asked soon, also failing ones, and what a server asked for is kept."""

from __future__ import annotations

import importlib
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.apps import apps

from outages.models import Announcement, Incident, SourceHealth
from outages.signals.announcements import fetch, poller, schedule
from outages.signals.announcements.datatypes import SourceError
from outages.signals.announcements.readers.x import XReader
from outages.signals.outbound.client import Client, Limits
from reports.catalog.schema import Source
from reports.models import Service
from tests.outages.service_factory import a_service
from tests.outages.signals.announcements.test_feed import NOON, OUTAGE, feed_of, read, rss
from tests.servers.misbehaving import drips, serve
from tests.servers.web import Answer, Web, conditional

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SOON = schedule.LATEST_URGENT + MINUTE  # beat comes once a minute


def an_incident(service: Service, state: str = "possible", at: datetime = NOON) -> Incident:
    kind = "maintenance" if state == "maintenance" else "outage"
    return Incident.objects.create(service=service, number=1, state=state, kind=kind, opened_at=at, updated_at=at)


def play(
    service: Service, client: Client, start: datetime, end: datetime, step: timedelta = MINUTE
) -> list[tuple[str, datetime]]:
    """Beat's minutes, one after the other: what is due is read at once. Returns what was asked, and when."""
    asked, now = [], start
    while now <= end:
        for _, slug in poller.take_due(now):
            poller.read_source(service, slug, client, now)
            asked.append((slug, now))
        now += step
    return asked


def fail_for_a_day(site: Web, service: Service, client: Client) -> datetime:
    """A source that answered 503 each time it was asked for a day. Returns when it was last asked."""
    site.pages["/feed"] = Answer(503)
    now = NOON
    while now < NOON + timedelta(hours=24):
        next_try_at = read(service, client, now).next_try_at
        assert next_try_at is not None
        last, now = now, next_try_at
    assert now - last > timedelta(hours=6)
    return last


@pytest.mark.parametrize("state", ["possible", "confirmed", "recovering"])
def test_a_source_that_failed_for_a_day_is_asked_soon_once_its_service_is_in_trouble(
    site: Web, client: Client, state: str
) -> None:
    service = feed_of(site, tier="press")
    last = fail_for_a_day(site, service, client)
    opened = last + timedelta(hours=1)
    assert play(service, client, opened - 5 * MINUTE, opened) == []
    an_incident(service, state, opened)
    site.pages["/feed"] = conditional(rss(OUTAGE))
    asked = play(service, client, opened + MINUTE, opened + 15 * MINUTE)
    assert asked, "it was not asked at all"
    assert asked[0][1] <= opened + SOON
    health = SourceHealth.objects.get()
    assert (health.state, health.failures, health.backed_off_until) == ("fine", 0, None)
    assert Announcement.objects.count() == 1


def test_one_that_goes_on_failing_is_asked_every_few_minutes_and_waits_as_before_afterwards(
    site: Web, client: Client
) -> None:
    service = feed_of(site, tier="press")
    last = fail_for_a_day(site, service, client)
    before = SourceHealth.objects.get()
    opened = last + timedelta(hours=1)
    incident = an_incident(service, at=opened)
    asked = play(service, client, opened, opened + timedelta(hours=1), timedelta(seconds=10))
    gaps = {later - earlier for (_, earlier), (_, later) in pairwise(asked)}
    assert min(gaps) >= schedule.URGENT_INTERVAL
    assert max(gaps) <= SOON
    assert len(gaps) > 1, "no jitter"
    health = SourceHealth.objects.get()
    assert (health.failures, health.backed_off_until) == (before.failures, before.backed_off_until)
    Incident.objects.filter(pk=incident.pk).update(state="resolved")
    over = asked[-1][1] + MINUTE
    later = play(service, client, over, over + timedelta(hours=2))
    assert len(later) == 1, "the one that was set already, and then the wait of before"
    assert SourceHealth.objects.get().next_try_at == before.backed_off_until


def test_planned_work_hurries_nothing(site: Web, client: Client) -> None:
    service = feed_of(site, tier="press")
    last = fail_for_a_day(site, service, client)
    an_incident(service, "maintenance", last)
    assert play(service, client, last + MINUTE, last + timedelta(hours=1)) == []


def test_a_source_that_was_well_and_is_read_seldom_is_asked_soon_too(site: Web, client: Client) -> None:
    source = Source(slug="news", kind="feed", url=site.url("/feed"), interval_minutes=240)
    service = a_service(sources=[source])
    site.pages["/feed"] = conditional(rss())
    read(service, client, NOON)
    an_incident(service, at=NOON + MINUTE)
    asked = play(service, client, NOON + MINUTE, NOON + timedelta(minutes=30))
    assert asked[0][1] <= NOON + MINUTE + SOON
    assert len(asked) >= 4


def test_sources_that_are_hurried_together_do_not_come_together(site: Web, client: Client) -> None:
    names = [f"news-{number}" for number in range(12)]
    service = a_service(
        sources=[Source(slug=name, kind="feed", url=site.url(f"/{name}"), interval_minutes=240) for name in names]
    )
    site.pages |= {f"/{name}": conditional(rss()) for name in names}
    play(service, client, NOON, NOON)
    an_incident(service, at=NOON + MINUTE)
    asked = play(service, client, NOON + MINUTE, NOON + 6 * MINUTE)
    assert sorted(slug for slug, _ in asked) == sorted(names)
    assert len({at for _, at in asked}) >= 4


@pytest.mark.parametrize(
    "answer",
    [
        Answer(503, headers={"Retry-After": "7200"}),
        Answer(429, headers={"Retry-After": "7200"}),
        Answer(403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOON.timestamp()) + 7200)}),
    ],
)
def test_what_a_server_asked_for_is_kept_in_trouble_and_over_a_restart(
    site: Web, client: Client, answer: Answer
) -> None:
    service = feed_of(site, tier="press")
    an_incident(service)
    site.pages["/feed"] = answer
    until = NOON + timedelta(hours=2)
    assert read(service, client, NOON).not_before == until
    assert play(service, client, NOON + MINUTE, NOON + timedelta(minutes=20)) == []
    poller.mark_off()  # switched off and on again
    site.pages["/feed"] = conditional(rss(OUTAGE))
    assert play(service, client, NOON + timedelta(minutes=21), until - MINUTE) == []
    assert play(service, client, until, until) == [("news", until)]
    assert SourceHealth.objects.get().not_before is None


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_a_refusal_without_a_time_is_not_hurried_either(site: Web, client: Client, status: int) -> None:
    service = feed_of(site, tier="press")
    site.pages["/feed"] = Answer(503)
    read(service, client, NOON)
    an_incident(service)
    site.pages["/feed"] = Answer(status)
    asked = play(service, client, NOON + MINUTE, NOON + timedelta(hours=3))
    gaps = [later - earlier for (_, earlier), (_, later) in pairwise(asked)]
    assert gaps == sorted(gaps)
    assert gaps[0] >= timedelta(minutes=20)
    assert len(asked) <= 5


@pytest.mark.parametrize("status", [403, 503])
def test_what_x_asks_for_is_kept_too(site: Web, client: Client, status: int) -> None:
    site.pages["/2/users/by"] = Answer(status, headers={"Retry-After": "7200"})
    source = Source(slug="x", kind="x", authors=["Tesla"])
    budget = poller._Budget(poller.health_of(a_service(sources=[source]), source).pk, 1.0, NOON)
    with pytest.raises(SourceError) as failure:
        list(XReader(token="t", base_url=site.url("").rstrip("/")).pages(source, {}, client, budget, NOON))
    assert failure.value.retry_at == NOON + timedelta(hours=2)


def test_robots_that_forbid_are_obeyed_in_trouble(site: Web, client: Client) -> None:
    service = feed_of(site, tier="press")
    site.pages |= {"/robots.txt": Answer(200, b"User-agent: *\nDisallow: /"), "/feed": conditional(rss(OUTAGE))}
    an_incident(service)
    play(service, client, NOON, NOON + timedelta(hours=2))
    assert (site.times("/feed"), site.times("/robots.txt")) == (0, 1)


def test_a_limit_that_is_said_to_end_in_a_thousand_years_ends_within_a_day(site: Web, client: Client) -> None:
    service = feed_of(site, tier="press")
    site.pages["/feed"] = Answer(429, headers={"X-Rate-Limit-Reset": "99999999999"})
    assert read(service, client, NOON).not_before == NOON + timedelta(days=1)


def test_one_that_drips_is_given_up_in_time_and_asked_soon_in_trouble(client: Client) -> None:
    with serve(drips) as server, pytest.MonkeyPatch.context() as patched:
        patched.setattr(fetch, "ROBOTS_LIMITS", Limits(total_s=0.5))
        service = a_service(sources=[Source(slug="news", kind="feed", url=server.url("/feed"), interval_minutes=10)])
        an_incident(service)
        health = read(service, client, NOON)
    assert health.state == "unreachable"
    assert health.next_try_at is not None
    assert schedule.URGENT_INTERVAL <= health.next_try_at - NOON <= schedule.LATEST_URGENT


def test_a_failing_source_whose_reading_never_ends_is_backed_off_from_too(site: Web, client: Client) -> None:
    service = feed_of(site, tier="press")
    site.pages["/feed"] = Answer(503)
    first = read(service, client, NOON).next_try_at
    assert first is not None
    assert poller.take_due(first) == [(service.pk, "news")]
    SourceHealth.objects.update(last_try_at=first)  # its reader began, and was killed
    assert poller.take_due(first + poller.LEASE) == []
    health = SourceHealth.objects.get()
    assert (health.failures, "aborted" in health.detail) == (2, True)
    assert health.next_try_at is not None
    assert health.next_try_at - first >= timedelta(minutes=20)


def test_two_services_with_a_source_of_one_name_wait_differently(site: Web) -> None:
    rows = [
        SourceHealth(service=a_service(slug, sources=[]), slug="status", kind="statuspage") for slug in ("one", "two")
    ]
    waits = {schedule.jittered(timedelta(hours=1), row, NOON) for row in rows}
    assert len(waits) == 2


def test_waits_from_before_the_two_were_told_apart_are_kept_as_the_servers(site: Web) -> None:
    service = feed_of(site)
    until = NOON + timedelta(hours=5)
    for state in ("unreachable", "fine"):
        SourceHealth.objects.create(service=service, slug=state, kind="feed", state=state, next_try_at=until)
    importlib.import_module("outages.migrations.0152_source_not_before").keep_waits(apps, None)
    assert SourceHealth.objects.get(slug="unreachable").not_before == until
    assert SourceHealth.objects.get(slug="fine").not_before is None
