"""What a map can show. One entry a metric: its value, its steps, and what is said of them. A new one is an entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outages.analytics.frames import SHRINKAGE
from outages.texts import formats

STEPS = 5
LEAST_BREAK = 10.0  # a number that was rounded to five says nothing below
RATIO_BREAKS = (1.5, 3.0, 6.0, 12.0)


@dataclass(frozen=True, slots=True)
class PlaceNumbers:
    """What is known of a place in a span: reports as they are published, what is usual, and its population."""

    reports: float
    usual: float | None = None
    population: int | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """What the colour says.

    `value` is None where a place lacks what it needs. `breaks` gives the four bounds between the five steps for the
    largest value on the map. `describe` is the sentence that says a place's value, with %(place)s and %(n)s.
    """

    key: str
    label: Callable[[], str]
    explain: Callable[[], str]
    describe: Callable[[float], str]
    value: Callable[[PlaceNumbers], float | None]
    breaks: Callable[[float], tuple[float, ...]]
    is_whole: bool = False
    needs_usual: bool = False
    needs_population: bool = False


def nice_breaks(most: float, least: float) -> tuple[float, ...]:
    """Four rising bounds of the form 1, 2 or 5 × 10ⁿ from `least` to below `most`, spread evenly by their logarithms.

    Where fewer than four lie between, the next larger ones are added, so that there are always five steps.
    """
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


def _as_one(value: float) -> int:
    """The number whose plural form suits a value that may have a fraction."""
    return 1 if value == 1 else max(round(value), 2)


def _per_million(numbers: PlaceNumbers) -> float | None:
    return numbers.reports / numbers.population * 1e6 if numbers.population else None


def _times_usual(numbers: PlaceNumbers) -> float | None:
    return None if numbers.usual is None else (numbers.reports + SHRINKAGE) / (numbers.usual + SHRINKAGE)


METRICS = {
    metric.key: metric
    for metric in (
        Metric(
            "count",
            label=lambda: _("Reports"),
            explain=lambda: _(
                "Counted reports: at most two a network in ten minutes. Counts show where people are as well as where "
                "the trouble is; “times the usual” does not."
            ),
            describe=lambda value: ngettext("%(place)s: %(n)s report", "%(place)s: %(n)s reports", _as_one(value)),
            value=lambda numbers: numbers.reports,
            breaks=lambda most: nice_breaks(most, LEAST_BREAK),
            is_whole=True,
        ),
        Metric(
            "per_million",
            label=lambda: _("Reports per million people"),
            explain=lambda: _("Counted reports per million people who live there."),
            describe=lambda value: _("%(place)s: %(n)s reports per million people"),
            value=_per_million,
            breaks=lambda most: nice_breaks(most, most / 1000),
            needs_population=True,
        ),
        Metric(
            "excess",
            label=lambda: _("Times the usual"),
            explain=lambda: _(
                "Times the usual: reports compared with what this place usually has at this hour, both plus 3, so that "
                "one report in a quiet place is no alarm."
            ),
            describe=lambda value: _("%(place)s: %(n)s times the usual"),
            value=_times_usual,
            breaks=lambda most: RATIO_BREAKS,
            needs_usual=True,
        ),
    )
}
