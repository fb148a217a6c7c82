"""The three kinds of evidence in a few words each: honest, and readable both beside their heading and alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from outages.models import ProbeResult, SourceHealth
from outages.queries import status as queries
from outages.verdict import Chip
from reports.catalog.schema import Probe, Source
from reports.models import Service
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
BLOG = Source(slug="blog", kind="feed", url="https://acme.example/feed", authors=["Acme"], tier="official")
SITE = Probe(slug="site", kind="http", component="app", url="https://acme.example/")
HEADINGS = {"crowd": "crowd", "probes": "probe", "official": "official"}


def a_service(slug: str = "acme", **changes: Any) -> Service:
    return factories.a_service(slug, **{"sources": [BLOG], "probes": [SITE], "entities": ["Acme"]} | changes)


def chip(service: Service, kind: str, at: datetime | None = None) -> Chip:
    found = queries.status(service, now=NOW, at=at).chips
    return next(chip for chip in found if chip.kind == kind)


def heard(service: Service, state: str) -> None:
    SourceHealth.objects.create(service=service, slug="blog", kind="feed", state=state)


def probed(service: Service, classification: str) -> None:
    ProbeResult.objects.create(
        id=uuid4(),
        at=NOW - timedelta(minutes=1),
        service=service,
        probe="site",
        vantage="here",
        component="app",
        classification=classification,
    )


@pytest.mark.parametrize(
    ("stage", "state", "words"),
    [
        ("investigating", "bad", "Looking into it"),
        ("identified", "bad", "Has found the cause"),
        ("monitoring", "bad", "Fixed it and is monitoring"),
        ("planned", "raised", "Maintenance planned"),
        ("resolved", "fine", "Says it's over"),
        ("", "bad", "Made a statement"),
    ],
)
def test_the_maker_s_word_is_told_by_its_stage(stage: str, state: str, words: str) -> None:
    service = a_service()
    factories.a_post(service, NOW - HOUR, stage=stage)
    assert chip(service, "official") == Chip("official", state, words)


@pytest.mark.parametrize("at", [None, NOW - 3 * HOUR])
def test_where_there_is_no_official_source_its_silence_is_no_good_news(at: datetime | None) -> None:
    assert chip(a_service(sources=[]), "official", at).state == "off"


@pytest.mark.parametrize(("health", "state"), [("fine", "fine"), ("slow", "fine"), ("unreachable", "missing")])
def test_silence_counts_only_where_the_source_is_read(health: str, state: str) -> None:
    service = a_service()
    heard(service, health)
    assert chip(service, "official").state == state


def test_silence_in_the_past_counts_only_where_the_source_brought_something() -> None:
    service = a_service()
    heard(service, "fine")
    then = NOW - 48 * HOUR
    assert chip(service, "official", then).state == "missing"
    factories.a_post(service, then - 2 * HOUR, "Our new colours.", relevant=False, stage="irrelevant")
    assert chip(service, "official", then) == Chip("official", "fine", "Nothing said in the 24 hours before")


@pytest.mark.parametrize(
    ("classification", "state", "words"),
    [
        ("up", "fine", "The 1 target answers"),
        ("down", "bad", "site failing"),
        ("blocked", "blind", "Our automatic checks are blocked"),
    ],
)
def test_probes_say_what_they_see(classification: str, state: str, words: str) -> None:
    service = a_service()
    probed(service, classification)
    assert chip(service, "probes") == Chip("probes", state, words)


def test_no_text_repeats_its_heading_and_each_missing_one_stands_alone() -> None:
    service = a_service()
    factories.watched(service, NOW.replace(second=0) - HOUR, NOW.replace(second=0))
    bare = a_service("bare", sources=[], probes=[])
    for status in (queries.status(service, now=NOW), queries.status(bare, now=NOW)):
        assert [chip.text for chip in status.chips if HEADINGS[chip.kind] in chip.text.lower()] == []
    assert queries.status(service, now=NOW).sentence == (
        "No problems with Acme right now. 0 reports in 30 min (usual: 6). "
        "Our automatic checks are off. We aren't reading the company's announcements."
    )
