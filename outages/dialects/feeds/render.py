"""Incidents as Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1. One entry an incident; each change brings it up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from outages.dialects.common.stories import Story
from outages.dialects.common.text import clean, said, stamp
from outages.dialects.feeds import cap
from outages.texts.titles import state_word
from reports.languages import written

MOST_UPDATES = 50

ATOM = "application/atom+xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
JSON_FEED = "application/feed+json"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of incidents. `changed_at` stands for the last change of one that has none."""

    title: str
    description: str
    home_url: str
    feed_url: str
    language: str
    stories: Sequence[Story]
    changed_at: datetime

    @property
    def updated_at(self) -> datetime:
        return max((story.incident.updated_at for story in self.stories), default=self.changed_at)


def atom(feed: Feed) -> str:
    """The feed as Atom. Each entry links its CAP alert."""
    return _generated(_Atom, feed)


def rss(feed: Feed) -> str:
    """The feed as RSS."""
    return _generated(_Rss, feed)


def alerts(feed: Feed, kind: str, now: Mapping[int, datetime]) -> str:
    """The alerts that stand, as pollers of the Common Alerting Protocol read them: Atom or RSS.

    An entry's id and its link are the address of one message, which never changes; a new message is a new entry.
    """
    found = [(story, cap.standing(story, now[story.service.pk])) for story in feed.stories]
    standing = [(story, message) for story, message in found if message is not None]
    changed_at = max((message.sent for _story, message in standing), default=feed.changed_at)
    made = _made(_Alerts if kind == ATOM else _Rss, feed, changed_at)
    for story, message in standing:
        made.add_item(
            title=story.title,
            link=message.address(story),
            description=said(story.events[-1]),
            unique_id=message.address(story),
            unique_id_is_permalink=True,
            pubdate=message.sent,
            updateddate=message.sent,
            categories=["Infra", story.service.slug],
        )
    return made.writeString("utf-8")


def json_feed(feed: Feed) -> dict[str, Any]:
    """The feed as JSON Feed."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.feed_url,
        "description": feed.description,
        "language": written(feed.language),
        "authors": [{"name": "Brownout"}],
        "items": [
            {
                "id": story.url,
                "url": story.url,
                "title": story.title,
                "summary": said(story.events[-1]),
                "content_html": _content(story),
                "date_published": stamp(story.incident.opened_at),
                "date_modified": stamp(story.incident.updated_at),
                "tags": [story.service.slug, story.incident.state, *story.incident.components],
                "attachments": [{"url": f"{story.url}/cap.xml", "mime_type": "application/cap+xml"}],
            }
            for story in feed.stories
        ],
    }


class _Dated:
    """A feed is as old as its last change: an unchanged one stays byte for byte the same."""

    feed: dict[str, Any]

    def latest_post_date(self) -> datetime:
        changed_at: datetime = self.feed["changed_at"]
        return changed_at


class _Atom(_Dated, Atom1Feed):
    def add_item_elements(self, handler: Any, item: Any) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement(
            "link", "", {"rel": "related", "type": "application/cap+xml", "href": f"{item['link']}/cap.xml"}
        )


class _Alerts(_Dated, Atom1Feed):
    def add_item_elements(self, handler: Any, item: Any) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("link", "", {"rel": "related", "type": "application/cap+xml", "href": item["link"]})


class _Rss(_Dated, Rss201rev2Feed):
    pass


def _made(kind: type[SyndicationFeed], feed: Feed, changed_at: datetime) -> SyndicationFeed:
    """A feed without entries."""
    return kind(
        title=clean(feed.title),
        link=feed.home_url,
        description=clean(feed.description),
        language=written(feed.language),
        author_name="Brownout",
        feed_url=feed.feed_url,
        feed_guid=feed.feed_url,
        ttl=5,
        changed_at=changed_at,
    )


def _generated(kind: type[SyndicationFeed], feed: Feed) -> str:
    made = _made(kind, feed, feed.updated_at)
    for story in feed.stories:
        made.add_item(
            title=story.title,
            link=story.url,
            description=_content(story),
            unique_id=story.url,
            unique_id_is_permalink=True,
            pubdate=story.incident.opened_at,
            updateddate=story.incident.updated_at,
            categories=[story.service.slug, story.incident.state],
        )
    return made.writeString("utf-8")


def _content(story: Story) -> str:
    """The story as HTML, its newest change first."""
    left_out = len(story.events) - MOST_UPDATES
    lines = format_html_join(
        "\n",
        '<li><time datetime="{}">{}</time> <b>{}</b> {}</li>',
        (
            (stamp(event.at), f"{event.at:%Y-%m-%d %H:%M} UTC", state_word(event.to_state), said(event))
            for event in story.events[::-1][:MOST_UPDATES]
        ),
    )
    more = format_html("<p>{}</p>", _("Earlier changes are on the page.")) if left_out > 0 else ""
    return clean(format_html("<p>{}</p>\n<ol>\n{}\n</ol>{}", story.headline, lines, more))
