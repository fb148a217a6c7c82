"""Simulated posts: what the announcement reader makes of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from outages.detection.classifier import OPEN_STAGES, Reading, read
from outages.detection.datatypes import Announcement
from outages.evaluation.simulation.population import population
from outages.pipeline.spec import service_spec
from reports.catalog import loader as catalogs

SERVICE = service_spec(catalogs.read(Path(__file__).resolve().parents[4] / "catalog" / "tesla.toml"))
POSTS = population().posts
WHEN = {
    "minutes": 90, "day": 8, "month": "March", "date": "2026-03-08", "start": "02:00", "end": "03:30", "part": "app",
}  # fmt: skip
POSTED = 1_772_892_000.0  # 2026-03-07T14:00:00Z
BEGINS = 1_772_935_200  # 2026-03-08T02:00:00Z


def reading_of(template: str, part: str = "app") -> Reading:
    text = template.format(**{**WHEN, "part": POSTS.names[part]})
    return read(Announcement(POSTED, POSTS.source, POSTS.author, text), SERVICE)


@pytest.mark.parametrize("template", POSTS.ordinary)
def test_ordinary_posts_are_set_aside(template: str) -> None:
    assert not reading_of(template).relevant


@pytest.mark.parametrize("part", POSTS.names)
@pytest.mark.parametrize("template", POSTS.first)
def test_first_words_open_and_name_their_part(template: str, part: str) -> None:
    reading = reading_of(template, part)
    assert reading.stage in OPEN_STAGES
    assert part in reading.components


@pytest.mark.parametrize("template", [*POSTS.resolved, *POSTS.finished])
def test_all_clears_resolve(template: str) -> None:
    assert reading_of(template).stage == "resolved"


@pytest.mark.parametrize("template", POSTS.planned)
def test_plans_have_their_window(template: str) -> None:
    reading = reading_of(template)
    assert reading.stage == "planned"
    assert reading.window == (BEGINS, BEGINS + 90 * 60)
