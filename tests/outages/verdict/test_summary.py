"""What a page says first, over every combination of what can be known: no two statements contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from django.utils import translation

from outages.texts import sentences
from outages.verdict import Chip, Verdict
from outages.verdict.summary import FirstLine, Known, Summary, Trend, summarize, trend
from reports.languages import LANGUAGES

CROWD = ("fine", "raised", "bad", "missing")
PROBES = ("fine", "bad", "blind", "missing", "off")
OFFICIAL = ("fine", "raised", "bad", "missing", "off")
REPORTS = ((0, 0, 0), (1, 0, 1), (40, 20, 5), (40, 5, 20), (40, 12, 13))


def every() -> Iterator[Known]:
    for verdict, crowd, probes, official, (reports, recent, before), ended in product(
        Verdict, CROWD, PROBES, OFFICIAL, REPORTS, (False, True)
    ):
        if ended and verdict not in (Verdict.OK, Verdict.UNKNOWN):
            continue  # while one is open, it is that one that is told of
        chips = (Chip("crowd", crowd, "c"), Chip("probes", probes, "p"), Chip("official", official, "o"))
        yield Known(verdict, chips, reports, (before, recent), ended)


def contradictions(known: Known, said: Summary) -> Iterator[str]:
    state = {chip.kind: chip.state for chip in known.chips}
    calm = known.verdict in (Verdict.OK, Verdict.UNKNOWN)
    if said.has_confidence and calm:
        yield "a confidence beside no outage"
    if not calm and said.has_numbers and known.reports == 0:
        yield "an outage with no reports"
    if said.first_line == FirstLine.OK and (state["probes"] == "bad" or state["official"] == "bad"):
        yield "no problems, while a kind of evidence sees some"
    if said.first_line == FirstLine.OK and state["crowd"] in ("raised", "bad"):
        yield "no problems beside more reports than usual"
    if said.first_line == FirstLine.OK and known.ended:
        yield "as if nothing had been, right after an outage"
    if said.first_line in (FirstLine.OVER, FirstLine.OK, FirstLine.SIGNS) and known.verdict != Verdict.OK:
        yield "all fine while it is not"
    if known.verdict == Verdict.UNKNOWN and (said.trend or said.has_numbers or said.disagree):
        yield "more than is known while nobody watches"
    if state["crowd"] == "missing" and (said.has_numbers or said.trend):
        yield "numbers that nobody counted"
    if said.trend and sum(known.newest) < 6:
        yield "a trend of a handful"
    if said.trend == Trend.RISING and known.newest[1] <= known.newest[0]:
        yield "rising while it falls"
    if said.trend == Trend.FALLING and known.newest[1] >= known.newest[0]:
        yield "falling while it rises"
    if said.disagree and "bad" not in state.values() and "raised" not in state.values():
        yield "a disagreement without trouble"
    if any(chip.state in ("fine", "bad", "raised", "off") for chip in said.missing):
        yield "as missing what is there"


def test_no_state_contradicts_itself() -> None:
    found = [(known, words) for known in every() for words in contradictions(known, summarize(known))]
    assert found == []


def test_every_first_line_can_be_reached_and_has_its_own_words_in_each_language() -> None:
    examples = {summarize(known).first_line: summarize(known) for known in every()}
    assert set(examples) == set(FirstLine)
    for language in LANGUAGES:
        with translation.override(language):
            texts = {sentences.first_line("Acme", summary) for summary in examples.values()}
            assert len(texts) == len(FirstLine)
            assert all("Acme" in text for text in texts)


@pytest.mark.parametrize(
    ("newest", "found"),
    [
        ([], None),
        ([5, 20], Trend.RISING),
        ([20, 5], Trend.FALLING),
        ([10, 12], Trend.STEADY),
        ([3, 2], None),
        ([200] * 20, Trend.STEADY),
        ([200] * 19, Trend.STEADY),
        ([900, 200, 200], Trend.STEADY),  # what has no counterpart is in neither half
        ([1] * 10 + [4] * 10, Trend.RISING),
    ],
)
def test_a_trend_is_told_where_it_is_clear(newest: list[int], found: Trend | None) -> None:
    assert trend(newest) == found
