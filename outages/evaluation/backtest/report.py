"""The backtest's figures as tables: for the terminal and for the page "How good is it?"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from outages.evaluation.backtest import intervals
from outages.evaluation.backtest.community import Comparison
from outages.evaluation.backtest.downdetector import Leads
from outages.evaluation.backtest.languages import LanguageScore
from outages.evaluation.backtest.score import Total, WorldScore, reliability, total
from outages.evaluation.backtest.status_texts import TextScore

Cells = list[str]


@dataclass(frozen=True, slots=True)
class Method:
    """A way to find outages, and what it scored on each world."""

    name: str
    scores: tuple[WorldScore, ...]


@dataclass(frozen=True, slots=True)
class Crowds:
    """What came of the recorded crowds; None where the data was not at hand."""

    leads: Leads | None = None
    texts: TextScore | None = None
    texts_held_out: TextScore | None = None
    languages: Mapping[str, LanguageScore] | None = None
    clusters: Comparison | None = None


def _number(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _share(hits: int, tries: int) -> str:
    """A share with the bounds that the number of tries supports."""
    if not tries:
        return "–"
    bounds = intervals.of_share(hits, tries)
    return f"{hits / tries:.2f} ({bounds.low:.2f}–{bounds.high:.2f})"


def _a_month(events: int, days: float) -> str:
    """A number of events in 30 days, with the bounds that the number of days supports."""
    if not days:
        return "–"
    bounds = intervals.of_count(events).times(30 / days)
    return f"{30 * events / days:.1f} ({bounds.low:.1f}–{bounds.high:.1f})"


def _with_earliest(median: float | None, earliest: float | None) -> str:
    return _number(median) if median is None else f"{_number(median)} ({_number(earliest)})"


_COLUMNS: Final[tuple[tuple[str, Callable[[Total], str]], ...]] = (
    ("outages", lambda t: str(t.outages)),
    ("recall", lambda t: _share(t.found, t.outages)),
    ("confirmed", lambda t: _share(t.confirmed, t.outages)),
    ("to open, median / p90", lambda t: f"{_number(t.minutes_to_open_median)} / {_number(t.minutes_to_open_p90)}"),
    ("to confirm, median", lambda t: _number(t.minutes_to_confirm_median)),
    (
        "to resolve, median (earliest)",
        lambda t: f"{_number(t.minutes_to_resolve_median)} ({_number(t.earliest_resolved)})",
    ),
    ("extra incidents an outage", lambda t: _number(t.fragments_per_outage, 2)),
    ("place", lambda t: _number(t.place, 2)),
    ("component", lambda t: _number(t.component, 2)),
    ("kind", lambda t: _number(t.kind_right, 2)),
    ("false confirmed a month", lambda t: _a_month(t.false_confirmed, t.days)),
    ("false possible a month", lambda t: _a_month(t.false_possible, t.days)),
    ("as expected", lambda t: f"{t.worlds - t.surprised} of {t.worlds}"),
)


def _row(name: str, scores: Sequence[WorldScore]) -> Cells:
    taken = total(scores)
    return [name, str(len(scores)), *(cell(taken) for _, cell in _COLUMNS)]


def table(methods: Sequence[Method], *, by_kind: bool = True) -> list[Cells]:
    """Heading and rows: the first method per kind of day, then every method in total."""
    rows = [["", "worlds", *(title for title, _ in _COLUMNS)]]
    if by_kind and methods:
        kinds = dict.fromkeys(score.world for score in methods[0].scores)
        rows += [_row(kind, [s for s in methods[0].scores if s.world == kind]) for kind in kinds]
    rows += [_row(f"all: {method.name}", method.scores) for method in methods]
    return rows


def reliability_table(methods: Sequence[Method]) -> list[Cells]:
    """Heading and rows: how often an outage was there when the first method said one with some confidence."""
    rows = [["confidence", "times said", "mean confidence", "share true"]]
    for one in reliability(methods[0].scores):
        share = f"{_share(one.true, one.times)}, {one.true} of {one.times}"
        rows.append([f"{one.least:.2f} to {one.most:.2f}", str(one.times), f"{one.mean:.2f}", share])
    return rows


def causes_in_words(scores: Sequence[WorldScore]) -> str:
    """How often the cause was right where one is expected; empty where none is."""
    judged = [is_right for score in scores for is_right in score.caused]
    if not judged:
        return ""
    return (
        "Whose fault it seemed to be five minutes after an incident opened, in worlds of several services: right in "
        f"{_share(sum(judged), len(judged))} of {len(judged)} incidents."
    )


def plain(rows: list[Cells]) -> str:
    """A table for the terminal, its headings in lines of their own."""
    head, *body = rows
    letters = [chr(ord("a") + number) for number in range(len(head) - 1)]
    legend = "\n".join(f"  {letter}  {title}" for letter, title in zip(letters, head[1:], strict=True))
    grid = [["", *letters], *body]
    widths = [max(len(row[i]) for row in grid) for i in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in grid
    ]
    return "\n".join([*lines, "", legend])


def markdown(rows: list[Cells]) -> str:
    head, *body = rows
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *body]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)


def leads_in_words(leads: Leads) -> str:
    """Crowd against provider, with what has to be kept in mind."""
    if not leads.leads:
        return f"{leads.pages} pages, {leads.openings} outages opened, none of them near an official post."
    return (
        f"{leads.pages} pages of AWS and Google Cloud, 2018 to 2020: the detector, each time from a cold start, opened "
        f"{leads.openings} outages; {len(leads.leads)} of them lie near an official post on an outage. The crowd was "
        f"first in {leads.crowd_first} of {len(leads.leads)}; the median lead is {leads.median_minutes} minutes. "
        "Mind: the pages count in bins of 15 minutes, so a lead can be wrong by that much; posts are matched by time "
        "alone, and a page was only kept where the crowd was loud; posts without a clock in UTC (all of Azure, AWS "
        "before May 2018) and one page whose clock is about two hours off are left out."
    )


def clusters_in_words(found: Comparison) -> str:
    regional = [one.regional for one in found.shuffled]
    return (
        f"{found.reports:,} reports in {found.days:.1f} days. In their true order: {found.true.incidents} incidents, "
        f"{found.true.regional} of them in named regions ({found.true.regions} regions in all). With the times dealt "
        f"out anew among the reports, {len(regional)} times: {', '.join(map(str, regional))} in named regions. There "
        "is no official truth to this data; what the shuffles leave is what chance alone would show."
    )


def texts_in_words(found: TextScore, held_out: TextScore) -> str:
    def share(score: TextScore) -> str:
        return f"{score.right:,} of {len(score.updates):,} ({100 * score.right / len(score.updates):.1f} %)"

    status = "; ".join(f"{name} {right} of {every}" for name, (right, every) in found.by_status.items())
    return (
        f"GitHub's status updates, 2022 to 2026: the stage read from the text alone agrees with the stated status in "
        f"{share(found)}. In the half held out while rules were made: {share(held_out)}. By status: {status}. “Update” "
        "names no stage, so any open stage is right for it. Planned and unplanned are told apart in "
        f"{found.planned_right} of {found.incidents} incidents. The same texts carry different statuses in places: "
        f"no reader of the text alone could have more than {found.ceiling:,} right."
    )


def crowds_in_words(crowds: Crowds) -> str:
    """What was measured on recorded crowds, a paragraph each; what was not at hand is said."""
    said = [
        ("Crowd against provider", leads_in_words(crowds.leads) if crowds.leads else None),
        ("Spectrum", clusters_in_words(crowds.clusters) if crowds.clusters else None),
        (
            "Announcement reader",
            texts_in_words(crowds.texts, crowds.texts_held_out) if crowds.texts and crowds.texts_held_out else None,
        ),
    ]
    return "\n\n".join(f"{name}: {text or 'the data was not at hand.'}" for name, text in said)
