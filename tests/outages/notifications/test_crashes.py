"""Notices outlive a worker killed at any step, a wiped broker, and hints that are lost. Real processes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from config.local import run
from outages.models import Delivery
from outages.notifications import delivery_queue, tasks
from tests.outages.notifications.conftest import Story
from tests.servers.hooks import hooks

PROJECT = Path(__file__).resolve().parents[3]
PATIENCE_S = 240
GOOD, PITS = 60, 12
STATES = ("possible", "confirmed", "resolved")
INCIDENTS = 3

pytestmark = [pytest.mark.slow(150), pytest.mark.django_db(transaction=True)]


class Real:
    """The clock of the world."""

    def __call__(self):
        return timezone.now()

    def move(self, **_span):
        return timezone.now()


def database_url():
    """The tests' database, as another process reaches it."""
    given = settings.DATABASES["default"]
    words = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return "postgresql:///?" + urlencode({word: given[name] for word, name in words.items() if given[name]})


class Worker:
    """The process that sends notices, as `make run` starts it."""

    def __init__(self):
        environment = {
            **os.environ,
            "DATA_DIR": str(settings.DATA_DIR),
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "SECRET_KEY": settings.SECRET_KEY,
            "OUTBOUND": "loopback",
            "PYTHONWARNINGS": "ignore",
        }
        self.process = subprocess.Popen(
            run.notices_command(), cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=sys.stderr
        )

    def kill(self):
        self.process.kill()
        self.process.wait()


def beat():
    """What beat does each minute."""
    tasks.deliver_notices.apply_async(queue="notices", expires=55)


def left():
    connection.close()
    return Delivery.objects.filter(state="waiting").exclude(endpoint__failures__gt=0).count()


def test_after_kills_at_any_step_and_a_wiped_broker_each_notice_arrives_once_and_in_order(transactional_db):
    from outages.models import Subscription
    from outages.notifications import crypto, subscriptions
    from outages.notifications.channels.webhook import new_signing_secret
    from tests.factories import a_service

    luck = random.Random(20260302)
    broker = redis.from_url(settings.REDIS_URL)
    service = a_service()
    stories = [Story(service, Real(), number) for number in range(1, INCIDENTS + 1)]
    with hooks() as site:
        site.pit_prefix, site.delay_s = "/pit", 0.3
        paths = [f"/good/{number}" for number in range(GOOD)] + [f"/pit/{number}" for number in range(PITS)]
        luck.shuffle(paths)
        for path in paths:
            Subscription.objects.create(
                service=service,
                endpoint=subscriptions.endpoint_of("webhook", site.url(path)),
                owner_hash=crypto.hash_secret("x" * 40),
                from_state="possible",
                confirmed_at=timezone.now(),
                signing_sealed=crypto.seal(new_signing_secret()),
            )
        for state in STATES:
            for story in stories:
                with transaction.atomic():
                    story.becomes(state)  # and the hint is lost: nobody is told of it
                worker = Worker()
                beat()
                before, end = len(site.received), time.monotonic() + 20
                while len(site.received) == before and time.monotonic() < end:
                    time.sleep(0.01)
                time.sleep(luck.uniform(0, 0.8))  # while it claims, sends, or stores
                worker.kill()
                broker.flushall()
        killed = len(site.received)
        worker = Worker()
        try:
            end = time.monotonic() + PATIENCE_S
            while time.monotonic() < end and left():
                beat()
                time.sleep(2)
        finally:
            worker.kill()
        good = Delivery.objects.filter(endpoint__failures=0)
        assert {row.state for row in good} == {"sent"}
        assert good.count() == len(STATES) * INCIDENTS * GOOD
        for number in range(GOOD):
            received = site.at(f"/good/{number}")
            assert len({(request.id, request.body) for request in received}) == len(STATES) * INCIDENTS
            for incident in range(1, INCIDENTS + 1):
                kinds = [
                    data["type"]
                    for data in (json.loads(request.body) for request in received)
                    if data["data"]["number"] == incident
                ]
                assert list(dict.fromkeys(kinds)) == ["incident.opened", "incident.confirmed", "incident.resolved"]
                assert kinds == sorted(kinds, key=list(dict.fromkeys(kinds)).index), "a repetition comes at its place"
        repeated = len(site.received) - good.count()
        assert killed > 0
        assert repeated < killed, "only what was under way at a kill may come again"


def test_in_chats_nothing_comes_twice_and_nothing_is_lost_in_silence_through_kills(transactional_db):
    """Slack and Discord know no repetition by an id: what has gone out whole is not said again after a kill.

    A kill may come between the note of a message and its bytes: of one message then, which is told as unanswered.
    """
    from outages.models import Subscription
    from outages.notifications import crypto, subscriptions
    from tests.factories import a_service

    luck = random.Random(20260303)
    service = a_service()
    story = Story(service, Real(), 1)
    with hooks() as site:
        site.pit_prefix, site.delay_s = "/services/T1/B1/pit", 0.05
        for number in range(GOOD):
            kind = "pit" if number % 2 else "good"
            Subscription.objects.create(
                service=service,
                endpoint=subscriptions.endpoint_of("slack", site.url(f"/services/T1/B1/{kind}{number}")),
                owner_hash=crypto.hash_secret("x" * 40),
                confirmed_at=timezone.now(),
            )
        with transaction.atomic():
            story.becomes("confirmed")
        began, kills = time.monotonic(), 3
        for _kill in range(kills):
            worker = Worker()
            before, end = len(site.received), time.monotonic() + 20
            while len(site.received) == before and time.monotonic() < end:
                time.sleep(0.002)
            time.sleep(luck.uniform(0, 0.1))
            worker.kill()
        worker = Worker()
        try:
            while left() and time.monotonic() < began + 120:
                time.sleep(0.05)
            time.sleep(2)
        finally:
            worker.kill()
        assert Counter(one.path for one in site.received).most_common(1)[0][1] == 1
        good = {site.url(f"/services/T1/B1/good{number}") for number in range(0, GOOD, 2)}
        missing = good - {site.url(one.path) for one in site.received}
        unanswered = set(Delivery.objects.filter(error=delivery_queue.UNANSWERED).values_list("endpoint", flat=True))
        assert len(missing) <= kills
        assert {subscriptions.endpoint_of("slack", one).pk for one in missing} <= unanswered, missing
