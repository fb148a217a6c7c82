"""A notice as chats show it: a card with a title, a text, two links and a colour. And what keeps words only words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from outages.notifications.channels.base import OutgoingMessage
from outages.notifications.messages import Notification

HELD_APART: Final = "\u200b"  # a space of no width: what it stands in is no link and no mention any more
APART: Final = {
    "@": f"@{HELD_APART}",
    "<": f"<{HELD_APART}",
    "://": f":{HELD_APART}//",
    "www.": f"www{HELD_APART}.",
}


class Tone(StrEnum):
    """How a card looks: by what it tells."""

    WARNING = "warning"
    PROBLEM = "problem"
    OVER = "over"
    MAINTENANCE = "maintenance"
    INFO = "info"


TONES: Final = {
    "opened": Tone.WARNING,
    "confirmed": Tone.PROBLEM,
    "changed": Tone.PROBLEM,
    "resolved": Tone.OVER,
    "maintenance": Tone.MAINTENANCE,
}
SIGNS: Final = {
    Tone.WARNING: "\U0001f7e0",
    Tone.PROBLEM: "\U0001f534",
    Tone.OVER: "\U0001f7e2",
    Tone.MAINTENANCE: "\U0001f527",
    Tone.INFO: "\U0001f514",
}
COLOURS: Final = {
    Tone.WARNING: "#e6a100",
    Tone.PROBLEM: "#c4314b",
    Tone.OVER: "#2e8540",
    Tone.MAINTENANCE: "#3a6ea5",
    Tone.INFO: "#6b7280",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A notice in its subscriber's language. `manage_url` is empty where there is nothing to end."""

    notice: Notification
    title: str
    text: str
    url: str
    open_label: str
    manage_url: str
    manage_label: str
    tone: Tone
    language: str

    @property
    def sign(self) -> str:
        return SIGNS[self.tone]

    @property
    def colour(self) -> str:
        return COLOURS[self.tone]

    @property
    def headline(self) -> str:
        return f"{self.sign} {self.title}"

    @property
    def plain(self) -> str:
        """All of it in plain text: what a phone's lock screen and a screen reader have."""
        lines = [self.headline, self.text, self.url]
        if self.manage_url:
            lines.append(f"{self.manage_label}: {self.manage_url}")
        return "\n".join(line for line in lines if line)


def card_of(parcel: OutgoingMessage) -> Card:
    """Return the card of a message's newest notice."""
    notice = parcel.notice
    with override(parcel.language):
        is_question = notice.kind == "challenge"
        if is_question:
            label = pgettext("button in a mail", "Confirm alerts")
        else:
            label = pgettext("button in a mail", "See details")
        manage = _("Manage or stop these alerts")
    return Card(
        notice=notice,
        title=neutral(notice.title),
        text=neutral(notice.text),
        url=notice.url,
        open_label=label,
        manage_url="" if is_question else parcel.manage_url,
        manage_label=manage,
        tone=TONES.get(notice.kind, Tone.INFO),
        language=parcel.language,
    )


def neutral(text: str) -> str:
    """Return words that call nobody and lead nowhere: no mention, no link, nothing invisible, on one line."""
    kept = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs") or char == "\u200d"
    )
    for mark, apart in APART.items():
        kept = kept.replace(mark, apart)
    return " ".join(kept.split())


def cut(text: str, most: int) -> str:
    """Return the text within so many characters (as UTF-16 counts them, as most services do)."""
    if _length(text) <= most:
        return text
    kept = text[: most - 1]
    while _length(kept) > most - 1:
        kept = kept[: -max((_length(kept) - most + 1) // 2, 1)]
    return f"{kept.rstrip()}…"


def cut_bytes(text: str, most: int) -> str:
    """Return the text within so many bytes of UTF-8."""
    if len(text.encode()) <= most:
        return text
    return f"{text.encode()[: most - 3].decode('utf-8', 'ignore').rstrip()}…"


def _length(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def escaped(text: str, special: str) -> str:
    """Return the text with a backslash before each character that a service's markup would read."""
    return "".join(f"\\{char}" if char in special else char for char in text)
