"""What a map can show. One entry a metric: its value, its steps, and what is said of them. A new one is an entry."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from outages.texts import formats

STEPS = 5
LEAST_BREAK = 10.0  # a number that was rounded to five says nothing below
RATIO_BREAKS = (1.5, 3.0, 6.0, 12.0)


@dataclass(frozen=True, slots=True)
class PlaceNumbers:
    """What is known of a place in a span: reports as they are published, how many times the usual, and people."""

    reports: float
    times_usual: float | None = None
    population: int | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """What the colour says.

    `label` stands alone, `within` in the map's title. `value` is None where a place lacks what it needs. `breaks`
    gives the four bounds between the five steps for the largest value on the map. `describe` is the sentence that says
    a place's value, with %(place)s and %(n)s.
    """

    key: str
    label: Callable[[], str]
    within: Callable[[], str]
    explain: Callable[[], str]
    describe: Callable[[float], str]
    value: Callable[[PlaceNumbers], float | None]
    breaks: Callable[[float], tuple[float, ...]]
    is_whole: bool = False
    needs_usual: bool = False
    needs_population: bool = False


def nice_breaks(most: float, least: float) -> tuple[float, ...]:
    """Four rising bounds of the form 1, 2 or 5 × 10ⁿ from `least` to below `most`, spread evenly by their logarithms.

    `most` is taken as the next power of ten, so that a place keeps its colour while the largest number moves. Where
    fewer than four lie between, the next larger ones are added, so that there are always five steps.
    """
    most = 10.0 ** math.ceil(math.log10(most) - 1e-9) if most > 0 else most
    series = [round(m * 10.0**n, 6) for n in range(-3, 10) for m in (1, 2, 5)]
    allowed = [bound for bound in series if bound >= least]
    below = [bound for bound in allowed if bound < most]
    if len(below) <= STEPS - 1:
        return tuple(allowed[: STEPS - 1])
    return tuple(below[round(k * (len(below) - 1) / (STEPS - 2))] for k in range(STEPS - 1))


def step_of(value: float, breaks: Sequence[float]) -> int:
    """1 to 5: in which step a value lies; a bound belongs to the step above it."""
    return 1 + sum(value >= bound for bound in breaks)


def step_labels(breaks: Sequence[float], *, whole: bool) -> list[str]:
    """The steps in words, such as "under 2", "2–5", "20 and more"."""
    shown = [formats.significant(bound, 6) for bound in breaks]
    first = _("under %(n)s") % {"n": shown[0]}
    middle = []
    for left, right in zip(range(len(breaks)), range(1, len(breaks)), strict=False):
        last = formats.significant(breaks[right] - 1, 6) if whole else shown[right]
        middle.append(shown[left] if last == shown[left] else f"{shown[left]}–{last}")
    return [first, *middle, _("%(n)s and more") % {"n": shown[-1]}]


def _per_million(numbers: PlaceNumbers) -> float | None:
    return numbers.reports / numbers.population * 1e6 if numbers.population else None


def _least_of(most: float) -> float:
    """A thousandth of the power of ten that a number lies below."""
    return 10.0 ** (math.ceil(math.log10(most) - 1e-9) - 3) if most > 0 else most


DEFAULT_METRIC = "excess"
METRICS = {
    metric.key: metric
    for metric in (
        Metric(
            "count",
            label=lambda: pgettext("what a map shows", "Counted reports"),
            within=lambda: pgettext("in a map's title", "counted reports"),
            explain=lambda: _(
                "Counted reports, no more than two per network per ten minutes. Counts are higher where more people "
                "live; “times the usual” corrects for that."
            ),
            describe=lambda value: ngettext(
                "%(place)s: %(n)s counted report", "%(place)s: %(n)s counted reports", formats.plural(value)
            ),
            value=lambda numbers: numbers.reports,
            breaks=lambda most: nice_breaks(most, LEAST_BREAK),
            is_whole=True,
        ),
        Metric(
            "per_million",
            label=lambda: _("Reports per million people"),
            within=lambda: pgettext("in a map's title", "counted reports per million people"),
            explain=lambda: _(
                "Counted reports per million inhabitants, by population estimates of 2024 and 2025 (a few are older)."
            ),
            describe=lambda value: ngettext(
                "%(place)s: %(n)s report per million people",
                "%(place)s: %(n)s reports per million people",
                formats.plural(value, 100),
            ),
            value=_per_million,
            breaks=lambda most: nice_breaks(most, _least_of(most)),
            needs_population=True,
        ),
        Metric(
            "excess",
            label=lambda: _("Times the usual"),
            within=lambda: pgettext("in a map's title", "times the usual"),
            explain=lambda: _(
                "Reports compared with what’s usual here at this hour of the week. Small differences are treated as "
                "chance; faint places have too few reports to be sure."
            ),
            describe=lambda _value: _("%(place)s: %(n)s × the usual"),
            value=lambda numbers: numbers.times_usual,
            breaks=lambda _most: RATIO_BREAKS,
            needs_usual=True,
        ),
    )
}
