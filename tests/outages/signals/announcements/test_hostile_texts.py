"""Texts by strangers cost what their length costs, whatever stands in them."""

from __future__ import annotations

import contextlib
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import feedparser
import pytest

from config import logs
from outages.detection.classifier import window
from outages.notifications.channels import template
from outages.notifications.channels.json_post import words_of
from outages.signals.announcements import markup
from outages.signals.announcements.datatypes import SourceError, web_address
from outages.signals.announcements.readers import changelog, dates, feed, stated
from outages.signals.outbound import charset
from reports.errors import Errors, SubmissionError
from reports.intake import rules
from reports.intake.submissions import check_error_code, check_note, decode_many

PIECES = (
    "<br",
    "<",
    "&",
    "&#1",
    "&amp;",
    '<a "',
    "<a '",
    "<!--",
    "<!-",
    "<script>",
    "</script",
    "<b id=1>",
    "<b><p>",
    "</",
    "<![CDATA[",
    " ",
    "\n",
    "a.",
    "a@",
    "://",
    "www.",
    "1:",
    "- ",
    "de ",
    "10:00 ",
    "am ",
    "<h2>1 May 2020",
    "<h2>1 May 2020</h2>",
    "from 10:00 to ",
    "until ",
    "a-",
    "'",
    "maintenance ",
    "1 May 2020 ",
    "é",
    "0",
    "1 ",
    "+1 ",
    "1,1",
    "https://a ",
    '\\"',
    "<b ",
    "<b>resolved ",
    "{{",
    "DETAIL",
    "status: ",
)


def rss(text: str) -> Any:
    document = (
        f"<rss version='2.0'><channel><item><title>x</title><description>{text}</description></item></channel></rss>"
    )
    feed.refuse_entities(document.encode())
    return feedparser.parse(document.encode(), sanitize_html=False, resolve_relative_uris=False)


DOORS: dict[str, tuple[int, Callable[[str], Any]]] = {
    "text of HTML": (20_000, markup.plain_text),
    "plain text": (20_000, markup.tidy),
    "a changelog": (20_000, lambda text: list(changelog.entries_of(text))),
    "a feed": (10_000, rss),
    "a date": (10_000, dates.date_in),
    "a planned window": (2_500, lambda text: window.find(text, 1.6e9)),
    "a web address": (10_000, web_address),
    "a note": (900, lambda text: check_note(text, Errors())),
    "a note's rules": (900, lambda text: rules.judge(rules.Case(1, 0, text))),
    "an error code": (10_000, lambda text: check_error_code(text, Errors())),
    "a log of updates": (10_000, lambda text: stated.log_text("<b>resolved" + text)),
    "a batch of reports": (10_000, lambda text: decode_many(b"[" * 3000 + b'"' + text.encode(), 500)),
    "the kind of an answer": (10_000, lambda text: charset.text_of(b"\xff", "text/html; charset=" + text)),
    "the words of an answer": (30_000, lambda text: words_of(json.dumps({"message": text}).encode())),
    "a log line": (10_000, lambda text: LINES.format(logging.makeLogRecord({"msg": "a" + text}))),
    "a template": (1_900, lambda text: template.filled("{{" + text, {"": ""})),
}
LINES = logs.Formatter()
ENOUGH_S = 0.05  # below this a measurement says nothing, and nobody is held up


def cost(door: Callable[[str], Any], text: str) -> float:
    best = float("inf")
    for _ in range(3):
        begin = time.process_time()
        with contextlib.suppress(SourceError, SubmissionError, KeyError):
            door(text)
        best = min(best, time.process_time() - begin)
        if best < ENOUGH_S:
            break
    return best


@pytest.mark.parametrize("name", DOORS)
def test_twice_the_text_costs_twice_as_much(name: str) -> None:
    length, door = DOORS[name]
    slow = []
    for piece in PIECES:
        text = piece * (2 * length // len(piece))
        twice = cost(door, text[: 2 * length])
        if twice > ENOUGH_S and twice > 3 * cost(door, text[:length]):
            slow.append((piece, round(twice, 3)))
    assert not slow


def test_what_is_longer_than_anybody_writes_is_cut_before_it_is_read() -> None:
    begin = time.process_time()
    for piece in PIECES:
        markup.plain_text(piece * (2_000_000 // len(piece)))
        list(changelog.entries_of("<h2>1 May 2020</h2>" + piece * (500_000 // len(piece))))
    assert time.process_time() - begin < 20, "80 s for one of them before"
    assert "end" not in markup.plain_text("<b>" * 30_000 + "end")
    assert "end" not in stated.log_text("<b>" * 30_000 + "end")
    late = "<h2>1 May 2020</h2>all<p>" + "<br>" * 60_000 + "<h2>2 May 2020</h2>late"
    assert len(list(changelog.entries_of(late))) == 1


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\nTwo\nthree"),
        ("a <b>bold</b> word &amp; more &lt;x&gt;", "a bold word & more <x>"),
        ("<script>alert('x')</script>shown<style>p {}</style>", "shown"),
        ("<SCRIPT>x</SCRIPT >shown", ">shown"),
        ("before<!-- hidden -->after", "beforeafter"),
        ('<a href="/x" title="a > b">link</a>', "link"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("load <5% then", "load <5% then"),
        ("&#99999999999999999999;&#x110000;&#0;ok", "ok"),
        ("never <closed", "never closed"),
        ("<script>never closed", ""),
        ("", ""),
    ],
)
def test_the_text_of_html(html: str, text: str) -> None:
    assert markup.plain_text(html).replace("\ufffd", "").strip(" >") == text.strip(" >")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "//example.org/x",
        "https://",
        "http:///x",
        "ftp://a/b",
        "https://a b",
        "https://a/\nSet-Cookie: x",
        "https://user@evil.example/",
        'https://a/"onload=x',
        "https://a/" + "x" * 600,
        "https://[::1",
        "",
    ],
)
def test_what_is_no_web_address_is_never_a_link(address: str) -> None:
    assert web_address(address) == ""


def test_a_usual_address_is_kept_as_it_is() -> None:
    for address in ("https://status.example.org/incidents/1?a=b#c", "http://example.org", "https://stspg.io/abc"):
        assert web_address(address) == address
