"""manage.py check_sources [SERVICE …]: reads the sources of announcements once, stores nothing, says what came."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from outages.signals.announcements import poller
from outages.signals.announcements.datatypes import Cursor, Post, SourceError
from outages.signals.announcements.fetch import check_robots, obey_robots
from outages.signals.announcements.readers import reader_of
from outages.signals.outbound import configured
from outages.signals.outbound.client import Client
from outages.signals.outbound.errors import OutboundError
from reports.catalog.schema import Source

MOST_CHARACTERS = 100


class NoMoney:
    """A check buys nothing: what a source costs is for the site's own reads."""

    def reserve(self, price_usd: float, *, least: int, most: int) -> int:
        raise NotImplementedError

    def give_back(self, price_usd: float, count: int) -> None:
        raise NotImplementedError


class Command(BaseCommand):
    help = (
        "Read each source once, without storing anything, and print what was requested and what came back. "
        "Sources that cost money (x) are skipped. Exits with 1 if a source couldn't be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("services", nargs="*", metavar="SERVICE", help="service slugs (default: all live services)")

    def handle(self, *, services: list[str], **options: Any) -> None:
        if configured.is_off():
            raise CommandError("OUTBOUND is off: nothing leaves this machine.")
        known = list(poller.sources())
        slugs = {service.slug for service, _ in known}
        if strange := [slug for slug in services if slug not in slugs]:
            raise CommandError(
                f"No live service with sources is called {', '.join(strange)}. Known: {', '.join(sorted(slugs))}."
            )
        client, now, failed = configured.client(), timezone.now(), 0
        for service, source in known:
            if services and service.slug not in services:
                continue
            name = f"{service.slug}/{source.slug} ({source.kind})"
            if source.kind == "x":
                self.stdout.write(f"--  {name}: left out, since reading it costs money")
                continue
            try:
                self.stdout.write(f"ok  {name}: {_came(list(_posts(source, client, now)))}")
            except (SourceError, OutboundError) as error:
                failed += 1
                self.stdout.write(f"!!  {name}: {source.url}: {error}")
        if failed:
            sys.exit(1)


def _posts(source: Source, client: Client, now: datetime) -> Iterator[Post]:
    reader = reader_of(source)
    cursor: Cursor = {}
    if reader.obeys_robots:
        cursor = check_robots(reader.addresses(source), {}, client, now)
        obey_robots(cursor)
    for page in reader.pages(source, cursor, client, NoMoney(), now):
        yield from page.posts


def _came(posts: list[Post]) -> str:
    dated = [post for post in posts if post.posted_at]
    if not posts:
        return "it answered, and lists nothing at present"
    newest = max(dated, key=lambda post: post.posted_at.timestamp() if post.posted_at else 0.0, default=posts[0])
    at = f"{newest.posted_at:%Y-%m-%d %H:%M} UTC" if newest.posted_at else "without a date"
    first = " ".join(newest.text.split())[:MOST_CHARACTERS]
    return f"{len(posts)} posts; the newest, {at}: {first}"
