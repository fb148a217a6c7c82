"""What a long feed costs: 5,000 entries that nobody has read before, and the same feed with one more.

`python -m bench sources`. The feed comes from memory; nothing leaves the machine.
"""

from __future__ import annotations

import io
import os
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from bench._servers import servers

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "5000"))
GOAL_S = 3.0
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
TEXTS = (
    ("Tesla app is down in region {n}", "<p>Owners see <b>503</b> errors since {n}; we are looking into reports.</p>"),
    ("Resolved: charging in region {n}", "<p>The issue is resolved and all {n} Superchargers work as usual.</p>"),
    ("New colours for model {n}", "<p>From now on you can order {n} of them in a <i>new</i> red.</p>"),
)


def main() -> None:
    with servers(OUTBOUND="loopback", LOG_LEVEL="ERROR"):
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0, stdout=io.StringIO())
        measure()


def feed_of(entries: int) -> bytes:
    """An RSS feed of so many entries, the newest first, one a minute."""
    items = []
    for number in range(entries, 0, -1):
        title, body = (text.format(n=number) for text in TEXTS[number % len(TEXTS)])
        at = format_datetime(NOW - timedelta(minutes=entries - number + 1))
        items.append(
            f"<item><title>{title}</title><link>https://news.example/{number}</link><guid>{number}</guid>"
            f"<pubDate>{at}</pubDate><description><![CDATA[{body}]]></description></item>"
        )
    channel = f"<channel><title>News</title>{''.join(items)}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()


def measure() -> None:
    """Read a feed of which nothing is known, then with one entry more."""
    import httpx

    from bench.probes import cpu_s
    from outages.models import Announcement, SourceHealth
    from outages.signals.announcements import poller
    from outages.signals.outbound.client import Client, Response
    from outages.signals.outbound.connection import Timings
    from outages.signals.outbound.policy import Mode, Policy
    from reports.catalog import store as catalogs
    from reports.catalog.schema import Catalog, Component, Source, Symptom
    from reports.models import Service

    pages: dict[str, bytes] = {}

    class Memory(Client):
        """A client that answers from memory."""

        def fetch(self, url: str, **options: Any) -> Response:
            path = httpx.URL(url).path
            status = 200 if path in pages else 404
            headers = httpx.Headers({"content-type": "application/rss+xml"})
            return Response(url, status, headers, pages.get(path, b""), False, "HTTP/1.1", "127.0.0.1", Timings())

    catalogs.store(
        Catalog(
            slug="bench",
            name="Tesla",
            default_component="app",
            components=[Component(slug="app", name="App")],
            symptoms=[Symptom(slug="slow", name="Slow")],
            sources=[Source(slug="news", kind="feed", url="http://localhost/feed", tier="press")],
        )
    )
    service = Service.objects.get(slug="bench")
    client = Memory(Policy(Mode.LOOPBACK), user_agent="Brownout/bench")
    for words, entries in (("of which nothing is known", ENTRIES), ("with one entry more", ENTRIES + 1)):
        pages["/feed"] = feed_of(entries)
        if entries == ENTRIES:
            Announcement.objects.filter(service=service).delete()
            SourceHealth.objects.filter(service=service).delete()
        began, used = time.perf_counter(), cpu_s()
        health = poller.read_source(service, "news", client, NOW + timedelta(minutes=entries - ENTRIES))
        took, used = time.perf_counter() - began, cpu_s() - used
        stored = Announcement.objects.filter(service=service).count()
        goal = f" (goal: under {GOAL_S:g} s for 5,000)" if entries == ENTRIES else ""
        print(
            f"a feed {words}: {used:.2f} s of a core{goal}, {took:.2f} s in all; "
            f"{stored:,} of {entries:,} entries stored, {health.state}"
        )


if __name__ == "__main__":
    main()
