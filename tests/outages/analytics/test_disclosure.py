"""What is said of small cells: the rules, read back from the database by a second and slower way."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outages.analytics import disclosure
from outages.analytics.disclosure import DAY, ENOUGH, HOUR, QUARTER, SLOT, floor
from outages.pipeline.perturbation import BASE, rounded, shown
from tests import factories
from tests.factories import MINUTE, Cell

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def service(db: None) -> Any:
    return factories.a_service()


@given(st.floats(0, 1e6))
def test_a_number_is_rounded_to_the_nearest_multiple_of_five(number: float) -> None:
    assert rounded(number) % BASE == 0
    assert abs(rounded(number) - number) <= BASE / 2
    assert shown(number) == max(rounded(number), BASE)


def counted_at(report: Cell, reports: list[Cell], thick: set[datetime], *, by_place: bool) -> tuple[datetime, Any]:
    """When a report counts, and how long that took."""
    if not by_place:
        return floor(report.minute, SLOT) + SLOT, SLOT
    hour = floor(report.minute, HOUR)
    if hour not in thick:
        return floor(hour, DAY) + DAY, DAY
    alike = [other for other in reports if other.place[:2] == report.place[:2]]

    def networks(start: datetime, span: timedelta, *, rest: bool) -> set[int]:
        inside = [other for other in alike if floor(other.minute, span) == start]
        if rest:
            inside = [other for other in inside if len(networks(floor(other.minute, SLOT), SLOT, rest=False)) < ENOUGH]
        return {network for other in inside for network in other.networks}

    if len(networks(floor(report.minute, SLOT), SLOT, rest=False)) >= ENOUGH:
        return floor(report.minute, SLOT) + SLOT, SLOT
    if len(networks(floor(report.minute, QUARTER), QUARTER, rest=True)) >= ENOUGH:
        return floor(report.minute, QUARTER) + QUARTER, QUARTER
    return hour + HOUR, HOUR


def by_the_rules(
    reports: list[Cell], thick: set[datetime], since: datetime, until: datetime, step: timedelta | None, key: str
) -> dict[tuple[datetime | None, str], tuple[bool, int]]:
    """(enough, number) of each place or component and bin."""
    limit = step or until - since
    numbers: dict[Any, int] = defaultdict(int)
    networks: dict[Any, dict[datetime, set[int]]] = defaultdict(lambda: defaultdict(set))
    for report in reports:
        at, took = counted_at(report, reports, thick, by_place=key == "country")
        if not since < at <= until or took > limit:
            continue
        start = since + (at - since - MINUTE) // step * step if step else None
        cell = (start, report.place[:2] if key == "country" else report.component)
        numbers[cell] += report.raw if report.told is None else report.told
        networks[cell][floor(report.minute, DAY)].update(report.networks)
    found = {}
    for cell, number in numbers.items():
        enough = max(len(day) for day in networks[cell].values()) >= ENOUGH
        if enough or number:
            found[cell] = (enough, shown(number) if enough else 0)
    return found


def random_reports(chance: random.Random, since: datetime, days: int) -> Iterator[Cell]:
    """Reports of some places, of which some are busy for some minutes, at most one of a place in a minute."""
    taken = set()
    for place, number in (("NL", 60), ("DE", 25), ("IS", 8), ("MT", 3), ("", 12)):
        burst = since + chance.randrange(days * 1440) * MINUTE
        for _ in range(number):
            spread = chance.random() < 0.5
            at = since + chance.randrange(days * 1440) * MINUTE if spread else burst + chance.randrange(20) * MINUTE
            if at < since + days * DAY and (at, place) not in taken:
                taken.add((at, place))
                networks = tuple({chance.randrange(6) for _ in range(chance.choice((1, 1, 2)))})
                component = chance.choice(("app", "login"))
                yield Cell(at, place, component, raw=2, networks=networks, told=chance.choice((0, 1, 2, 3, 4)))


@pytest.mark.parametrize("seed", range(3))
def test_each_number_is_the_one_that_the_rules_say(service: Any, seed: int) -> None:
    chance = random.Random(seed)
    reports = list(random_reports(chance, MIDNIGHT, 2))
    totals: dict[datetime, int] = defaultdict(int)
    for report in reports:
        totals[report.minute] += report.raw
    for minute, raw in totals.items():
        factories.watched(service, minute, minute + MINUTE, raw=raw)
    factories.cells(service, reports)
    hours: dict[datetime, int] = defaultdict(int)
    for minute, raw in totals.items():
        hours[floor(minute, HOUR)] += raw
    thick = {hour for hour, raw in hours.items() if raw >= ENOUGH}
    steps = [None, None, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, DAY]
    for _ in range(40):
        step = chance.choice(steps)
        until = MIDNIGHT + chance.randrange(30, 2 * 1440 + 1) * MINUTE
        since = until - chance.choice((30, 60, 95, 360, 1440, 2000)) * MINUTE
        since = floor(since, step) if step else since
        key: Any = chance.choice(("country", "component"))
        found = disclosure.read(service, since, until, [key], step=step)
        said = {(cell.start, cell.keys[0]): (cell.enough, cell.reports) for cell in found}
        assert said == by_the_rules(reports, thick, since, until, step, key), (since, until, step, key)


def test_the_reports_of_an_hour_with_hardly_any_count_with_their_day(service: Any) -> None:
    """The minute of the only report of an hour is public: with its place it would be told where somebody was."""
    night = MIDNIGHT + 3 * HOUR
    factories.watched(service, MIDNIGHT, MIDNIGHT + 2 * DAY)
    factories.watched(service, night, night + MINUTE, raw=1)
    factories.cells(service, [Cell(night, "IS", networks=(7,))])
    for until in (night + HOUR, night + 12 * HOUR, MIDNIGHT + DAY - MINUTE):
        assert disclosure.read(service, until - 6 * HOUR, until, ["country"]) == []
        assert disclosure.read(service, until - DAY, until, ["country"]) == []
        assert disclosure.read(service, until - DAY, until, ["component"], places=["IS"]) == []
    (told,) = disclosure.read(service, MIDNIGHT, MIDNIGHT + DAY, ["country"])
    assert (told.keys, told.enough) == (("IS",), False)
    bins = disclosure.read(service, MIDNIGHT, MIDNIGHT + DAY, ["country"], step=HOUR)
    assert bins == []


def test_a_number_stays_while_nobody_reports(service: Any) -> None:
    """Over an hour, asked each minute."""
    noon = MIDNIGHT + 12 * HOUR
    factories.watched(service, MIDNIGHT, noon + HOUR)
    reports = [Cell(noon - HOUR + i * 9 * MINUTE, "IT", networks=(i,), told=(1, 2, 0)[i % 3]) for i in range(7)]
    for report in reports:
        factories.watched(service, report.minute, report.minute + MINUTE, raw=1)
    factories.cells(service, reports)
    for level in ("country", "region"):
        said = {
            tuple(disclosure.read(service, noon + (i - 60) * MINUTE, noon + i * MINUTE, [level])) for i in range(60)
        }
        assert len(said) == 1


def test_more_cells_than_asked_for_are_an_error(service: Any) -> None:
    factories.cells(service, [Cell(MIDNIGHT, place) for place in ("NL", "DE", "IS")])
    assert len(disclosure.read(service, MIDNIGHT, MIDNIGHT + DAY, ["country"], most=3)) == 3
    with pytest.raises(disclosure.TooManyCellsError):
        disclosure.read(service, MIDNIGHT, MIDNIGHT + DAY, ["country"], most=2)
