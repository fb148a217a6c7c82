"""Plays recorded signals through the detector, minute by minute, with the same step as live.

Run as a module it replays a world: `python -m outages.detection.replay EVENTS|WORLD --incidents OUT.ndjson`.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from outages.detection.datatypes import (
    Announcement,
    IncidentKind,
    IncidentState,
    Minute,
    ProbeResult,
    ReportKind,
    Reports,
    ServiceSpec,
    Stated,
    Transition,
)
from outages.detection.engine import State, look_through, step

EVENTS_NAME: Final = "events.ndjson.gz"
_KINDS: Final = {"problem": ReportKind.PROBLEM, "working": ReportKind.WORKING, "recovered": ReportKind.RECOVERED}
_ENDS: Final = (IncidentState.RESOLVED, IncidentState.DISMISSED, IncidentState.MERGED)


class EventError(ValueError):
    """A line of an events file that can't be used. The message names the line."""


class Event(msgspec.Struct):
    """One line of an events file. Which fields are set depends on `type`."""

    type: str
    at: datetime
    service: str
    component: str = ""
    symptom: str = "other"
    kind: str = "problem"
    country: str | None = None
    region: str | None = None
    asn: int | None = None
    network: str | None = None
    wide_network: str | None = None
    reporter: str | None = None
    weight: float = 1.0
    probe: str = ""
    vantage: str = ""
    countries: list[str] = []
    http_status: int | None = None
    error: str | None = None
    latency_ms: float | None = None
    body: str | None = None
    control: bool = False
    source: str = ""
    author: str = ""
    text: str = ""
    url: str = ""
    id: str = ""
    thread: str = ""
    stated: Stated | None = None


def opaque(name: str | None) -> int:
    """A stable number for an opaque name; 0 for none."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=7).digest(), "big") if name else 0


def events_path(path: Path) -> Path:
    """The events file of a world's folder, or the path itself."""
    return path / EVENTS_NAME if path.is_dir() else path


def read_events(path: Path) -> Iterator[Event]:
    """The events of a file, in its order. Raises EventError with the line's number."""
    file = events_path(path)
    decoder = msgspec.json.Decoder(Event)
    with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                yield decoder.decode(line)
            except msgspec.MsgspecError as error:
                raise EventError(f"{file.name}, line {number}: {error}") from error


@dataclass(frozen=True, slots=True)
class Recording:
    """The events of a file, read anew each time they are gone through: eight busy days need not fit into memory."""

    path: Path

    def __iter__(self) -> Iterator[Event]:
        return read_events(self.path)


Events = Sequence[Event] | Recording  # what can be gone through more than once


@dataclass(slots=True)
class _Batch:
    """The reports of one minute, on their way to columns."""

    events: list[Event] = field(default_factory=list)
    probes: list[ProbeResult] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)


def _codes(names: list[str]) -> tuple[tuple[str, ...], Any]:
    unique = tuple(dict.fromkeys(names))
    index = {name: number for number, name in enumerate(unique)}
    return unique, np.array([index[name] for name in names], dtype=np.int32)


def reports_of(events: list[Event]) -> Reports:
    """Report events as columns."""
    if not events:
        return Reports()
    components, component = _codes([e.component for e in events])
    places, place = _codes([e.region or e.country or "" for e in events])
    symptoms, symptom = _codes([e.symptom for e in events])
    networks = [opaque(e.network) for e in events]
    return Reports(
        components=components, places=places, symptoms=symptoms, component=component, place=place, symptom=symptom,
        kind=np.array([_KINDS.get(e.kind, ReportKind.PROBLEM) for e in events], dtype=np.int8),
        network=np.array(networks, dtype=np.int64),
        wide_network=np.array([opaque(e.wide_network) for e in events], dtype=np.int64),
        asn=np.array([e.asn or 0 for e in events], dtype=np.int64),
        reporter=np.array([opaque(e.reporter) for e in events], dtype=np.int64),
        weight=np.array([e.weight for e in events], dtype=np.float32),
        second=np.array([int(e.at.timestamp()) % 60 for e in events], dtype=np.int8),
    )  # fmt: skip


def _probe(event: Event, at: float) -> ProbeResult:
    return ProbeResult(
        at=at, probe=event.probe, vantage=event.vantage, component=event.component, countries=tuple(event.countries),
        http_status=event.http_status, error=event.error, latency_ms=event.latency_ms, body=event.body,
        control=event.control,
    )  # fmt: skip


def minutes_of(events: Iterable[Event], service: str | None = None) -> Iterator[Minute]:
    """Events in time order as minutes, without gaps from the first to the last. One service: the first one's."""
    current: int | None = None
    batch = _Batch()
    for event in events:
        service = service or event.service
        if event.service != service:
            continue
        at = event.at.timestamp()
        minute = int(at // 60)
        if current is None:
            current = minute
        if minute < current:
            raise EventError(f"an event of {event.at} comes after later ones")
        while current < minute:
            yield _minute(current, batch)
            current += 1
            batch = _Batch()
        if event.type == "report":
            batch.events.append(event)
        elif event.type == "probe":
            batch.probes.append(_probe(event, at))
        elif event.type == "announcement":
            batch.announcements.append(
                Announcement(
                    at,
                    event.source,
                    event.author,
                    event.text,
                    event.url,
                    event.id or event.url,
                    thread=event.thread,
                    stated=event.stated,
                )
            )
    if current is not None:
        yield _minute(current, batch)


def _minute(number: int, batch: _Batch) -> Minute:
    return Minute(number, reports_of(batch.events), tuple(batch.probes), tuple(batch.announcements))


def spec_of(slug: str, components: Iterable[str], authors: Iterable[tuple[str, str]]) -> ServiceSpec:
    """What the detector must know of a service whose catalogue is not at hand: read off its own events."""
    return ServiceSpec(
        slug=slug, components=tuple(components), entities=(slug,),
        official_authors=frozenset((source, author.lower()) for source, author in authors),
    )  # fmt: skip


def surveyed(events: Iterable[Event]) -> ServiceSpec:
    """A spec out of events alone: the first one's service, its components, and the accounts that bear its name."""
    slug: str | None = None
    components: set[str] = set()
    authors: set[tuple[str, str]] = set()
    for event in events:
        slug = event.service if slug is None else slug
        if event.component and not event.control and event.service == slug:
            components.add(event.component)
        if event.type == "announcement" and event.author.lower() == slug:
            authors.add((event.source, event.author))
    slug = slug or ""
    return spec_of(slug, sorted(components), authors)


@dataclass(slots=True)
class Line:
    """One incident as the score reads it."""

    service: str
    kind: str
    components: tuple[str, ...]
    countries: tuple[str, ...]
    regions: tuple[str, ...]
    opened_at: str
    confirmed_at: str | None = None
    resolved_at: str | None = None
    confidence: float = field(default=0.0, compare=False)  # as it was opened
    confidence_confirmed: float | None = field(default=None, compare=False)
    cause: str | None = field(default=None, compare=False)  # whose fault it seemed to be soon after its opening


def _at(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def take(lines: dict[int, Line], transition: Transition, service: str) -> None:
    """Adds one transition to the lines by incident."""
    now = _at(transition.second)
    line = lines.get(transition.incident)
    if line is None:
        line = lines[transition.incident] = Line(service, transition.kind, (), (), (), now)
        line.confidence = transition.confidence
    line.kind = transition.kind.value
    line.components, line.countries, line.regions = transition.components, transition.countries, transition.regions
    if transition.to_state in (IncidentState.CONFIRMED, IncidentState.MAINTENANCE) and line.confirmed_at is None:
        line.confirmed_at, line.confidence_confirmed = now, transition.confidence
    if transition.kind == IncidentKind.MAINTENANCE and line.confirmed_at is None:
        line.confirmed_at, line.confidence_confirmed = now, transition.confidence
    if transition.to_state in _ENDS:
        line.resolved_at = now
    elif transition.from_state in _ENDS:
        line.resolved_at = None


def replay(events: Iterable[Event], service: ServiceSpec) -> Iterator[Transition]:
    """All transitions that come of a service's events."""
    state: State | None = None
    for minute in minutes_of(events, service.slug):
        if state is None:
            state = State.fresh(minute.minute - 1)
        state, told = look_through(state, minute, service=service)
        yield from told
        state, outcome = step(state, minute, service=service)
        yield from outcome.transitions


def incidents(events: Events, service: ServiceSpec | None = None) -> list[Line]:
    """One line an incident, in order of opening."""
    service = service or surveyed(events)
    lines: dict[int, Line] = {}
    for transition in replay(events, service):
        take(lines, transition, service.slug)
    return list(lines.values())


def write(lines: Iterable[Line], path: Path) -> None:
    """Writes incidents as newline-delimited JSON."""
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def main(arguments: list[str] | None = None) -> int:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description="Replays events through the detector.")
    parser.add_argument("events", type=Path, help="an events file, or a world's folder")
    parser.add_argument("--incidents", type=Path, required=True, help="where to write one incident a line")
    options = parser.parse_args(arguments)
    try:
        write(incidents(Recording(options.events)), options.incidents)
    except (EventError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
