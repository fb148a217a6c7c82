"""How well the announcement reader reads posts that were labelled by hand, by their language. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from outages.detection.classifier import read
from outages.detection.datatypes import Announcement, ServiceSpec

POSTED_AT: Final = 1_772_884_800.0  # the labels assume a day: 7 March 2026, 12:00 UTC


@dataclass(slots=True)
class LanguageScore:
    """Counts of posts that state a stage: `right` of those read so, of those labelled so; and posts in all."""

    posts: int = 0
    right: int = 0
    as_read: int = 0
    as_labelled: int = 0
    aside: int = 0  # rightly set aside: marketing, other matters, other services


def by_language(posts: Iterable[Mapping[str, str]], service: ServiceSpec) -> dict[str, LanguageScore]:
    """Return the counts of each language, the one with most posts first."""
    found: defaultdict[str, LanguageScore] = defaultdict(LanguageScore)
    for post in posts:
        score, labelled = found[post["language"]], post["stage"]
        stage = read(Announcement(POSTED_AT, post["source"], post["author"], post["text"]), service).stage
        score.posts += 1
        score.as_read += stage != "irrelevant"
        score.as_labelled += labelled != "irrelevant"
        score.right += stage == labelled != "irrelevant"
        score.aside += stage == labelled == "irrelevant"
    return dict(sorted(found.items(), key=lambda item: -item[1].posts))
