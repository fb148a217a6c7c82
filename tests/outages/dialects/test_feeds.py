"""Feeds, read by feedparser and by the rules of JSON Feed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories

from .conftest import MINUTE

pytestmark = pytest.mark.django_db
Read = Callable[..., Any]
FILES = ("atom.xml", "rss.xml", "feed.json", "incidents.ics")
ADDRESSES = [f"{prefix}/feeds/{file}" for prefix in ("", "/acme") for file in FILES]


@pytest.mark.parametrize("prefix", ["", "/acme"])
@pytest.mark.parametrize(("file", "version"), [("atom.xml", "atom10"), ("rss.xml", "rss20")])
def test_a_feed_reader_finds_the_incident(read: Read, outage: Any, prefix: str, file: str, version: str) -> None:
    answer = read(f"{prefix}/feeds/{file}")
    feed = feedparser.parse(answer.content, response_headers={"content-type": answer["Content-Type"]})
    assert (feed.bozo, feed.version, feed.encoding) == (False, version, "utf-8")
    (entry,) = feed.entries
    assert entry.title == "Acme: Outage in North Holland: Mobile app (confirmed)"
    assert entry.link == entry.id
    assert entry.id.endswith("/acme/incidents/1")
    assert "User reports and automatic checks both show it. 41 reports counted in 30 min (usual: 2)" in entry.summary
    assert entry.published_parsed[:5] == (2026, 3, 2, 11, 20)
    assert feed.feed.title.endswith("outages and maintenance")


def test_an_atom_entry_was_updated_by_its_last_change_and_links_its_alert(read: Read, outage: Any) -> None:
    (entry,) = feedparser.parse(read("/acme/feeds/atom.xml").content).entries
    assert entry.updated == "2026-03-02T11:30:00+00:00"
    assert [link.href for link in entry.links if link.type == "application/cap+xml"] == [entry.link + "/cap.xml"]


def test_an_atom_feed_has_what_its_standard_asks_of_it(read: Read, outage: Any) -> None:
    """RFC 4287: an id, a title, a date and an author in the feed; an id, a title and a date in each entry."""
    root = ElementTree.fromstring(read("/feeds/atom.xml").content)
    atom = "{http://www.w3.org/2005/Atom}"
    for name in ("id", "title", "updated", "author"):
        assert root.find(atom + name) is not None
    links = {link.get("rel"): link.get("href") for link in root.findall(atom + "link")}
    assert links["self"].endswith("/feeds/atom.xml")
    for entry in root.findall(atom + "entry"):
        assert all(entry.find(atom + name) is not None for name in ("id", "title", "updated", "link"))


def test_a_json_feed_has_what_its_standard_asks_of_it(read: Read, outage: Any) -> None:
    answer = read("/acme/feeds/feed.json")
    assert answer["Content-Type"] == "application/feed+json"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"].endswith("/acme/feeds/feed.json")
    (item,) = feed["items"]
    assert item["id"] == item["url"]
    assert (item["date_published"], item["date_modified"]) == ("2026-03-02T11:20:00Z", "2026-03-02T11:30:00Z")
    assert "confirmed" in item["tags"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_new_is_the_same_bytes_and_a_304(
    client: Any, read: Read, outage: Any, monkeypatch: pytest.MonkeyPatch, now: datetime, address: str
) -> None:
    from django.utils import timezone

    if address.endswith(".ics"):  # the end of what goes on moves with the moment of reading
        type(outage).objects.filter(pk=outage.pk).update(state="resolved", resolved_at=now)
    first = read(address)
    monkeypatch.setattr(timezone, "now", lambda: now + 7 * MINUTE)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_feed_without_incidents_is_a_feed(client: Any, read: Read, service: Any, address: str) -> None:
    first = read(address)
    assert first.content
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", ADDRESSES)
def test_more_incidents_ask_no_more_queries(read: Read, outage: Any, now: datetime, address: str) -> None:
    read(address)
    with CaptureQueriesContext(connection) as few:
        read(address)
    for slug in ("other", "third"):
        service = factories.a_service(slug)
        for i in range(10):
            factories.an_incident(service, now - timedelta(hours=i))
    read(address)  # the new catalogues are kept from here on
    with CaptureQueriesContext(connection) as many:
        read(address)
    assert len(many) == len(few) <= 5


def test_all_services_are_in_one_feed_newest_first(read: Read, outage: Any, now: datetime) -> None:
    other = factories.a_service("other")
    factories.an_incident(other, now - 5 * MINUTE)
    titles = [item["title"] for item in read("/feeds/feed.json").json()["items"]]
    assert [title.partition(":")[0] for title in titles] == ["Other", "Acme"]


def test_the_past_played_back_says_so_in_each_title(read: Read, db: None, now: datetime) -> None:
    played = factories.a_service("played", clock="recorded", accepts_reports=False, provenance="Made up.")
    factories.an_incident(played, now - timedelta(days=9))
    for prefix in ("", "/played"):
        feed = read(f"{prefix}/feeds/feed.json").json()
        assert feed["items"][0]["title"].startswith("Played (reconstruction): ")
    assert feed["title"].startswith("Played (reconstruction)")


@pytest.mark.parametrize("file", FILES)
def test_control_characters_and_markup_break_no_feed(read: Read, service: Any, now: datetime, file: str) -> None:
    incident = factories.an_incident(service, now - 9 * MINUTE)
    incident.events.update(code="as-written", params={"text": "A <b>bold</b> \x0b\ufffe claim & more"})
    content = read(f"/acme/feeds/{file}").content.decode()
    assert "\x0b" not in content
    if file.endswith(".xml"):
        assert not feedparser.parse(content).bozo
        assert "<b>bold" not in feedparser.parse(content).entries[0].title


@pytest.mark.parametrize("file", FILES)
def test_the_feed_of_nobody_is_a_404(read: Read, db: None, file: str) -> None:
    assert read(f"/nobody/feeds/{file}", 404).json()["type"] == "/api/problems/unknown-service"
