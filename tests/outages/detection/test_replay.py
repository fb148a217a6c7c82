"""Recorded events in, incident lines out."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import pytest
from django.core.management import CommandError, call_command

from outages.detection import replay
from outages.detection.datatypes import IncidentKind, IncidentState, Transition
from outages.detection.reasons import ReasonCode, reason


def event(at: str, **fields: object) -> dict[str, object]:
    return {"type": "report", "at": at, "service": "tesla", "component": "app", "symptom": "slow"} | fields


def a_file(folder: Path, events: list[dict[str, object]], name: str = "events.ndjson.gz") -> Path:
    lines = b"".join(msgspec.json.encode(one) + b"\n" for one in events)
    path = folder / name
    path.write_bytes(gzip.compress(lines) if name.endswith(".gz") else lines)
    return path


def test_events_become_minutes_without_gaps(tmp_path: Path) -> None:
    events = [
        event("2026-03-02T08:01:12Z", country="NL", region="NL-NH", asn=3201, network="n1", reporter="r1"),
        event("2026-03-02T08:01:40Z", country="NL"),
        event("2026-03-02T08:03:00Z", type="probe", probe="app-eu", vantage="euw1", http_status=503),
        event(
            "2026-03-02T08:04:59Z", type="announcement", source="x", author="Tesla", text="…", url="https://x.example/1"
        ),
    ]
    a_file(tmp_path, events)
    minutes = list(replay.minutes_of(replay.read_events(tmp_path)))
    assert [m.minute - minutes[0].minute for m in minutes] == [0, 1, 2, 3]
    assert minutes[0].reports.places == ("NL-NH", "NL")
    assert minutes[0].reports.network.tolist() == [replay.opaque("n1"), 0]
    assert len(minutes[1].reports) == 0
    assert minutes[2].probes[0].http_status == 503
    assert minutes[3].announcements[0].author == "Tesla"


def test_a_minute_ends_where_the_next_begins(tmp_path: Path) -> None:
    path = a_file(tmp_path, [event("2026-03-02T08:01:59.999Z"), event("2026-03-02T08:02:00Z")], "e.ndjson")
    assert [len(m.reports) for m in replay.minutes_of(replay.read_events(path))] == [1, 1]


def test_another_services_events_are_left_out(tmp_path: Path) -> None:
    path = a_file(tmp_path, [event("2026-03-02T08:01:00Z"), event("2026-03-02T08:01:01Z", service="other")])
    assert [len(m.reports) for m in replay.minutes_of(replay.read_events(path))] == [1]


@pytest.mark.parametrize("line", [b"{", b'{"type":"report"}', b'{"type":"report","at":"yesterday","service":"tesla"}'])
def test_a_bad_line_is_named(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(msgspec.json.encode(event("2026-03-02T08:01:00Z")) + b"\n" + line + b"\n")
    with pytest.raises(replay.EventError, match="line 2"):
        list(replay.read_events(path))
    with pytest.raises(CommandError, match="line 2"):
        call_command("replay", path, incidents=tmp_path / "out.ndjson")


def test_events_out_of_order_are_refused(tmp_path: Path) -> None:
    path = a_file(tmp_path, [event("2026-03-02T08:05:00Z"), event("2026-03-02T08:01:00Z")])
    with pytest.raises(replay.EventError, match="comes after"):
        list(replay.minutes_of(replay.read_events(path)))


def moved(
    from_state: IncidentState | None, to: IncidentState, second: int, kind: IncidentKind = IncidentKind.OUTAGE
) -> Transition:
    return Transition(1, second, from_state, to, kind, ("app",), ("NL",), (), "slow", reason(ReasonCode.BACK), 0.9, ())


def test_a_line_tells_when_the_public_saw_what() -> None:
    lines: dict[int, replay.Line] = {}
    replay.take(lines, moved(None, IncidentState.POSSIBLE, 60), "tesla")
    replay.take(lines, moved(IncidentState.POSSIBLE, IncidentState.CONFIRMED, 120), "tesla")
    replay.take(lines, moved(IncidentState.CONFIRMED, IncidentState.RESOLVED, 180), "tesla")
    line = lines[1]
    times = (line.opened_at, line.confirmed_at, line.resolved_at)
    assert times == ("1970-01-01T00:01:00Z", "1970-01-01T00:02:00Z", "1970-01-01T00:03:00Z")
    replay.take(lines, moved(IncidentState.RESOLVED, IncidentState.CONFIRMED, 240), "tesla")
    assert lines[1].resolved_at is None
    assert lines[1].confirmed_at == "1970-01-01T00:02:00Z"


def test_announced_maintenance_counts_as_confirmed() -> None:
    lines: dict[int, replay.Line] = {}
    replay.take(lines, moved(None, IncidentState.MAINTENANCE, 60, IncidentKind.MAINTENANCE), "tesla")
    assert lines[1].confirmed_at == "1970-01-01T00:01:00Z"
    assert lines[1].kind == "maintenance"


def test_the_command_writes_one_incident_a_line(tmp_path: Path) -> None:
    quiet = [
        event(f"2026-03-02T{hour:02}:{minute:02}:10Z", type="probe", probe=f"p-{v}", vantage=v, http_status=200)
        for hour in range(2)
        for minute in range(60)
        for v in ("euw1", "use1")
    ]
    down = [
        event(f"2026-03-02T02:{minute:02}:10Z", type="probe", probe=f"p-{v}", vantage=v, http_status=503)
        for minute in range(10)
        for v in ("euw1", "use1")
    ]
    out = tmp_path / "out.ndjson"
    call_command("replay", a_file(tmp_path, quiet + down), incidents=out)
    found = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    assert [(f["service"], f["components"], f["countries"], f["resolved_at"]) for f in found] == [
        ("tesla", ["app"], [], None)
    ]
    assert found[0]["opened_at"] <= "2026-03-02T02:03:00Z"
    assert found[0]["confirmed_at"] <= "2026-03-02T02:04:00Z"


def test_a_recording_is_gone_through_twice_and_never_held(tmp_path: Path) -> None:
    path = a_file(tmp_path, [event("2026-03-02T08:01:00Z"), event("2026-03-02T08:02:00Z", component="login")])
    recording = replay.Recording(path)
    assert replay.surveyed(recording) == replay.surveyed(list(recording))
    assert replay.surveyed(recording).components == ("app", "login")
    assert replay.incidents(recording) == replay.incidents(list(recording))
