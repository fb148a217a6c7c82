"""A JSON body that the subscriber wrote, with placeholders such as {{title}}: for whatever has no channel of its own.

The target is stored as JSON of `url` and `template`.
"""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar, Final

from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.channels.cards import Card
from outages.notifications.channels.json_post import AddressError, Call, PostingChannel

LONGEST_TEMPLATE: Final = 4000
LONGEST_BODY: Final = 64_000
DEEPEST: Final = 20
_PLACEHOLDER: Final = re.compile(r"\{\{\s*+([a-z_]*+)\s*+\}\}")
_ANY_BRACES: Final = re.compile(r"\{\{(.*?)\}\}")
# Name → where its value is. Those of the incident are empty in a question and in a test.
PLACEHOLDERS: Final = (
    "id", "kind", "title", "text", "url", "manage_url", "timestamp", "service", "service_name", "state", "number",
    "outage", "symptom", "confidence", "components", "countries", "regions", "opened_at", "resolved_at", "severity",
)  # fmt: skip
DEFAULT: Final = '{"title": "{{title}}", "text": "{{text}}", "url": "{{url}}"}'


class TemplateChannel(PostingChannel):
    """Posts the subscriber's own JSON."""

    label: ClassVar[str] = "JSON template"
    answers_in_pages: ClassVar[bool] = True
    example: ClassVar[str] = "https://example.org/hooks/outages"
    spacing_s: ClassVar[float] = 0.2
    gone: ClassVar[tuple[int, ...]] = (410,)

    def call_of(self, parcel: OutgoingMessage, card: Card) -> Call:
        target = json.loads(parcel.target)
        payload = filled(json.loads(target["template"]), values_of(parcel, card))
        return Call(target["url"], payload, headers={"webhook-id": parcel.id})

    @classmethod
    def url_of(cls, target: str) -> str:
        return str(json.loads(target)["url"])


def checked(template: str) -> str:
    """Return a template as it is stored. Raises AddressError, naming what is wrong."""
    if len(template) > LONGEST_TEMPLATE:
        raise AddressError(f"At most {LONGEST_TEMPLATE} characters.")
    try:
        tree = json.loads(template)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise AddressError(f"This isn’t valid JSON{where}. Placeholders go inside quotation marks.") from error
    if not isinstance(tree, dict):
        raise AddressError("The JSON must be an object: it begins with {.")
    if _depth(tree) > DEEPEST:
        raise AddressError(f"At most {DEEPEST} levels.")
    unknown = sorted({name.strip() for name in _ANY_BRACES.findall(template)} - set(PLACEHOLDERS))
    if unknown:
        raise AddressError(f"There’s no placeholder {unknown[0][:40]!r}. Available: {', '.join(PLACEHOLDERS)}.")
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


def _depth(tree: Any) -> int:
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return 1 + max((_depth(child) for child in children), default=0)


def values_of(parcel: OutgoingMessage, card: Card) -> dict[str, Any]:
    """Return each placeholder's value."""
    notice = card.notice
    known = {
        "id": parcel.id,
        "kind": notice.kind,
        "title": notice.title,
        "text": notice.text,
        "url": notice.url,
        "manage_url": card.manage_url or notice.url,
        "timestamp": notice.timestamp,
        "service": notice.data.get("service", ""),
        "service_name": notice.service_name,
        "severity": {"warning": "warning", "problem": "critical"}.get(card.tone.value, "info"),
    }
    return {name: known.get(name, notice.data.get(name)) for name in PLACEHOLDERS}


def filled(tree: Any, values: dict[str, Any]) -> Any:
    """Return the template's tree with its placeholders replaced. A text that is one placeholder becomes its value,
    with its kind: a number, a list."""
    if isinstance(tree, dict):
        return {str(_text(key, values)): filled(child, values) for key, child in tree.items()}
    if isinstance(tree, list):
        return [filled(child, values) for child in tree]
    return _text(tree, values) if isinstance(tree, str) else tree


def _text(text: str, values: dict[str, Any]) -> Any:
    whole = _PLACEHOLDER.fullmatch(text)
    if whole:
        value = values[whole[1]]
        return "" if value is None else value
    return _PLACEHOLDER.sub(lambda found: _written(values[found[1]]), text)


def _written(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
