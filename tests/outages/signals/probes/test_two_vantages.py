"""Two vantages in two network namespaces: one cut off is blind and no outage; both seeing 503 is one incident."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from outages.models import Incident, ProbeResult
from outages.pipeline import scan
from outages.queries.evidence_sources import EvidenceSources
from outages.signals.probes import store
from outages.signals.probes.dispatch import TICK, dispatch
from outages.signals.probes.runner import Finding, Job
from reports.catalog.schema import Probe
from reports.models import Service
from tests.outages.service_factory import a_service

pytestmark = [pytest.mark.django_db, pytest.mark.slow(30)]

PROJECT = Path(__file__).resolve().parents[4]
PORT = 8431
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


class Place:
    """A network namespace with a vantage in it and a target of its own at its loopback address."""

    def __init__(self, name: str, status: Path) -> None:
        self.name, self.space = name, f"brownout-{name}-{os.getpid()}"
        ip("netns", "add", self.space)
        self.reconnect()
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", self.space, sys.executable, "-m", "tests.servers.vantage", str(PORT), str(status)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def cut_off(self) -> None:
        ip("-n", self.space, "link", "set", "lo", "down")

    def reconnect(self) -> None:
        ip("-n", self.space, "link", "set", "lo", "up")

    def run(self, jobs: Sequence[Job]) -> list[Finding]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(msgspec.json.encode(list(jobs)).decode() + "\n")
        self.process.stdin.flush()
        return msgspec.json.decode(self.process.stdout.readline(), type=list[Finding])

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        ip("netns", "delete", self.space)


@pytest.fixture
def status(tmp_path: Path) -> Path:
    file = tmp_path / "status"
    file.write_text("200")
    return file


@pytest.fixture
def places(status: Path) -> Iterator[dict[str, Place]]:
    if shutil.which("ip") is None:
        pytest.skip("there is no `ip` on this machine")
    tried = f"brownout-try-{os.getpid()}"
    try:
        ip("netns", "add", tried)
        ip("netns", "delete", tried)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"network namespaces cannot be made here: {error.stderr.strip()}")
    made: dict[str, Place] = {}
    try:
        for name in ("oslo", "paris"):
            made[name] = Place(name, status)
        yield made
    finally:
        for place in made.values():
            place.close()


class World:
    """The clock: each tick dispatches and runs what is due, each minute is scanned when it is over."""

    def __init__(self, service: Service, places: dict[str, Place]) -> None:
        self.service, self.places, self.now = service, places, START

    def live(self, minutes: float) -> None:
        end = self.now + timedelta(minutes=minutes)
        while self.now < end:
            for name in self.places:
                store.heard(name, self.now)
            dispatch(self.now, self._run)
            self.now += TICK
            if self.now.second == 10:
                scan.run(self.service, now=self.now)

    def _run(self, vantage: str, jobs: Sequence[Job], expires_at: datetime) -> None:
        store.store(vantage, self.places[vantage].run(jobs), self.now)


@pytest.fixture
def world(places: dict[str, Place], settings: Any) -> World:
    settings.OUTBOUND = "loopback"
    base = f"http://127.0.0.1:{PORT}"
    quick: Any = {"port": PORT, "timeout_s": 0.5}  # a link that is down swallows what is sent into it
    service = a_service(
        probes=[
            Probe(slug="app", kind="http", component="app", url=f"{base}/app", **quick),
            Probe(slug="login", kind="http", component="login", url=f"{base}/login", **quick),
            Probe(slug="control-a", kind="http", url=f"{base}/a", control=True, **quick),
            Probe(slug="control-b", kind="http", url=f"{base}/b", control=True, **quick),
        ]
    )
    world = World(service, places)
    world.live(10)
    return world


def states(world: World) -> dict[str, str]:
    return {vantage.name: vantage.state for vantage in EvidenceSources([world.service], world.now).vantages}


def test_a_vantage_that_is_cut_off_is_blind_and_no_incident(world: World) -> None:
    assert states(world) == {"oslo": "fine", "paris": "fine"}
    world.places["paris"].cut_off()
    world.live(10)
    assert states(world) == {"oslo": "fine", "paris": "blind"}
    assert ProbeResult.objects.filter(vantage="paris", classification="down", at__gt=START + timedelta(minutes=10))
    assert not Incident.objects.exists()
    world.places["paris"].reconnect()
    world.live(3)
    assert states(world) == {"oslo": "fine", "paris": "fine"}
    assert not Incident.objects.exists()


def test_two_vantages_that_see_503_make_one_incident_within_three_minutes(world: World, status: Path) -> None:
    status.write_text("503")
    world.live(6)
    failures = ProbeResult.objects.filter(classification="down").order_by("at")
    assert {row.probe for row in failures} == {"app"}
    assert {row.vantage for row in failures} == {"oslo", "paris"}
    first = failures[0].at
    incident = Incident.objects.get()
    assert incident.components == ["app"]
    assert incident.opened_at <= first + timedelta(minutes=3)
    evidence = [term for event in incident.events.all() for term in event.evidence if term["kind"] == "probes"]
    assert evidence
    assert any("oslo" in str(term) and "paris" in str(term) for term in evidence)
    status.write_text("200")
    world.live(40)
    incident.refresh_from_db()
    assert incident.state == Incident.State.RESOLVED
    assert Incident.objects.count() == 1
