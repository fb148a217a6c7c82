"""What the evidence of a moment says of a symptom: hand-made tables of evidence and answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from outages.verdict import Verdict
from outages.verdict.diagnosis import (
    Answer,
    Diagnosis,
    Evidence,
    Ground,
    Here,
    Lasted,
    Presence,
    Reason,
    diagnose,
    is_it_me,
    lasted,
    presence,
)

OK, POSSIBLE, CONFIRMED = Verdict.OK, Verdict.POSSIBLE, Verdict.CONFIRMED
RECOVERING, MAINTENANCE, UNKNOWN = Verdict.RECOVERING, Verdict.MAINTENANCE, Verdict.UNKNOWN
MANY: dict[str, Any] = {"reports": 40, "total": 90, "server_share": 0.5, "raised": True}


def outage(**changes: Any) -> Evidence:
    return Evidence(**{"verdict": CONFIRMED, "concerned": CONFIRMED, **MANY, **changes})


@pytest.mark.parametrize(
    ("evidence", "seen"),
    [
        (Evidence(UNKNOWN, reports=9), Presence.UNKNOWN),
        (Evidence(OK), Presence.NO),
        (Evidence(OK, reports=2), Presence.FEW),
        (Evidence(OK, reports=9), Presence.FEW),
        (Evidence(OK, reports=9, raised=True), Presence.PERHAPS),
        (Evidence(POSSIBLE, POSSIBLE, reports=1), Presence.PERHAPS),
        (Evidence(CONFIRMED, CONFIRMED, reports=2), Presence.PERHAPS),
        (outage(), Presence.YES),
        (Evidence(MAINTENANCE, MAINTENANCE, reports=3), Presence.YES),
        (Evidence(RECOVERING, RECOVERING, reports=1), Presence.FADING),
        (Evidence(CONFIRMED, CONFIRMED, reports=0), Presence.OTHER),
        (Evidence(CONFIRMED, None, reports=0), Presence.OTHER),
        (Evidence(CONFIRMED, None, reports=1), Presence.FEW),
    ],
)
def test_a_symptom_is_seen_where_enough_name_it(evidence: Evidence, seen: Presence) -> None:
    assert presence(evidence) == seen


@pytest.mark.parametrize(
    ("evidence", "diagnosis"),
    [
        (Evidence(UNKNOWN, planned=True), Diagnosis(Reason.UNWATCHED)),
        (outage(planned=True), Diagnosis(Reason.MAINTENANCE, ("maintenance",))),
        (Evidence(MAINTENANCE, MAINTENANCE), Diagnosis(Reason.MAINTENANCE, ("maintenance",))),
        (outage(probe_statuses=[503]), Diagnosis(Reason.SERVER_ERRORS, ("overload", "internal"))),
        (outage(probe_statuses=[540]), Diagnosis(Reason.REPORTED_SERVER_ERRORS, ("overload", "internal"))),
        (outage(), Diagnosis(Reason.REPORTED_SERVER_ERRORS, ("overload", "internal"))),
        (outage(probe_errors=["timeout"]), Diagnosis(Reason.UNREACHABLE, ("network", "configuration"))),
        (outage(one_place=True, probe_statuses=[503]), Diagnosis(Reason.ONE_PLACE, ("configuration", "network"))),
        (outage(upstream=True, one_place=True), Diagnosis(Reason.UPSTREAM, ("network",))),
        (outage(server_share=0.1), Diagnosis(Reason.UNCLEAR)),
        (outage(server_share=0.1, probe_statuses=[503]), Diagnosis(Reason.UNCLEAR)),
        (outage(total=2, reports=1), Diagnosis(Reason.UNCLEAR)),
        (Evidence(OK, reports=9, total=9, raised=True), Diagnosis(Reason.UNCLEAR)),
        (Evidence(CONFIRMED, None), Diagnosis(Reason.OTHER_PARTS, ("yours",))),
        (Evidence(OK, reports=1), Diagnosis(Reason.NOTHING_UNUSUAL, ("yours",))),
    ],
)
def test_the_evidence_speaks_for_causes(evidence: Evidence, diagnosis: Diagnosis) -> None:
    assert diagnose(evidence) == diagnosis


def test_a_symptom_of_rules_speaks_for_a_rule_while_all_is_calm() -> None:
    assert diagnose(Evidence(OK), suggests="policy").causes == ("policy", "yours")
    assert diagnose(outage(), suggests="policy").causes == ("overload", "internal")


@pytest.mark.parametrize(
    ("evidence", "here", "answer"),
    [
        (Evidence(UNKNOWN), Here(CONFIRMED), (Answer.UNKNOWN, Ground.UNWATCHED)),
        (outage(), Here(CONFIRMED), (Answer.NOT_YOU, Ground.OUTAGE_HERE)),
        (outage(), Here(MAINTENANCE), (Answer.NOT_YOU, Ground.MAINTENANCE_HERE)),
        (outage(), Here(POSSIBLE), (Answer.PROBABLY_NOT_YOU, Ground.POSSIBLE_HERE)),
        (outage(), Here(RECOVERING), (Answer.PROBABLY_NOT_YOU, Ground.RECOVERING_HERE)),
        (outage(), Here(None, 3, 3.0), (Answer.PROBABLY_NOT_YOU, Ground.MANY_HERE)),
        (outage(), Here(None, 2, 9.0), (Answer.CANNOT_SAY, Ground.OUTAGE_ELSEWHERE)),
        (Evidence(OK, **MANY), Here(), (Answer.CANNOT_SAY, Ground.MANY)),
        (Evidence(CONFIRMED, None), Here(), (Answer.PROBABLY_YOU, Ground.OTHER_PARTS)),
        (Evidence(OK), Here(), (Answer.PROBABLY_YOU, Ground.NOTHING_UNUSUAL)),
        (Evidence(OK), Here(None, 3, 1.4), (Answer.PROBABLY_YOU, Ground.NOTHING_UNUSUAL)),
    ],
)
def test_it_is_not_me_where_trouble_fits_place_and_symptom(
    evidence: Evidence, here: Here, answer: tuple[Answer, Ground]
) -> None:
    assert is_it_me(evidence, here) == answer


def minutes(*numbers: int) -> list[timedelta]:
    return [timedelta(minutes=number) for number in numbers]


def test_how_long_outages_lasted_is_a_median_with_its_range() -> None:
    assert lasted([]) is None
    two = lasted(minutes(10, 30))
    assert two == Lasted(2, *minutes(20, 10, 30))
    assert not two.enough
    three = lasted(minutes(300, 10, 40))
    assert three == Lasted(3, *minutes(40, 10, 300))
    assert three.enough
