"""Begins a catalogue file from what a status page says of itself. Pure but for the ready file that it borrows from."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from reports.catalog import ready
from reports.catalog.validation import LONGEST_NAME

MOST_COMPONENTS: Final = 40
LONGEST_SLUG: Final = 40
BORROWED: Final = ready.FOLDER / "online-service.toml"


def draft(summary: Mapping[str, Any], address: str) -> str:
    """Return the text of a catalogue file from a `summary.json` of Atlassian's or incident.io's form.

    Components are those that are no groups, in the page's order, MOST_COMPONENTS at most. Symptoms are the usual ones
    of an online service. Raises ValueError where the document names no page.
    """
    page = summary.get("page")
    name = _line(page.get("name")) if isinstance(page, Mapping) else ""
    if not name:
        raise ValueError("the page does not say its name")
    found = _components(summary.get("components"))
    if not found:
        found = {"website": "Website"}
    parts = urlsplit(address)
    host = f"{parts.scheme}://{parts.netloc}"
    lines = [
        f"# Begun from {host}. Left to you: the homepage, what the service depends on, words by which announcements",
        "# name its components, probes with two controls, guides in the words of this service, translations.",
        "",
        f"slug = {_quoted(slug_of(name))}",
        f"name = {_quoted(name)}",
        f"default_component = {_quoted(next(iter(found)))}",
        f"entities = [{_quoted(name)}]",
    ]
    for slug, label in found.items():
        lines += ["", "[[components]]", f"slug = {_quoted(slug)}", f"name = {_quoted(label)}"]
        lines += [f"words = [{_quoted(label)}]"]
    lines += [
        "",
        "[[sources]]",
        'slug = "status-page"',
        'kind = "statuspage"',
        'name = "Status page"',
        f"url = {_quoted(host)}",
        *([f"port = {parts.port}"] if parts.port not in (None, 80, 443) else []),
        f"authors = [{_quoted(name)}]",
        'tier = "official"',
        "",
    ]
    borrowed = BORROWED.read_text(encoding="utf-8")
    return "\n".join(lines) + "\n" + borrowed[borrowed.index("[[symptoms]]") :]


def slug_of(name: str) -> str:
    """Return a slug made of a name: letters without accents, digits and hyphens; "service" where none is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_SLUG].strip("-") or "service"


def _components(rows: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else []:
        label = _line(row.get("name")) if isinstance(row, Mapping) and not row.get("group") else ""
        if label and label not in found.values():
            slug = slug_of(label)
            number = 2
            while slug in found:
                slug = f"{slug_of(label)[: LONGEST_SLUG - 3]}-{number}"
                number += 1
            found[slug] = label
        if len(found) == MOST_COMPONENTS:
            break
    return found


def _line(value: object) -> str:
    """One line of printable text, as long as a name may be; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    plain = "".join(character if character.isprintable() else " " for character in value)
    return " ".join(plain.split())[:LONGEST_NAME].strip()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a basic string of TOML, for printable text
