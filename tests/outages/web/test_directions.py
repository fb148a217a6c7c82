"""Pages can be written from right to left: no style names a side, and others' words keep their own direction."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from outages.models import Announcement, Dispute
from tests import factories

PROJECT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)
# A float for browsers that know no `inline-start` has the logical one right behind it.
WITH_FALLBACK = re.compile(r"(float|clear): (left|right); \1: inline-(start|end);")
PHYSICAL = re.compile(
    r"(?<![-\w])(?:(?:margin|padding|border|scroll-(?:margin|padding))-(?:left|right)\b[-\w]*|left|right)\s*:"
    r"|(?<![-\w])border-(?:top|bottom)-(?:left|right)-radius\s*:"
    r"|(?<![-\w])(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)
FOUR_SIDES = re.compile(
    r"(?<![-\w])(?:margin|padding|inset|border-width)\s*:\s*([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;]+);"
)


def sides_named(style: str) -> list[str]:
    """Declarations of a style sheet that mean the left or the right, whichever way the page is written."""
    style = WITH_FALLBACK.sub("", re.sub(r"/\*.*?\*/", "", style, flags=re.S))
    uneven = [match[0] for match in FOUR_SIDES.finditer(style) if match[2] != match[4]]
    return [match[0] for match in PHYSICAL.finditer(style)] + uneven


@pytest.mark.parametrize(
    ("style", "found"),
    [
        ("a { margin-left: 1rem; }", 1),
        ("a { border-left-color: red; }", 1),
        ("a{left:0}", 1),
        ("a { text-align: right; float: left; }", 2),
        ("a { padding: 0 0 1rem 1rem; }", 1),
        ("a { float: left; float: inline-start; }", 0),
        ("a { padding-inline: 0 1rem; inset-inline-start: 0; text-align: end; }", 0),
        ("a { padding: 0 1rem 2rem 1rem; background: linear-gradient(to left, red, blue); }", 0),
    ],
)
def test_a_side_is_found(style: str, found: int) -> None:
    assert len(sides_named(style)) == found


def test_no_style_names_a_side() -> None:
    sheets = {path: path.read_text("utf-8") for path in (PROJECT / "static" / "css").glob("*.css")}
    for path in (PROJECT / "templates").rglob("*.html"):
        styles = re.findall(r'style="([^"]*)"|<style[^>]*>(.*?)</style>', path.read_text("utf-8"), flags=re.S)
        sheets[path] = ";".join(one or other for one, other in styles)
    assert {path.name: named for path, style in sheets.items() if (named := sides_named(style))} == {}


def test_others_words_keep_their_language_and_their_direction(client: Any, db: None) -> None:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        service = factories.a_service()
        incident = factories.an_outage(service, NOW)
        factories.a_post(service, NOW - timedelta(minutes=12))
        Announcement.objects.update(text="انقطاع الخدمة", author="الدعم", incident=incident)
        Dispute.objects.create(
            service=service,
            number=incident.number,
            opened_at=incident.opened_at,
            claim=Dispute.Claim.NO_OUTAGE,
            language="zh-hans",
            reason="没有故障",
            is_reason_public=True,
            state=Dispute.State.REJECTED,
            answer="نعم",
            created_at=NOW - timedelta(minutes=5),
            answered_at=NOW - timedelta(minutes=1),
        )
        own = client.get("/acme/").content.decode()
        page = client.get("/de/acme/incidents/1").content.decode()
    assert '<bdi lang="">انقطاع الخدمة</bdi>' in own
    assert "<bdi>الدعم</bdi>" in own
    assert '<blockquote class="small" lang="zh-Hans" dir="auto">没有故障</blockquote>' in page
    assert '<bdi lang="">نعم</bdi>' in page
