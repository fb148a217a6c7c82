"""Who was first: the crowd on Downdetector's pages, or the provider's own first post.

The pages give reports in bins of fifteen minutes over about a day. The detector sees each bin's reports spread evenly
over the bin, so a time can be wrong by up to a bin either way. Posts are matched by time alone, and only those that the
announcement reader takes for an open outage. A provider's clock is used only where it is in UTC.
"""

from __future__ import annotations

import csv
import gzip
import re
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from outages.detection.classifier import OPEN_STAGES, read
from outages.detection.datatypes import Announcement, ServiceSpec
from outages.evaluation.backtest.crowds import CrowdReport, incidents

BIN_SECONDS: Final = 900
POST_BEFORE_MINUTES: Final = 120  # a post this long before the crowd …
POST_AFTER_MINUTES: Final = 240  # … or this long after it may be about the same outage
SAME_OUTAGE_MINUTES: Final = 240  # pages overlap: openings this near are one outage
# The data's own README says that this page is off by about two hours.
CLOCKS_THAT_ARE_WRONG: Final = frozenset({("aws", "2020-07-17")})
_FIRST_UPDATE: Final = re.compile(r"</span>(.*?)</div>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]+>|&nbsp;")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: reports by bin, (epoch second of the bin's start, count) in order."""

    provider: str
    bins: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """An outage that both told of. `minutes` is how long the crowd was ahead; negative where the provider was first."""

    provider: str
    crowd_at: datetime
    post_at: datetime

    @property
    def minutes(self) -> float:
        return (self.post_at - self.crowd_at).total_seconds() / 60


@dataclass(frozen=True, slots=True)
class Leads:
    """`pages` read, `openings` of the detector (each outage once), and those that match a post."""

    pages: int
    openings: int
    leads: tuple[Lead, ...]

    @property
    def crowd_first(self) -> int:
        return sum(lead.minutes > 0 for lead in self.leads)

    @property
    def median_minutes(self) -> float | None:
        return round(statistics.median(lead.minutes for lead in self.leads), 1) if self.leads else None


def pages_in(folder: Path) -> list[Page]:
    bins: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    with (folder / "down_detector_outage_count.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            bins[row["provider"], row["event_id"]].append((float(row["timestamp"]), int(float(row["count"]))))
    return [Page(provider, tuple(sorted(found))) for (provider, _), found in sorted(bins.items())]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def posts_in(folder: Path) -> dict[str, list[datetime]]:
    """When each provider first posted on an outage, in UTC, as far as the reader takes the post for one."""
    posts: dict[str, list[datetime]] = defaultdict(list)
    for row in _rows(folder / "aws_official_first_post.csv.gz"):
        first = _FIRST_UPDATE.search(row["description"])
        text = _TAG.sub(" ", first.group(1) if first else row["description"])
        at = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
        if _opens("aws", "AWS", at, text):
            posts["aws"].append(at)
    for row in _rows(folder / "gcp_official.csv.gz"):
        at = datetime.fromisoformat(row["first_notification"])
        if _opens("gcp", "Google Cloud", at, row["external_desc"]):
            posts["gcp"].append(at)
    return {provider: sorted(found) for provider, found in posts.items()}


def _opens(provider: str, author: str, at: datetime, text: str) -> bool:
    service = ServiceSpec(
        provider, (), entities=(author,), official_authors=frozenset({("status page", author.lower())})
    )
    return read(Announcement(at.timestamp(), "status page", author, text), service).stage in OPEN_STAGES


def openings(page: Page) -> list[datetime]:
    """When the detector, from a cold start, opens incidents on a page."""
    told = [
        CrowdReport(start + (number + 0.5) * BIN_SECONDS / count, "service")
        for start, count in page.bins
        for number in range(count)
    ]
    found = incidents(sorted(told, key=lambda one: one.second), ServiceSpec(page.provider, ("service",)))
    return sorted(datetime.fromisoformat(line.opened_at) for line in found)


def leads(folder: Path) -> Leads:
    """The crowd's lead over the first official post. Every outage once; clocks known to be wrong are left out."""
    posts = posts_in(folder)
    pages = [page for page in pages_in(folder) if page.provider in posts]
    crowd: dict[str, list[datetime]] = defaultdict(list)
    for page in pages:
        crowd[page.provider] += openings(page)
    found: list[Lead] = []
    count = 0
    for provider, times in sorted(crowd.items()):
        for at in _each_outage(times):
            if (provider, f"{at:%Y-%m-%d}") in CLOCKS_THAT_ARE_WRONG:
                continue
            count += 1
            near = [
                post
                for post in posts[provider]
                if -POST_BEFORE_MINUTES * 60 <= (post - at).total_seconds() <= POST_AFTER_MINUTES * 60
            ]
            if near:
                found.append(Lead(provider, at, near[0]))
    return Leads(len(pages), count, tuple(found))


def _each_outage(times: list[datetime]) -> list[datetime]:
    """The first of openings that lie near each other."""
    kept: list[datetime] = []
    for at in sorted(times):
        if not kept or (at - kept[-1]).total_seconds() > SAME_OUTAGE_MINUTES * 60:
            kept.append(at)
    return kept
