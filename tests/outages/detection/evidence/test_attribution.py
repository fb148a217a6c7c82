"""Whose fault an incident seems to be."""

from __future__ import annotations

import pytest

from outages.detection.datatypes import Attribution, Cause, Neighbour
from outages.detection.evidence.attribution import attribute, holds_back
from outages.detection.thresholds import DEFAULT

NOON = 720


def neighbour(
    peak: float = 100.0, opened: int = NOON, *, confirmed: bool = True, declared: bool = False, follows: float = 0.0,
    seen: bool = False, name: str = "carrier",
) -> Neighbour:  # fmt: skip
    return Neighbour(name, opened, confirmed, peak, declared, follows, seen)


def of(*neighbours: Neighbour, peak: float = 5.0, own: bool = False) -> Attribution:
    return attribute(peak=peak, opened=NOON, has_own_evidence=own, neighbours=neighbours, limits=DEFAULT)


@pytest.mark.parametrize(
    ("found", "cause", "reason", "service"),
    [
        (of(), Cause.INTERNAL, "rose-alone", ""),
        (of(own=True), Cause.INTERNAL, "own-evidence", ""),
        (of(neighbour(follows=1.0)), Cause.EXTERNAL, "bystander", "carrier"),
        (of(neighbour(declared=True)), Cause.EXTERNAL, "bystander", "carrier"),
        (of(neighbour(declared=True), own=True), Cause.EXTERNAL, "dependency", "carrier"),
        (of(neighbour(declared=True), peak=80.0), Cause.EXTERNAL, "dependency", "carrier"),
        (of(neighbour(declared=True, opened=NOON + 5), peak=80.0, own=True), Cause.INTERNAL, "own-evidence", ""),
        (of(neighbour()), Cause.UNDETERMINED, "rose-together", ""),
        (of(neighbour(), own=True), Cause.INTERNAL, "own-evidence", ""),
        # found minutes after those who need it, and surely down itself
        (
            of(neighbour(declared=True, seen=True, opened=NOON + 5), peak=80.0, own=True),
            Cause.EXTERNAL,
            "dependency",
            "carrier",
        ),
        (of(neighbour(seen=True, opened=NOON + 5), peak=80.0, own=True), Cause.INTERNAL, "own-evidence", ""),
        # what was learnt of a dependent: not of one that is greater, or was first
        (of(neighbour(follows=0.5), peak=16.0), Cause.EXTERNAL, "dependency", "carrier"),
        (of(neighbour(follows=0.5), peak=80.0, own=True), Cause.EXTERNAL, "dependency", "carrier"),
        (of(neighbour(follows=0.5), peak=101.0), Cause.INTERNAL, "rose-alone", ""),
        (of(neighbour(follows=0.5, opened=NOON + 1), peak=80.0, own=True), Cause.INTERNAL, "own-evidence", ""),
        (of(neighbour(follows=0.49), peak=80.0, own=True), Cause.INTERNAL, "own-evidence", ""),
        # together with a greater one of which nothing is known
        (of(neighbour(), peak=16.0), Cause.UNDETERMINED, "began-together", ""),
        (of(neighbour(opened=NOON - 10), peak=100.0), Cause.UNDETERMINED, "began-together", ""),
        (of(neighbour(opened=NOON - 11), peak=100.0), Cause.INTERNAL, "rose-alone", ""),
        (of(neighbour(opened=NOON + 1), peak=16.0), Cause.INTERNAL, "rose-alone", ""),
        (of(neighbour(), peak=101.0), Cause.INTERNAL, "rose-alone", ""),
        (of(neighbour(), peak=15.0), Cause.UNDETERMINED, "rose-together", ""),
        # a relation beats a greater height
        (of(neighbour(900.0, name="bank"), neighbour(declared=True)), Cause.EXTERNAL, "bystander", "carrier"),
        (of(neighbour(900.0, name="bank"), neighbour(follows=0.5)), Cause.EXTERNAL, "bystander", "carrier"),
        (of(neighbour(opened=NOON - 60)), Cause.INTERNAL, "rose-alone", ""),
        (of(neighbour(opened=NOON - 60, follows=0.5)), Cause.EXTERNAL, "bystander", "carrier"),
        (of(neighbour(opened=NOON + 11, follows=1.0)), Cause.INTERNAL, "rose-alone", ""),
        (of(neighbour(confirmed=False, follows=1.0)), Cause.INTERNAL, "rose-alone", ""),
        (of(neighbour(peak=0.0)), Cause.INTERNAL, "rose-alone", ""),
    ],
)
def test_the_cause_follows_from_onset_relation_and_size(
    found: Attribution, cause: Cause, reason: str, service: str
) -> None:
    assert (found.cause, found.reason, found.service) == (cause, reason, service)


@pytest.mark.parametrize(
    ("onset", "reason"),
    [(NOON - 11, "rose-together"), (NOON - 80, "rose-together"), (NOON - 4, "rose-together"), (NOON - 3, "rose-alone")],
)
def test_a_small_rise_that_is_found_late_rose_when_it_began(onset: int, reason: str) -> None:
    """The other one opened 14 minutes before this one did."""
    found = attribute(
        peak=5.0, opened=NOON, onset=onset, has_own_evidence=False, neighbours=[neighbour(opened=NOON - 14)],
        limits=DEFAULT,
    )  # fmt: skip
    assert found.reason == reason
    assert found.earlier == (14 if found.share else None)


def test_the_carriers_of_june_2020_are_bystanders_of_the_one_that_failed() -> None:
    failed = neighbour(peak=113_980, follows=1.0)
    for reports in (8_619, 3_861):
        assert of(failed, peak=reports).cause == Cause.EXTERNAL
    smaller = neighbour(peak=8_619, follows=1.0)
    assert of(smaller, peak=113_980).cause == Cause.INTERNAL


def test_numbers_stand_beside_the_reason() -> None:
    found = of(neighbour(opened=NOON - 4, follows=1.0))
    assert (found.share, found.earlier) == (0.05, 4)


def test_only_what_may_be_meant_for_another_service_is_held_back() -> None:
    assert holds_back(of(neighbour(declared=True)))
    assert holds_back(of(neighbour()))
    assert not holds_back(of(neighbour(declared=True), peak=80.0))
    assert not holds_back(of(neighbour(), peak=16.0))
    assert not holds_back(of(own=True))
    assert not holds_back(None)
