"""Views of Statuspage's documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.framework.views import service_or_404
from outages.api.services import language
from outages.dialects.common.selection import Selection, board_or_404
from outages.dialects.common.stories import MOST, plans, stories
from outages.dialects.common.views import DialectView, service_of_host
from outages.dialects.statuspage import board
from outages.dialects.statuspage import render as statuspage
from outages.models import Incident
from outages.queries import boards
from outages.queries import status as queries
from reports.catalog.store import catalog_of
from reports.models import Service


class StatuspageView(DialectView):
    """One of Statuspage's documents: of the service or the board in the address, else of what the host means."""

    render: Callable[[statuspage.Page], dict[str, Any]]
    needs_all = True  # incidents that are over, too
    needs_plans = True

    def get(self, request: Request, slug: str | None = None, of: str | None = None) -> Response:
        if of is not None:
            return Response(self.of_board(board_or_404(of)))
        service = service_or_404(slug) if slug else service_of_host(request._request)
        status = queries.status(service, now=timezone.now())
        words = language()
        page = statuspage.Page(
            service=service,
            catalog=catalog_of(service),
            status=status,
            stories=stories([service], words, only_open=not self.needs_all),
            changes=_changes(service, status.at),
            plans=plans([service], words, {service.pk: status.at}) if self.needs_plans else [],
            language=words,
        )
        return Response(type(self).render(page))

    def of_board(self, chosen: Selection) -> dict[str, Any]:
        """The document of a board. No more queries for more services, but for when their components changed."""
        words, found = language(), chosen.board
        assert found is not None
        rows = boards.rows_of(found, now=timezone.now())
        told = stories(chosen.services, words, only=chosen.incidents, only_open=not self.needs_all)
        moments = {service.pk: rows[service.slug].at for service in chosen.services}
        planned = plans(chosen.services, words, moments) if self.needs_plans else []
        pages = [
            statuspage.Page(
                service=service,
                catalog=catalog_of(service),
                status=boards.narrowed(rows[service.slug], found.components(service.slug)),
                stories=[story for story in told if story.service.pk == service.pk],
                changes=_changes(service, rows[service.slug].at),
                plans=[
                    plan
                    for plan in planned
                    if plan.service.pk == service.pk and chosen.touches(service, plan.post.components)
                ],
                language=words,
                parts=found.components(service.slug),
                page_id=board.BOARD,
            )
            for service in chosen.services
        ]
        url = settings.SITE_URL + chosen.home
        return board.document(found, pages, type(self).render, name=chosen.name(words), url=url)


def _changes(service: Service, now: datetime) -> dict[str, datetime]:
    """When the newest incidents of each component last changed, by its slug. One query."""
    found: dict[str, datetime] = {}
    slugs = [component.slug for component in catalog_of(service).components]
    rows = Incident.objects.filter(service=service, updated_at__lte=now).order_by("-updated_at")
    for components, updated_at in rows.values_list("components", "updated_at")[:MOST]:
        for slug in components or slugs:
            found.setdefault(slug, updated_at)
    return found


class StatuspageSummary(StatuspageView):
    """summary.json."""

    render = staticmethod(statuspage.summary)
    needs_all = False


class StatuspageStatus(StatuspageView):
    """status.json."""

    render = staticmethod(statuspage.status)
    needs_all = needs_plans = False


class StatuspageComponents(StatuspageView):
    """components.json."""

    render = staticmethod(statuspage.components)
    needs_all = needs_plans = False


class StatuspageIncidents(StatuspageView):
    """incidents.json."""

    render = staticmethod(statuspage.incidents)
    needs_plans = False


class StatuspageUnresolved(StatuspageView):
    """incidents/unresolved.json."""

    render = staticmethod(statuspage.unresolved)
    needs_all = needs_plans = False


class StatuspageMaintenances(StatuspageView):
    """scheduled-maintenances.json."""

    render = staticmethod(statuspage.maintenances)


class StatuspageUpcoming(StatuspageView):
    """scheduled-maintenances/upcoming.json."""

    render = staticmethod(statuspage.upcoming)


class StatuspageActive(StatuspageView):
    """scheduled-maintenances/active.json."""

    render = staticmethod(statuspage.active)
