"""What events say: one sentence a code, in every language, out of codes and numbers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import translation

from outages.detection.datatypes import TermKind
from outages.detection.evidence.crowd import Crowd
from outages.detection.evidence.fusion import crowd_term
from outages.detection.reasons import Reason, ReasonCode, parameters_of, reason
from outages.detection.state import State
from outages.detection.thresholds import DEFAULT
from outages.texts import event_texts
from reports.languages import DEFAULT_LANGUAGE, LANGUAGES
from tests import factories

PROJECT = Path(__file__).parents[3]
OTHERS = [tag for tag in LANGUAGES if tag != DEFAULT_LANGUAGE]
SAMPLES = {int: 12, str: "quotidian"}
TERMS = {
    TermKind.CROWD: factories.a_term(seen=8.4, expected=2.06),
    TermKind.PROBES: factories.a_term("probes", detail=factories.FAILING | {"is_unsteady": True}),
    TermKind.OFFICIAL: factories.a_term(
        "official", detail={"author": "Acme", "source": "blog", "quote": "We are looking into it."}
    ),
}


@dataclass
class Event:
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""


def sample(code: ReasonCode) -> dict[str, Any]:
    return {name: SAMPLES[kind] for name, kind in parameters_of(code).items()}


def told(code: ReasonCode) -> str:
    return event_texts.reason_text(code, sample(code))


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_code_has_a_sentence_that_takes_its_parameters_in_every_language(tag: str) -> None:
    assert set(event_texts.REASONS) == set(ReasonCode)
    with translation.override(tag):
        for code in ReasonCode:
            text = told(code)
            assert text, code
            assert "%" not in text, code
            for value in sample(code).values():
                assert str(value) in text, (code, text)


@pytest.mark.parametrize("tag", OTHERS)
def test_no_sentence_stays_english(tag: str) -> None:
    english = {code: told(code) for code in ReasonCode if code != ReasonCode.AS_WRITTEN}
    with translation.override(tag):
        assert [code.value for code, text in english.items() if told(code) == text] == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_two_codes_say_the_same(tag: str) -> None:
    with translation.override(tag):
        texts = [told(code) for code in ReasonCode]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_kind_of_evidence_is_told_with_its_numbers_in_every_language(tag: str) -> None:
    assert set(event_texts.EVIDENCE) == set(TermKind) == set(TERMS)
    with translation.override(tag):
        crowd, probes, official = (event_texts.term_text(term) for term in TERMS.values())
    assert all(number in crowd for number in ("8", "2", "30", "33", "12")), crowd
    assert all(name in probes for name in ("503", "oslo", "paris", "api", "web")), probes
    assert all(name in official for name in ("Acme", "blog", "We are looking into it.")), official


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("surge", [1.0, 2.5])
def test_weighed_and_raw_counts_never_stand_in_one_sentence(tag: str, surge: float) -> None:
    """Reports are counted by weight, networks and providers as they are: 8 reports from 33 networks is no count."""
    term = factories.a_term(seen=8.0, detail={"minutes": 30, "networks": 33, "origins": 12, "surge": surge})
    with translation.override(tag):
        for text in (event_texts.term_text(term), event_texts.event_text(Event("broad-crowd", evidence=[term]))):
            for sentence in re.split(r"[.。](?!\d)", text):
                numbers = set(re.findall(r"\d+", sentence))
                assert not ({"8"} <= numbers and numbers & {"33", "12"}), text


def test_english_is_one_of_the_languages() -> None:
    event = Event("probes-answer", {"minutes": 9}, [TERMS[TermKind.PROBES], TERMS[TermKind.OFFICIAL]])
    assert event_texts.event_text(event) == (
        "Automatic checks have been succeeding again for 9 minutes. "
        "Failing checks: api and web (503 and intermittent errors), from oslo and paris. "
        "Acme on blog: “We are looking into it.”"
    )
    assert event_texts.term_text(TERMS[TermKind.CROWD]) == (
        "8.4 reports counted in 30 min (usual: 2.1). Networks: 33, providers: 12"
    )


def test_a_component_is_named_for_people_and_keeps_its_slug_for_programs() -> None:
    event = Event("another-component", {"component": "app"})
    assert event_texts.event_text(event) == "Also affected: app."
    assert event_texts.event_text(event, {"app": "Mobile app"}) == "Also affected: Mobile app."


def test_a_moderators_words_stay_as_they_were_written() -> None:
    event = Event("moderator-took-in", {"number": 2, "why": "One cause: 100% the cloud."})
    assert event_texts.event_text(event) == "A moderator merged incident 2 into this one: One cause: 100% the cloud."
    with translation.override("de"):
        assert "One cause: 100% the cloud" in event_texts.event_text(event)


@pytest.mark.parametrize(
    ("code", "params"),
    [("", {}), ("of-tomorrow", {}), ("probes-answer", {}), ("probes-answer", {"minutes": "9"}), ("back", {"n": 1})],
)
def test_what_is_not_known_leaves_the_evidence_and_fails_nothing(code: str, params: dict[str, Any]) -> None:
    event = Event(code, params, [{"kind": "of-tomorrow"}, {"kind": "crowd", "detail": None}, TERMS[TermKind.PROBES]])
    assert event_texts.event_text(event).startswith("Failing checks: api and web (503")
    assert event_texts.event_text(Event(code, params)) == ""


def test_without_a_table_of_providers_none_are_counted() -> None:
    term = factories.a_term(detail={"minutes": 30, "networks": 33, "origins": 12, "origins_known": False})
    assert event_texts.term_text(term).endswith("Networks: 33")


@pytest.mark.parametrize("code", list(ReasonCode))
def test_a_reason_takes_its_own_parameters_only(code: ReasonCode) -> None:
    params = sample(code)
    assert reason(code, **params).rule
    with pytest.raises(ValueError, match=code.value):
        Reason(code, params | {"more": 1})
    for name in params:
        with pytest.raises(ValueError, match=code.value):
            Reason(code, {other: value for other, value in params.items() if other != name})


def test_numbers_of_arrays_become_plain_ones() -> None:
    made = reason(ReasonCode.NO_MORE_EVIDENCE, minutes=np.int64(45))
    assert json.dumps(dict(made.params)) == '{"minutes": 45}'


def test_a_term_of_the_detector_is_told_from_what_it_stores() -> None:
    crowd = Crowd(9.0, 8.4, 2.06, 30, 33, 12, 7.0, 6.0, are_known=False)
    term = crowd_term(crowd, 9.0, ("app",), "NL", State.fresh(100), DEFAULT)
    stored = json.loads(
        json.dumps({"kind": term.kind, "seen": term.seen, "expected": term.expected, "detail": term.detail})
    )
    assert event_texts.term_text(stored) == "8.4 reports counted in 30 min (usual: 2.1). Networks: 33"


def test_no_expression_reads_a_sentence_outside_of_the_migration() -> None:
    """A sentence of the registry that stands anywhere else in the program would be parsed, or told past it."""
    sentences = [told(code) for code in ReasonCode if not parameters_of(code)]
    for path in sorted((PROJECT / "outages").rglob("*.py")):
        if path == Path(event_texts.__file__) or "migrations" in path.parts:
            continue
        source = path.read_text(encoding="utf-8").replace("\\", "")
        assert [text for text in sentences if text in source] == [], path


def test_the_documentation_lists_every_code_with_its_parameters() -> None:
    page = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8").partition("## Why an incident changed")[2]
    listed: dict[str, set[str]] = {}
    for row in re.findall(r"^\| (`.*) \| .* \|$", page.partition("\n## ")[0], re.M):
        codes, params = row.split(" | ")
        listed |= {code: set(re.findall(r"`([a-z]+)`", params)) for code in re.findall(r"`([a-z-]+)`", codes)}
    listed.pop("code", None)
    assert listed == {code.value: set(parameters_of(code)) for code in ReasonCode}
