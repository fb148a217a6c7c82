"""Somebody who reads every public answer and wants the numbers that are withheld.

A random day is counted by the product's own code and asked for through every door. The attacker knows the rules, all
totals of the service by the minute, and how often small cells have how many reports; each route must leave them where
guessing would (docs/privacy.md says how far that is). `make attacker DAYS=20` runs it for more days.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from config.process_cache import CACHE
from outages.analytics.disclosure import ENOUGH
from outages.detection.datatypes import Cell, Outcome
from outages.models import HourCount, ServiceMinute
from outages.pipeline import counts
from outages.pipeline.perturbation import WEIGHTS
from reports import places
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
END = MIDNIGHT + timedelta(days=1)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAYS = int(os.environ.get("ATTACKER_DAYS", "1"))
BUSY = ("US", "DE", "GB", "FR", "NL", "IT", "JP", "BR")
SMALL = sorted({place.code for place in places.countries()} - set(BUSY))[:150]
SHARES = (0.72, 0.18, 0.06, 0.03, 0.01)  # how often a small cell has 1, 2, 3 … reports
MARGIN = 0.04  # the bound of docs/privacy.md: so much better than guessing, in shares of all small cells


@dataclass
class Day:
    """A day as it was: reports of each small cell (place and hour), its minutes, and the service's totals."""

    service: Any
    small: dict[tuple[str, int], int] = field(default_factory=dict)
    minutes: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    totals: np.ndarray = field(default_factory=lambda: np.zeros(1440, dtype=int))


@pytest.fixture(autouse=True)
def fresh(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from outages.api.framework import views

    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    monkeypatch.setattr(views.ReadView, "kept_s", 0.0)
    monkeypatch.setattr(timezone, "now", lambda: END + 6 * HOUR)
    CACHE.clear()
    cache.clear()


@pytest.fixture(params=range(DAYS))
def day(request: pytest.FixtureRequest, settings: Any) -> Day:
    """A random day of eight busy countries and 150 small ones, under a secret of its own."""
    chance = np.random.default_rng(request.param)
    settings.SECRET_KEY = f"{settings.SECRET_KEY[:20]}-{request.param}"
    made = Day(factories.a_service())
    cells: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for hour in range(24):
        for place in BUSY:
            for _ in range(chance.poisson(8)):
                cells[hour * 60 + int(chance.integers(60))][place].append(int(chance.integers(1, 10**9)))
        for place in SMALL:
            if chance.random() > 0.12:
                continue
            number = 1 + int(chance.choice(len(SHARES), p=SHARES))
            networks = chance.integers(1, 10**9, size=min(number, 2))
            made.small[place, hour] = number
            for n in range(number):
                minute = hour * 60 + int(chance.integers(60))
                cells[minute][place].append(int(networks[n % len(networks)]))
                made.minutes[place, hour].append(minute)
    outcomes = []
    for minute in range(1440):
        found = tuple(
            Cell("app", place, len(said), float(len(said)), 0, 0, tuple(sorted(set(said))[:3]))
            for place, said in sorted(cells[minute].items())
        )
        raw = made.totals[minute] = sum(cell.raw for cell in found)
        outcomes.append(
            (
                int(MIDNIGHT.timestamp()) // 60 + minute,
                Outcome((), found, {}, int(raw), float(raw) * 0.9, 5.0, 0.1, {"app": 5.0}, {}, {}),
            )
        )
    counts.store(made.service, counts.Ids.of(made.service), outcomes)
    return made


def stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def ask(path: str, **query: Any) -> Any:
    response = Client().get(path, query)
    assert response.status_code == 200, (path, query, response.content[:300])
    return response


def by_country(since: datetime, until: datetime) -> dict[str, int | None]:
    """Each country that is named, with its number if it has one."""
    rows = ask("/api/v1/services/acme/reports", by="country", since=stamp(since), until=stamp(until)).json()["results"]
    return {row["key"]: None if row["few"] else row["reports"] for row in rows}


def all_windows() -> dict[tuple[int, int], dict[str, int | None]]:
    """The answers for all spans of whole hours of the day."""
    return {
        (first, last): by_country(MIDNIGHT + first * HOUR, MIDNIGHT + last * HOUR)
        for first in range(24)
        for last in range(first + 1, 25)
    }


def guessing(day: Day) -> float:
    """How often the commonest number is right for a small cell: what anybody does who knows nothing of the day."""
    numbers = list(day.small.values())
    return numbers.count(1) / len(numbers)


def best_right(estimates: dict[tuple[str, int], float], day: Day) -> float:
    """How often estimates are right, cut at the bounds that fit best in hindsight: better than anybody could know."""
    truth = np.array(list(day.small.values()))
    told = np.array([estimates.get(cell, np.nan) for cell in day.small])
    best = guessing(day)
    bounds = [*np.nanquantile(told, np.linspace(0.5, 1, 40)), np.inf] if np.isfinite(told).any() else [np.inf]
    for one in bounds:
        for two in bounds:
            guess = np.where(np.nan_to_num(told, nan=-np.inf) <= one, 1, np.where(told <= max(one, two), 2, 3))
            best = max(best, float((guess == truth).mean()))
    return best


@pytest.mark.slow
def test_least_squares_over_all_answers_tells_small_cells_no_better_than_guessing(day: Day) -> None:
    """Differences, averages and whatever else follows linearly from the spans of a day, in one solver."""
    assert len(day.small) >= 200
    windows = all_windows()
    estimates: dict[tuple[str, int], float] = {}
    for place in SMALL:
        rows, numbers = [], []
        for (first, last), told in windows.items():
            number = told.get(place)
            if number is not None:
                rows.append([first <= hour < last for hour in range(24)])
                numbers.append(number)
        if not rows:
            continue
        prior = 0.12 * 1.4  # what is usual in an hour, for what the answers leave open
        system = np.vstack([np.array(rows, dtype=float), 0.3 * np.eye(24)])
        solved = np.linalg.lstsq(system, np.array([*numbers, *[0.3 * prior] * 24]), rcond=None)[0]
        estimates |= {(place, hour): float(solved[hour]) for hour in range(24)}
    assert len(estimates.keys() & day.small.keys()) > 50, "the solver has something to work with"
    right, guess = best_right(estimates, day), guessing(day)
    print(f"least squares: {right:.3f} right, guessing {guess:.3f}, {len(day.small)} small cells")  # noqa: T201
    assert right <= guess + MARGIN


def test_whoever_knew_the_weights_of_all_reports_would_still_guess(day: Day) -> None:
    """The bound: no answer tells more than these sums, so that no route at all can do better than this."""
    rows = HourCount.objects.filter(service=day.service, country__in=SMALL).values_list("country", "hour", "perturbed")
    told = {(country, hour.hour): float(number) for country, hour, number in rows}
    right, guess = best_right(told, day), guessing(day)
    print(f"all weights known: {right:.3f} right, guessing {guess:.3f}")  # noqa: T201
    assert right <= guess + MARGIN


@pytest.mark.slow
def test_the_mean_of_many_spans_with_the_same_reports_is_one_number(day: Day) -> None:
    """Chance is not drawn anew for another question about the same reports."""
    quiet = [hour for hour in range(1, 23) if ("US", hour) not in day.small][:3]
    for hour in quiet:
        since, until = MIDNIGHT + hour * HOUR, MIDNIGHT + (hour + 1) * HOUR
        first = by_country(since, until)
        small = {place for place, at in day.small if at == hour}
        for minutes in range(1, 60, 10):
            again = by_country(since - minutes * MINUTE, until)
            later = by_country(since, until + minutes * MINUTE)
            for place in small:
                before = {place for place, at in day.small if at == hour - 1}
                after = {place for place, at in day.small if at == hour + 1}
                if place not in before:
                    assert again.get(place, "none") == first.get(place, "none")
                if place not in after:
                    assert later.get(place, "none") == first.get(place, "none")


@pytest.mark.slow
def test_own_reports_lift_a_place_over_the_limit_and_tell_no_more(day: Day) -> None:
    """Three own networks, then one own report after the other: each adds its own weight and draws nothing anew."""
    cells = [cell for cell in day.small if cell[1] < 23][:60]
    ids = counts.Ids.of(day.service)
    estimates: dict[tuple[str, int], list[float]] = defaultdict(list)
    for turn in range(8):
        for hour in sorted({hour for _place, hour in cells}):
            at = int(MIDNIGHT.timestamp()) // 60 + hour * 60 + turn * 7
            there = set(taken_minutes(day, hour))
            mine = [place for place, of in cells if of == hour and (place, at) not in there]
            own = tuple(Cell("app", place, 1, 1.0, 0, 0, (turn + 1,)) for place in mine)
            ServiceMinute.objects.filter(service=day.service, minute=counts.at_minute(at)).delete()
            total = int(day.totals[hour * 60 + turn * 7]) + len(own)
            outcome = Outcome((), own, {}, total, float(total), 5.0, 0.1, {"app": 5.0}, {}, {})
            counts.store(day.service, ids, [(at, outcome)])
        if turn >= ENOUGH - 1:
            for hour in sorted({hour for _place, hour in cells}):
                told = by_country(MIDNIGHT + hour * HOUR, MIDNIGHT + (hour + 1) * HOUR)
                for place, of in cells:
                    number = told.get(place)
                    if of == hour and number is not None:
                        estimates[place, hour].append(number - turn - 1)
    means = {cell: float(np.mean(found)) for cell, found in estimates.items()}
    assert len(means) > 40
    part = Day(day.service, {cell: day.small[cell] for cell in means})
    right, guess = best_right(means, part), guessing(part)
    print(f"own reports: {right:.3f} right, guessing {guess:.3f}, {len(means)} small cells")  # noqa: T201
    assert right <= guess + 0.1  # sixty cells; of which bounds in hindsight fit some by chance


def taken_minutes(day: Day, hour: int) -> list[tuple[str, int]]:
    """The minutes of an hour that have reports of a small place, which an own report would have to share."""
    first = int(MIDNIGHT.timestamp()) // 60
    return [(place, first + minute) for (place, of), found in day.minutes.items() if of == hour for minute in found]


@pytest.mark.slow
def test_small_places_come_and_go_with_whole_hours_only(day: Day) -> None:
    """Asked each minute, nothing changes when a report comes, so that its minute is told by the total alone."""
    for hour in (6, 15):
        for window in ("1h", "24h"):
            named = set()
            for minute in range(0, 60, 3):
                at = MIDNIGHT + hour * HOUR + minute * MINUTE
                told = ask("/api/v1/services/acme/map", window=window, shapes="false", at=stamp(at)).json()
                cells = {row["id"]: row["properties"] for row in told["features"] if row["id"] in SMALL}
                named.add(json.dumps(cells, sort_keys=True))
            assert len(named) == 1, (hour, window)


def test_a_single_report_is_not_always_named(day: Day) -> None:
    """Being named says that somebody reported; not being named does not say that nobody did."""
    single = [cell for cell, number in day.small.items() if number == 1]
    named = {
        (place, hour)
        for hour in range(24)
        for place in by_country(MIDNIGHT + hour * HOUR, MIDNIGHT + (hour + 1) * HOUR)
    }
    share = sum(cell in named for cell in single) / len(single)
    first, later = WEIGHTS[0] / sum(WEIGHTS), 0.33  # balanced, so that the chance is higher where nobody knows a place
    spread = 5 * (later * (1 - later) / len(single)) ** 0.5
    assert 1 - later - spread < share < 1 - first + spread
    assert not {place for place, _hour in named} - {*SMALL, *BUSY}


def numbers_of(properties: dict[str, Any]) -> set[str]:
    return {
        name for name, value in properties.items() if isinstance(value, int | float) and not isinstance(value, bool)
    }


@pytest.mark.slow
def test_a_place_with_few_has_no_figure_and_no_rank_in_any_door(day: Day) -> None:
    at = stamp(END)
    truth: dict[str, int] = defaultdict(int)
    for (place, _hour), number in day.small.items():
        truth[place] += number
    span = {"since": stamp(MIDNIGHT), "until": at}
    for metric in ("count", "per_million", "excess"):
        told = ask("/api/v1/services/acme/map", window="24h", metric=metric, shapes="false", at=at).json()["features"]
        few = [row["id"] for row in told if row["properties"]["few"]]
        assert few
        assert few == sorted(few)
        assert all(not numbers_of(row["properties"]) for row in told if row["properties"]["few"])
        shown = [row["properties"]["effective"] for row in told if not row["properties"]["few"]]
        assert shown == sorted(shown, reverse=True) or metric != "count"
        topology = ask("/api/v1/services/acme/map", window="24h", metric=metric, format="topojson", at=at).json()
        shapes = topology["objects"]["places"]["geometries"]
        assert [shape["id"] for shape in shapes] == [row["id"] for row in told]
        assert all(not numbers_of(shape["properties"]) for shape in shapes if shape["properties"]["few"])
    table = list(csv.DictReader(io.StringIO(ask("/acme/map.csv", window="24h", at=at).content.decode())))
    rows = [row for row in table if row["enough_to_say"] == "no"]
    assert rows
    assert [row["place"] for row in rows] == sorted(row["place"] for row in rows)
    figures = ("reports", "counted", "per_million", "expected", "times_usual")
    assert not any(row[name] for row in rows for name in figures)
    for path, query in (
        ("reports", {"by": "country"}),
        ("reports", {"by": "region"}),
        ("aggregate", {"axis_x": "country"}),
        ("aggregate", {"axis_x": "component", "axis_y": "region"}),
        ("aggregate", {"axis_x": "country", "axis_y": "time", "grain": "hour"}),
        ("aggregate", {"axis_x": "time", "axis_y": "country", "grain": "day"}),
    ):
        results = ask(f"/api/v1/services/acme/{path}", **query, **span).json()["results"]
        few_rows = [row for row in results if row["few"]]
        assert few_rows, query
        assert all(not numbers_of(row) for row in few_rows), query
        assert [row.get("key", (row.get("x"), row.get("y"))) for row in few_rows] == sorted(
            row.get("key", (row.get("x"), row.get("y"))) for row in few_rows
        )
    page = ask("/acme/map", window="24h", at=at).content.decode()
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    for row in body.split("<tr>"):
        if "too few to say" in row:
            assert not re.search(r'<td class="number[^>]*>[^<]*\d', row)


@pytest.mark.slow
def test_a_place_has_one_number_through_all_doors(day: Day) -> None:
    at = stamp(END)
    span = {"since": stamp(MIDNIGHT), "until": at}
    told = {key: number for key, number in by_country(MIDNIGHT, END).items() if number is not None}
    assert len(told) > len(BUSY)

    def of_features(rows: list[Any]) -> dict[str, int]:
        return {row["id"]: row["properties"]["reports"] for row in rows if not row["properties"]["few"]}

    geo = ask("/api/v1/services/acme/map", window="24h", shapes="false", at=at).json()
    topology = ask("/api/v1/services/acme/map", window="24h", format="topojson", at=at).json()
    by_axis = ask("/api/v1/services/acme/aggregate", axis_x="country", **span).json()["results"]
    turned = ask("/api/v1/services/acme/aggregate", axis_x="component", axis_y="country", **span).json()["results"]
    by_day = ask("/api/v1/services/acme/aggregate", axis_x="time", axis_y="country", grain="day", **span).json()
    lines = ask("/api/v1/services/acme/aggregate", axis_x="country", format="csv", **span).content.decode()
    table = csv.DictReader(io.StringIO(ask("/acme/map.csv", window="24h", at=at).content.decode()))
    doors = {
        "geojson": of_features(geo["features"]),
        "topojson": of_features(topology["objects"]["places"]["geometries"]),
        "axis": {row["x"]: row["reports"] for row in by_axis if not row["few"]},
        "two axes": {row["y"]: row["reports"] for row in turned if not row["few"]},
        "days": {row["y"]: row["reports"] for row in by_day["results"] if not row["few"]},
        "api csv": {
            row["country"]: int(row["reports"]) for row in csv.DictReader(io.StringIO(lines)) if row["few"] == "false"
        },
        "map.csv": {row["place"]: int(row["reports"]) for row in table if row["enough_to_say"] == "yes"},
    }
    for language in ("", "/da", "/ja"):
        page = ask(f"{language}/acme/map", window="24h", at=at).content.decode()
        body = page[page.index("<tbody>") : page.index("</tbody>")]
        rows = re.findall(r'country=([A-Z]{2})[^>]*>[^<]*</a></th><td class="number">([\d.,\s]+)</td>', body)
        doors[f"page {language}"] = {code: int(re.sub(r"\D", "", number)) for code, number in rows}
    for door, said in doors.items():
        assert said == told, door


def test_numbers_of_the_whole_service_are_exact_and_without_fractions(day: Day) -> None:
    answer = ask("/api/v1/services/acme/timeseries", since=stamp(MIDNIGHT), until=stamp(END), grain_minutes=1).json()[
        "points"
    ]
    assert [point["reports"] for point in answer] == day.totals.tolist()
    assert all(point["effective"] == int(point["effective"]) for point in answer)


@pytest.mark.slow
def test_no_other_door_names_a_small_place(day: Day) -> None:
    """Pages and feeds that speak of incidents and of the service, in every dialect."""
    for path in (
        "/acme/", "/embed/acme", "/acme/dashboards", "/acme/reports.csv", "/acme/history.csv", "/acme/history",
        "/api/v1/services/acme/incidents", "/api/v1/services/acme/status", "/api/v1/services/acme/symptoms",
        "/api/v1/services/acme/components", "/acme/feeds/atom.xml", "/acme/feeds/rss.xml", "/acme/feeds/feed.json",
        "/metrics",
        "/acme/api/v2/summary.json", "/acme/api/v2/incidents.json", "/acme/badge.svg", "/kuma/api/status-page/acme",
        "/open311/v2/services.json", "/gatus/api/v1/endpoints/statuses", "/acme/is-it-me?symptom=timeout&country=MT",
    ):  # fmt: skip
        response = Client().get(path)
        assert response.status_code in (200, 404), path
        text = response.content.decode()
        for row in re.findall(r"<li>.*?</li>", text, re.S):
            if "too few to say" in row:
                assert not re.search(r'class="number">\s*\d', row), path
    frames = ask("/acme/map/frames.json", window="24h", at=stamp(END)).json()
    number_of = {code: number for number, code in enumerate(frames["places"])}
    assert not number_of.keys() & set(SMALL), "no frame is as long as an hour"
    long = ask("/acme/map/frames.json", window="7d", at=stamp(END)).json()
    for frame in long["frames"]:
        for step, value in zip(frame["steps"], frame["values"], strict=True):
            assert (value is None) == (step <= 0)
