"""The rules by table. No database."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from reports.intake import rules
from reports.intake.rules import Case, Earlier, Ruling

FIRST = UUID(int=1)


def earlier(**changes: Any) -> Earlier:
    return Earlier(**{"id": FIRST, "age_s": 30.0, "component": 7, "kind": 0, **changes})


@pytest.mark.parametrize(
    ("case", "rule", "verdict"),
    [
        (Case(7, 0), "", Ruling.ACCEPTED),
        (Case(7, 0, "It says 503 since 14:05, v2026.8.3"), "", Ruling.ACCEPTED),
        (Case(7, 0, trap=True), "trap_field", Ruling.REJECTED),
        (Case(7, 0, earlier=(earlier(),)), "duplicate_tap", Ruling.REPEATED),
        (Case(7, 0, earlier=(earlier(age_s=120.0),)), "duplicate_tap", Ruling.REPEATED),
        (Case(7, 0, earlier=(earlier(age_s=-0.2),)), "duplicate_tap", Ruling.REPEATED),
        (Case(7, 0, earlier=(earlier(age_s=121.0),)), "", Ruling.ACCEPTED),
        (Case(7, 0, earlier=(earlier(component=8),)), "", Ruling.ACCEPTED),
        (Case(7, 0, earlier=(earlier(kind=1),)), "", Ruling.ACCEPTED),
        (Case(7, 0, earlier=(earlier(withdrawn=True),)), "", Ruling.ACCEPTED),
        (Case(7, 0, late=True, earlier=(earlier(),)), "", Ruling.ACCEPTED),
        (Case(7, 0, earlier=(earlier(late=True),)), "", Ruling.ACCEPTED),
        (Case(7, 0, earlier=(earlier(age_s=1.0, ago_s=200.0),), ago_s=100.0), "duplicate_tap", Ruling.REPEATED),
        (Case(7, 0, earlier=(earlier(age_s=1.0, ago_s=300.0),), ago_s=100.0), "", Ruling.ACCEPTED),
        (Case(7, 0, earlier=(earlier(age_s=1.0, ago_s=1.0),), ago_s=300.0), "", Ruling.ACCEPTED),
        (Case(7, 0, surge=True, earlier=(earlier(age_s=121.0),)), "repeat_in_surge", Ruling.REPEATED),
        (Case(7, 0, surge=True, earlier=(earlier(age_s=600.0),)), "repeat_in_surge", Ruling.REPEATED),
        (Case(7, 0, surge=True, earlier=(earlier(age_s=601.0),)), "", Ruling.ACCEPTED),
        (Case(7, 0, surge=True, earlier=(earlier(age_s=121.0, counted=False),)), "", Ruling.ACCEPTED),
        (Case(7, 0, surge=True, earlier=(earlier(age_s=121.0, withdrawn=True),)), "", Ruling.ACCEPTED),
        (Case(7, 0, surge=True, earlier=(earlier(age_s=121.0, component=8),)), "", Ruling.ACCEPTED),
        (Case(7, 0, surge=True, earlier=(earlier(age_s=121.0, kind=1),)), "", Ruling.ACCEPTED),
        (Case(7, 0, surge=True, earlier=(earlier(age_s=121.0, late=True),)), "", Ruling.ACCEPTED),
        (Case(7, 0, surge=True, late=True, earlier=(earlier(age_s=121.0),)), "", Ruling.ACCEPTED),
        (Case(7, 0, surge=True, earlier=(earlier(age_s=121.0, ago_s=900.0),)), "", Ruling.ACCEPTED),
        (Case(7, 0, surge=True, earlier=(earlier(),)), "duplicate_tap", Ruling.REPEATED),
        (Case(7, 0, earlier=(earlier(age_s=300),) * 9), "", Ruling.ACCEPTED),
        (Case(7, 0, earlier=(earlier(age_s=300),) * 10), "reporter_burst", Ruling.REJECTED),
        (Case(7, 0, earlier=(earlier(age_s=601),) * 10), "", Ruling.ACCEPTED),
        (Case(7, 0, late=True, earlier=(earlier(late=True, age_s=900),) * 2), "", Ruling.ACCEPTED),
        (Case(7, 0, late=True, earlier=(earlier(late=True, age_s=900),) * 3), "backdated_burst", Ruling.HELD),
        (Case(7, 0, earlier=(earlier(late=True, age_s=900),) * 3), "", Ruling.ACCEPTED),
        (Case(7, 0, blocked=True), "blocked_network", Ruling.HELD),
        (Case(7, 0, trap=True, blocked=True), "trap_field", Ruling.REJECTED),
        (Case(7, 0, blocked=True, earlier=(earlier(),)), "duplicate_tap", Ruling.REPEATED),
        (Case(7, 0, "write to a.b@example.org"), "note_with_contact", Ruling.ACCEPTED),
        (Case(7, 0, "call 843 997 1140"), "note_with_contact", Ruling.ACCEPTED),
        (Case(7, 0, "call +31 (0)20 123-4567"), "note_with_contact", Ruling.ACCEPTED),
        (Case(7, 0, "since 2026-06-28 23:16:36"), "", Ruling.ACCEPTED),
        (Case(7, 0, "error 503, build 1234567"), "", Ruling.ACCEPTED),
        (Case(7, 0, "see https://example.org/x"), "note_with_link", Ruling.ACCEPTED),
        (Case(7, 0, "go to www.cheap"), "note_with_link", Ruling.ACCEPTED),
        (Case(7, 0, "cheap-cars.COM now"), "note_with_link", Ruling.ACCEPTED),
        (Case(7, 0, "It was fine.Then not"), "", Ruling.ACCEPTED),
    ],
)
def test_the_first_rule_that_matches_decides(case: Case, rule: str, verdict: Ruling) -> None:
    judgement = rules.judge(case)
    assert (judgement.rule, judgement.verdict) == (rule, verdict)


def test_a_repeated_report_names_the_one_that_it_repeats() -> None:
    assert rules.judge(Case(7, 0, earlier=(earlier(component=9, id=UUID(int=2)), earlier()))).repeats == FIRST


def test_a_trap_is_stronger_than_a_repetition() -> None:
    assert rules.judge(Case(7, 0, trap=True, earlier=(earlier(),))).rule == "trap_field"


def test_rules_have_distinct_names_that_fit_their_column() -> None:
    from reports.models import Report

    names = [rule.name for rule in rules.RULES]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= Report._meta.get_field("rule").max_length


def test_stored_verdicts_are_those_of_the_table() -> None:
    from reports.models import Report

    stored = {verdict.name: verdict.value for verdict in Ruling if verdict is not Ruling.REPEATED}
    assert stored == {choice.name: choice.value for choice in Report.Verdict}


def test_every_rule_is_documented() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    section = text.partition("### Rules")[2].partition("\n#")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", section, re.M) == [rule.name for rule in rules.RULES]
