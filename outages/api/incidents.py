"""Incidents with their events and evidence, and announcements."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.framework.paging import (
    FIELDS_PARAMETER,
    LARGEST_PAGE,
    PAGE_PARAMETERS,
    PAGE_SIZE,
    items,
    link,
    page,
    page_of,
)
from outages.api.framework.views import (
    AT_PARAMETER,
    ReadView,
    at_of,
    choice,
    component_of,
    country_of,
    moment,
    number,
    service_or_404,
)
from outages.api.serializers import AnnouncementSerializer, IncidentDetailSerializer, IncidentSerializer
from outages.models import Announcement, Incident, IncidentEvent
from outages.queries import incidents as incident_queries
from outages.queries import upstream
from outages.queries.incidents import IncidentView
from outages.texts.event_texts import event_text, term_text
from reports.api.serializers import problems
from reports.catalog.store import catalog_of

MOST_NUMBER = 2**31 - 1
_AS_STORED = (
    *("at", "from_state", "to_state", "reason", "code", "params", "confidence"),
    *("components", "countries", "regions", "symptom"),
)


def incident_body(slug: str, view: IncidentView) -> dict[str, Any]:
    """An incident as the API gives it."""
    return {
        **{each.name: getattr(view, each.name) for each in fields(view) if each.name != "evidence"},
        "text": view.text,
        "service": slug,
        "url": f"{settings.SITE_URL}/api/v1/incidents/{view.id}",
        "page_url": f"{settings.SITE_URL}/{slug}/incidents/{view.number}",
    }


def _event_body(event: IncidentEvent) -> dict[str, Any]:
    """An event as the API gives it, in the language of the moment."""
    names = (
        "at",
        "from_state",
        "to_state",
        "reason",
        "code",
        "params",
        "confidence",
        "components",
        "countries",
        "regions",
    )
    return {
        **{name: getattr(event, name) for name in (*names, "symptom")},
        "text": event_text(event),
        "evidence": [{**term, "text": term_text(term)} for term in event.evidence],
    }


def announcement_body(row: Announcement) -> dict[str, Any]:
    """An announcement as the API gives it; a moderator's word stands for the reader's."""
    return {
        "id": row.pk,
        "source": row.source,
        "author": row.author,
        "tier": row.tier,
        "url": row.url,
        "text": row.text,
        "posted_at": row.posted_at,
        "seen_at": row.seen_at,
        "deleted_at": row.deleted_at,
        "stage": row.corrected_stage or row.stage,
        "relevant": row.relevant if row.corrected_relevant is None else row.corrected_relevant,
        "components": row.components,
        "reasons": row.reasons,
        "incident": row.incident_id,
    }


@extend_schema(tags=["incidents"])
class IncidentsView(ReadView):
    """The incidents of a service."""

    @extend_schema(
        operation_id="services_incidents",
        summary="The incidents of a service, newest first",
        parameters=[
            AT_PARAMETER,
            OpenApiParameter(
                "state",
                str,
                enum=["open", "all"],
                description="`open` excludes incidents that are over (default: `all`).",
            ),
            OpenApiParameter("since", datetime, description="Excludes incidents that were over before this time."),
            OpenApiParameter(
                "component", str, description="Only incidents that affect this component, as known today."
            ),
            OpenApiParameter(
                "country", str, description="Only incidents in this country (ISO 3166-1) or in all countries."
            ),
            *PAGE_PARAMETERS,
            FIELDS_PARAMETER,
        ],
        responses={200: page_of(IncidentSerializer), **problems(400, 404, 406)},
    )
    def get(self, request: Request, slug: str) -> Response:
        service = service_or_404(slug, retired_too=True)
        limit = number(request, "limit", PAGE_SIZE, least=1, most=LARGEST_PAGE)
        only_open = choice(request, "state", ("all", "open"), "all") == "open"
        views = incident_queries.incidents(
            service,
            at_of(request, service),
            since=moment(request, "since"),
            only_open=only_open,
            most=None if only_open else limit + 1,  # some are left out of the open ones after they are read
            before=number(request, "cursor", 0, least=1, most=MOST_NUMBER) or None,
            component=component_of(request, service),
            country=country_of(request),
        )
        on = link(request, cursor=views[limit - 1].number) if len(views) > limit else None
        bodies = [incident_body(slug, view) for view in views[:limit]]
        return Response({"next": on, "previous": None, "results": items(request, IncidentSerializer, bodies)})


@extend_schema(tags=["incidents"])
class IncidentDetailView(ReadView):
    """One incident."""

    @extend_schema(
        operation_id="incidents_retrieve",
        summary="An incident with its events, its evidence and the announcements about it",
        parameters=[AT_PARAMETER],
        responses={200: IncidentDetailSerializer, **problems(400, 404, 406)},
    )
    def get(self, request: Request, incident_id: int) -> Response:
        row = (
            Incident.objects.select_related("service").defer("service__definition").filter(pk=incident_id).first()
            if incident_id <= MOST_NUMBER
            else None
        )
        if row is None:
            raise NotFound("There is no such incident.", code="unknown-incident")
        at = at_of(request, row.service)
        view = incident_queries.incident(row.service, row.number, at)
        if view is None:
            raise NotFound("This incident had not begun then.", code="unknown-incident")
        posts = row.announcements.filter(seen_at__lte=at).order_by("posted_at", "id")
        body = {
            **incident_body(row.service.slug, view),
            "tally": asdict(incident_queries.incident_tally(row.service, view, at)),
            "events": [_event_body(event) for event in row.events.filter(at__lte=at)],
            "announcements": [announcement_body(post) for post in posts],
            "upstream_incidents": [
                asdict(found)
                for found in upstream.beside(
                    row.service, catalog_of(row.service), view.opened_at, at, get_language() or "en"
                )
            ],
        }
        return Response(IncidentDetailSerializer(body).data)


@extend_schema(tags=["signals"])
class AnnouncementsView(ReadView):
    """What was announced about a service."""

    @extend_schema(
        operation_id="services_announcements",
        summary="Posts about a service, newest first",
        parameters=[
            AT_PARAMETER,
            OpenApiParameter(
                "relevance",
                str,
                enum=["relevant", "all"],
                description=(
                    "`relevant` (default), or `all` posts that were read, with the reasons why others were set aside."
                ),
            ),
            *PAGE_PARAMETERS,
            FIELDS_PARAMETER,
        ],
        responses={200: page_of(AnnouncementSerializer), **problems(400, 404, 406)},
    )
    def get(self, request: Request, slug: str) -> Response:
        service = service_or_404(slug)
        rows: QuerySet[Announcement] = Announcement.objects.filter(
            service=service, seen_at__lte=at_of(request, service)
        )
        if choice(request, "relevance", ("relevant", "all"), "relevant") == "relevant":
            rows = rows.filter(Q(corrected_relevant=True) | Q(corrected_relevant=None, relevant=True))
        found, links = page(request, rows, ("-posted_at", "-id"), self)
        bodies = [announcement_body(row) for row in found]
        return Response({**links, "results": items(request, AnnouncementSerializer, bodies)})
