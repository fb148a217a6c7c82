"""Uptime Kuma's public status page: a service is a page, its parts are the monitors. Nothing is asked here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from outages.dialects.common.stories import PlannedWork, Story, without_told
from outages.dialects.common.text import capitalised_word, marked_name, said, stamp
from outages.models import Incident
from outages.queries.timeline import MINUTE, History
from outages.verdict import Verdict
from reports.catalog.schema import Catalog, localise
from reports.models import Service

DOWN, UP, PENDING, MAINTENANCE = range(4)
BEATS = 100
MINUTES_KEPT = BEATS

STATUS = {
    Verdict.OK: UP,
    Verdict.POSSIBLE: PENDING,
    Verdict.CONFIRMED: DOWN,
    Verdict.RECOVERING: DOWN,
    Verdict.MAINTENANCE: MAINTENANCE,
    Verdict.UNKNOWN: PENDING,
}
_STYLE = {
    Incident.State.POSSIBLE: "warning",
    Incident.State.CONFIRMED: "danger",
    Incident.State.RECOVERING: "info",
}


def page(
    service: Service,
    catalog: Catalog,
    monitors: Mapping[str, int],
    stories: Sequence[Story],
    plans: Sequence[PlannedWork],
    language: str,
    now: datetime,
) -> dict[str, Any]:
    """The page's settings, its incident and its monitors. `monitors` gives their numbers by component."""
    name = marked_name(catalog, language)
    outages = [story for story in stories if story.incident.is_open and not story.is_maintenance]
    works = [story for story in stories if story.incident.is_open and story.is_maintenance]
    ahead = [plan for plan in without_told(plans, works) if plan.ends_at > now]
    return {
        "config": {
            "slug": service.slug,
            "title": name,
            "description": localise(catalog.provenance or catalog.description, language) or None,
            "icon": f"{settings.SITE_URL}/static/img/mark.svg",
            "autoRefreshInterval": 60,
            "theme": "auto",
            "published": True,
            "showTags": False,
            "customCSS": "",
            "footerText": localise(catalog.disclaimer, language) or None,
            "showPoweredBy": False,
            "googleAnalyticsId": None,
            "showCertificateExpiry": False,
        },
        "incident": _incident(outages[0]) if outages else None,
        "publicGroupList": [
            {
                "id": service.pk,
                "name": name,
                "weight": 1,
                "monitorList": [
                    {
                        "id": monitors[component.slug],
                        "name": localise(component.name, language),
                        "sendUrl": 0,
                        "type": "push",
                    }
                    for component in catalog.components
                    if component.slug in monitors
                ],
            }
        ],
        "maintenanceList": [*map(_work, works), *(_plan(plan, now) for plan in ahead)],
    }


def heartbeats(
    monitors: Mapping[str, int], history: History, uptimes: Mapping[str, float | None]
) -> dict[str, dict[str, Any]]:
    """The last beats of each monitor, oldest first, and the uptime of 24 hours. One beat a minute.

    A minute that nobody watched is a pending beat. An uptime of which nothing is known is left out.
    """
    beats = {}
    for component, number in monitors.items():
        beats[str(number)] = [_beat(history, component, minute) for minute in history.minutes(BEATS)]
    shares = {f"{monitors[component]}_24": share for component, share in uptimes.items() if share is not None}
    return {"heartbeatList": beats, "uptimeList": shares}


def _beat(history: History, component: str, minute: datetime) -> dict[str, Any]:
    verdict = history.verdict(component, minute)
    return {
        "status": STATUS[verdict],
        "time": f"{minute + MINUTE:%Y-%m-%d %H:%M:%S}",
        "msg": "" if verdict == Verdict.OK else capitalised_word(verdict),
        "ping": None,
    }


def _incident(story: Story) -> dict[str, Any]:
    last = story.events[-1]
    return {
        "id": story.incident.pk,
        "style": _STYLE.get(Incident.State(story.incident.state), "info"),
        "title": story.title,
        "content": f"{said(last)}\n\n{story.url}",
        "pin": 1,
        "createdDate": f"{story.incident.opened_at:%Y-%m-%d %H:%M:%S}",
        "lastUpdatedDate": f"{last.at:%Y-%m-%d %H:%M:%S}",
    }


def _work(story: Story) -> dict[str, Any]:
    began = stamp(story.incident.opened_at)
    return _maintenance(story.incident.pk, story.title, story.url, began, None, "under-maintenance")


def _plan(plan: PlannedWork, now: datetime) -> dict[str, Any]:
    status = "scheduled" if now < plan.starts_at else "under-maintenance"
    title = plan.title
    return _maintenance(-plan.post.pk, title, plan.text, stamp(plan.starts_at), stamp(plan.ends_at), status)


def _maintenance(
    number: int, title: str, description: str, starts: str, ends: str | None, status: str
) -> dict[str, Any]:
    return {
        "id": number,
        "title": title,
        "description": description,
        "strategy": "single",
        "active": True,
        "dateRange": [starts, ends],
        "timeslotList": [{"startDate": starts, "endDate": ends}] if ends else [],
        "status": status,
        "timezone": "UTC",
        "timezoneOffset": "+00:00",
    }
