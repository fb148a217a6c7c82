"""Views of badges."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.framework.views import service_or_404
from outages.api.services import language
from outages.dialects.badges import render as badges
from outages.dialects.common.text import marked_name, spoken
from outages.dialects.common.views import DialectView
from outages.queries import status as queries
from outages.texts.sentences import verdict_word
from reports.catalog.store import catalog_of


class BadgeView(DialectView):
    """What badges say of a service."""

    def said(self, slug: str) -> tuple[str, Any]:
        """The service's marked name, and its verdict as others may hear it."""
        service = service_or_404(slug)
        status = queries.status(service, now=timezone.now())
        return marked_name(catalog_of(service), language()), spoken(status.verdict, stale=status.stale)


class SvgBadge(BadgeView):
    """badge.svg."""

    def get(self, request: Request, slug: str) -> Response:
        name, verdict = self.said(slug)
        return svg_response(badges.svg(name, verdict_word(verdict), badges.PAINTS[verdict]))


class ShieldsBadge(BadgeView):
    """badge.json."""

    def get(self, request: Request, slug: str) -> Response:
        name, verdict = self.said(slug)
        return Response(badges.shields(name, verdict_word(verdict), verdict))


def svg_response(text: str) -> Response:
    return Response(text, content_type=badges.SVG, headers={"Content-Security-Policy": badges.SVG_POLICY})
