"""No text of a page comes past gettext: in a made-up language, English stands in brackets or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from html import escape, unescape
from typing import Any

import msgspec
import pytest
import time_machine
from django.core.cache import cache as shared_cache

from config.process_cache import CACHE
from reports.languages import LANGUAGES
from tests import factories
from tests.factories.services import a_catalog
from tests.outages.web.test_languages import NOW, PAGES
from tests.pseudo_language import TAG, outside, pseudo, spoken

MORE = ("/?q=nothing", "/board?of=acme.app", "/board/embed?of=acme", "/embed/acme/map", "/acme/map?country=US")
MEANT_WRONG = {
    "/acme/report": ({}, {"symptom": "nope", "started": "x", "country": "QQ"}, {"symptom": "http-503"}),
    "/acme/subscribe": (
        {},
        {"target": "x", "from_state": "z"},
        {"target": "a@example.org", "from_state": "confirmed"},
        {"by": "channel", "channel": "auto", "address": "https://example.org/x"},
        {"by": "channel", "channel": "auto", "address": "https://triggers.example.org:99999/"},
        {"by": "channel", "channel": "slack", "address": "https://hooks.slack.com/triggers/T0/1/a"},
        {"by": "channel", "channel": "discord", "address": "ftp://discord.com/"},
        {"by": "channel", "channel": "teams", "address": "https://x.webhook.office.com/webhookb2/1"},
        {"by": "channel", "channel": "google_chat", "address": "https://chat.googleapis.com/v1/spaces/A/messages"},
        {"by": "channel", "channel": "telegram", "address": "https://api.telegram.org/"},
        {"by": "channel", "channel": "telegram", "address": f"https://api.telegram.org/bot12345678:{'A' * 35}/x"},
        {"by": "channel", "channel": "matrix", "address": "https://matrix.example/"},
        {"by": "channel", "channel": "matrix", "address": "https://matrix.example/_matrix/client/v3/rooms/!a:b.c/send"},
        {"by": "channel", "channel": "mattermost", "address": "https://u:p@mattermost.example/hooks/a"},
        {"by": "channel", "channel": "ntfy", "address": "https://ntfy.sh/"},
        {"by": "channel", "channel": "pagerduty", "address": "short"},
        {"by": "channel", "channel": "template", "address": "http://127.0.0.1/"},
        {"by": "channel", "channel": "template", "address": "http://93.184.216.34:22/"},
        {"by": "channel", "channel": "template", "address": "https://example.org/", "template": "[]"},
        {"by": "channel", "channel": "template", "address": "https://example.org/", "template": "{"},
        {"by": "channel", "channel": "template", "address": "https://example.org/", "template": '{"a": "{{nope}}"}'},
    ),
    "/acme/incidents/1/dispute": ({}, {"claim": "x", "reason": "y"}),
    "/developers/keys": ({}, {"mail": "x"}, {"mail": "a@example.org"}, *[{"mail": "a@example.org"}] * 3),
}
PAST = tuple(f"{path}?at=2026-03-02T11:50Z" for path in ("/", "/acme/", "/acme/map", "/acme/incidents/1", "/sources"))
POST = "We are investigating."
NO_PROSE = re.compile(r"<(script|style|pre|code|kbd|samp)\b.*?</\1>|<!--.*?-->|<head>.*?</head>", re.S)
ATTRIBUTES = re.compile(r'\b(?:aria-label|title|alt|placeholder|data-head|aria-description)="([^"]*)"')
META = re.compile(r'<meta (?:name|property)="(?:description|[a-z]+:(?:title|description|image:alt))" content="([^"]*)"')
WORD = re.compile(r"[A-Za-z]{2,}(?:[ ’'-][A-Za-z]+)*")
# Names of programs, formats and units that no language translates.
NAMES = re.compile(
    r"\b(?:Brownout|UTC|URL|API|HTTP|JSON(?: Feed)?|CSV|RSS|Atom|CAP|iCalendar|PNG|SVG|HTML|Markdown|reStructuredText"
    r"|Slack|Discord|Microsoft Teams|Google Chat|Telegram|Matrix|Mattermost|ntfy|PagerDuty|Alertmanager webhook"
    r"|Shields|Grafana|Home Assistant)\b|\{\{\w*\}\}"
)


@pytest.fixture
def outage(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Any]:
    shared_cache.clear()
    CACHE.clear()
    spoken(monkeypatch, settings, mirrored=True)
    with time_machine.travel(NOW, tick=False):
        service = factories.a_service()
        factories.an_outage(service, NOW)
        factories.a_post(service, NOW - timedelta(minutes=12), POST)
        yield service
    shared_cache.clear()
    CACHE.clear()


@cache
def own_words() -> list[str]:
    """What the catalogue and the post say: names and sentences that come from elsewhere. The longest first."""
    found: set[str] = set(LANGUAGES.values())

    def gather(value: Any) -> None:
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, dict):
            for each in value.values():
                gather(each)
        elif isinstance(value, list | tuple):
            for each in value:
                gather(each)

    gather(msgspec.to_builtins(a_catalog()))
    found.add(POST)
    return sorted((words for words in found if len(words) > 1), key=len, reverse=True)


def bare(html: str) -> list[str]:
    """English that stands in no brackets: of the page's text, and of what is read out or shown beside it."""
    texts = [text for text in (*ATTRIBUTES.findall(html), *META.findall(html)) if not text.startswith("{")]  # JSON
    title = re.search(r"<title>(.*?)</title>", html, re.S)
    page = NO_PROSE.sub(" ", html)
    texts += [title[1] if title else "", re.sub(r"<[^>]+>", " ", page)]
    found = []
    for text in texts:
        left = NAMES.sub(" ", outside(unescape(text)))
        for words in own_words():
            left = left.replace(words, " ")
        found += WORD.findall(left)
    return found


def test_the_made_up_language_keeps_what_is_no_text() -> None:
    assert pseudo('%(n)s <b class="x">new</b> reports &amp; %%') == '⟦%(n)s <b class="x">ñééw</b> réépöörtš &amp; %%⟧'
    assert outside("⟦a ⟦b⟧ c⟧ Left ⟦d⟧").split() == ["Left"]
    assert bare("<p>⟦Gut⟧ <b>Not marked</b></p><img alt='' title=\"Neither this\">") == ["Neither this", "Not marked"]


@pytest.mark.slow
def test_no_text_of_a_page_comes_past_gettext(client: Any, outage: Any) -> None:
    found = {}
    for path in (*PAGES, *MORE, *PAST, "/nowhere/"):
        answer = client.get(f"/{TAG}{path}")
        assert answer.status_code == (404 if path == "/nowhere/" else 200), path
        html = answer.content.decode()
        assert f'<html lang="{TAG}" dir="rtl">' in html, path
        if words := bare(html):
            found[path] = sorted(set(words))
    assert found == {}


@pytest.mark.slow
def test_no_answer_to_a_form_comes_past_gettext(client: Any, outage: Any, settings: Any) -> None:
    settings.OUTBOUND = "off"
    found = {}
    for path, forms in MEANT_WRONG.items():
        settings.EMAIL_HOST = "" if path.endswith("/subscribe") else "127.0.0.1"
        for given in forms:
            answer = client.post(f"/{TAG}{path}", given, follow=True)
            html = answer.content.decode()
            for value in given.values():
                html = html.replace(escape(value), "") if len(value) > 2 else html  # it comes back in its field
            if words := bare(html):
                found[path, str(given)] = sorted(set(words))
    assert found == {}
