"""Whose fault an incident seems to be: the service's own, another's on which it depends, or not to be told.

A service whose neighbour fails is reported too, by people who cannot tell the two apart. Such a bystander rises at the
same time or later, and to a small part of the failing one's height: on 2020-06-15 three mobile carriers had 113,980,
8,619 and 3,861 reports (8 and 3 %), and only the first had failed.
"""

from __future__ import annotations

from collections.abc import Iterable

from outages.detection.datatypes import Attribution, Cause, Neighbour
from outages.detection.thresholds import Thresholds


def attribute(
    *, peak: float, opened: int, has_own_evidence: bool, neighbours: Iterable[Neighbour], limits: Thresholds
) -> Attribution:
    """Say where the fault lies of an incident that opened in a minute and rose to `peak` reports a minute.

    `has_own_evidence`: its own probes fail, or its own maker says so. Then only a service that it is declared to rely
    on can be the cause: a bystander's probes answer.
    """
    began = [n for n in neighbours if n.is_confirmed and n.opened <= opened + limits.same_rise_minutes]
    for one in sorted(began, key=lambda n: (-n.peak, n.service)):
        share = peak / one.peak if one.peak > 0 else None
        is_small = share is not None and share <= limits.bystander_share
        earlier = opened - one.opened
        if one.is_declared and (is_small or not has_own_evidence or earlier >= 0):
            reason = "bystander" if is_small and not has_own_evidence else "dependency"
            return Attribution(Cause.EXTERNAL, reason, one.service, share, earlier)
        if has_own_evidence or not is_small:
            continue
        if one.follows >= limits.learnt_relation:
            return Attribution(Cause.EXTERNAL, "bystander", one.service, share, earlier)
        if abs(earlier) <= limits.same_rise_minutes:
            return Attribution(Cause.UNDETERMINED, "rose-together", "", share, earlier)
    return Attribution(Cause.INTERNAL, "own-evidence" if has_own_evidence else "rose-alone")


def holds_back(attribution: Attribution | None) -> bool:
    """Return whether a crowd alone must not confirm: those who report may mean another service."""
    return attribution is not None and attribution.reason in ("bystander", "rose-together")
