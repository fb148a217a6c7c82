"""The page of sources: who tells us what, and whether they can be heard now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from outages.analytics import past_evidence
from outages.queries import observers
from outages.queries.evidence_sources import EvidenceSources
from outages.web.views.time_travel import Moment, moment_of
from reports.catalog.schema import localise
from reports.catalog.store import catalog_of, in_order
from reports.models import Service


def sources(request: HttpRequest) -> HttpResponse:
    """Vantages, probes and sources of announcements of all live services."""
    now = timezone.now()
    language = get_language() or "en"
    services = list(Service.objects.filter(is_active=True, clock=Service.Clock.LIVE))
    services = in_order(services, language)
    moment = moment_of(request, None, now=now)
    if moment.asked:
        return _past(request, services, moment, language)
    evidence, outside = EvidenceSources(services, now), observers.of_services(services, now)
    entries = [
        {
            "service": service,
            "name": localise(catalog_of(service).name, language),
            "probes": evidence.probes(service),
            "sources": evidence.sources(service, language),
            "observers": outside.get(service.pk, []),
        }
        for service in services
    ]
    context = {
        "moment": moment,
        "vantages": evidence.vantages,
        "services": entries,
        "now": now,
        "states": state_names(),
        "explained": [(state_names()[state], words) for state, words in state_words().items()],
        "says": says_words(),
    }
    return render(request, "pages/sources.html", context)


def _past(request: HttpRequest, services: list[Service], moment: Moment, language: str) -> HttpResponse:
    """What the sources had brought by a past moment. Two queries more."""
    results, posted = past_evidence.probes(services, moment.at), past_evidence.posts(services, moment.at)
    entries = [
        {
            "service": service,
            "name": localise(catalog_of(service).name, language),
            "probes": results.get(service.pk, []),
            "sources": [
                {
                    "name": localise(source.name, language) or source.slug,
                    "tier": source.tier,
                    "last": posted.get((service.pk, source.slug)),
                }
                for source in catalog_of(service).sources
            ],
        }
        for service in services
    ]
    context = {"services": entries, "moment": moment, "says": says_words()}
    return render(request, "pages/sources-past.html", context)


def state_names() -> dict[str, str]:
    """What each state is called."""
    return {
        "fine": pgettext("state of a source", "working"),
        "slow": pgettext("state of a source", "slow"),
        "waiting": pgettext("state of a source", "waiting"),
        "silent": pgettext("state of a source", "not responding"),
        "blind": pgettext("state of a source", "offline"),
        "blocked": pgettext("state of a source", "blocked"),
        "unreachable": pgettext("state of a source", "unreachable"),
        "not_configured": pgettext("state of a source", "not configured"),
        "own_error": _("our own error"),
        "off": pgettext("state of a source", "off"),
    }


def says_words() -> dict[str, str]:
    """What a probe says of its target."""
    return {
        "up": pgettext("state of a source", "up"),
        "down": pgettext("state of a source", "down"),
        "degraded": pgettext("state of a source", "degraded"),
        "blocked": pgettext("state of a source", "blocked"),
        "blind": pgettext("state of a source", "offline"),
        "unasked": pgettext("state of a source", "not checked"),
        "own_error": _("our own error"),
    }


def state_words() -> dict[str, str]:
    """What each state means, in the order in which the page explains them."""
    return {
        "fine": pgettext("state of a source", "responding normally"),
        "slow": _("responding, but slow, or a limit or budget has been reached"),
        "waiting": _("not checked yet"),
        "silent": _("no response: it’s down, or the connection to it is"),
        "blind": _("no data: its own network is down, because unrelated targets fail as well"),
        "blocked": _("blocked by the target"),
        "unreachable": _("can’t be read"),
        "not_configured": _("needs a setting, such as a token"),
        "own_error": _("an error in our own software; we keep retrying, less often"),
        "off": _("switched off by the operator"),
    }
