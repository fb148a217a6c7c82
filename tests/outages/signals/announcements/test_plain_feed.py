"""A feed of the usual form is read without feedparser, and as feedparser would read it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import feedparser
import pytest

from outages.signals.announcements.readers.plain_feed import UnusualError, entries_of

DATA = Path(__file__).resolve().parents[3] / "data" / "signals"
PARTS = ("title", "link", "id", "published", "updated", "author", "status", "maintenanceenddate")
RSS = (
    "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:atom='http://www.w3.org/2005/Atom'"
    " xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:media='http://search.yahoo.com/mrss/'>"
    "<channel><title>Acme &amp; sons</title><atom:link href='/rss' rel='self'/><item>{}</item></channel></rss>"
)
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Acme</title><entry>{}</entry></feed>"
USUAL = (
    RSS.format(
        "<title> API &lt;b&gt;down </title><guid>http://a.example/1</guid><pubDate>Sun, 29 Nov 2026 20:00 GMT</pubDate>"
    ),
    RSS.format(
        "<title>A</title><guid isPermaLink='false'>7</guid><link> http://a.example/</link><dc:creator>Ada</dc:creator>"
    ),
    RSS.format(
        "<description><![CDATA[<p>Down</p>]]></description><content:encoded>&lt;p&gt;All&lt;/p&gt;</content:encoded>"
    ),
    RSS.format("<title>\x92quoted\x92</title><dc:date>2026-11-29T20:00:00Z</dc:date><category>x</category>"),
    RSS.format("<title/><status>resolved</status><maintenanceEndDate>2026-11-30T02:00:00Z</maintenanceEndDate>"),
    ATOM.format(
        "<id>tag:a,2026:1</id><title>A</title><updated>2026-11-29T20:00:00Z</updated><author><name>Ada</name></author>"
    ),
    ATOM.format("<id>http://a.example/1</id><summary>x</summary><published>2026-11-29T20:00:00Z</published>"),
    ATOM.format(
        "<id>1</id><content type='html'>&lt;b&gt;x</content><link rel='self' href='/s'/><link href='http://a.example/'/>"
    ),
)
UNUSUAL = (
    "<rss version='0.91'><channel><item><title>A</title></item></channel></rss>",
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
    "<rss version='2.0'><channel><item><title>cut",
    RSS.format("<title>A</title><title>B</title>"),
    RSS.format("<title>A <b>bold</b></title>"),
    RSS.format("<author>ada@a.example (Ada)</author>"),
    RSS.format("</item><webMaster>ada@a.example</webMaster><item>").replace("<item></item>", ""),
    RSS.format("<media:content url='x'/>"),
    ATOM.format("<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>A</div></title>"),
    ATOM.format("<content src='http://a.example/x' type='text/html'/>"),
    ATOM.format("<author><name>Ada</name><email>ada@a.example</email></author>"),
    "<!DOCTYPE x [<!ENTITY a 'b'>]><rss version='2.0'><channel><item><title>&a;</title></item></channel></rss>",
)


def by_feedparser(document: bytes) -> tuple[str, list[Any]]:
    found = feedparser.parse(
        document,
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    said = found.feed.get("author") or found.feed.get("publisher") or found.feed.get("title") or ""
    return str(said), found.entries


def seen(entry: Any) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of feedparser, on its own second name of a date
        found = {part: str(entry.get(part) or "") for part in PARTS}
    contents = [part["value"] for part in entry.get("content", [])]
    return {**found, "text": entry.get("summary") or " ".join(contents), "contents": contents}


@pytest.mark.parametrize(
    "document", [*(text.encode() for text in USUAL), *(path.read_bytes() for path in sorted(DATA.glob("shape-*.xml")))]
)
def test_it_reads_what_feedparser_reads(document: bytes) -> None:
    said, entries = entries_of(document)
    expected, others = by_feedparser(document)
    assert said == expected
    assert entries
    assert [seen(entry) for entry in entries] == [seen(entry) for entry in others]


@pytest.mark.parametrize("text", UNUSUAL)
def test_what_is_unusual_is_left_to_feedparser(text: str) -> None:
    with pytest.raises(UnusualError):
        entries_of(text.encode())
