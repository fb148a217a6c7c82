"""Titles of alerts, and headlines of incidents for feeds, calendars, dialects: a message a state, with places or not.

`in_places` is a ready phrase such as "in the Netherlands"; `details` are names of features or a moderator's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


class Alert(StrEnum):
    """What an alert is about."""

    POSSIBLE = "possible"
    DOWN = "down"
    DOWN_AGAIN = "down-again"
    WIDER = "wider"
    WORKING_AGAIN = "working-again"
    FALSE_ALARM = "false-alarm"
    MAINTENANCE = "maintenance"


class Headline(StrEnum):
    """What an incident is, whatever its state."""

    POSSIBLE = "possible"
    OUTAGE = "outage"
    MAINTENANCE = "maintenance"
    PLANNED = "planned"


Message = Callable[[], str]

# Each without places, then with.
ALERTS: Final[Mapping[Alert, tuple[Message, Message]]] = {
    Alert.POSSIBLE: (
        lambda: _("%(name)s may be down"),
        lambda: _("%(name)s may be down %(in_places)s"),
    ),
    Alert.DOWN: (
        lambda: _("%(name)s is down"),
        lambda: _("%(name)s is down %(in_places)s"),
    ),
    Alert.DOWN_AGAIN: (
        lambda: _("%(name)s is down again"),
        lambda: _("%(name)s is down again %(in_places)s"),
    ),
    Alert.WIDER: (
        lambda: _("Wider outage at %(name)s"),
        lambda: _("Wider outage at %(name)s %(in_places)s"),
    ),
    Alert.WORKING_AGAIN: (
        lambda: _("%(name)s is working again"),
        lambda: _("%(name)s is working again %(in_places)s"),
    ),
    Alert.FALSE_ALARM: (
        lambda: _("Probably no outage at %(name)s after all"),
        lambda: _("Probably no outage at %(name)s %(in_places)s after all"),
    ),
    Alert.MAINTENANCE: (
        lambda: _("Maintenance at %(name)s"),
        lambda: _("Maintenance at %(name)s %(in_places)s"),
    ),
}

HEADLINES: Final[Mapping[Headline, tuple[Message, Message]]] = {
    Headline.POSSIBLE: (
        lambda: pgettext("headline of an incident", "Possible outage"),
        lambda: _("Possible outage %(in_places)s"),
    ),
    Headline.OUTAGE: (
        lambda: pgettext("headline of an incident", "Outage"),
        lambda: _("Outage %(in_places)s"),
    ),
    Headline.MAINTENANCE: (
        lambda: pgettext("headline of an incident", "Maintenance"),
        lambda: _("Maintenance %(in_places)s"),
    ),
    Headline.PLANNED: (
        lambda: pgettext("headline of an incident", "Planned maintenance"),
        lambda: _("Planned maintenance %(in_places)s"),
    ),
}

STATES: Final[Mapping[str, Message]] = {
    "possible": lambda: pgettext("state of an incident", "possible"),
    "confirmed": lambda: pgettext("state of an incident", "confirmed"),
    "recovering": lambda: pgettext("state of an incident", "recovering"),
    "resolved": lambda: pgettext("state of an incident", "resolved"),
    "dismissed": lambda: pgettext("state of an incident", "false alarm"),
    "maintenance": lambda: pgettext("state of an incident", "maintenance"),
    "merged": lambda: pgettext("state of an incident", "merged"),
}


def alert_title(kind: Alert, name: str, *, in_places: str = "", details: str = "") -> str:
    """Return "Acme is down in the Netherlands: Mobile app"."""
    return _detailed(ALERTS[kind][bool(in_places)]() % {"name": name, "in_places": in_places}, details)


def merged_title(name: str, number: int | None) -> str:
    """Return the title of an alert that an incident is part of another one."""
    if number is None:
        return _("The outage at %(name)s is now part of another incident") % {"name": name}
    return _("The outage at %(name)s is now part of incident %(number)d") % {"name": name, "number": number}


def headline(kind: Headline, *, in_places: str = "", details: str = "") -> str:
    """Return "Outage in the Netherlands: Mobile app"."""
    return _detailed(HEADLINES[kind][bool(in_places)]() % {"in_places": in_places}, details)


def named_headline(name: str, text: str, state: str = "") -> str:
    """Return "Acme: Outage in the Netherlands (resolved)"."""
    if not state:
        return pgettext("a service, then what happened", "%(name)s: %(headline)s") % {"name": name, "headline": text}
    return pgettext("a service, then what happened", "%(name)s: %(headline)s (%(state)s)") % {
        "name": name,
        "headline": text,
        "state": state_word(state),
    }


def state_word(state: str) -> str:
    """Return an incident's state in a word or two; one that is not known stands for itself."""
    return STATES[state]() if state in STATES else state


def _detailed(text: str, details: str) -> str:
    # Translators: a headline, then what is affected: "Acme is down: Mobile app".
    return (
        pgettext("what happened, then what is affected", "%(headline)s: %(details)s")
        % {"headline": text, "details": details}
        if details
        else text
    )
