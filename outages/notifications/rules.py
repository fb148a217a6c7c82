"""Which notice an event is worth to a subscriber, if any. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

ENDS = frozenset({"resolved", "dismissed", "merged"})


class NotificationKind(StrEnum):
    """The kinds of notices of an incident. An outage is told at most one of each."""

    OPENED = "opened"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    RESOLVED = "resolved"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Scope:
    """What an incident touches, by codes. No country and no region mean everywhere; no component means all."""

    components: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()

    @property
    def is_everywhere(self) -> bool:
        return not self.countries and not self.regions

    @property
    def all_countries(self) -> frozenset[str]:
        return self.countries | {region[:2] for region in self.regions}


@dataclass(frozen=True, slots=True)
class SubscriptionFilter:
    """What a subscriber wants to hear of. Empty strings mean everything; of several `components` each is wanted."""

    from_state: str = "confirmed"
    component: str = ""
    country: str = ""
    region: str = ""
    components: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """What a subscriber was told of an incident: in this outage, ever, and the scope at the last notice of it."""

    kinds: frozenset[str] = frozenset()
    ever: frozenset[str] = frozenset()
    scope: Scope | None = None


def outage_number(moves: Sequence[tuple[str, str]]) -> int:
    """How often an incident had begun, by its moves (from, to) so far: 1, and one more for each return from an end."""
    return 1 + sum(from_state in ENDS and to not in ENDS for from_state, to in moves)


def was_confirmed(moves: Sequence[tuple[str, str]]) -> bool:
    """Whether the present outage has been confirmed, by its incident's moves so far."""
    for from_state, to in reversed(moves):
        if to == "confirmed" or from_state == "confirmed":
            return True
        if from_state in ENDS:
            return False
    return False


def concerns(scope: Scope, wish: SubscriptionFilter) -> bool:
    """Whether what a subscriber has chosen is touched."""
    wanted = wish.components | {wish.component} - {""}
    if wanted and scope.components and not wanted & scope.components:
        return False
    if scope.is_everywhere or not (wish.country or wish.region):
        return True
    country = wish.region[:2] or wish.country
    detailed = {region for region in scope.regions if region[:2] == country}
    if not wish.region:
        return country in scope.countries or bool(detailed)
    return wish.region in detailed if detailed else country in scope.countries


def is_material(before: Scope, now: Scope) -> bool:
    """Whether an outage has grown enough to be told again: another component, everywhere, or twice the countries."""
    if now.components - before.components:
        return True
    if before.is_everywhere:
        return False
    return now.is_everywhere or len(now.all_countries) >= 2 * len(before.all_countries)


def kind_of(to: str, scope: Scope, wish: SubscriptionFilter, told: Told, *, confirmed: bool) -> NotificationKind | None:
    """The notice to send for an event that leaves the incident in state `to`, or None.

    `confirmed`: whether this outage has been confirmed by now.
    """
    touched = concerns(scope, wish)
    if to in ENDS:
        return _of_end(to, told, touched=touched, confirmed=confirmed)
    if wish.from_state == "resolved" or not touched:
        return None
    if to == "maintenance":
        return NotificationKind.MAINTENANCE if NotificationKind.MAINTENANCE not in told.ever else None
    if to == "possible":
        return NotificationKind.OPENED if wish.from_state == "possible" and not told.kinds else None
    if to != "confirmed":
        return None
    if NotificationKind.CONFIRMED not in told.kinds:
        return NotificationKind.CONFIRMED
    if NotificationKind.CHANGED not in told.kinds and told.scope is not None and is_material(told.scope, scope):
        return NotificationKind.CHANGED
    return None


def _of_end(to: str, told: Told, *, touched: bool, confirmed: bool) -> NotificationKind | None:
    """Who was told of the beginning hears of the end. Of a real end hears also who came in the midst of the outage."""
    if NotificationKind.RESOLVED in told.kinds:
        return None
    if told.kinds & {NotificationKind.OPENED, NotificationKind.CONFIRMED}:
        return NotificationKind.RESOLVED
    is_real = to == "resolved" and confirmed and NotificationKind.MAINTENANCE not in told.ever
    return NotificationKind.RESOLVED if is_real and touched else None
