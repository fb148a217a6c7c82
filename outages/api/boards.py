"""Boards: any services and components as one resource, with every other form that they can be had in."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.framework.views import AT_PARAMETER, ReadView, moment
from outages.api.incidents import incident_body
from outages.api.serializers import IncidentSerializer
from outages.api.services import language
from outages.clock import whole_minute
from outages.queries import boards
from outages.queries import incidents as incident_queries
from outages.queries.boards import Board, BoardError, Entry
from outages.verdict import Verdict
from reports.api.serializers import problems

S = serializers.Serializer[Any]
VERDICTS = [(verdict.value, verdict.value) for verdict in Verdict]
OF_PARAMETER = OpenApiParameter(
    "of",
    OpenApiTypes.STR,
    required=True,
    description=f"1 to {boards.MOST_PARTS} services, or components behind a dot, separated by commas, such as "
    "`tesla.app,spectrum`.",
)


class BoardPartSerializer(S):
    """A service or a component of a board. A component's verdict comes from the incidents that touch it."""

    of = serializers.CharField(help_text="As named in `of`.")
    service = serializers.CharField()
    component = serializers.CharField(allow_blank=True, help_text="Empty for the service as a whole.")
    name = serializers.CharField()
    verdict = serializers.ChoiceField(choices=VERDICTS)
    ok = serializers.BooleanField(allow_null=True, help_text="null if the state is unknown: never treat it as working.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="The end of the last minute that was monitored.")
    stale = serializers.BooleanField(help_text="True if that is more than two minutes before `at`.")
    since = serializers.DateTimeField(allow_null=True, help_text="When its most serious incident opened.")
    url = serializers.URLField()


class BoardLinksSerializer(S):
    """The same board in other forms."""

    page = serializers.URLField()
    stream = serializers.URLField()
    atom = serializers.URLField()
    rss = serializers.URLField()
    json_feed = serializers.URLField()
    calendar = serializers.URLField()
    badge = serializers.URLField()
    shields = serializers.URLField()
    statuspage = serializers.URLField(help_text="The page URL, for Statuspage clients.")


class BoardSerializer(S):
    """Services and components side by side, and the worst that is said of any of them."""

    of = serializers.CharField()
    verdict = serializers.ChoiceField(
        choices=VERDICTS,
        help_text="The worst state of its parts; `unknown` is worse than `ok` and better than all others.",
    )
    ok = serializers.BooleanField(
        allow_null=True, help_text="true only if all parts are ok; null if nothing is wrong but some are unknown."
    )
    at = serializers.DateTimeField(help_text="The requested time.")
    parts = BoardPartSerializer(many=True)
    incidents = IncidentSerializer(many=True, help_text="Open incidents that affect a part, newest first.")
    links = BoardLinksSerializer()


def part_body(entry: Entry) -> dict[str, Any]:
    """A part of a board as the API gives it."""
    row = entry.row
    return {
        "of": str(entry.part),
        "service": entry.part.service,
        "component": entry.part.component,
        "name": entry.name(language()),
        "verdict": row.verdict.value,
        "ok": is_ok(row.verdict),
        "as_of": row.as_of,
        "stale": row.stale,
        "since": row.incident.opened_at if row.incident else None,
        "url": f"{settings.SITE_URL}/{entry.part.service}/",
    }


def is_ok(verdict: Verdict) -> bool | None:
    """Return whether all is well; None where that is not known."""
    return None if verdict == Verdict.UNKNOWN else verdict == Verdict.OK


def links_of(found: Board) -> dict[str, str]:
    """Return the addresses of a board in its other forms."""
    of, site = quote(str(found), safe=".,-_"), settings.SITE_URL
    base, feeds = f"{site}/board/{of}", f"{site}/feeds"
    return {
        "page": f"{site}/board?of={of}",
        "stream": f"{site}/api/v1/stream?of={of}",
        "atom": f"{feeds}/atom.xml?of={of}",
        "rss": f"{feeds}/rss.xml?of={of}",
        "json_feed": f"{feeds}/feed.json?of={of}",
        "calendar": f"{feeds}/incidents.ics?of={of}",
        "badge": f"{base}/badge.svg",
        "shields": f"{base}/badge.json",
        "statuspage": base,
    }


def board_of(request: Request) -> Board:
    """The board that the parameter `of` names. Raises ValidationError."""
    try:
        return boards.board(request.query_params.get("of", ""))
    except BoardError as error:
        raise ValidationError({"of": str(error)}) from None


@extend_schema(tags=["boards"])
class BoardView(ReadView):
    """A board."""

    @extend_schema(
        operation_id="board",
        summary="Several services and components at once",
        description=(
            "`links` has the same board as a page, stream, feeds, calendar, badges and in Statuspage format; "
            "`POST /subscriptions` accepts `of` too."
        ),
        parameters=[OF_PARAMETER, AT_PARAMETER],
        responses={200: BoardSerializer, **problems(400, 406)},
    )
    def get(self, request: Request) -> Response:
        found, now, asked = board_of(request), timezone.now(), moment(request, "at")
        rows = boards.rows_of(found, now=now, at=asked)
        entries = boards.entries_of(found, rows)
        verdict = boards.worst_of(entry.row.verdict for entry in entries)
        incidents = [
            incident_body(slug, view)
            for slug, row in rows.items()
            if row.incidents  # two queries each, for those alone that have any
            for view in incident_queries.incidents(found.services[slug], row.at, only_open=True)
            if found.touches(slug, view.components)
        ]
        incidents.sort(key=lambda body: (body["opened_at"], body["id"]), reverse=True)
        body = {
            "of": str(found),
            "verdict": verdict.value,
            "ok": is_ok(verdict),
            "at": whole_minute(min(asked, now) if asked else now),
            "parts": [part_body(entry) for entry in entries],
            "incidents": incidents,
            "links": links_of(found),
        }
        return Response(BoardSerializer(body).data)
