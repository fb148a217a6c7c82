"""How often a quiet day's map shows a place as off its usual: `python -m bench usual [WORLD …]`.

Plays the quiet days of worlds (all of SHARED/worlds; of those with an outage the days before it) through the detector,
tells their reports by their weights, learns what is usual from the days before, and compares each hour of the last
quiet day, by country and by region: of places with ten expected reports or more the share of hours off 0.8 to 1.25
times the usual, as the map tells it and without the estimate. Each world is looked at by itself, and all of them as one
service that is as large as they are together, which has more such places. No database is needed.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import django
import numpy as np

DAY, HOUR = 1440, 60
ENOUGH, LEAST = 3, 10
SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[2] / "shared"))


@dataclass
class Played:
    """What is told of a world's quiet days, and what was expected of them."""

    told: dict[tuple[str, str, int], float] = field(
        default_factory=lambda: defaultdict(float)
    )  # component, place, hour
    networks: dict[tuple[str, int], set[int]] = field(default_factory=lambda: defaultdict(set))
    expected: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, other: Played, name: str) -> None:
        """Take in another world: its networks are others."""
        for cell, number in other.told.items():
            self.told[cell] += number
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
        played, start = play(world)
        together.add(played, world.name)
        compare(world.name, played, start)
    if len(worlds) > 1:
        compare("all together", together, start)


def play(world: Path) -> tuple[Played, int]:
    """Return what is told of a world's quiet days, and the first hour of the last one."""
    from outages.detection import engine, replay
    from outages.detection.state import State
    from outages.pipeline.perturbation import Balance, balanced
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
            lean = balance.lean(*where)
            weight = balanced(cell.raw, lean, b"key", world.name, cell.component, cell.place, minute.minute)
            balance.add(*where, weight - cell.raw)
            told = cell.effective * weight / cell.raw if cell.raw else 0.0
            for place in {cell.place[:2], cell.place}:
                played.told[cell.component, place, hour] += told
                played.networks[place, hour] |= set(cell.networks)
    return played, (end - DAY) // HOUR


def compare(name: str, played: Played, start: int) -> None:
    """Print how often the places of a day are off."""
    from outages.analytics import ratios, usual
    from outages.pipeline.perturbation import shown

    for level, is_country in (("countries", True), ("regions", False)):
        cells = {cell: number for cell, number in played.told.items() if (len(cell[1]) == 2) is is_country}
        profile = usual.learnt(
            [
                (component, place, hour % 24, number)
                for (component, place, hour), number in cells.items()
                if hour < start
            ]
        )
        seen: dict[tuple[str, int], float] = defaultdict(float)
        for (_component, place, hour), number in cells.items():
            seen[place, hour] += number
        of_place: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for hour in range(start, start + 24):
            for place in profile.index:
                m = played.expected[hour] * profile.share(place, hour % 24)
                if m >= LEAST and len(played.networks[place, hour]) >= ENOUGH:
                    x = shown(seen[place, hour])
                    of_place[place].append((float(ratios.times_usual(x, m).estimate), x / m))
        hours = sum(map(len, of_place.values()))
        if not hours:
            continue
        words = []
        for which in (0, 1):
            off = {place: np.mean([not 0.8 <= row[which] <= 1.25 for row in rows]) for place, rows in of_place.items()}
            whole = sum(off[place] * len(rows) for place, rows in of_place.items())
            many = sum(share > 0.05 for share in off.values())
            words.append(f"{whole:.0f} off ({100 * whole / hours:.1f} %), over 5 % of its hours {many} places")
        print(
            f"{name}, {level}: {len(of_place)} places, {hours} hours; as told {words[0]}; plainly {words[1]}",
            flush=True,
        )
