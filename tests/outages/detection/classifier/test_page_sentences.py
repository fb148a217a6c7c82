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


def test_a_cause_that_is_looked_for_is_not_found() -> None:
    for text in (
        "We have started to get reports of failed uploads. We'll update here as soon as we've identified the trouble.",
        "Many symptoms have been found but we are still not sure what the root cause is.",
        "The root cause has still not been identified.",
        "We're still investigating.",
    ):
        assert stage_of(text) == "investigating", text
    assert stage_of("We have narrowed the cause down to one of our caches.") == "identified"


def test_a_verdict_at_the_head_stands_whatever_is_done_besides() -> None:
    assert stage_of("This incident is resolved. Our teams are working on further limits for our API.") == "resolved"
    assert stage_of("This incident is resolved. We will continue to monitor.") == "monitoring"


def test_a_text_that_tells_of_what_was_ends_a_matter_only_where_it_opens_one() -> None:
    told = "Uploads were partially degraded."
    before = read(Announcement(AUTUMN_2029, "status-page", "Acme", "We are investigating failed uploads."), PAGE)
    after = read(Announcement(AUTUMN_2029 + 600, "status-page", "Acme", told), PAGE, before)
    assert (stage_of(told), after.stage) == ("resolved", "investigating")


def test_a_known_cause_stays_known_while_a_page_says_again_what_is_broken() -> None:
    known = read(Announcement(AUTUMN_2029, "status-page", "Acme", "The cause has been identified."), PAGE)
    for text, stage in (
        ("Some customers may be seeing errors.", "identified"),
        ("We are investigating new errors.", "investigating"),
    ):
        later = read(Announcement(AUTUMN_2029 + 600, "status-page", "Acme", text), PAGE, known)
        assert later.stage == stage, f"{text}: {later.stage}, {later.rule}"
