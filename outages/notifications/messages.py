"""What a delivery says: a title and a text for people, and JSON for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outages.models import Channel, Delivery, Incident, IncidentEvent
from outages.notifications import crypto
from outages.notifications.rules import ENDS
from outages.queries import status
from outages.texts.event_texts import event_text, term_text
from reports.catalog.schema import localise
from reports.catalog.store import catalog_of

LANGUAGE = "en"
CHALLENGE = "challenge"  # purposes of tokens
MANAGE = "manage"
OWNER = "owner"


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


def notice_of(delivery: Delivery, language: str = LANGUAGE) -> Notification:
    """The notice of a delivery, in a language. The same delivery always says the same."""
    with translation.override(language):
        return _notice_of(delivery)


def _notice_of(delivery: Delivery) -> Notification:
    if delivery.kind == Delivery.Kind.CHALLENGE:
        return _challenge(delivery)
    if delivery.kind == Delivery.Kind.TEST:
        text = _("This is a test of your subscription to %(name)s. All is well with it.") % {"name": _name(delivery)}
        return _plain(delivery, _("a test"), text)
    if delivery.kind == Delivery.Kind.OWNER:
        return _owner(delivery)
    if delivery.kind == Delivery.Kind.DISABLED:
        return _plain(delivery, _("your subscription was disabled"), _disabled(delivery))
    assert delivery.incident is not None
    assert delivery.event is not None
    return _of_incident(delivery, delivery.incident, delivery.event)


def manage_url(delivery: Delivery) -> str:
    """The page where a subscription is confirmed, looked at and ended."""
    subscription = delivery.subscription_id
    return f"{settings.SITE_URL}/subscriptions/{subscription}/{crypto.token_of(MANAGE, subscription)}"


def owner_url(delivery: Delivery) -> str:
    """The page where the owner of a webhook says whether to be told of its end."""
    subscription = delivery.subscription_id
    return f"{settings.SITE_URL}/subscriptions/{subscription}/owner/{crypto.token_of(OWNER, subscription)}"


def _owner(delivery: Delivery) -> Notification:
    text = _(
        "This address was given for a webhook that sends alerts about %(name)s. Confirm it, and we'll write once if "
        "the webhook stops working. If you didn't set this up, ignore this message: we won't write again."
    ) % {"name": _name(delivery)}
    return _plain(delivery, _("please confirm your address"), text, owner_url(delivery))


def _disabled(delivery: Delivery) -> str:
    return _(
        "Your %(channel)s subscription to %(name)s takes no notices any more and has been disabled. The last error "
        "was: %(error)s. Subscribe again once it is mended. We send this address nothing more; it is deleted now."
    ) % {
        "channel": delivery.subscription.endpoint.channel,
        "name": _name(delivery),
        "error": delivery.subscription.disabled_reason or _("none"),
    }


def _plain(delivery: Delivery, title: str, text: str, url: str = "", **data: Any) -> Notification:
    """A notice about the subscription itself."""
    service = delivery.subscription.service
    return Notification(
        id=str(delivery.pk),
        kind=delivery.kind,
        title=f"{_name(delivery)}: {title}",
        text=text,
        url=url or f"{settings.SITE_URL}/{service.slug}/",
        tag=f"subscription-{delivery.subscription_id}",
        timestamp=delivery.created_at.isoformat(),
        data={"subscription": str(delivery.subscription_id), "service": service.slug, **data},
    )


def _challenge(delivery: Delivery) -> Notification:
    title = _("please confirm your subscription")
    if delivery.endpoint.channel != Channel.WEBHOOK:
        text = _("Confirm that you want notices of %(name)s. If you did not ask for them, do nothing.")
        proof = _proof(delivery) if delivery.endpoint.channel == Channel.PUSH else {}
        return _plain(delivery, title, text % {"name": _name(delivery)}, manage_url(delivery), **proof)
    text = _("To receive notices of %(name)s, answer with the challenge, or send it to confirm_url.")
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
            "title": _("%(name)s: notices are on") % {"name": name},
            "body": _("This device is told of outages from now on."),
            "navigate": f"{settings.SITE_URL}/{delivery.subscription.service.slug}/subscribe#push",
        },
    }


def _name(delivery: Delivery) -> str:
    return localise(catalog_of(delivery.subscription.service).name, get_language() or LANGUAGE)


def _of_incident(delivery: Delivery, incident: Incident, event: IncidentEvent) -> Notification:
    service = delivery.subscription.service
    catalog = catalog_of(service)
    parts = ", ".join(status.component_names(catalog, event.components, get_language() or LANGUAGE))
    where = status.where(event, get_language() or LANGUAGE)
    scope = (_(" of %(parts)s") % {"parts": parts} if parts else "") + (
        _(" in %(places)s") % {"places": where} if where else ""
    )
    headline = " ".join(event.headline.split())
    if headline:  # a moderator's, instead of parts and places
        scope = f": {headline}"
    page_url = f"{settings.SITE_URL}/{service.slug}/incidents/{incident.number}"
    text = event_text(event)
    return Notification(
        id=str(delivery.pk),
        kind=delivery.kind,
        title=f"{_name(delivery)}: {_headline(delivery, incident, event) % {'scope': scope}}",
        text=text,
        url=page_url,
        tag=f"{service.slug}-{incident.number}",
        timestamp=event.at.isoformat(),
        urgent=delivery.kind in (Delivery.Kind.OPENED, Delivery.Kind.CONFIRMED),
        data={
            "subscription": str(delivery.subscription_id),
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


def _headline(delivery: Delivery, incident: Incident, event: IncidentEvent) -> str:
    """What has happened, with a place for its scope, such as " of Mobile app in Netherlands"."""
    if event.to_state == "merged":
        number = incident.merged_into.number if incident.merged_into else None
        joined = _("part of incident %(number)d, which goes on") % {"number": number} if number else ""
        return f"{joined or _('part of another incident, which goes on')}: {_('outage%(scope)s')}"
    if event.to_state == "dismissed":
        return _("called off: probably no outage%(scope)s")
    if delivery.kind == Delivery.Kind.RESOLVED:
        return _("resolved: outage%(scope)s")
    if delivery.kind == Delivery.Kind.CONFIRMED and delivery.outage > 1:
        return _("back again: outage%(scope)s")
    return {
        Delivery.Kind.OPENED.value: _("possible outage%(scope)s"),
        Delivery.Kind.CONFIRMED.value: _("outage%(scope)s"),
        Delivery.Kind.CHANGED.value: _("grown: outage%(scope)s"),
        Delivery.Kind.MAINTENANCE.value: _("maintenance%(scope)s"),
    }[delivery.kind]
