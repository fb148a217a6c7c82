"""The entries of a feed of the usual form, without a parser that is made for every form there is. Pure.

Of a feed that has anything else in a place that is looked at, nothing is read here: feedparser makes the best of it.
"""

from __future__ import annotations

from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

Entry = dict[str, Any]

_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_CONTENT: Final = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_RSS_NAMES: Final = {
    "title": "title",
    "link": "link",
    "description": "summary",
    "pubDate": "published",
    "guid": "id",
    "author": "author",
    f"{_DC}creator": "author",
    f"{_DC}date": "updated",
    f"{_ATOM}updated": "updated",
    "status": "status",
    "maintenanceEndDate": "maintenanceenddate",
}
# Of these feedparser makes what is read here, or something that would have to be imitated.
_RSS_OTHERS: Final = ("summary", "content", "date", "published", "created", "issued", "modified", "updated", "id")
_PUBLISHERS: Final = ("managingEditor", "webMaster", "author", "creator", "publisher", "owner")
_ATOM_NAMES: Final = {"id": "id", "updated": "updated", "published": "published"}
_ATOM_TEXTS: Final = {"title": "title", "summary": "summary"}
_C1: Final = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}


class UnusualError(ValueError):
    """A feed that is not of the usual form."""


def entries_of(document: bytes) -> tuple[str, list[Entry]]:
    """Return the name of a feed's publisher and its entries, with the names that feedparser gives to their parts.

    Raise UnusualError for a feed that has to be read by feedparser.
    """
    try:
        root = ElementTree.fromstring(document)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnusualError(str(error)) from error
    if root.tag == "rss" and root.get("version") == "2.0" and len(root) == 1 and root[0].tag == "channel":
        if any(str(part.tag).rpartition("}")[2] in _PUBLISHERS for part in root[0]):
            raise UnusualError("a feed that names who publishes it")
        return _text(root[0].find("title")), [_rss_entry(item) for item in root[0].findall("item")]
    if root.tag == f"{_ATOM}feed":
        said = _atom_author(root.find(f"{_ATOM}author")) or _text(root.find(f"{_ATOM}title"))
        return said, [_atom_entry(entry) for entry in root.findall(f"{_ATOM}entry")]
    raise UnusualError(f"a feed of another form: {str(root.tag)[:60]}")


def _text(element: Element | None) -> str:
    """The text of an element; what has elements in it is unusual."""
    if element is None:
        return ""
    if len(element):
        raise UnusualError(f"elements in {str(element.tag)[:60]}")
    return (element.text or "").strip().translate(_C1)


def _atom_author(author: Element | None) -> str:
    """Return an author's name; one with more than that is unusual."""
    if author is None:
        return ""
    if author.find(f"{_ATOM}email") is not None or "@" in (name := _text(author.find(f"{_ATOM}name"))):
        raise UnusualError("an author with an address")
    return name


def _once(found: Entry, name: str, value: str) -> None:
    if name in found:
        raise UnusualError(f"more than one {name}")
    found[name] = value


def _rss_entry(item: Element) -> Entry:
    found: Entry = {}
    for part in item:
        tag = str(part.tag)
        if tag == _CONTENT:
            found.setdefault("content", []).append({"value": _text(part)})
        elif (name := _RSS_NAMES.get(tag)) is not None:
            _once(found, name, _text(part))
            if name == "author" and "@" in found[name]:
                raise UnusualError("an author with an address")
        elif tag.rpartition("}")[2].lower() in _RSS_OTHERS:
            raise UnusualError(f"an element {tag[:60]}")
    guid = item.find("guid")
    if guid is not None and "link" not in found and guid.get("isPermaLink", "true").lower() == "true":
        found["link"] = found["id"]
    return _dated(found)


def _atom_entry(entry: Element) -> Entry:
    found: Entry = {}
    for part in entry:
        tag = str(part.tag)
        own = tag.removeprefix(_ATOM)
        if own == tag:
            if tag.rpartition("}")[2].lower() in (*_RSS_OTHERS, "title", "link", "author", "creator", "encoded"):
                raise UnusualError(f"an element {tag[:60]}")
        elif own in _ATOM_NAMES:
            _once(found, _ATOM_NAMES[own], _text(part))
        elif own in _ATOM_TEXTS or own == "content":
            if part.get("type", "text") not in ("text", "html") or part.get("mode") or part.get("src"):
                raise UnusualError(f"{own} of the type {part.get('type')}")
            if own == "content":
                found.setdefault("content", []).append({"value": _text(part)})
            else:
                _once(found, _ATOM_TEXTS[own], _text(part))
        elif own == "link":
            if part.get("rel", "alternate") == "alternate":
                _once(found, "link", (part.get("href") or "").strip())
        elif own == "author":
            _once(found, "author", _atom_author(part))
    if "id" in found:
        found.setdefault("link", found["id"])
    return _dated(found)


def _dated(found: Entry) -> Entry:
    """An entry that has one of its two dates has both."""
    if "updated" not in found and "published" in found:
        found["updated"] = found["published"]
    return found
