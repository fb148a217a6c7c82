"""How many of the reports counted, and why the others did not: nothing is cut in silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import FloatField, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import ngettext

from outages.models import ServiceMinute
from outages.texts import formats
from reports.models import Service

# In the order in which pages name them. "late" is what was counted again later; no step of the detector saw it.
WORDS: dict[str, Callable[[int], str]] = {
    "same-network": lambda n: ngettext(
        "%(n)s was from a network that had already sent its share.",
        "%(n)s were from networks that had already sent their share.",
        n,
    ),
    "same-origin": lambda n: ngettext(
        "%(n)s was from a group of networks that sent far more than usual.",
        "%(n)s were from groups of networks that sent far more than usual.",
        n,
    ),
    "same-reporter": lambda n: ngettext(
        "%(n)s was repeated by the same reporter.", "%(n)s were repeated by the same reporters.", n
    ),
    "weight": lambda n: ngettext(
        "%(n)s was taken off because its reporter was often wrong before.",
        "%(n)s were taken off because their reporters were often wrong before.",
        n,
    ),
    "held": lambda n: ngettext("%(n)s is waiting for review.", "%(n)s are waiting for review.", n),
    "rejected": lambda n: ngettext(
        "%(n)s was set aside by a rule against abuse.", "%(n)s were set aside by rules against abuse.", n
    ),
    "late": lambda n: ngettext(
        "%(n)s came in too late to be counted live.",
        "%(n)s came in too late to be counted live.",
        n,
    ),
    "added": lambda n: ngettext(
        "%(n)s was added because its reporter was often right before.",
        "%(n)s were added because their reporters were often right before.",
        n,
    ),
}
ASIDE = ("held", "rejected")
DETECTED = ("same-network", "same-origin", "same-reporter", "weight")


@dataclass(frozen=True, slots=True)
class Tally:
    """`reports` problem reports came and made `counted`; `cuts` says where the others went, in whole reports.

    reports + added - the sum of cuts = counted, to the report. `added` is what reporters of a weight above 1 brought.
    """

    reports: int = 0
    counted: int = 0
    cuts: dict[str, int] = field(default_factory=dict)
    added: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether there is anything to tell: not every report counted as one."""
        return bool(self.cuts or self.added)

    def lines(self) -> list[str]:
        """A sentence for each cause."""
        told = [(name, self.cuts[name]) for name in WORDS if name in self.cuts]
        told += [("added", self.added)] if self.added else []
        return [WORDS[name](number) % {"n": formats.number(number)} for name, number in told]


def tally(raw: int, effective: float, cuts: Mapping[str, float]) -> Tally:
    """Whole numbers that add up, out of what some minutes stored: largest remainders get what rounding leaves."""
    aside = {name: cuts[name] for name in ASIDE if cuts.get(name, 0.0) > 0}
    lost = {name: cuts[name] for name in DETECTED if cuts.get(name, 0.0) > 0}
    added = max(-cuts.get("weight", 0.0), 0.0)
    room = max(raw + added - effective, 0.0)
    if sum(lost.values()) > room:  # reports that were cut have been withdrawn since
        lost = {name: number * room / sum(lost.values()) for name, number in lost.items()}
    elif room - sum(lost.values()) > 0.5:
        lost["late"] = room - sum(lost.values())
    reports, more = raw + round(sum(aside.values())), round(added)
    whole = _rounded({"": effective, **lost, **aside}, reports + more)
    counted = whole.pop("")
    return Tally(reports, counted, {name: number for name, number in whole.items() if number}, more)


def _rounded(parts: Mapping[str, float], total: int) -> dict[str, int]:
    """Whole numbers with that total, each at most one away from its own."""
    whole = {name: int(number) for name, number in parts.items()}
    rest = total - sum(whole.values())
    for name in sorted(parts, key=lambda name: whole[name] - parts[name])[: max(rest, 0)]:
        whole[name] += 1
    return whole


def sums_by_rule(prefix: str, **options: Any) -> dict[str, Sum]:
    """Aggregates over rows with `cuts`: one a rule, named `prefix` + the rule with underscores."""
    return {
        prefix + name.replace("-", "_"): Sum(Cast(KeyTextTransform(name, "cuts"), FloatField()), **options)
        for name in (*DETECTED, *ASIDE)
    }


def of_sums(sums: Mapping[str, Any], prefix: str, raw: int, effective: float) -> Tally:
    """The tally out of what `sums_by_rule` gave."""
    names = (*DETECTED, *ASIDE)
    return tally(raw, effective, {name: sums.get(prefix + name.replace("-", "_")) or 0.0 for name in names})


def of_service(service: Service, since: datetime, until: datetime) -> Tally:
    """Return the tally of a whole service with since <= minute < until. One query."""
    minutes = ServiceMinute.objects.filter(service=service, minute__gte=since, minute__lt=until)
    sums = minutes.aggregate(raw=Sum("raw"), effective=Sum("effective"), **sums_by_rule("cut_"))
    return of_sums(sums, "cut_", sums["raw"] or 0, sums["effective"] or 0.0)


def in_proportion(whole: Tally, counted: int) -> Tally:
    """Return the tally of so many reports that counted, if as many were cut of them as of the whole service's."""
    if not whole.counted or not counted:
        return Tally(counted, counted)
    share = counted / whole.counted
    cuts = {name: cut for name, number in whole.cuts.items() if (cut := round(number * share))}
    added = min(round(whole.added * share), counted + sum(cuts.values()))
    return Tally(counted + sum(cuts.values()) - added, counted, cuts, added)
