"""Events from before there were codes say the same after the upgrade, and can be said in any language."""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import translation

from outages.detection.reasons import ReasonCode, rule_of
from outages.texts import event_texts
from reports.languages import DEFAULT_LANGUAGE, LANGUAGES
from reports.models import Service

DATA = Path(__file__).parents[2] / "data" / "events"
AT = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
MIGRATION = "0061_sentences_to_codes"
OTHERS = [tag for tag in LANGUAGES if tag != DEFAULT_LANGUAGE]
# Rows that the version before wrote: worlds played through its detector, and moderators' decisions.
ROWS = [json.loads(line) for line in (DATA / "with_sentences.ndjson").read_text("utf-8").splitlines()]
migration = importlib.import_module(f"outages.migrations.{MIGRATION}")


@dataclass
class Converted:
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""


def converted(row: dict[str, Any]) -> Converted:
    code, params = migration.reason_of(row["text"], row["words"], row["evidence"])
    return Converted(code, params, [migration.term_of(term) for term in row["evidence"]], row["reason"])


NUMBERS = re.compile(r"\d[\d,.]*\d|\d")


def numbers(text: str) -> set[str]:
    return {found.replace(",", "") for found in NUMBERS.findall(text)}


def test_the_rows_hold_every_code_that_the_migration_knows() -> None:
    known = {code for _pattern, code in migration.REASONS}
    assert {converted(row).code for row in ROWS} == known <= set(ReasonCode)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:40])
def test_an_old_event_says_the_same_in_english(row: dict[str, Any]) -> None:
    event = converted(row)
    assert event.code != ReasonCode.AS_WRITTEN
    # Networks and providers are told beside a crowd, not in its sentence.
    told = re.sub(r"; from \d+ networks? and \d+ providers?", "", row["text"])
    assert numbers(told) <= numbers(event_texts.event_text(event))
    assert event_texts.reason_text(event.code, event.params) in event_texts.event_text(event)
    assert rule_of(ReasonCode(event.code)) == row["reason"]
    for before, after in zip(row["evidence"], event.evidence, strict=True):
        assert "text" not in after
        assert "as_written" not in after["detail"]
        assert numbers(before["text"]) <= numbers(event_texts.term_text(after)), "whatever it counted, it counts still"
        for name in (name for key in ("probes", "failing_from") for name in after["detail"].get(key, ())):
            assert name in event_texts.briefly(after)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:40])
def test_nothing_but_sentences_is_lost(row: dict[str, Any]) -> None:
    for before, after in zip(row["evidence"], converted(row).evidence, strict=True):
        kept = {name: value for name, value in before.items() if name not in ("text", "detail")}
        assert {name: after[name] for name in kept} == kept
        assert {name: after["detail"][name] for name in before["detail"]} == before["detail"]


@pytest.mark.parametrize("tag", OTHERS)
def test_an_old_event_is_said_in_another_language(tag: str) -> None:
    for row in ROWS:
        event = converted(row)
        english = event_texts.event_text(event)
        with translation.override(tag):
            assert event_texts.event_text(event) not in ("", english)


@pytest.mark.parametrize(
    ("text", "words", "terms", "code", "params"),
    [
        ("", "", [], "", {}),
        ("40 reports.", "", [{"kind": "crowd", "text": "40 reports"}], "", {}),
        ("Words of long ago. And more.", "", [], "as-written", {"text": "Words of long ago. And more."}),
        ("It is back. And more.", "", [], "as-written", {"text": "It is back. And more."}),
        ("A moderator confirmed it: Why?..", "Why?..", [], "moderator-confirmed", {"why": "Why?."}),
        ("A moderator confirmed it: Why.", "Why...", [], "moderator-confirmed", {"why": "Why..."}),
        ("A moderator confirmed it: a\nb: c.", "", [], "moderator-confirmed", {"why": "a\nb: c"}),
        ("Announced maintenance: “a”b”", "", [], "announced-maintenance", {"quote": "a”b"}),
    ],
)
def test_a_sentence_is_read_whole_or_kept_as_it_was(
    text: str, words: str, terms: list[dict[str, Any]], code: str, params: dict[str, Any]
) -> None:
    assert migration.reason_of(text, words, terms) == (code, params)


@pytest.mark.parametrize(
    "term",
    [
        {"kind": "crowd", "text": "Many people say so"},
        {"kind": "probes", "text": "Two targets fail", "detail": {}},
        {"kind": "official", "text": "They say so", "detail": None},
        {"kind": "upstream", "text": "Another service fails"},
    ],
)
def test_evidence_that_cannot_be_read_is_kept_as_it_was_written(term: dict[str, Any]) -> None:
    after = migration.term_of(term)
    assert event_texts.term_text(after) == event_texts.briefly(after) == term["text"]
    assert "text" not in after


def test_evidence_without_numbers_beside_it_gets_them_out_of_its_sentence() -> None:
    text = "8.4 reports in 1 minute, usually 0.1 in a general rise of 1.5 times; from 1 network and 1 provider"
    after = migration.term_of({"kind": "crowd", "text": text, "seen": None, "expected": None})
    assert (after["seen"], after["expected"]) == (8.4, 0.1)
    assert after["detail"] == {"minutes": 1, "networks": 1, "origins": 1, "surge": 1.5}


@pytest.mark.django_db
def test_the_migration_converts_the_rows_of_the_version_before() -> None:
    """On the table as it was between the two: with codes, and still with sentences. All of it is taken back."""
    service = Service.objects.create(slug="tesla", name="Tesla", definition={}, definition_hash="")
    incident = service.incidents.create(number=1, state="possible", opened_at=AT, updated_at=AT)
    before = MigrationLoader(connection).project_state(("outages", MIGRATION)).apps
    events = before.get_model("outages", "IncidentEvent")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with pending triggers cannot be altered
        cursor.execute("ALTER TABLE outages_incidentevent ADD text text DEFAULT '', ADD words varchar(300) DEFAULT ''")
    for row in ROWS:
        events.objects.create(
            **{"incident_id": incident.pk, "at": AT, "to_state": "possible", **row, "code": "", "params": {}}
        )
    with connection.schema_editor() as editor:
        migration.convert(before, editor)
    rows = list(incident.events.all())
    assert [event_texts.event_text(event) for event in rows] == [event_texts.event_text(converted(row)) for row in ROWS]
    assert [event.words.rstrip(".") for event in rows] == [row["words"].rstrip(".") for row in ROWS]
