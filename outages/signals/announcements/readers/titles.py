"""What the titles of a feed state by their form: "[RESOLVED] …", "Sign in is now degraded". Pure."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from outages.signals.announcements.readers.stated import LABELS, is_planned, stage_of


class Saying(NamedTuple):
    """What a title states. `thread` names what it is one word of several about."""

    stage: str = ""
    components: tuple[str, ...] = ()
    planned: bool | None = None
    thread: str = ""


_PREFIX: Final = re.compile(
    rf"^(?:[^:\[\]]{{0,60}}:\s*)?(?:\[(?P<bracket>{LABELS}|closed)\]|(?P<label>{LABELS}|closed)\s*(?::|\s[-–—])\s)",
    re.IGNORECASE,
)
_SUFFIX: Final = re.compile(rf"(?:[-–—]\s*|[\[(])(?P<label>{LABELS})[\])]?$", re.IGNORECASE)
_NORMAL: Final = re.compile(r"^service is operating normally\b", re.IGNORECASE)
_REVIEW: Final = re.compile(
    r"^(?:preliminary |final )?(?:post[ -]incident review|pir|rca|root cause analysis)\b", re.IGNORECASE
)
# The words for how a part is, and what a change to it says.
_STATES: Final[dict[str, str]] = (
    dict.fromkeys(("operational", "up", "back up", "online", "available", "healthy", "ok"), "resolved")
    | dict.fromkeys(("degraded", "down", "unavailable", "offline", "unhealthy", "outage"), "investigating")
    | dict.fromkeys(("degraded performance", "partial outage", "major outage"), "investigating")
    | dict.fromkeys(("under maintenance", "in maintenance"), "planned")
)
_states: Final = "|".join(sorted(_STATES, key=len, reverse=True))
_NOW: Final = re.compile(
    rf"^(?P<name>.{{1,80}}?) (?:is|are) now (?:in |experiencing (?:an? )?)?(?P<state>{_states})[.!]?$", re.IGNORECASE
)
_MONITOR: Final = re.compile(r"^(?:monitor is |\[)?(?P<state>down|up)(?:\]|:)\s*(?P<name>.{1,80})$", re.IGNORECASE)
_CHANGED: Final = re.compile(
    rf"^(?P<name>.{{1,80}}?) (?:has )?changed (?:status )?from (?:{_states}) to (?P<state>{_states})\b", re.IGNORECASE
)


def sayings_of(title: str, body: str) -> Saying:
    """Return what a title states by its form, the body beside it; nothing where it is running text."""
    change = _NOW.match(title) or _CHANGED.match(title) or _CHANGED.match(body) or _MONITOR.match(title)
    if change is not None:
        stage, name = _STATES[change["state"].lower()], change["name"].strip()
        return Saying(stage, (name,), stage == "planned", f"component:{name}")
    if _NORMAL.match(title):
        return Saying("resolved")
    if _REVIEW.match(title):
        return Saying("postmortem")
    found = _PREFIX.match(title) or _SUFFIX.search(title)
    if found is None:
        return Saying()
    label = next(word for word in found.groups() if word)
    stage = stage_of(label)
    return Saying(stage, planned=True if is_planned(label) else None if not stage else False)
