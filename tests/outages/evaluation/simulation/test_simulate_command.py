"""manage.py simulate: writes worlds, and plays them only where nobody can take them for real."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from outages.detection.replay import read_events
from outages.evaluation.backtest.score import truth_of
from outages.evaluation.simulation.kinds import kinds
from outages.models import Incident, ServiceMinute
from outages.signals.recordings.player import Show, play, prepare
from reports.catalog.loader import read
from reports.catalog.store import store
from reports.models import Report, Service

NOW = datetime(2026, 5, 4, tzinfo=UTC)
CATALOG = Path(__file__).resolve().parents[4] / "catalog" / "tesla.toml"


def simulate(*arguments: str) -> str:
    out = StringIO()
    call_command("simulate", *arguments, stdout=out)
    return out.getvalue()


def test_every_kind_of_day_is_listed_with_what_it_is() -> None:
    listed = simulate("--list")
    for kind in kinds().values():
        assert f"{kind.name} " in listed
        assert kind.summary in listed


def test_every_kind_of_day_is_in_the_docs() -> None:
    told = (CATALOG.parents[1] / "docs" / "simulation.md").read_text(encoding="utf-8")
    for name in kinds():
        assert f"| `{name}` |" in told


@pytest.mark.slow
def test_the_same_seed_writes_the_same_bytes_and_both_files_can_be_read(tmp_path: Path) -> None:
    for name in ("one", "two"):
        simulate("firewall", "--seed", "5", "--days", "3", "--out", str(tmp_path / name))
    for file in ("events.ndjson.gz", "truth.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    assert truth_of(tmp_path / "one").profile == "firewall"
    assert sum(1 for _ in read_events(tmp_path / "one")) > 9 * 3 * 1440


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["holiday", "--out", "x"], "No such kind of day: holiday"),
        ([], "No such kind of day"),
        (["quiet"], "--out"),
        (["quiet", "--out", "x", "--days", "0"], "--days 1 or more"),
        (["quiet", "--out", "x", "--seed", "-1"], "--seed must be 0 or more"),
        (["component", "--out", "x", "--days", "1"], "ask for more days"),
        (["all", "--live"], "No such kind of day: all"),
        (["global", "--live", "--speed", "0"], "--speed"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        simulate(*arguments)


@pytest.mark.django_db
def test_nothing_is_ever_played_into_a_live_service() -> None:
    store(read(CATALOG))
    with pytest.raises(CommandError, match="tesla is a live service"):
        simulate("global", "--live")
    with pytest.raises(CommandError, match="There is no service nobody"):
        simulate("global", "--live", "--service", "nobody")
    with pytest.raises(ValueError, match="live service"):
        prepare(Service.objects.get(slug="tesla"), Show((), NOW, NOW, NOW), print)


@pytest.mark.slow(60)
@pytest.mark.django_db(transaction=True)
def test_a_rehearsal_is_learnt_and_played_and_ends_in_an_incident(tmp_path: Path) -> None:
    text = CATALOG.read_text(encoding="utf-8")
    told = 'slug = "rehearsal"\nclock = "recorded"\naccepts_reports = false\nprovenance = "A rehearsal."\n'
    (tmp_path / "rehearsal.toml").write_text(text.replace('slug = "tesla"\n', told, 1), encoding="utf-8")
    store(read(tmp_path / "rehearsal.toml"))
    said = simulate("global", "--days", "3", "--live", "--service", "rehearsal", "--speed", "100000")
    assert "Learning what is usual" in said
    assert '"kind":"outage"' in said
    assert "possible → confirmed" in said
    incident = Incident.objects.filter(service__slug="rehearsal").latest("confirmed_at")
    assert incident.confirmed_at is not None
    assert Report.objects.filter(service__slug="rehearsal").exists()
    assert ServiceMinute.objects.filter(service__slug="rehearsal").count() > 1440


def test_a_show_without_minutes_plays_nothing() -> None:
    said: list[str] = []
    play(Service(slug="x"), Show((), NOW, NOW, NOW), 60.0, said.append, lambda service: "")
    assert said == []
