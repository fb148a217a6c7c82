"""Which reader reads a source. `manual` has none: a moderator enters those posts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings

from outages.signals.announcements.datatypes import Reader
from outages.signals.announcements.readers.aws_health import AwsHealthReader
from outages.signals.announcements.readers.bluesky import BlueskyReader
from outages.signals.announcements.readers.cachet import CachetReader
from outages.signals.announcements.readers.changelog import ChangelogReader
from outages.signals.announcements.readers.feed import FeedReader
from outages.signals.announcements.readers.gatus import GatusReader
from outages.signals.announcements.readers.github import GithubReader
from outages.signals.announcements.readers.google_cloud import GoogleCloudReader
from outages.signals.announcements.readers.incident_io import IncidentIoReader
from outages.signals.announcements.readers.instatus import InstatusReader
from outages.signals.announcements.readers.json_mapping import JsonReader
from outages.signals.announcements.readers.mastodon import MastodonReader
from outages.signals.announcements.readers.slack import SlackReader
from outages.signals.announcements.readers.statuspage import StatuspageReader
from outages.signals.announcements.readers.uptime_kuma import UptimeKumaReader
from outages.signals.announcements.readers.x import XReader
from reports.catalog.schema import Source

KINDS: Final[dict[str, Callable[[], Reader]]] = {
    "x": lambda: XReader(token=settings.X_BEARER_TOKEN, base_url=settings.X_API_URL),
    "statuspage": StatuspageReader,
    "feed": FeedReader,
    "changelog": ChangelogReader,
    "github": lambda: GithubReader(token=settings.GITHUB_TOKEN),
    "json": JsonReader,
    "mastodon": MastodonReader,
    "bluesky": BlueskyReader,
    "instatus": InstatusReader,
    "incident-io": IncidentIoReader,
    "aws-health": AwsHealthReader,
    "google-cloud": GoogleCloudReader,
    "slack-status": SlackReader,
    "cachet": CachetReader,
    "uptime-kuma": UptimeKumaReader,
    "gatus": GatusReader,
}


def reader_of(source: Source) -> Reader:
    """The reader, with this installation's tokens."""
    return KINDS[source.kind]()
