"""Words and texts that all dialects share. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from outages.texts.event_texts import Reasoned, event_text
from outages.texts.sentences import verdict_word
from outages.verdict import Verdict
from reports.catalog.schema import Catalog, localise

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def spoken(verdict: Verdict, *, stale: bool) -> Verdict:
    """The verdict as other tools may hear it: an all-clear that is out of date is UNKNOWN."""
    return Verdict.UNKNOWN if verdict == Verdict.OK and stale else verdict


def capitalised_word(verdict: Verdict) -> str:
    """ "Possible outage"."""
    word = verdict_word(verdict)
    return word[:1].upper() + word[1:]


def marked_name(catalog: Catalog, language: str) -> str:
    """The service's name; where it plays back the past, it says so."""
    name = localise(catalog.name, language)
    if catalog.clock != "recorded" or "reconstruction" in name.lower():
        return name
    return _("%(name)s (reconstruction)") % {"name": name}


def clean(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return NOT_IN_XML.sub(" ", text)


def said(event: Reasoned) -> str:
    """What an event says, in the language of the moment, without characters that XML cannot hold."""
    return clean(event_text(event)) or event.reason


def stamp(moment: datetime) -> str:
    """2026-03-02T12:00:00Z: to the second, as every client reads it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
