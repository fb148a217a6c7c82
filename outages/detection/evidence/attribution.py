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
    *, peak: float, opened: int, has_own_evidence: bool, neighbours: Iterable[Neighbour], limits: Thresholds,
    onset: int | None = None,
) -> Attribution:  # fmt: skip
    """Say where the fault lies of an incident that opened in a minute and rose to `peak` reports a minute.

    `onset` is the minute from which its reports rose, where that is known: a small rise is found minutes later than a
    great one, so that the two are held against each other by where it began, not by when it was found.

    `has_own_evidence`: its own probes fail, or its company says so. Then only a service that it relies on can be the
    cause, by its catalogue or by what was learnt: a bystander's probes answer. Who began together with a greater one
    that nothing is known of is undetermined: that it is so by chance is as unlikely as a relation nobody has declared.
    """
    began = [n for n in neighbours if n.is_confirmed and n.opened <= opened + limits.same_rise_minutes]
    undetermined: Attribution | None = None
    for one in sorted(began, key=lambda n: (not n.is_declared, n.follows < limits.learnt_relation, -n.peak, n.service)):
        share = peak / one.peak if one.peak > 0 else None
        is_small = share is not None and share <= limits.bystander_share
        earlier = opened - one.opened
        is_related = one.is_declared or one.follows >= limits.learnt_relation
        # One that is surely down itself may be found minutes after those who need it.
        is_first = earlier >= 0 or (one.is_declared and one.is_seen)
        if is_related and is_small and not has_own_evidence:
            return Attribution(Cause.EXTERNAL, "bystander", one.service, share, earlier)
        if is_related and is_first and (one.is_declared or (share is not None and share <= 1)):
            return Attribution(Cause.EXTERNAL, "dependency", one.service, share, earlier)
        began_later = (opened if onset is None else min(onset, opened)) - one.opened
        is_near = began_later <= limits.same_rise_minutes
        if has_own_evidence or is_related or not is_near or share is None or undetermined is not None:
            continue
        if is_small:
            undetermined = Attribution(Cause.UNDETERMINED, "rose-together", "", share, earlier)
        elif is_first and share <= 1:
            undetermined = Attribution(Cause.UNDETERMINED, "began-together", "", share, earlier)
    if undetermined is not None:
        return undetermined
    return Attribution(Cause.INTERNAL, "own-evidence" if has_own_evidence else "rose-alone")


def holds_back(attribution: Attribution | None) -> bool:
    """Return whether a crowd alone must not confirm: those who report may mean another service."""
    return attribution is not None and attribution.reason in ("bystander", "rose-together")
