"""What probes see. Each result is classified; a vantage that can see nothing is blind and says so.

A probe's failures feed a Bernoulli CUSUM: ln(p₁/p₀) for a failure, ln((1−p₁)/(1−p₀)) for a success, floored at 0, with
p₀ the target's usual share of failures and p₁ the share that an outage would cause.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec

from outages.detection.datatypes import ProbeResult
from outages.detection.thresholds import DEFAULT, Thresholds

UP, DEGRADED, DOWN, BLOCKED, BLIND = "up", "degraded", "down", "blocked", "blind"
FIRST_ERROR: Final = 400  # HTTP statuses, RFC 9110
FIRST_SERVER_ERROR: Final = 500
REFUSALS: Final = (403, 429, 451)  # what a firewall says
BLOCKING_WORDS: Final = (
    "captcha", "access denied", "firewall", "forbidden", "blocked", "attention required", "unusual traffic",
    "too many requests", "rate limit", "request unsuccessful", "security check",
)  # fmt: skip


def classified(result: ProbeResult) -> str:
    """One result, by itself: an answer below 500 is reachable, a firewall's refusal says nothing, 5xx is down."""
    if result.classification is not None:
        return result.classification
    if result.error is not None or result.http_status is None:
        return DOWN
    if result.http_status < FIRST_ERROR:
        return UP
    body = (result.body or "").lower()
    if result.http_status in REFUSALS or any(word in body for word in BLOCKING_WORDS):
        return BLOCKED
    return DOWN if result.http_status >= FIRST_SERVER_ERROR else UP


class Track(msgspec.Struct):
    """One probe from one vantage, over time."""

    probe: str
    vantage: str
    component: str
    countries: tuple[str, ...]
    control: bool = False
    state: str = UP
    said: str = ""  # "503", "timeout" …
    score: float = 0.0  # nats
    onset: int = 0  # minute of the first failure since the score was 0
    served_error: bool = False  # the service itself answered with the failure
    minute: int = 0
    failures: float = 0.0  # usual failures and results, learnt in calm minutes
    results: float = 0.0
    run: int = 0  # failures one after the other
    good: int = 0  # results without failure since the last failure
    failed_minute: int = 0
    hits: int = 0  # failures since the score was 0

    def usual(self, thresholds: Thresholds) -> float:
        """p₀, bounded so that a target which is always poor still says something when it gets worse."""
        prior = thresholds.fluke_prior
        share = (self.failures + thresholds.fluke_floor * prior) / (self.results + prior)
        return min(max(share, thresholds.fluke_floor), thresholds.fluke_ceiling)

    def take(self, result: ProbeResult, minute: int, errors: dict[str, float], thresholds: Thresholds) -> None:
        """Adds one result. `errors` counts what single flukes said so far, of all tracks; it is learnt from here."""
        before = self.said
        self.state = classified(result)
        self.said = str(result.http_status) if result.error is None else str(result.error)
        self.minute = minute
        if self.state == BLOCKED:
            self.score = max(0.0, self.score - thresholds.blocked_relief)
            return
        usual, wanted = self.usual(thresholds), max(thresholds.failing_share, 0.0)
        if self.state == DOWN:
            if self.score <= 0:
                self.onset = minute
                self.served_error = False
                self.hits = 0
            self.served_error = self.served_error or result.error is None
            self.score += math.log(wanted / usual)
            if self.run == 0 and self.score < thresholds.new_error_cap * 2:
                self.score += unlikeness(self.said, errors, thresholds)
            self.score = min(self.score, thresholds.probe_cap + thresholds.beyond_cap)
            self.run += 1
            self.hits += 1
            self.good = 0
            self.failed_minute = minute
        else:
            if self.run == 1 and self.score < thresholds.new_error_cap * 2:
                errors[before] = errors.get(before, 0.0) + 1.0
            self.score = max(0.0, self.score + math.log((1 - wanted) / (1 - usual)))
            self.run = 0
            self.good += 1
        if self.score < thresholds.second_kind:
            self.results += 1
        if self.state == DOWN:
            self.failures += thresholds.failure_learnt  # a run of failures is an outage, not a habit: learn slowly


def unlikeness(said: str, errors: dict[str, float], thresholds: Thresholds) -> float:
    """Nats for an error that lone failures do not usually show; 0 where they do."""
    total = sum(errors.values()) + thresholds.new_error_prior
    share = (errors.get(said, 0.0) + 1.0) / total
    return min(max(0.0, math.log(thresholds.new_error_share / share)), thresholds.new_error_cap)


def vantage_state(tracks: list[Track], minute: int, thresholds: Thresholds) -> str:
    """What a vantage can see, from the last results of all its targets (controls included)."""
    recent = [t for t in tracks if minute - t.minute < thresholds.vantage_minutes]
    if not recent:
        return UP
    controls = [t for t in recent if t.control]
    targets = [t for t in recent if not t.control]
    if controls and all(t.state != UP for t in controls):
        return BLIND
    if targets and all(t.state == BLOCKED for t in targets):
        return BLOCKED
    unlike = {t.component for t in targets}
    cut_off = all(t.state in (DOWN, BLOCKED) and not t.said.isdigit() for t in targets)
    if not controls and len(unlike) >= thresholds.blind_targets and cut_off:
        return BLIND
    return UP


def vantage_cap(tracks: list[Track], component: str, minute: int, thresholds: Thresholds) -> float:
    """The most nats that one vantage may bring against one component.

    Full weight where the service itself answered with an error, or where the vantage reaches other targets;
    else its own network may be at fault.
    """
    recent = [t for t in tracks if minute - t.minute < thresholds.vantage_minutes]
    served = any(t.component == component and t.score > 0 and t.served_error for t in recent)
    elsewhere = any(t.state == UP and (t.control or t.component != component) for t in recent)
    return thresholds.probe_cap if served or elsewhere else thresholds.lone_vantage_cap


def began_together(track: Track, tracks: list[Track], thresholds: Thresholds) -> bool:
    """Return whether a probe began to fail when one of these did from another vantage.

    A fluke has all of another vantage's failures to fall into, and only moments of their beginning: so what begins
    together is no fluke by its first failure already.
    """
    return any(
        other.vantage != track.vantage
        and other.score >= thresholds.surely_failing
        and abs(other.onset - track.onset) <= thresholds.together_minutes
        for other in tracks
    )


class Watch(msgspec.Struct):
    """All probes of a service."""

    tracks: dict[str, Track]
    vantages: dict[str, str]
    errors: dict[str, float]  # what lone failures said, and how often

    @classmethod
    def fresh(cls) -> Watch:
        return cls(tracks={}, vantages={}, errors={})

    def copied(self) -> Watch:
        """A copy that may take results ahead."""
        tracks = {key: msgspec.structs.replace(track) for key, track in self.tracks.items()}
        return Watch(tracks, dict(self.vantages), dict(self.errors))

    def take(self, results: tuple[ProbeResult, ...], minute: int, thresholds: Thresholds) -> None:
        """Adds a minute's results and says anew what each vantage can see."""
        if not results and all(state == UP for state in self.vantages.values()):
            return
        for result in results:
            key = f"{result.probe}\n{result.vantage}"
            track = self.tracks.get(key)
            if track is None:
                track = Track(result.probe, result.vantage, result.component, result.countries, result.control)
                self.tracks[key] = track
            track.component, track.countries, track.control = result.component, result.countries, result.control
            track.take(result, minute, self.errors, thresholds)
        by_vantage: dict[str, list[Track]] = {}
        for track in self.tracks.values():
            by_vantage.setdefault(track.vantage, []).append(track)
        for vantage, tracks in by_vantage.items():
            state = vantage_state(tracks, minute, thresholds)
            self.vantages[vantage] = state
            if state != UP:
                for track in tracks:
                    track.score = 0.0
                    track.state = state if track.state != UP else UP

    def failing(self, component: str, minute: int, countries: frozenset[str] = frozenset()) -> list[Track]:
        """The tracks that speak against a component now, in some countries (none: everywhere)."""
        return [
            t
            for t in self.tracks.values()
            if t.component == component
            and not t.control
            and t.score > 0
            and minute - t.minute < DEFAULT.fresh_minutes
            and (not countries or not t.countries or not countries.isdisjoint(t.countries))
        ]

    def components(self, minute: int) -> set[str]:
        """The components against which any track speaks now."""
        return {
            t.component
            for t in self.tracks.values()
            if t.score > 0 and not t.control and minute - t.minute < DEFAULT.fresh_minutes
        }

    def support(
        self,
        component: str,
        minute: int,
        thresholds: Thresholds,
        countries: frozenset[str] = frozenset(),
        busy: frozenset[str] = frozenset(),
    ) -> float:
        """Nats against other components that support a fault of this one: from another vantage, or served errors.

        What speaks against `busy` components is explained by their own incidents.

        Time-outs of the same vantage don't count: they are what its own trouble looks like. Another vantage lends no
        more than it may bring against its own target.
        """
        own = {t.vantage for t in self.failing(component, minute, countries)}
        found = 0.0
        for other in sorted(self.components(minute) - {component} - busy) if own else ():
            tracks = self.failing(other, minute, countries)
            found += sum(
                self._capped(
                    [t for t in tracks if t.served_error or t.vantage not in own], other, minute, thresholds
                ).values()
            )
        return min(found * thresholds.elsewhere, thresholds.probe_cap)

    def nats(
        self, component: str, minute: int, thresholds: Thresholds, countries: frozenset[str] = frozenset()
    ) -> dict[str, float]:
        """Nats against a component, by vantage, capped."""
        return self._capped(self.failing(component, minute, countries), component, minute, thresholds)

    def _capped(self, tracks: list[Track], component: str, minute: int, thresholds: Thresholds) -> dict[str, float]:
        """Nats of tracks against a component, by vantage, each at most what it may bring."""
        found: dict[str, float] = {}
        for track in tracks:
            found[track.vantage] = found.get(track.vantage, 0.0) + track.score
        for vantage in found:
            seen = [t for t in self.tracks.values() if t.vantage == vantage]
            found[vantage] = min(found[vantage], vantage_cap(seen, component, minute, thresholds))
        return found
