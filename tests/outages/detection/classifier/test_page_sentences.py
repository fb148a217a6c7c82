"""Sentences as the makers of status pages write them, each standing alone, and the stage that it tells."""

from __future__ import annotations

from pathlib import Path

from outages.detection.classifier import read
from outages.detection.datatypes import Announcement, ServiceSpec

SENTENCES = Path(__file__).parents[3] / "data/announcements/page_sentences.tsv"
AUTUMN_2029 = 1_890_000_000.0
PAGE = ServiceSpec(
    slug="acme", components=(), entities=("Acme",), official_authors=frozenset({("status-page", "acme")})
)


def stage_of(text: str) -> str:
    return read(Announcement(AUTUMN_2029, "status-page", "Acme", text), PAGE).stage


def test_every_sentence_is_read_as_its_stage() -> None:
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    stated = [line.split("\t") for line in lines]
    assert len(stated) > 100
    wrong = [f"{stage} is read as {read_as}: {text}" for stage, text in stated if (read_as := stage_of(text)) != stage]
    assert wrong == []


def test_a_promise_is_no_repair_and_advice_is_nothing_that_goes_on() -> None:
    promised = "We are working on a fix. Another update will be provided after the fix has been implemented."
    assert stage_of(promised) == "identified"
    advised = "This issue has been resolved. If you continue to see errors, please reload the page."
    assert stage_of(advised) == "resolved"


def test_a_page_that_watches_on_has_not_closed_its_incident() -> None:
    """The same words stand under both labels on real pages: as long as somebody watches, it is not called over."""
    assert stage_of("The issue has been resolved and we will continue to monitor.") == "monitoring"
