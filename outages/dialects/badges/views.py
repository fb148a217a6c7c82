"""Views of badges."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.services import language
from outages.dialects.badges import render as badges
from outages.dialects.common.selection import board_or_404, selected
from outages.dialects.common.text import spoken
from outages.dialects.common.views import DialectView
from outages.queries import boards
from outages.queries import status as queries
from outages.texts.sentences import verdict_word


class BadgeView(DialectView):
    """What badges say of a service, or of a board: the worst of its parts."""

    def said(self, slug: str | None, of: str | None) -> tuple[str, Any]:
        """The marked name, and the verdict as others may hear it."""
        chosen, now = board_or_404(of) if of is not None else selected(slug), timezone.now()
        if chosen.board is None:
            status = queries.status(chosen.services[0], now=now)
            verdict = spoken(status.verdict, stale=status.stale)
        else:
            entries = boards.entries_of(chosen.board, boards.rows_of(chosen.board, now=now))
            verdict = boards.worst_of(spoken(entry.row.verdict, stale=entry.row.stale) for entry in entries)
        return chosen.name(language()), verdict


class SvgBadge(BadgeView):
    """badge.svg."""

    def get(self, request: Request, slug: str | None = None, of: str | None = None) -> Response:
        name, verdict = self.said(slug, of)
        return svg_response(badges.svg(name, verdict_word(verdict), badges.PAINTS[verdict]))


class ShieldsBadge(BadgeView):
    """badge.json."""

    def get(self, request: Request, slug: str | None = None, of: str | None = None) -> Response:
        name, verdict = self.said(slug, of)
        return Response(badges.shields(name, verdict_word(verdict), verdict))


def svg_response(text: str) -> Response:
    return Response(text, content_type=badges.SVG, headers={"Content-Security-Policy": badges.SVG_POLICY})
