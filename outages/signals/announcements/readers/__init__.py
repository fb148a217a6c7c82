"""Which reader reads a source. `manual` has none: a moderator enters those posts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings

from outages.signals.announcements.datatypes import Reader
from outages.signals.announcements.readers.changelog import ChangelogReader
from outages.signals.announcements.readers.feed import FeedReader
from outages.signals.announcements.readers.github import GithubReader
from outages.signals.announcements.readers.json_mapping import JsonReader
from outages.signals.announcements.readers.statuspage import StatuspageReader
from outages.signals.announcements.readers.x import XReader
from reports.catalog.schema import Source

KINDS: Final[dict[str, Callable[[], Reader]]] = {
    "x": lambda: XReader(token=settings.X_BEARER_TOKEN, base_url=settings.X_API_URL),
    "statuspage": StatuspageReader,
    "feed": FeedReader,
    "changelog": ChangelogReader,
    "github": lambda: GithubReader(token=settings.GITHUB_TOKEN),
    "json": JsonReader,
}


def reader_of(source: Source) -> Reader:
    """The reader, with this installation's tokens."""
    return KINDS[source.kind]()
