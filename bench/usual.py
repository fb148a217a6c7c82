"""How often a quiet day's map shows a place as off its usual: `python -m bench usual [WORLD …]`.

Plays the quiet days of worlds (all of SHARED/worlds; of those with an outage the days before it) through the detector,
tells their reports by their weights, learns what is usual from the days before, and compares each hour of each quiet
day but the first, by country and by region: of places with ten expected reports or more the share of hours off 0.8 to
1.25 times the usual, as the map tells it (estimated, rounded, steady), by the plain ratio of the same numbers, and by
that of the exact ones. Each world is looked at by itself, and all of them as one service that is as large as they are
together, which has more such places. No database is needed.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import django

DAY, HOUR = 1440, 60
ENOUGH, LEAST = 3, 10
SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[2] / "shared"))


Numbers = dict[tuple[str, str, int], float]  # by component, place, hour


@dataclass
class Played:
    """What is told of a world's quiet days, and what was expected of them."""

    told: Numbers = field(default_factory=lambda: defaultdict(float))
    exact: Numbers = field(default_factory=lambda: defaultdict(float))
    networks: dict[tuple[str, int], set[int]] = field(default_factory=lambda: defaultdict(set))
    expected: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, other: Played, name: str) -> None:
        """Take in another world: its networks are others."""
        for mine, theirs in ((self.told, other.told), (self.exact, other.exact)):
            for cell, number in theirs.items():
                mine[cell] += number
        for place, found in other.networks.items():
            self.networks[place] |= {hash((name, network)) for network in found}
        for hour, number in other.expected.items():
            self.expected[hour] += number


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    worlds = [Path(given) for given in sys.argv[1:] if Path(given).exists()]
    worlds = worlds or sorted(path.parent for path in (SHARED / "worlds").glob("*/truth.json"))
    if not worlds:
        print(f"there are no worlds in {SHARED}")
        return
    together = Played()
    for world in worlds:
        played = play(world)
        together.add(played, world.name)
        compare(world.name, played)
    if len(worlds) > 1:
        compare("all together", together)


def play(world: Path) -> Played:
    """Return what is told of a world's quiet days."""
    from outages.detection import engine, replay
    from outages.detection.state import State
    from outages.pipeline.perturbation import Balance, balanced, phase
    from reports.places.codes import split_place

    truth = json.loads((world / "truth.json").read_text(encoding="utf-8"))
    quiet_until = truth["end" if truth["profile"] == "quiet" else "warm_up_ends"]
    end = int(datetime.fromisoformat(quiet_until).timestamp()) // 60 // DAY * DAY
    events = replay.Recording(replay.events_path(world))
    spec = replay.surveyed(events)
    state: State | None = None
    played, balance = Played(), Balance()
    for minute in replay.minutes_of(events, spec.slug):
        if minute.minute >= end:
            break
        state = state or State.fresh(minute.minute - 1)
        state, outcome = engine.step(state, minute, service=spec)
        hour = minute.minute // HOUR
        played.expected[hour] += outcome.expected
        for cell in sorted(outcome.cells, key=lambda cell: (cell.component, cell.place)):
            where = split_place(cell.place)
            lean = balance.lean(*where, phase(b"key", minute.minute, world.name, *where))
            weight = balanced(cell.raw, lean, b"key", world.name, cell.component, cell.place, minute.minute)
            balance.add(*where, weight - cell.raw)
            told = cell.effective * weight / cell.raw if cell.raw else 0.0
            for place in {cell.place[:2], cell.place}:
                played.told[cell.component, place, hour] += told
                played.exact[cell.component, place, hour] += cell.effective
                played.networks[place, hour] |= set(cell.networks)
    return played


def compare(name: str, played: Played) -> None:
    """Print how often places are off."""
    first = min(played.expected) // 24 + 1
    days = range(first, (max(played.expected) + 1) // 24)
    for level, is_country in (("countries", True), ("regions", False)):
        ways = ("as told", "plainly", "by exact numbers")
        of_place: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
        for day in days:
            for place, is_off in hours_of(played, day, is_country=is_country):
                of_place[place].append(is_off)
        hours = sum(map(len, of_place.values()))
        if not hours:
            continue
        words = []
        for number, way in enumerate(ways):
            off = {place: sum(row[number] for row in rows) for place, rows in of_place.items()}
            shares = {place: count / len(of_place[place]) for place, count in off.items()}
            worst = max(shares, key=lambda place: shares[place])
            many = sum(share > 0.05 for share in shares.values())
            words.append(
                f"{way} {sum(off.values())} off ({sum(off.values()) / hours:.1%}), {many} places over 5 % of their"
                f" hours (the most: {worst}, {off[worst]} of {len(of_place[worst])})"
            )
        print(f"{name}, {level}: {len(of_place)} places, {hours} hours; {'; '.join(words)}", flush=True)


def hours_of(played: Played, day: int, *, is_country: bool) -> Iterator[tuple[str, tuple[bool, ...]]]:
    """Each hour of a place with enough expected reports: whether it is off as told, plainly, by exact numbers."""
    from outages.analytics import hysteresis, ratios, usual
    from outages.pipeline.perturbation import shown

    told = {cell: number for cell, number in played.told.items() if (len(cell[1]) == 2) is is_country}
    profile = usual.learnt(
        [(component, place, hour % 24, number) for (component, place, hour), number in told.items() if hour < day * 24]
    )
    seen: dict[tuple[str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (component, place, hour), number in told.items():
        seen[place, hour][0] += number
        seen[place, hour][1] += played.exact[component, place, hour]
    before = hysteresis.LOOKS_BACK
    hours = range(day * 24 - before, day * 24 + 24)
    for place in profile.index:
        are_shown = [len(played.networks[place, hour]) >= ENOUGH for hour in hours]
        numbers = [shown(seen[place, hour][0]) if is_it else 0 for hour, is_it in zip(hours, are_shown, strict=True)]
        usually = [played.expected[hour] * profile.share(place, hour % 24) for hour in hours]
        estimates = ratios.times_usual(numbers, usually).exact
        for at in range(before, len(hours)):
            if are_shown[at] and usually[at] >= LEAST:
                steady = float(ratios.steady(estimates[at - before : at + 1], has_past=True)[-1])
                exact = seen[place, hours[at]][1]
                found = (steady, numbers[at] / usually[at], exact / usually[at])
                yield place, tuple(not 0.8 <= ratio <= 1.25 for ratio in found)
