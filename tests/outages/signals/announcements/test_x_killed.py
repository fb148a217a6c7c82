"""Three months of X, read by a real process that is killed again and again: no post twice, none missed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from outages.models import Announcement
from reports.catalog.schema import Source
from tests.outages.service_factory import a_service
from tests.servers.web import Web
from tests.servers.x_api import FakeX

pytestmark = [pytest.mark.slow(75), pytest.mark.django_db(transaction=True)]

START = datetime(2026, 8, 1, tzinfo=UTC)
MONTHS, AFTERWARDS = timedelta(days=92), timedelta(days=97)
KILLS = 8
PATIENCE_S = 900  # however busy the machine is

# Reads on from the moment in the file of the clock, and moves it; what is due is asked for, as the task does.
READER = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
import django
django.setup()
from outages.signals.announcements import poller
from outages.models import SourceHealth
from outages.signals.outbound.configured import client
from reports.models import Service
clock, until = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
now, service, ask = datetime.fromisoformat(clock.read_text()), Service.objects.get(), client()
print("reading", flush=True)
while now < until:
    new = clock.with_suffix(".new")
    new.write_text(now.isoformat())
    new.replace(clock)
    health = SourceHealth.objects.filter(slug="x").first()
    if health is None or health.next_try_at is None or health.next_try_at <= now:
        poller.read_source(service, "x", ask, now)
    now += timedelta(hours=4)
print("done", flush=True)
"""


def test_a_reader_that_is_killed_leaves_no_gap_and_no_duplicate(site: Web, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text(START.isoformat())
    x = FakeX(site, lambda: datetime.fromisoformat(clock.read_text()))
    x.limit = 6
    dice = random.Random(11)
    a_service(
        sources=[
            Source(slug="x", kind="x", interval_minutes=5, authors=["Tesla"], tier="official", budget_usd_a_day=3.0)
        ]
    )
    at = START + timedelta(hours=1)
    while at < START + MONTHS:
        for _ in range(dice.choice([0, 1, 3, 130]) if dice.random() < 0.3 else 1):
            x.post("A post", at)
        at += timedelta(hours=4)

    database = settings.DATABASES["default"]
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "X_BEARER_TOKEN": "secret",
        "X_API_URL": site.url(""),
        "OUTBOUND": "loopback",
    }
    command = [sys.executable, "-c", READER, str(clock), (START + AFTERWARDS).isoformat()]
    for kills_left in range(KILLS, -1, -1):
        reader = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        if kills_left:
            try:
                reader.wait(dice.uniform(0.05, 0.8))
            except subprocess.TimeoutExpired:
                reader.kill()
        assert reader.wait(PATIENCE_S) in ((0, -9) if kills_left else (0,))
        reader.stdout.close()

    names = [int(name) for name in Announcement.objects.values_list("external_id", flat=True)]
    assert sorted(names) == [number for number, _, _ in x.posts]
    # One that dies with the answer in its hand has written down nothing of the limit; the next one is told, and waits.
    assert x.requests_while_limited <= KILLS
    assert x.breaches == []
