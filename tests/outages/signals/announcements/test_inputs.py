"""Inputs of each kind as other makers, languages and clocks write them: what is stated is read as it is meant."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest

from outages.detection.classifier import Reading, read, window
from outages.detection.datatypes import Announcement, ServiceSpec
from outages.signals.announcements.readers import KINDS
from outages.signals.announcements.readers.dates import moment
from outages.signals.outbound.client import Client, Response
from outages.signals.outbound.connection import Timings
from outages.signals.outbound.policy import Mode, Policy
from reports.catalog.schema import Source

NOW = datetime(2026, 11, 29, 23, 40, tzinfo=UTC)


class Memory(Client):
    """A client that answers from memory, by the path."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        super().__init__(Policy(Mode.LOOPBACK), user_agent="Brownout/test")
        self.pages = pages

    def fetch(self, url: str, **options: Any) -> Response:
        body = self.pages.get(httpx.URL(url).path)
        return Response(url, 404 if body is None else 200, httpx.Headers(), body or b"", False, "", "", Timings())


def said(kind: Any, pages: dict[str, bytes]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return what is read of a source, in the order of its times: stage, time of day and components."""
    source = Source(slug="s", kind=kind, url="http://localhost/", authors=["Acme"])
    spec = ServiceSpec(
        slug="acme",
        entities=("Acme",),
        components=("api", "login"),
        component_words={"api": ("API",), "login": ("Sign in", "logins")},
        official_authors=frozenset({("s", "acme")}),
        source_kinds={"s": kind},
    )
    pages_read = KINDS[kind]().pages(source, {}, Memory(pages), None, NOW)  # type: ignore[arg-type]
    posts = [post for page in pages_read for post in page.posts]
    threads: dict[str, Reading] = {}
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for post in sorted(posts, key=lambda post: post.posted_at or NOW):
        at = post.posted_at or NOW
        post_said = Announcement(
            at=at.timestamp(), source="s", author=post.author, text=post.text, stated=post.stated, thread=post.thread
        )
        threads[post.thread] = reading = read(post_said, spec, threads.get(post.thread))
        found.append((reading.stage, f"{at:%H:%M}", reading.components))
    return found


TWO = [("investigating", "21:10"), ("resolved", "22:10")]
UNDATED = [("investigating", "22:00"), ("resolved", "22:00")]
LOGS = {
    "Status.io": (
        "November 29, 2026 22:10UTC<br/>[Resolved] ok<br/>November 29, 2026 21:10UTC<br/>[Investigating] no",
        TWO,
    ),
    "Freshstatus": (
        "<div><b>RESOLVED</b> &middot; 29 Nov 2026, 22:10 UTC</div><div>ok</div>"
        "<div><b>INVESTIGATING</b> &middot; 29 Nov 2026, 21:10 UTC</div><div>no</div>",
        TWO,
    ),
    "times below": (
        "<b>Resolved</b><p>ok</p><p>Nov 29, 22:10 UTC</p><b>Investigating</b><p>no</p><p>Nov 29, 21:10 UTC</p>",
        TWO,
    ),
    "the newest alone is dated": (
        "<b>Resolved</b><p>ok</p><p>Nov 29, 21:30 UTC</p><b>Investigating</b><p>no</p>",
        [("investigating", "21:30"), ("resolved", "21:30")],
    ),
    "brackets": ("[2026-11-29 22:10 UTC] Resolved: ok<br>[2026-11-29 21:10 UTC] Investigating: no", TWO),
    "days first": ("29/11/2026 22:10 - Resolved - ok<br>29/11/2026 21:10 - Investigating - no", TWO),
    "ISO": ("2026-11-29T22:10:00Z RESOLVED: ok<br>2026-11-29T21:10:00Z INVESTIGATING: no", TWO),
    "StatusCast": ("<b>[Resolved]</b> - ok<br><b>[Under Investigation]</b> - no", UNDATED),
    "German": ("<strong>Behoben</strong> - ok<br><strong>Untersuchung</strong> - no", UNDATED),
    "French": ("<strong>Résolu</strong> - ok<br><strong>Enquête en cours</strong> - no", UNDATED),
    "Spanish": ("<strong>Resuelto</strong> - ok<br><strong>Investigando</strong> - no", UNDATED),
    "Italian": ("<strong>Risolto</strong> - ok<br><strong>In esame</strong> - no", UNDATED),
    "Dutch": ("<strong>Opgelost</strong> - ok<br><strong>In onderzoek</strong> - no", UNDATED),
    "Danish": ("<strong>Løst</strong> - ok<br><strong>Undersøges</strong> - no", UNDATED),
    "Swedish": ("<strong>Åtgärdat</strong> - ok<br><strong>Undersöks</strong> - no", UNDATED),
    "Norwegian": ("<strong>Løst</strong> - ok<br><strong>Undersøkes</strong> - no", UNDATED),
    "Portuguese": ("<strong>Resolvido</strong> - ok<br><strong>Em investigação</strong> - no", UNDATED),
    "Japanese": ("<strong>解決済み</strong> - 復旧しました。<br><strong>調査中</strong> - 調査しています", UNDATED),
    "Korean": ("<strong>해결됨</strong> - ok<br><strong>조사 중</strong> - no", UNDATED),
    "Chinese": ("<strong>已解决</strong> - ok<br><strong>调查中</strong> - no", UNDATED),
}


@pytest.mark.parametrize("maker", LOGS)
def test_a_log_is_read_as_its_maker_labels_it(maker: str) -> None:
    log, expected = LOGS[maker]
    item = (
        f"<item><title>Trouble with the API</title><guid>1</guid><pubDate>Sun, 29 Nov 2026 22:00:00 GMT</pubDate>"
        f"<description>{html.escape(log)}</description></item>"
    )
    feed = f"<rss version='2.0'><channel><title>Acme</title>{item}</channel></rss>"
    assert [found[:2] for found in said("feed", {"/": feed.encode()})] == expected


def of_statuspage(*updates: dict[str, Any], plan: dict[str, Any] | None = None, **incident: Any) -> dict[str, bytes]:
    incidents = [
        {"id": "i", "name": "API trouble", "created_at": "2026-11-29T20:00Z", "incident_updates": updates} | incident
    ]
    plans = [{"id": "m", "name": "API upgrade", "created_at": "2026-11-29T20:00Z"} | plan] if plan else []
    return {
        "/api/v2/incidents.json": msgspec.json.encode({"incidents": incidents if updates or not plan else []}),
        "/api/v2/scheduled-maintenances.json": msgspec.json.encode({"scheduled_maintenances": plans}),
    }


def update(status: Any, hour: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{hour}",
        "status": status,
        "body": "We look into it.",
        "created_at": f"2026-11-29T{hour}:00Z",
    } | more


STATED = {
    "capitals": (of_statuspage(update("INVESTIGATING", 20), update("RESOLVED", 21)), ["investigating", "resolved"]),
    "a fault that is verified": (
        of_statuspage(update("investigating", 20), update("verifying", 21)),
        ["investigating", "monitoring"],
    ),
    "a fault in progress": (of_statuspage(update("identified", 20), update("in_progress", 21)), ["identified"] * 2),
    "planned work among incidents": (
        of_statuspage(update("in_progress", 20), update("completed", 21)),
        ["planned", "resolved"],
    ),
    "of the incident alone": (of_statuspage(update(None, 20), status="resolved"), ["resolved"]),
    "in German": (of_statuspage(update("Behoben", 20)), ["resolved"]),
    "a list": (of_statuspage(update(["resolved"], 20)), ["investigating"]),
    "planned, put off": (
        of_statuspage(plan={"status": "scheduled", "incident_updates": [update("postponed", 20)]}),
        ["planned"],
    ),
}


@pytest.mark.parametrize("case", STATED)
def test_a_stage_that_is_stated_is_believed(case: str) -> None:
    pages, expected = STATED[case]
    assert [stage for stage, _, _ in said("statuspage", pages)] == expected


def test_components_are_named_by_objects_or_by_words() -> None:
    pages = of_statuspage(update("identified", 20), affected_components=["Sign in"])
    assert [components for _, _, components in said("statuspage", pages)] == [("login",)]


@pytest.mark.parametrize("until", [None, "2026-12-01T00:00:00Z", "soon"])
def test_planned_work_without_an_end_has_a_usual_one(until: str | None) -> None:
    plan = {"status": "scheduled", "scheduled_for": "2026-12-03T02:00:00Z", "scheduled_until": until}
    source = Source(slug="s", kind="statuspage", url="http://localhost", authors=["Acme"])
    reader = KINDS["statuspage"]()
    (page,) = reader.pages(source, {}, Memory(of_statuspage(plan=plan)), None, NOW)  # type: ignore[arg-type]
    (stated,) = [post.stated for post in page.posts]
    assert stated is not None
    assert stated.window == (1796263200, 1796270400)


@pytest.mark.parametrize(
    ("written", "home", "expected"),
    [
        ("2026-11-29 20:57 (UTC+5:30)", "", "29 15:27"),
        ("2026年11月29日 20:57", "Asia/Tokyo", "29 11:57"),
        ("2026년 11월 29일 20시 57분", "Asia/Seoul", "29 11:57"),
        ("29. November 2026, 20:57 Uhr", "Europe/Berlin", "29 19:57"),
        ("Sonntag, 29. November 2026 um 20:57", "Europe/Berlin", "29 19:57"),
        ("29 novembre 2026 à 20:57", "Europe/Paris", "29 19:57"),
        ("29 de noviembre de 2026 20:57", "Europe/Madrid", "29 19:57"),
        ("domenica 29 novembre 2026 alle ore 20:57", "Europe/Rome", "29 19:57"),
        ("zondag 29 november 2026 om 20:57 uur", "Europe/Amsterdam", "29 19:57"),
        ("29 nov. 2026 kl. 20.57", "Europe/Oslo", "29 19:57"),
        ("29 novembro 2026 às 20:57", "America/Sao_Paulo", "29 23:57"),
        ("2026-11-29 20.57", "", "29 20:57"),
        ("2026-11-29T20:57:00−05:00", "", "30 01:57"),
        ("2026–11–29 20:57 UTC", "", "29 20:57"),
        ("Sun, 29 Nov 2026 20:57:00 America/New_York", "", "30 01:57"),
        ("2026-11-29T20:57:00+01:00[Europe/Paris]", "", "29 19:57"),
        ("So, 29 Nov 2026 20:57:00 +0100", "", "29 19:57"),
        ("Nov. 29, 2026, 8:57 p.m. PST", "", "30 04:57"),
        ("/Date(1796000000000)/", "", "30 00:53"),
        ("2026年11月29日 下午8:57", "Asia/Shanghai", "29 12:57"),
        ("2026年11月29日 上午12:05", "Asia/Taipei", "28 16:05"),
        ("2026年11月29日 午後8時57分", "Asia/Tokyo", "29 11:57"),
        ("2026년 11월 29일 오후 8:57", "Asia/Seoul", "29 11:57"),
        ("Nov 29, 2026 8:57 PM Pacific Time", "", "30 04:57"),
        ("2026-11-29 20:57 Central European Time", "", "29 19:57"),
        ("2026-11-29T24:00:00Z", "", "30 00:00"),
        ("2026-11-29 24:30", "", ""),
        ("05/06/2026 20:57", "", ""),
        ("Nov 29, 20:57 UTC", "", ""),
        ("Mon, 30 Feb 2026 20:57:00 GMT", "", ""),
        ("2026-11-29 20:57 Atlantis/Capital", "", ""),
        ("5 minutes ago", "", ""),
        ("de", "", ""),
    ],
)  # fmt: skip
def test_a_date_is_read_as_it_is_written_or_is_unknown(written: str, home: str, expected: str) -> None:
    found = moment(written, ZoneInfo(home) if home else None)
    assert (f"{found:%d %H:%M}" if found else "") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zeitraum 03.12. 22:00 - 04.12. 02:00 Wartungsarbeiten", "03 21:00 04 01:00"),
        ("Manutenção em 3 de dezembro de 2026 das 22:00 às 02:00 UTC", "03 22:00 04 02:00"),
        ("Planlagt vedligeholdelse den 3. december 2026 kl. 22.00 til 02.00", "03 21:00 04 01:00"),
        ("Scheduled maintenance 2026-12-03T22:00+01:00/2026-12-04T02:00+01:00", "03 21:00 04 01:00"),
        ("Maintenance on 12/03/2026 10:00 PM - 2:00 AM EST", "04 03:00 04 07:00"),
        ("Wartung jeweils nachts 22:00-02:00 Uhr ab 03.12.2026", ""),
    ],
)
def test_a_plan_says_when(text: str, expected: str) -> None:
    found = window.find(text, NOW.timestamp())
    ends = [datetime.fromtimestamp(at, UTC) for at in (found.start, found.end)] if found else []
    assert " ".join(f"{end:%d %H:%M}" for end in ends) == expected
