"""Effective counts: what a minute's reports are worth once repeats and single origins are cut.

Nothing is dropped in silence: each cut has a name and is counted. Memory is bounded: reporters and networks are kept in
tables of fixed size, the reports of the last two hours in a log that is thinned, with weights, when it overflows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from outages.detection.datatypes import ReportKind, Reports
from outages.detection.thresholds import Thresholds

SLOTS: Final = 1 << 15
LOG_MINUTES: Final = 120
LOG_ROWS: Final = 16_000
TAG_BITS: Final = 32  # of a key: the upper half is kept, the lower one chooses the slot
SMALL: Final = 16  # rows of a minute that may take the short way
FEW: Final = 8  # rows for which plain numbers are quicker than arrays
ROW: Final = np.dtype(
    [
        ("minute", "i4"), ("component", "i2"), ("place", "i2"), ("symptom", "i2"), ("kind", "i1"), ("weight", "f4"),
        ("origin", "i8"), ("source", "u8"), ("network", "u4"),
    ]
)  # fmt: skip

CUTS: Final = ("same-reporter", "same-network", "same-origin", "weight")
UNITS: Final = 4  # of a report that counts in full, in the tables: weights are earned in such steps
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = 0xBF58476D1CE4E5B9
_SECOND: Final = 0x94D049BB133111EB
_BITS: Final = (1 << 64) - 1
ROUNDS: Final = 12  # from which the limits of origins do not move any more
MOST_KEYS: Final = 4096  # origins that are remembered


def mixed(*columns: NDArray[Any]) -> NDArray[np.uint64]:
    """One well-spread 64-bit number for each row of the columns (splitmix64's finaliser)."""
    if len(columns[0]) <= FEW:
        return np.array([_mixed_of_one(row) for row in zip(*(c.tolist() for c in columns), strict=True)], np.uint64)
    value = np.zeros(len(columns[0]), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            value = (value ^ column.astype(np.int64).view(np.uint64)) + _MIX
            value = (value ^ (value >> np.uint64(30))) * np.uint64(_FIRST)
            value = (value ^ (value >> np.uint64(27))) * np.uint64(_SECOND)
            value = value ^ (value >> np.uint64(31))
    return value


def _mixed_of_one(row: tuple[int, ...]) -> int:
    """The same for one row, in whole numbers: arrays cost more than they save where there is little to mix."""
    value = 0
    for number in row:
        value = ((value ^ (number & _BITS)) + int(_MIX)) & _BITS
        value = ((value ^ (value >> 30)) * _FIRST) & _BITS
        value = ((value ^ (value >> 27)) * _SECOND) & _BITS
        value ^= value >> 31
    return value


class Tally(msgspec.Struct):
    """How often a key came in the last minutes, in a table of fixed size. Newer keys displace older ones.

    A window begins with a key's first grant, not at a fixed minute; one that begins soon after the last grant of the
    window before takes that along. So nobody counts twice who comes at the end of one and the start of the next.
    """

    tag: NDArray[np.uint32]
    span: NDArray[np.int32]
    count: NDArray[np.uint8]
    last: NDArray[np.int32] = msgspec.field(default_factory=lambda: np.full(SLOTS, -1, dtype=np.int32))

    @classmethod
    def fresh(cls) -> Tally:
        return cls(
            tag=np.zeros(SLOTS, dtype=np.uint32),
            span=np.full(SLOTS, -1, dtype=np.int32),
            count=np.zeros(SLOTS, dtype=np.uint8),
        )

    def copied(self) -> Tally:
        return Tally(self.tag.copy(), self.span.copy(), self.count.copy(), self.last.copy())

    def first_of(self, keys: NDArray[np.uint64], minute: int, minutes: int) -> NDArray[np.bool_]:
        """Return which rows are the first of their key in so many minutes, and remember them."""
        if not len(keys):
            return np.zeros(0, dtype=bool)
        unique, first = np.unique(keys, return_index=True)
        slot = (unique % np.uint64(SLOTS)).astype(np.int64)
        tag = (unique >> np.uint64(32)).astype(np.uint32)
        is_new = (self.tag[slot] != tag) | (minute - self.span[slot].astype(np.int64) >= minutes)
        found = np.zeros(len(keys), dtype=bool)
        found[first[is_new]] = True
        self.tag[slot[is_new]] = tag[is_new]
        self.span[slot[is_new]] = minute
        return found

    def granted(
        self, keys: NDArray[np.uint64], asked: NDArray[np.int64], minute: int, minutes: int, limit: int
    ) -> NDArray[np.int64]:
        """How much each row gets of what it asks for, first come first served: a key has `limit` in so many minutes."""
        if not len(keys):
            return np.zeros(0, dtype=np.int64)
        if len(keys) <= SMALL:
            return self._granted_to_few(keys.tolist(), asked.tolist(), minute, minutes, limit)
        unique, inverse, sizes = np.unique(keys, return_inverse=True, return_counts=True)
        order = np.argsort(inverse, kind="stable")
        sums = np.cumsum(asked[order])
        ends = np.cumsum(sizes) - 1
        totals = np.diff(sums[ends], prepend=0)
        earlier = np.empty(len(keys), dtype=np.int64)
        earlier[order] = sums - asked[order] - np.repeat(sums[ends] - totals, sizes)
        slot = (unique % np.uint64(SLOTS)).astype(np.int64)
        tag = (unique >> np.uint64(32)).astype(np.uint32)
        known = self.tag[slot] == tag
        goes_on = known & (minute - self.span[slot].astype(np.int64) < minutes)
        carried = known & ~goes_on & (minute - self.last[slot].astype(np.int64) < minutes)
        before = np.where(goes_on, self.count[slot], np.where(carried, min(UNITS, limit), 0)).astype(np.int64)
        self.tag[slot] = tag
        self.span[slot] = np.where(goes_on, self.span[slot], minute)
        self.last[slot] = np.where(before < limit, minute, self.last[slot])
        self.count[slot] = np.minimum(before + totals, limit).astype(np.uint8)
        granted: NDArray[np.int64] = np.clip((limit - before)[inverse] - earlier, 0, asked)
        return granted

    def _granted_to_few(
        self, keys: list[int], asked: list[int], minute: int, minutes: int, limit: int
    ) -> NDArray[np.int64]:
        """The same for few rows, without arrays."""
        earlier: list[int] = []
        totals: dict[int, int] = {}
        for key, wanted in zip(keys, asked, strict=True):
            earlier.append(totals.get(key, 0))
            totals[key] = earlier[-1] + wanted
        before: dict[int, int] = {}
        spans: dict[int, tuple[int, int]] = {}  # each key's start of its window, and minute of its last grant
        for key in totals:
            slot = key % SLOTS
            is_known = self.tag[slot] == key >> TAG_BITS
            span, last = int(self.span[slot]), int(self.last[slot])
            goes_on = is_known and minute - span < minutes
            is_carried = is_known and not goes_on and minute - last < minutes
            before[key] = int(self.count[slot]) if goes_on else min(UNITS, limit) if is_carried else 0
            spans[key] = (span if goes_on else minute, minute if before[key] < limit else last)
        for key in sorted(totals):  # in this order: of two keys in one slot the larger stays
            slot = key % SLOTS
            self.tag[slot], (self.span[slot], self.last[slot]) = key >> TAG_BITS, spans[key]
            self.count[slot] = min(before[key] + totals[key], limit)
        granted = [
            min(max(limit - before[key] - taken, 0), wanted)
            for key, wanted, taken in zip(keys, asked, earlier, strict=True)
        ]
        return np.array(granted, dtype=np.int64)


class Origins(msgspec.Struct):
    """How often each autonomous system was seen in each country, for its usual share. Bounded."""

    key: NDArray[np.uint64]  # sorted
    count: NDArray[np.float32]
    country_key: NDArray[np.uint64]  # sorted
    country_count: NDArray[np.float32]

    @classmethod
    def fresh(cls) -> Origins:
        return cls(
            key=np.zeros(0, dtype=np.uint64),
            count=np.zeros(0, dtype=np.float32),
            country_key=np.zeros(0, dtype=np.uint64),
            country_count=np.zeros(0, dtype=np.float32),
        )

    @staticmethod
    def _look_up(
        keys: NDArray[np.uint64], counts: NDArray[np.float32], wanted: NDArray[np.uint64]
    ) -> NDArray[np.float32]:
        if not len(keys):
            return np.zeros(len(wanted), dtype=np.float32)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        found: NDArray[np.float32] = np.where(keys[at] == wanted, counts[at], np.float32(0)).astype(np.float32)
        return found

    def shares(
        self, keys: NDArray[np.uint64], country_keys: NDArray[np.uint64], limits: Thresholds
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Each key's usual share of its country's reports, and how usual it is at all, in 0…1.

        Both are 1 where the country is hardly known. A stranger to a country that is well known is not usual.
        """
        total = self._look_up(self.country_key, self.country_count, country_keys).astype(np.float64)
        seen = self._look_up(self.key, self.count, keys).astype(np.float64)
        known = total >= limits.origins_known
        share = np.where(known, seen / np.maximum(total, 1), 1.0)
        own = np.minimum(seen / limits.origin_usual_from, 1.0)
        usual = np.where(known, np.maximum(own, limits.origins_known / np.maximum(total, 1)), 1.0)
        return share, usual

    def learn(self, keys: NDArray[np.uint64], country_keys: NDArray[np.uint64], most: int = MOST_KEYS) -> None:
        """Takes in reports of a calm minute."""
        self.key, self.count = _merged(self.key, self.count, keys, most)
        self.country_key, self.country_count = _merged(self.country_key, self.country_count, country_keys, most)


def _merged(
    keys: NDArray[np.uint64], counts: NDArray[np.float32], fresh: NDArray[np.uint64], most: int
) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
    if len(keys):
        at = np.minimum(np.searchsorted(keys, fresh), len(keys) - 1)
        if (keys[at] == fresh).all():
            return keys, (counts + np.bincount(at, minlength=len(keys))).astype(np.float32)
    both = np.concatenate([keys, fresh])
    unique, inverse = np.unique(both, return_inverse=True)
    weights = np.concatenate([counts, np.ones(len(fresh), dtype=np.float32)])
    summed = np.bincount(inverse, weights=weights, minlength=len(unique)).astype(np.float32)
    if len(unique) > most:
        kept = np.sort(np.argsort(-summed, kind="stable")[: most // 2])
        unique, summed = unique[kept], summed[kept]
    return unique, summed


@dataclass(frozen=True, slots=True)
class Counted:
    """A minute's reports after the cuts: rows of the log (dtype ROW), and what each rule took of each raw report.

    `cuts` has one array a rule of CUTS, of the length of the minute's reports, in reports. What is left of a report and
    what was cut of it are 1 together; a weight above 1 is a cut below 0.
    """

    rows: NDArray[Any]
    cuts: dict[str, NDArray[np.float64]]


def origin_of(reports: Reports) -> NDArray[np.int64]:
    """What a report's origin is judged by: its autonomous system, else its wide network, else its network (negative).

    Live reports have a wide network wherever they have a network; recorded ones may have an area in its stead.
    """
    wide = np.where(reports.wide_network != 0, reports.wide_network, reports.network)
    return np.where(reports.asn != 0, reports.asn, -np.abs(wide)).astype(np.int64)


def water_filled(
    counts: NDArray[np.float64],
    shares: NDArray[np.float64],
    floor: NDArray[np.float64],
    group: NDArray[np.int64],
    thresholds: Thresholds,
) -> NDArray[np.float64]:
    """What each origin's reports may count, given the other origins of the same group.

    An origin may bring its floor, or `origin_multiple` times its usual
    share (plus an allowance) of what the others bring. As each limit rests on the others' limited counts it is found
    by iteration from above.
    """
    allowed = counts.astype(np.float64)
    factor = thresholds.origin_multiple * (shares + thresholds.origin_allowance)
    for _ in range(ROUNDS):
        total = np.bincount(group, weights=allowed)[group]
        allowed = np.minimum(allowed, np.maximum(floor, factor * (total - allowed)))
    return allowed


def _joined(log: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
    """Rows of the log and more of them. numpy's own way compares all columns' types each time."""
    both = np.empty(len(log) + len(rows), dtype=ROW)
    both[: len(log)] = log
    both[len(log) :] = rows
    return both


def expanded(reports: Reports, components: dict[str, int], places: dict[str, int], symptoms: dict[str, int]) -> Any:
    """The reports' own code columns as indexes of the state."""
    component = np.array([components[c] for c in reports.components], dtype=np.int16)[reports.component]
    place = np.array([places[p] for p in reports.places], dtype=np.int16)[reports.place]
    symptom = np.array([symptoms[s] for s in reports.symptoms], dtype=np.int16)[reports.symptom]
    return component, place, symptom


class Counter(msgspec.Struct):
    """All that is remembered to count reports: tables of reporters and networks, usual origins, the log."""

    reporters: Tally
    networks: Tally
    origins: Origins
    log: NDArray[Any]

    @classmethod
    def fresh(cls) -> Counter:
        return cls(reporters=Tally.fresh(), networks=Tally.fresh(), origins=Origins.fresh(), log=np.zeros(0, dtype=ROW))

    def copied(self) -> Counter:
        """A copy that may count ahead."""
        return Counter(self.reporters.copied(), self.networks.copied(), self.origins, self.log)

    def count(
        self, reports: Reports, codes: tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]],
        country: NDArray[np.int64], minute: int, thresholds: Thresholds, unobserved: int = 0,
    ) -> Counted:  # fmt: skip
        """Weighs one minute's reports and adds them to the log. `country` numbers each place's country.

        The log keeps LOG_MINUTES and so many `unobserved` ones: what was seen before them is not forgotten in them.
        """
        component, place, symptom = codes
        size = len(reports)
        cuts = {name: np.zeros(size) for name in CUTS}
        if size == 0:
            self._prune(minute - unobserved)
            return Counted(np.zeros(0, dtype=ROW), cuts)
        kind = reports.kind.astype(np.int64)
        first = np.ones(size, dtype=bool)
        named = reports.reporter != 0
        keys = mixed(reports.reporter, component, kind)
        first[named] = self.reporters.first_of(keys[named], minute, 60 * thresholds.reporter_hours)
        cuts["same-reporter"][~first] = 1
        weight = np.clip(reports.weight, thresholds.least_weight, thresholds.most_weight).astype(np.float64)
        cuts["weight"][first] = 1 - weight[first]
        # A weight above 1 uses up more of its network's share: it brings no more than two new reporters there would.
        asked = np.ceil(UNITS * np.maximum(weight, 1)).astype(np.int64)
        left = np.where(first, weight, 0.0)
        known = first & (reports.network != 0)
        keys = mixed(reports.network, component, kind)
        granted = self.networks.granted(
            keys[known], asked[known], minute, thresholds.network_minutes, UNITS * thresholds.network_reports
        )
        left[known] = np.minimum(left[known], granted / UNITS)
        cuts["same-network"][first] = weight[first] - left[first]
        inside = left > 0
        rows = np.zeros(int(inside.sum()), dtype=ROW)
        rows["minute"] = minute
        rows["component"], rows["place"], rows["symptom"] = component[inside], place[inside], symptom[inside]
        rows["kind"] = kind[inside]
        rows["weight"] = left[inside]
        rows["origin"] = origin_of(reports)[inside]
        rows["source"] = mixed(country[rows["place"]], rows["origin"])
        rows["network"] = (mixed(reports.network[inside]) >> np.uint64(32)).astype(np.uint32)
        before = rows["weight"].astype(np.float64)
        self._limit_origins(rows, country, minute, thresholds)
        cuts["same-origin"][inside] = before - rows["weight"]
        self._prune(minute - unobserved)
        self.log = _joined(self.log, rows[rows["weight"] >= thresholds.kept_weight])
        while len(self.log) > LOG_ROWS:
            self.log = self.log[::2].copy()
            self.log["weight"] *= 2
        return Counted(rows, cuts)

    def _prune(self, minute: int) -> None:
        """Drops what is too old. The log is in order of time, so the rest is a slice."""
        if len(self.log) and self.log["minute"][0] <= minute - LOG_MINUTES:
            self.log = self.log[np.searchsorted(self.log["minute"], minute - LOG_MINUTES, side="right") :]

    def _limit_origins(self, rows: NDArray[Any], country: NDArray[np.int64], minute: int, limits: Thresholds) -> None:
        """Lowers the weights of rows whose origin brings more than its share, seen over `network_minutes`."""
        recent = self.log[np.searchsorted(self.log["minute"], minute - limits.network_minutes + 1) :]
        if not len(rows) or (len(rows) <= SMALL and self._is_ordinary(rows, recent, country, limits)):
            return
        both = _joined(recent, rows)
        land = country[both["place"]]
        cell = (both["component"].astype(np.int64) << 18) + (both["kind"].astype(np.int64) << 16) + land
        _, group = np.unique(cell, return_inverse=True)
        source = both["source"]
        with np.errstate(over="ignore"):
            within = source ^ (cell.astype(np.uint64) * _MIX)
        keys, inverse = np.unique(within, return_inverse=True)
        weights = np.bincount(inverse, weights=both["weight"], minlength=len(keys))
        one = np.zeros(len(keys), dtype=np.int64)
        one[inverse] = np.arange(len(both))
        shares, usual = self.origins.shares(source[one], mixed(land[one]), limits)
        floor = np.where(both["origin"][one] <= 0, limits.unknown_floor, limits.origin_floor * usual)
        allowed = water_filled(weights.astype(np.float64), shares, floor, group[one], limits)
        old = np.bincount(inverse[: len(recent)], weights=recent["weight"], minlength=len(keys))
        fresh = weights - old
        kept = np.clip((allowed - old) / np.maximum(fresh, 1e-9), 0.0, 1.0)
        rows["weight"] *= kept[inverse[len(recent) :]].astype(np.float32)

    def _is_ordinary(
        self, rows: NDArray[Any], recent: NDArray[Any], country: NDArray[np.int64], limits: Thresholds
    ) -> bool:
        """Whether every origin of a few rows is a usual one that brings no more than the floor."""
        _, usual = self.origins.shares(rows["source"], mixed(country[rows["place"]]), limits)
        if usual.min() < 1:
            return False
        source, component, weight = (
            np.concatenate([recent[name], rows[name]]) for name in ("source", "component", "weight")
        )
        same = (source[None, :] == rows["source"][:, None]) & (component[None, :] == rows["component"][:, None])
        return bool((same * weight[None, :]).sum(axis=1).max() <= limits.origin_floor)

    def learn_origins(self, rows: NDArray[Any], country: NDArray[np.int64], limits: Thresholds) -> None:
        """Takes the origins of calm reports as usual: of those that count, and at most so many of a minute."""
        calm = rows[(rows["kind"] == ReportKind.PROBLEM) & (rows["weight"] >= limits.learnt_weight)]
        calm = calm[: limits.learnt_origins]
        if len(calm):
            self.origins.learn(calm["source"], mixed(country[calm["place"]]))
