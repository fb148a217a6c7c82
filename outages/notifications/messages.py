"""What a delivery says: a title and a text for people, and JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.languages import path_in
from outages.models import Channel, Delivery, Incident, IncidentEvent, Subscription
from outages.notifications import crypto
from outages.notifications.rules import ENDS
from outages.queries import boards, status
from outages.queries.boards import Part
from outages.texts import titles
from outages.texts.event_texts import event_text, term_text
from outages.texts.lists import listed
from outages.texts.titles import Alert
from reports.catalog.schema import localise
from reports.catalog.store import catalog_of
from reports.models import Service

LANGUAGE = "en"
CHALLENGE = "challenge"  # purposes of tokens
MANAGE = "manage"
OWNER = "owner"
MOST_NAMES = 4  # of a board


@dataclass(frozen=True, slots=True)
class Notification:
    """One thing to tell. `tag` is the same for all that is told of an incident; `url` is where to read on."""

    id: str
    kind: str
    title: str
    text: str
    url: str
    tag: str
    data: dict[str, Any]
    timestamp: str
    urgent: bool = False
    service_name: str = ""


def notice_of(delivery: Delivery, language: str = LANGUAGE) -> Notification:
    """The notice of a delivery, in a language. The same delivery always says the same."""
    with translation.override(language):
        return _notice_of(delivery)


def _notice_of(delivery: Delivery) -> Notification:
    if delivery.kind == Delivery.Kind.CHALLENGE:
        return _challenge(delivery)
    if delivery.kind == Delivery.Kind.TEST:
        text = _("This is a test. Your alerts for %(name)s are set up correctly.") % {"name": _name(delivery)}
        return _plain(delivery, _("Test alert for %(name)s"), text)
    if delivery.kind == Delivery.Kind.OWNER:
        return _owner(delivery)
    if delivery.kind == Delivery.Kind.DISABLED:
        return _plain(delivery, _("Your alerts for %(name)s have stopped"), _disabled(delivery))
    assert delivery.incident is not None
    assert delivery.event is not None
    return _of_incident(delivery, delivery.incident, delivery.event)


def manage_url(delivery: Delivery) -> str:
    """The page where a subscription is confirmed, looked at and ended."""
    subscription = _subscription(delivery)
    return _page(f"/subscriptions/{subscription}/{crypto.token_of(MANAGE, subscription)}")


def owner_url(delivery: Delivery) -> str:
    """The page where the owner of a webhook says whether to be told of its end."""
    subscription = delivery.subscription_id
    return _page(f"/subscriptions/{subscription}/owner/{crypto.token_of(OWNER, subscription)}")


def _home(delivery: Delivery) -> str:
    """The page of what a subscription is to."""
    of = delivery.subscription.of
    return _page(f"/board?of={of}" if "," in of else f"/{delivery.subscription.service.slug}/")


def _form(delivery: Delivery) -> str:
    """The page with the button by which a browser has asked."""
    of = delivery.subscription.of
    form = f"/board/subscribe?of={of}" if "," in of else f"/{delivery.subscription.service.slug}/subscribe"
    return _page(f"{form}#push")


def _subscription(delivery: Delivery) -> UUID:
    """The id that its reader knows: of a board that of its first service."""
    return delivery.subscription.head_id or delivery.subscription_id


def _page(path: str) -> str:
    """Return a page's address in the language of the moment."""
    return settings.SITE_URL + path_in(path, get_language() or LANGUAGE)


def _owner(delivery: Delivery) -> Notification:
    text = _(
        "This address was given for a webhook that sends alerts about %(name)s. Confirm it, and we'll write once if "
        "the webhook stops working. If you didn't set this up, ignore this message: we won't write again."
    ) % {"name": _name(delivery)}
    return _plain(delivery, _("Please confirm your address for alerts about %(name)s"), text, owner_url(delivery))


def _disabled(delivery: Delivery) -> str:
    return _(
        "We couldn't deliver your alerts for %(name)s (%(channel)s), so we've switched them off. Last error: "
        "%(error)s. You can subscribe again once this is fixed. We've deleted this address and won't write to it again."
    ) % {
        "channel": delivery.subscription.endpoint.channel,
        "name": _name(delivery),
        "error": delivery.subscription.disabled_reason or "–",
    }


def _plain(delivery: Delivery, title: str, text: str, url: str = "", **data: Any) -> Notification:
    """A notice about the subscription itself."""
    service = delivery.subscription.service
    return Notification(
        id=str(delivery.pk),
        kind=delivery.kind,
        title=title % {"name": _name(delivery)},
        text=text,
        url=url or _home(delivery),
        tag=f"subscription-{delivery.subscription_id}",
        service_name=_name(delivery),
        timestamp=delivery.created_at.isoformat(),
        data={"subscription": str(_subscription(delivery)), "service": service.slug, **data},
    )


def _challenge(delivery: Delivery) -> Notification:
    title = _("Please confirm: outage alerts for %(name)s")
    if delivery.endpoint.channel != Channel.WEBHOOK:
        text = _("Confirm that you'd like alerts about %(name)s. If you didn't ask for them, just ignore this message.")
        proof = _proof(delivery) if delivery.endpoint.channel == Channel.PUSH else {}
        rows = delivery.subscription.rows
        named = {"name": name_of(delivery.subscription, get_language() or LANGUAGE, len(rows))}
        return _plain(delivery, title, text % named, manage_url(delivery), **proof)
    text = _("To get alerts about %(name)s, answer with the challenge, or send it to confirm_url.")
    return _plain(
        delivery,
        title,
        text % {"name": _name(delivery)},
        challenge=crypto.token_of(CHALLENGE, delivery.subscription_id),
        confirm_url=f"{settings.SITE_URL}/api/v1/subscriptions/{delivery.subscription_id}/confirm",
    )


def _proof(delivery: Delivery) -> dict[str, Any]:
    """By which our service worker confirms, where a page of ours has asked; and what it shows then."""
    name = _name(delivery)
    return {
        "challenge": crypto.token_of(CHALLENGE, delivery.subscription_id),
        "confirmed": {
            "title": _("Alerts for %(name)s are on") % {"name": name},
            "body": _("You'll now get outage alerts on this device."),
            "navigate": _form(delivery),
        },
    }


def _name(delivery: Delivery) -> str:
    """Of an incident its service's name; else what the subscription is to."""
    language = get_language() or LANGUAGE
    if delivery.incident_id is None:
        return name_of(delivery.subscription, language)
    return localise(catalog_of(delivery.subscription.service).name, language)


def name_of(subscription: Subscription, language: str, most: int = MOST_NAMES) -> str:
    """Return the names of what a subscription is to, or of the first of many."""
    rows = subscription.rows
    if len(rows) == 1:
        return names_of([(subscription.service, [])], language)
    return names_of([(row.service, row.components or [row.component]) for row in rows], language, most)


def names_of(named: Sequence[tuple[Service, Sequence[str]]], language: str, most: int = MOST_NAMES) -> str:
    """Return the names of services, of many the first ones; with its name behind it where one component is meant."""
    names = []
    for service, components in named:
        catalog = catalog_of(service)
        known = {component.slug for component in catalog.components}  # one may have left the catalogue since
        only = components[0] if len(components) == 1 and components[0] in known else ""
        names.append(boards.name_of(Part(service.slug, only), catalog, language))
    return listed(names, language) if len(names) <= most else f"{listed(names[:most], language)} …"


def _of_incident(delivery: Delivery, incident: Incident, event: IncidentEvent) -> Notification:
    service = delivery.subscription.service
    headline = " ".join(event.headline.split())  # a moderator's, instead of features and places
    catalog, language = catalog_of(service), get_language() or LANGUAGE
    names = {component.slug: localise(component.name, language) for component in catalog.components}
    page_url = _page(f"/{service.slug}/incidents/{incident.number}")
    text = event_text(event, names)
    return Notification(
        id=str(delivery.pk),
        kind=delivery.kind,
        title=_title(delivery, incident, event, headline),
        text=text,
        url=page_url,
        tag=f"{service.slug}-{incident.number}",
        service_name=_name(delivery),
        timestamp=event.at.isoformat(),
        urgent=delivery.kind in (Delivery.Kind.OPENED, Delivery.Kind.CONFIRMED),
        data={
            "subscription": str(_subscription(delivery)),
            "service": service.slug,
            "incident": incident.pk,
            "number": incident.number,
            "kind": incident.kind,
            "state": event.to_state,
            "outage": delivery.outage,
            "components": event.components,
            "countries": event.countries,
            "regions": event.regions,
            "symptom": event.symptom,
            "headline": headline,
            "confidence": event.confidence,
            "reason": event.reason,
            "code": event.code,
            "params": event.params,
            "text": text,
            "evidence": [
                {"kind": term.get("kind", ""), "text": term_text(term), "nats": term.get("nats")}
                for term in event.evidence
            ],
            "opened_at": incident.opened_at.isoformat(),
            "at": event.at.isoformat(),
            "resolved_at": event.at.isoformat() if event.to_state in ENDS else None,
            "merged_into": incident.merged_into.number if event.to_state == "merged" and incident.merged_into else None,
            "url": f"{settings.SITE_URL}/api/v1/incidents/{incident.pk}",
            "page_url": page_url,
        },
    )


def _title(delivery: Delivery, incident: Incident, event: IncidentEvent, headline: str) -> str:
    """Return what has happened in a line: "Acme is down in the Netherlands: Mobile app"."""
    name, language = _name(delivery), get_language() or LANGUAGE
    if event.to_state == "merged":
        return titles.merged_title(name, incident.merged_into.number if incident.merged_into else None)
    if headline:
        return titles.alert_title(_kind(delivery, event), name, details=headline)
    catalog = catalog_of(delivery.subscription.service)
    return titles.alert_title(
        _kind(delivery, event),
        name,
        in_places=status.in_places(event, language),
        details=listed(status.component_names(catalog, event.components, language), language),
    )


def _kind(delivery: Delivery, event: IncidentEvent) -> Alert:
    if event.to_state == "dismissed":
        return Alert.FALSE_ALARM
    if delivery.kind == Delivery.Kind.CONFIRMED and delivery.outage > 1:
        return Alert.DOWN_AGAIN
    return {
        Delivery.Kind.OPENED.value: Alert.POSSIBLE,
        Delivery.Kind.CONFIRMED.value: Alert.DOWN,
        Delivery.Kind.CHANGED.value: Alert.WIDER,
        Delivery.Kind.RESOLVED.value: Alert.WORKING_AGAIN,
        Delivery.Kind.MAINTENANCE.value: Alert.MAINTENANCE,
    }[delivery.kind]
