"""Badges: readable by eyes, by screen readers and by Shields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outages.dialects.badges import render
from outages.verdict import Verdict
from tests import factories

from .conftest import MINUTE

Read = Callable[..., Any]
SVG = "{http://www.w3.org/2000/svg}"
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
NAMED_BY_SHIELDS = {"brightgreen", "green", "yellowgreen", "yellow", "orange", "red", "blue", "lightgrey"}


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("paint", [render.LABEL, *render.PAINTS.values()])
def test_every_text_stands_out_on_light_and_on_dark_pages(paint: render.Paint) -> None:
    assert contrast(paint.light, paint.light_text) >= LEAST_CONTRAST
    assert contrast(paint.dark, paint.dark_text) >= LEAST_CONTRAST


def test_every_verdict_has_a_colour_and_shields_knows_it() -> None:
    assert render.PAINTS.keys() == render.SHIELDS_COLOURS.keys() == set(Verdict)
    assert set(render.SHIELDS_COLOURS.values()) <= NAMED_BY_SHIELDS


def test_only_ok_is_green() -> None:
    assert [verdict for verdict, paint in render.PAINTS.items() if paint == render.GOOD] == [Verdict.OK]
    assert [verdict for verdict, colour in render.SHIELDS_COLOURS.items() if "green" in colour] == [Verdict.OK]


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")), st.sampled_from(Verdict)
)
def test_any_name_makes_an_image_that_can_be_read_aloud(name: str, verdict: Verdict) -> None:
    image = ElementTree.fromstring(render.svg(name, "outage", render.PAINTS[verdict]))
    assert image.get("role") == "img"
    assert image.findtext(f"{SVG}title") == f"{name}: outage"
    left, right = (float(rect.get("width", 0)) for rect in image.findall(f"{SVG}g/{SVG}rect"))
    assert left + right == float(image.get("width", 0))
    assert min(left, right) > 2 * render.PADDING


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "word", "colour"),
    [
        (None, "no problems", "brightgreen"),
        ("possible", "possible outage", "yellow"),
        ("confirmed", "outage", "red"),
        ("recovering", "recovering", "blue"),
        ("maintenance", "maintenance", "blue"),
    ],
)
def test_a_badge_says_the_verdict(
    read: Read, service: Any, now: datetime, state: str | None, word: str, colour: str
) -> None:
    if state:
        factories.an_incident(service, now - 9 * MINUTE, states=((0, state),))
    answer = read("/acme/badge.svg")
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert ElementTree.fromstring(answer.content).findtext(f"{SVG}title") == f"Acme: {word}"
    assert read("/acme/badge.json").json() == {
        "schemaVersion": 1,
        "label": "Acme",
        "message": word,
        "color": colour,
        "isError": False,
        "cacheSeconds": 60,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("unwatched_minutes", [5, 600])
def test_an_all_clear_that_is_out_of_date_is_grey(read: Read, db: None, now: datetime, unwatched_minutes: int) -> None:
    service = factories.a_service()
    factories.watched(service, now - timedelta(hours=11), now - unwatched_minutes * MINUTE)
    shields = read("/acme/badge.json").json()
    assert (shields["message"], shields["color"], shields["isError"]) == ("unknown", "lightgrey", True)
    assert "Acme: unknown" in read("/acme/badge.svg").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("kept_s", [0.0, 60.0])
def test_the_image_may_use_its_own_style_and_nothing_else(
    read: Read, service: Any, monkeypatch: pytest.MonkeyPatch, kept_s: float
) -> None:
    from outages.api.framework.views import ReadView

    monkeypatch.setattr(ReadView, "kept_s", kept_s)
    for _time in range(2):
        assert read("/acme/badge.svg")["Content-Security-Policy"] == render.SVG_POLICY


@pytest.mark.django_db
def test_the_past_played_back_says_so_on_its_badge(read: Read, now: datetime) -> None:
    factories.a_service(clock="recorded", accepts_reports=False, provenance="Made up.")
    assert read("/acme/badge.json").json()["label"] == "Acme (reconstruction)"
