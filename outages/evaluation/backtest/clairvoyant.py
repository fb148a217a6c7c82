"""The soonest that anybody could open an outage: a test that knows where and what fails, when, and how loudly.

It adds up the likelihood ratio of what came (Wald's sequential test) with the true rates, and opens where that passes
what keeps false incidents rare: a rule that cannot know in advance which component and country will fail has to treat
them all alike, and each begins a new test every few minutes. What it cannot open in time, no detector can.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from outages.detection.replay import Event
from outages.evaluation.backtest.score import Truth, minutes

FALSE_A_MONTH: Final = 1.5  # incidents that nobody confirms may be so many
WINDOW_MINUTES: Final = 10  # a test begins anew so often in each component and country
MONTH_MINUTES: Final = 30 * 1440
RISE_MINUTES: Final = 10  # an outage reaches its height in so many minutes …
PLATEAU: Final = (15, 60)  # … which is measured over these minutes of it
USUAL_WITHIN: Final = 90  # the usual is taken from so many minutes before and after the same time of other days
FLUKE: Final = 0.002  # share of a fine probe's tries that fail
SHARES: Final = (0.05, 0.95)  # of a failing probe's tries that fail, at least and at most
LOOK_MINUTES: Final = 60
DAY: Final = 1440


@dataclass(frozen=True, slots=True)
class Best:
    """One outage: minutes until its first sign (a report or a failed probe), and until it could be opened at best."""

    components: tuple[str, ...]
    start: str
    first_sign: float | None
    opened: float | None


def needed_nats(components: int, countries: int) -> float:
    """The likelihood ratio that so many places to look at need, as a logarithm, for `FALSE_A_MONTH`."""
    return math.log(components * countries * MONTH_MINUTES / WINDOW_MINUTES / FALSE_A_MONTH)


def at_best(truth: Truth, events: Iterable[Event]) -> list[Best]:
    """Each outage of one service's world, as soon as it could be opened."""
    reports: list[tuple[float, str, str]] = []
    tries: list[tuple[float, str, frozenset[str], bool]] = []
    for event in events:
        at = event.at.timestamp() / 60
        if event.type == "report" and event.kind == "problem":
            reports.append((at, event.component, event.region or ""))
        elif event.type == "probe" and not event.control:
            done = at + (event.latency_ms or 0.0) / 60_000
            failed = event.http_status is None or event.http_status >= 500
            tries.append((done, event.component, frozenset(event.countries), failed))
    lands = {region[:2] for region in truth.region_weights}
    needed = needed_nats(len({component for _, component, _ in reports}), len(lands))
    found = []
    for outage in truth.outages:
        parts, regions = set(outage["components"]), set(outage["regions"])
        own = [at for at, component, region in reports if component in parts and region in regions]
        seen = [(at, failed) for at, part, area, failed in tries if part in parts and area & set(outage["countries"])]
        found.append(_best(outage["components"], outage["start"], own, seen, truth, needed))
    return found


def _best(
    components: Sequence[str], started: str, reports: list[float], tries: list[tuple[float, bool]], truth: Truth,
    needed: float,
) -> Best:  # fmt: skip
    start = minutes(started)
    usual = _usual(reports, start, minutes(truth.start), minutes(truth.warm_up_ends or truth.start))
    first, last = PLATEAU
    height = max(sum(start + first < at <= start + last for at in reports) / (last - first) - usual, usual)
    later = [failed for at, failed in tries if start + RISE_MINUTES / 2 < at <= start + last]
    share = min(max(sum(later) / len(later), SHARES[0]), SHARES[1]) if later and any(later) else FLUKE
    signs: list[tuple[float, float]] = [
        (at - start, math.log1p(height * min((at - start) / RISE_MINUTES, 1) / usual))
        for at in reports
        if 0 <= at - start <= LOOK_MINUTES
    ]
    signs += [
        (at - start, math.log(share / FLUKE) if failed else math.log((1 - share) / (1 - FLUKE)))
        for at, failed in tries
        if 0 <= at - start <= LOOK_MINUTES
    ]
    signs.sort()
    failures = [at - start for at, failed in tries if failed and 0 <= at - start <= LOOK_MINUTES]
    heard = [at - start for at in reports if 0 <= at - start <= LOOK_MINUTES]
    nats, opened = 0.0, None
    for at, worth in signs:
        nats += worth
        if nats - _silence(height, at) >= needed:
            opened = at
            break
    return Best(tuple(components), started, min([*heard, *failures], default=None), opened)


def _silence(height: float, until: float) -> float:
    """Reports beyond the usual that an outage would have brought by then: what their absence takes off."""
    risen = min(until, RISE_MINUTES)
    return height * (risen * risen / (2 * RISE_MINUTES) + max(until - RISE_MINUTES, 0))


def _usual(reports: list[float], start: float, first: float, last: float) -> float:
    """Reports a minute at the time of day of an outage, on the days before anything happened; never 0."""
    near = sum(first <= at < last and abs((at - start + DAY / 2) % DAY - DAY / 2) <= USUAL_WITHIN for at in reports)
    return max(near, 0.5) / (max(last - first, DAY) / DAY * 2 * USUAL_WITHIN)


def in_words(found: Sequence[Best]) -> str:
    """How soon outages could be opened at best; empty where there are none."""
    opened = sorted(math.inf if one.opened is None else one.opened for one in found)
    if not opened:
        return ""
    late = opened[min(len(opened) - 1, int(0.9 * len(opened)))]
    silent = [one for one in found if one.first_sign is None or one.first_sign > WINDOW_MINUTES]
    give = "gives" if len(silent) == 1 else "give"
    return (
        "What nobody can do better: a sequential test that is told which components fail, where, from when on and how "
        f"many people will report it, and that may show {FALSE_A_MONTH} false incidents a month among all components "
        f"and countries, opens these {len(found)} outages after {statistics.median(opened):.1f} minutes (median) and "
        f"{late:.1f} (p90); {len(silent)} of them {give} no sign at all in the first {WINDOW_MINUTES} minutes."
    )
