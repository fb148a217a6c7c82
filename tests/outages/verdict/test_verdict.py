"""The verdict: one word, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from outages.verdict import Chip, Verdict, confidence, judge, worst


@dataclass
class Open:
    state: str
    confidence: float = 0.5


FINE = [Chip("crowd", "fine", ""), Chip("probes", "fine", ""), Chip("official", "fine", "")]


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        ([], Verdict.OK),
        (["possible"], Verdict.POSSIBLE),
        (["recovering", "possible"], Verdict.POSSIBLE),
        (["maintenance", "confirmed"], Verdict.CONFIRMED),
        (["recovering", "maintenance"], Verdict.MAINTENANCE),
        (["resolved"], Verdict.OK),
    ],
)
def test_the_worst_open_incident_decides(states: list[str], verdict: Verdict) -> None:
    assert judge([Open(state) for state in states], watched=True) == verdict


def test_without_a_look_at_the_signals_nothing_is_said() -> None:
    assert judge([Open("confirmed")], watched=False) == Verdict.UNKNOWN
    assert confidence([], FINE, watched=False) == 0


def test_all_clear_is_as_sure_as_the_share_of_evidence_that_has_a_word() -> None:
    assert confidence([], FINE, watched=True) == 1
    assert confidence([], [FINE[0], Chip("probes", "missing", ""), Chip("official", "off", "")], watched=True) == 0.33


def test_of_two_alike_the_surer_one_leads() -> None:
    sure = Open("possible", 0.9)
    assert worst([Open("possible", 0.2), sure, Open("recovering", 1.0)]) is sure
    assert confidence([sure], FINE, watched=True) == 0.9
