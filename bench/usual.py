"""How often a quiet day's map shows a place as off its usual: `python -m bench usual [WORLD]`.

Plays a quiet world (SHARED/worlds/quiet) through the detector, tells its reports by their weights, learns what is usual
from the days before, and compares each hour of the last day: of places with ten expected reports or more the share of
hours off 0.8 to 1.25 times the usual, as the map tells it and without the estimate. No database is needed.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from pathlib import Path

import django
import numpy as np

DAY, HOUR = 1440, 60
ENOUGH, LEAST = 3, 10
SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[2] / "shared"))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from outages.analytics import ratios, usual
    from outages.detection import engine, replay
    from outages.detection.state import State
    from outages.pipeline.perturbation import perturbed, shown

    world = next((Path(given) for given in sys.argv[1:] if Path(given).exists()), SHARED / "worlds" / "quiet")
    if not world.exists():
        print(f"there is no {world}")
        return
    events = replay.Recording(replay.events_path(world))
    spec = replay.surveyed(events)
    state: State | None = None
    told: dict[tuple[str, str, int], float] = defaultdict(float)  # component, country, hour
    networks: dict[tuple[str, int], set[int]] = defaultdict(set)
    expected: dict[int, float] = defaultdict(float)
    first = last = 0
    for minute in replay.minutes_of(events, spec.slug):
        if state is None:
            first = minute.minute
            state = State.fresh(first - 1)
        state, outcome = engine.step(state, minute, service=spec)
        last, hour = minute.minute, minute.minute // HOUR
        expected[hour] += outcome.expected
        for cell in outcome.cells:
            weight = perturbed(cell.raw, b"key", cell.component, cell.place, minute.minute)
            told[cell.component, cell.place[:2], hour] += cell.effective * weight / cell.raw if cell.raw else 0.0
            networks[cell.place[:2], hour] |= set(cell.networks)
    start = last // DAY * DAY // HOUR
    if (last + 1) % DAY:
        start -= DAY // HOUR
    profile = usual.learnt(
        [(component, place, hour % 24, number) for (component, place, hour), number in told.items() if hour < start]
    )
    seen: dict[tuple[str, int], float] = defaultdict(float)
    for (_component, place, hour), number in told.items():
        seen[place, hour] += number
    of_place: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for hour in range(start, start + 24):
        for place in profile.index:
            m = expected[hour] * profile.share(place, hour % 24)
            if place and m >= LEAST and len(networks[place, hour]) >= ENOUGH:
                x = shown(seen[place, hour])
                of_place[place].append((float(ratios.times_usual(x, m).estimate), x / m))
    print(f"{world.name}: learnt from {(start * HOUR - first) / DAY:.1f} days; the last one, {len(of_place)} places")
    for name, which in (("as told", 0), ("without the estimate", 1)):
        off = {place: np.mean([not 0.8 <= row[which] <= 1.25 for row in rows]) for place, rows in of_place.items()}
        hours = sum(map(len, of_place.values()))
        whole = sum(off[place] * len(rows) for place, rows in of_place.items())
        many = sum(share > 0.05 for share in off.values())
        worst = max(off, key=lambda place: off[place], default="-")
        print(
            f"  {name}: {whole:.0f} of {hours} hours off 0.8–1.25 ({100 * whole / max(hours, 1):.1f} %); "
            f"over 5 %: {many} places; worst {worst} {100 * off.get(worst, 0):.0f} %"
        )
