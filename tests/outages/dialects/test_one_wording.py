"""One state at one moment, read through every door that puts it into words: none contradicts another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import Client

from config.process_cache import CACHE
from outages.models import Delivery, Incident, ServiceMinute, Subscription
from outages.notifications.messages import notice_of
from tests import factories

from .conftest import MINUTE

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
Read = Callable[..., Any]
CAP = ".//{urn:oasis:names:tc:emergency:cap:1.2}"


@dataclass(frozen=True)
class Words:
    """What a state is called: in a sentence, in a word or two, as a verdict; of its incident in feeds and alerts."""

    sentence: str
    word: str
    verdict: str
    headline: str = ""
    alert: str = ""
    board: str = ""
    incident: str = ""


STATES: Mapping[str, Words] = {
    "possible": Words(
        "Acme may be down: Mobile app.",
        "possible outage",
        "possible",
        "Acme: Possible outage: Mobile app",
        "Acme may be down: Mobile app",
    ),
    "confirmed": Words(
        "Acme is down: Mobile app.",
        "outage",
        "confirmed",
        "Acme: Outage: Mobile app (confirmed)",
        "Acme is down: Mobile app",
    ),
    "recovering": Words(
        "Acme is recovering: Mobile app.", "recovering", "recovering", "Acme: Outage: Mobile app (recovering)"
    ),
    "resolved": Words(
        "Acme is working again.",
        "no problems",
        "ok",
        "Acme: Outage: Mobile app (resolved)",
        "Acme is working again: Mobile app",
        board="Back to normal",
        incident="Resolved: Mobile app",
    ),
    "maintenance": Words(
        "Acme is under maintenance: Mobile app.",
        "maintenance",
        "maintenance",
        "Acme: Maintenance: Mobile app",
        "Maintenance at Acme: Mobile app",
    ),
    "unknown": Words("We can't tell if Acme is working.", "unknown", "unknown", board="Unknown"),
}
PATHS: Mapping[str, tuple[tuple[int, str], ...]] = {
    "possible": ((0, "possible"),),
    "confirmed": ((0, "possible"), (5, "confirmed")),
    "recovering": ((0, "possible"), (5, "confirmed"), (20, "recovering")),
    "resolved": ((0, "possible"), (5, "confirmed"), (20, "resolved")),
    "maintenance": ((0, "maintenance"),),
}
SENTENCE = r'<(?:p|h1) class="sentence.*?</span>(.*?)</(?:p|h1)>'


def words(page: str, pattern: str) -> str:
    """Return the words of the first part of a page that fits, without its tags."""
    found = re.search(pattern, page, re.DOTALL)
    assert found, pattern
    return " ".join(re.sub(r"<[^>]*>", " ", found[1]).split())


def asked(name: str, **arguments: str) -> Any:
    """Return what a tool of /mcp answers."""
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    answer = Client().generic("POST", "/mcp", json.dumps(call), content_type="application/json")
    return json.loads(answer.content)["result"]["structuredContent"]


def test_each_state_is_called_the_same_at_every_door(read: Read, service: Any, now: datetime) -> None:
    def page(address: str) -> str:
        return unescape(read(address).content.decode())

    said: dict[str, dict[str, Any]] = {}
    expected: dict[str, dict[str, Any]] = {}
    for state, known in STATES.items():
        Incident.objects.filter(service=service).delete()
        if state == "unknown":
            ServiceMinute.objects.filter(service=service).delete()
        else:
            kind = "maintenance" if state == "maintenance" else "outage"
            factories.an_incident(service, now - 25 * MINUTE, states=PATHS[state], kind=kind)
        CACHE.clear()
        status, told = read("/api/v1/services/acme/status").json(), asked("get_status", service="Acme")
        shown, capital = page("/acme/"), known.word.capitalize()
        said[state] = {
            "page": words(shown, SENTENCE),
            "title": words(shown, r"<title>(.*?)</title>"),
            "map": words(page("/acme/map"), r'class="state-line.*?<a[^>]*>(.*?)</a>'),
            "embed": words(page("/embed/acme"), SENTENCE),
            "board": words(page("/"), r'data-key="acme".*?class="state">(.*?)</span>'),
            "api": (status["verdict"], status["sentence"][: len(known.sentence)]),
            "mcp": (told["verdict"], told["summary"][: len(known.sentence)]),
            "badge": read("/acme/badge.json").json()["message"],
        }
        expected[state] = {
            "page": known.sentence,
            "title": f"Is Acme down? {capital} · Brownout",
            "map": known.sentence,
            "embed": known.sentence,
            "board": known.board or f"{capital}: Mobile app",
            "api": (known.verdict, known.sentence),
            "mcp": (known.verdict, known.sentence),
            "badge": known.word,
        }
        incident = Incident.objects.filter(service=service).first()
        if incident is None:
            continue
        cap = ElementTree.fromstring(read(f"/acme/incidents/{incident.number}/cap.xml").content)
        said[state] |= {
            "incident": words(page(f"/acme/incidents/{incident.number}"), SENTENCE),
            "atom": feedparser.parse(read("/acme/feeds/atom.xml").content).entries[0].title,
            "rss": feedparser.parse(read("/acme/feeds/rss.xml").content).entries[0].title,
            "json": read("/acme/feeds/feed.json").json()["items"][0]["title"],
            "cap": cap.findtext(CAP + "headline"),
            "cap says over": cap.findtext(CAP + "responseType") == "AllClear",
        }
        feeds = dict.fromkeys(("atom", "rss", "json", "cap"), known.headline)
        expected[state] |= {
            "incident": known.incident or f"{capital}: Mobile app",
            **feeds,
            "cap says over": state == "resolved",
        }
        if known.alert:  # nobody is told that it recovers
            event = incident.events.latest("at", "id")
            delivery = Delivery(
                kind="opened" if state == "possible" else state,
                subscription=Subscription(service=service),
                incident=incident,
                event=event,
            )
            said[state]["alert"], expected[state]["alert"] = notice_of(delivery).title, known.alert
    assert said == expected
