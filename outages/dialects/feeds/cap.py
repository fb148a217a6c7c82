"""An incident as an alert of the Common Alerting Protocol 1.2 (OASIS, 2010).

Each of its events is one message. While it is open, the newest is sent again every few hours, so that an alert that
nobody renews runs out by itself; each message names all earlier ones, so that whoever has missed some replaces them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from outages.dialects.common.stories import Story
from outages.dialects.common.text import clean, said
from outages.models import Incident
from outages.queries import status
from reports import places
from reports.languages import written

CAP = "application/cap+xml; charset=utf-8"
NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
HEADLINE_CHARACTERS = 160
RENEWED_EVERY = timedelta(hours=3)
VALID = timedelta(hours=6)  # outlives one renewal that nobody has fetched
ALL_CLEAR_VALID = timedelta(hours=1)
MOST_REFERENCES = 200  # of an alert of 25 days; the oldest of more have run out long ago

_CERTAINTY = {Incident.State.POSSIBLE: "Possible", Incident.State.DISMISSED: "Unlikely"}
_URGENCY = {Incident.State.CONFIRMED: "Immediate", Incident.State.MAINTENANCE: "Immediate"}
_ENDED = (Incident.State.RESOLVED, Incident.State.DISMISSED, Incident.State.MERGED)


@dataclass(frozen=True, slots=True)
class Message:
    """One message about an incident: its identifier, and when it was sent."""

    identifier: str
    sent: datetime
    event: int  # the number of the event that it tells, from 1
    expires: datetime

    def address(self, story: Story) -> str:
        """Return where it stays, also when it is no longer the newest."""
        return f"{story.url}/cap/{self.identifier.removeprefix(f'{story.key}.')}.xml"


def messages(story: Story, now: datetime) -> list[Message]:
    """All messages about the incident until now, oldest first; there is one at least."""
    found = []
    for number, event in enumerate(story.events, 1):
        identifier = f"{story.key}.{number}"
        if event.to_state in _ENDED:
            found.append(Message(identifier, event.at, number, event.at + ALL_CLEAR_VALID))
            continue
        found.append(Message(identifier, event.at, number, event.at + VALID))
        until = story.events[number].at if number < len(story.events) else now
        renewals = max(0, (until - event.at - timedelta(microseconds=1)) // RENEWED_EVERY)
        for renewal in range(1, renewals + 1):
            sent = event.at + renewal * RENEWED_EVERY
            found.append(Message(f"{identifier}-{renewal}", sent, number, sent + VALID))
    return found


def may_stand(moments: Mapping[int, datetime]) -> Q:
    """Return the condition of incidents that may have a message that has not run out, by each service's present."""
    found = Q(state__in=Incident.OPEN_STATES)
    for service, now in moments.items():
        found |= Q(service=service, updated_at__gte=now - ALL_CLEAR_VALID)
    return found


def standing(story: Story, now: datetime) -> Message | None:
    """The newest message about the incident, unless it has run out."""
    newest = messages(story, now)[-1]
    return newest if newest.expires > now else None


def alert(story: Story, now: datetime, name: str = "") -> str | None:
    """The newest message about the incident, or the one of a name ("2-1"): as it was sent, whatever came later.

    None where there is no such message. What was played back is marked as a test, so that nobody acts on it.
    """
    sent = messages(story, now)
    if name:
        position = next((at for at, one in enumerate(sent) if one.identifier == f"{story.key}.{name}"), None)
        if position is None:
            return None
        sent = sent[: position + 1]
        story = story.until(sent[-1].event)
    last = story.events[-1]
    state = Incident.State(last.to_state)
    *earlier, newest = sent
    root = ElementTree.Element("alert", {"xmlns": NAMESPACE})
    _add(root, "identifier", newest.identifier)
    _add(root, "sender", _sender())
    _add(root, "sent", _moment(newest.sent))
    _add(root, "status", "Test" if story.catalog.clock == "recorded" else "Actual")
    _add(root, "msgType", _message_type(state, is_first=not earlier))
    _add(root, "source", "Brownout")
    _add(root, "scope", "Public")
    if story.catalog.clock == "recorded":
        _add(root, "note", _("This replays a past outage. Nothing here is happening now."))
    if earlier:
        _add(root, "references", " ".join(_reference(message) for message in earlier[-MOST_REFERENCES:]))
    info = ElementTree.SubElement(root, "info")
    _add(info, "language", written(story.language))
    _add(info, "category", "Infra")
    _add(info, "event", story.headline)
    _add(info, "responseType", "AllClear" if state in _ENDED else "Monitor")
    _add(info, "urgency", "Past" if state in _ENDED else _URGENCY.get(state, "Unknown"))
    _add(info, "severity", "Minor" if story.incident.confirmed_at or story.is_maintenance else "Unknown")
    _add(info, "certainty", _CERTAINTY.get(state, "Observed"))
    _add(info, "onset", _moment(story.incident.opened_at))
    _add(info, "expires", _moment(newest.expires))
    _add(info, "senderName", "Brownout")
    _add(info, "headline", story.title[:HEADLINE_CHARACTERS])
    _add(info, "description", said(last))
    _add(info, "web", story.url)
    _add(info, "contact", settings.CONTACT_URL)
    for name, value in (
        ("state", last.to_state),
        ("confidence", f"{last.confidence:.2f}"),
        ("symptom", story.incident.symptom),
        *(("component", slug) for slug in story.incident.components),
    ):
        if value:
            _named(info, "parameter", name, value)
    area = ElementTree.SubElement(info, "area")
    codes = [*story.incident.countries, *story.incident.regions]
    named = clean(status.where(story.incident, story.language, most=len(codes)))
    _add(area, "areaDesc", named or pgettext("area of an alert", "everywhere"))
    for code in codes:
        place = places.get(code)
        _named(area, "geocode", "ISO 3166-2" if place and place.kind == "region" else "ISO 3166-1", code)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _message_type(state: Incident.State, *, is_first: bool) -> str:
    if state in (Incident.State.DISMISSED, Incident.State.MERGED):
        return "Cancel"
    return "Alert" if is_first else "Update"


def _sender() -> str:
    return f"brownout@{urlsplit(settings.SITE_URL).hostname}"


def _reference(message: Message) -> str:
    """An earlier message, as sender,identifier,sent."""
    return f"{_sender()},{message.identifier},{_moment(message.sent)}"


def _moment(at: datetime) -> str:
    """The standard has no Z: UTC is -00:00."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text


def _named(parent: ElementTree.Element, name: str, value_name: str, value: str) -> None:
    made = ElementTree.SubElement(parent, name)
    _add(made, "valueName", value_name)
    _add(made, "value", value)
