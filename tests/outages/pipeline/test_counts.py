"""Minute and hour counts: stored once, in step with each other, and made anew when reports change."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from outages.detection.datatypes import Cell, Outcome
from outages.models import HourCount, MinuteCount, PlaceBalance, ServiceMinute, SymptomCount
from outages.pipeline import counts
from reports import partitions
from reports.models import Component, Report, Service, Symptom

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 7, 12, 30, tzinfo=UTC)
MINUTE = int(AT.timestamp()) // 60


def outcome(*cells: Cell, symptoms: dict[tuple[str, str], int] | None = None, **values: Any) -> Outcome:
    return Outcome(
        transitions=(),
        cells=cells,
        symptoms=symptoms or {},
        raw=sum(cell.raw for cell in cells),
        effective=sum(cell.effective for cell in cells),
        expected=values.get("expected", 1.5),
        dispersion=0.1,
        expected_by_component={"app": 1.5},
        cuts=values.get("cuts", {}),
        vantages={},
    )


@pytest.fixture
def service() -> Service:
    service = Service.objects.create(slug="tesla", name="Tesla", definition={}, definition_hash="")
    Component.objects.create(service=service, slug="app", name="App")
    Symptom.objects.create(service=service, slug="timeout", name="Time-out")
    return service


def report(service: Service, at: datetime, **values: Any) -> Report:
    fields: dict[str, Any] = {
        "id": uuid.uuid4(),
        "at": at,
        "received_at": at,
        "occurred_at": at,
        "service": service,
        "component": service.components.get(),
        "symptom": service.symptoms.get(),
        "country": "NL",
        "region": "NL-NH",
        "door": "api",
        "receipt_hash": b"",
    }
    return Report.objects.create(**{**fields, **values})


def test_minutes_add_up_to_hours(service: Service) -> None:
    ids = counts.Ids.of(service)
    first = outcome(Cell("app", "NL-NH", 3, 2.5, 1, 0, (5, 7)), symptoms={("app", "timeout"): 3}, cuts={"network": 1})
    second = outcome(Cell("app", "NL-NH", 2, 2.0, 0, 1, (1, 7, 9)), Cell("app", "NL", 1, 1.0, 0, 0, ()))
    counts.store(service, ids, [(MINUTE, first), (MINUTE + 1, second)])
    assert MinuteCount.objects.count() == 3
    hour = HourCount.objects.get(region="NL-NH")
    assert (hour.hour, hour.raw, hour.effective, hour.working, hour.recovered) == (AT.replace(minute=0), 5, 4.5, 1, 1)
    assert hour.networks == [1, 5, 7]
    counts.store(service, ids, [(MINUTE + 2, outcome(Cell("app", "NL-NH", 1, 1.0, 0, 0, (2,))))])
    hour.refresh_from_db()
    assert (hour.raw, hour.networks) == (6, [1, 2, 5])
    row = ServiceMinute.objects.get(minute=AT)
    assert (row.raw, row.working, row.expected, row.cuts) == (3, 1, 1.5, {"network": 1})
    assert SymptomCount.objects.get().raw == 3


def test_a_quiet_minute_is_a_row_all_the_same(service: Service) -> None:
    counts.store(service, counts.Ids.of(service), [(MINUTE, outcome())])
    assert ServiceMinute.objects.get().raw == 0
    assert not MinuteCount.objects.exists()


def test_a_late_report_adds_to_the_raw_count_only(service: Service) -> None:
    counts.store(service, counts.Ids.of(service), [(MINUTE, outcome(Cell("app", "NL-NH", 1, 1.0, 0, 0, (5,))))])
    report(service, AT, network=5)
    report(service, AT + timedelta(seconds=20), network=3, late=True)
    report(service, AT + timedelta(seconds=21), network=8, late=True, region="NL-ZH")
    assert counts.recount(service, [AT]) == 1
    cell = MinuteCount.objects.get(region="NL-NH")
    assert (cell.raw, cell.effective, cell.networks) == (2, 1.0, [3, 5])
    assert MinuteCount.objects.get(region="NL-ZH").effective == 0
    row = ServiceMinute.objects.get()
    assert (row.raw, row.effective) == (3, 1.0)
    assert sum(HourCount.objects.values_list("raw", flat=True)) == 3
    assert SymptomCount.objects.get().raw == 3


def test_a_late_report_of_a_minute_that_nobody_watched_is_in_no_total_or_in_all(service: Service) -> None:
    """One source for what is reported: service, places by minute and hour, and symptoms add up to the same."""
    counts.store(service, counts.Ids.of(service), [(MINUTE, outcome(Cell("app", "NL-NH", 1, 1.0, 0, 0, (5,))))])
    report(service, AT, network=5)
    unwatched = AT + timedelta(minutes=1)
    report(service, unwatched, network=6, late=True)

    def totals() -> list[int]:
        tables = (ServiceMinute, MinuteCount, HourCount, SymptomCount)
        return [sum(table.objects.values_list("raw", flat=True)) for table in tables]

    assert counts.recount(service, [AT, unwatched]) == 1
    assert totals() == [1, 1, 1, 1]
    counts.store(service, counts.Ids.of(service), [(MINUTE + 1, outcome())])  # a scan catches up with it
    assert counts.recount(service, [AT, unwatched]) == 2
    assert totals() == [2, 2, 2, 2]


def test_a_withdrawn_report_leaves_the_counts(service: Service) -> None:
    counts.store(
        service,
        counts.Ids.of(service),
        [(MINUTE, outcome(Cell("app", "NL-NH", 1, 1.0, 0, 0, (5,)), symptoms={("app", "timeout"): 1}))],
    )
    report(service, AT, network=5, withdrawn_at=AT)
    counts.recount(service, [AT])
    assert not MinuteCount.objects.exists()
    assert not HourCount.objects.exists()
    assert not SymptomCount.objects.exists()
    row = ServiceMinute.objects.get()
    assert (row.raw, row.effective) == (0, 0)


def test_counting_again_twice_changes_nothing_more(service: Service) -> None:
    counts.store(service, counts.Ids.of(service), [(MINUTE, outcome())])
    report(service, AT, network=5)
    counts.recount(service, [AT])
    before = list(HourCount.objects.values("raw", "networks", "effective"))
    counts.recount(service, [AT, AT])
    assert list(HourCount.objects.values("raw", "networks", "effective")) == before


def test_reports_of_a_day_without_a_partition_are_kept_and_moved_when_it_is_made(service: Service) -> None:
    report(service, AT)
    assert partitions.ensure("reports_report", "at", date(2026, 3, 7), date(2026, 3, 8)) == 2
    assert partitions.ensure("reports_report", "at", date(2026, 3, 7), date(2026, 3, 8)) == 0
    assert Report.objects.count() == 1
    assert partitions.drop_before("reports_report", date(2026, 3, 8)) == ["reports_report_20260307"]
    assert Report.objects.count() == 0


@pytest.mark.drawn
def test_what_was_told_is_balanced_and_counting_again_draws_no_chance_anew(service: Service) -> None:
    """Own reports that come late and are withdrawn again leave the weights of the others as they were."""
    ids = counts.Ids.of(service)

    def told() -> dict[Any, int]:
        return {(row.minute, row.region): row.perturbed for row in MinuteCount.objects.all()}

    def balances() -> dict[str, int]:
        return {row.region: row.more for row in PlaceBalance.objects.all() if row.more}

    def owed() -> dict[str, int]:
        found: Counter[str] = Counter()
        for row in HourCount.objects.all():
            found[row.region] += row.perturbed - row.raw
        return {region: more for region, more in found.items() if more}

    for number in range(8):
        cells = [Cell("app", region, 5, 5.0, 0, 0, (number,)) for region in ("NL-NH", "NL-ZH")]
        counts.store(service, ids, [(MINUTE + number, outcome(*cells))])
        for n in range(10):
            report(service, AT + timedelta(minutes=number, seconds=n), region=("NL-NH", "NL-ZH")[n % 2], network=number)
    assert balances() == owed()
    assert all(abs(more) <= 15 for more in balances().values()), "of 40 reports each"
    assert len(set(MinuteCount.objects.values_list("lean", flat=True))) > 1
    first = told()
    for number in range(4):
        own = [
            report(service, AT + timedelta(minutes=number % 3, seconds=30 + n), network=999, late=True)
            for n in range(number)
        ]
        counts.recount(service, [AT + timedelta(minutes=n) for n in range(3)])
        assert balances() == owed()
        others = {key: value for key, value in told().items() if key != (AT + timedelta(minutes=number % 3), "NL-NH")}
        assert others == {key: first[key] for key in others}
        for one in own:
            one.delete()
        counts.recount(service, [AT + timedelta(minutes=n) for n in range(3)])
        assert told() == first
        assert balances() == owed()
