"""Live streams in the description of the API; they themselves come from a process of their own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import APIException
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.cross_origin import open_to_all
from outages.api.boards import board_of
from outages.api.framework.views import service_or_404
from reports.api.serializers import problems

EXAMPLE = """retry: 3170

event: status
id: 4711
data: {"service":"tesla","verdict":"confirmed","ok":false,"confidence":0.97,"sentence":"…","incidents":[…]}

event: incident
id: 4712
data: {"id":93,"number":12,"service":"tesla","state":"recovering","kind":"outage","text":"…"}

: still here
"""
DESCRIPTION = (
    "Server-Sent Events. `status` is the answer of the service's `/status`, at the beginning and whenever it changes; "
    "`incident` is an item of `/incidents`, after each change of an incident; `reset` says that events can't be "
    "replayed (`reason`: `too-old`, `unknown-id`, `history-renewed`): load the present state; `stale` says that "
    "nothing "
    "new can be read. A comment comes every 20 seconds. Reconnect with the last `id` to get each missed incident "
    "event once, in order."
)
PARAMETERS = [
    OpenApiParameter(
        "last_event_id",
        OpenApiTypes.INT64,
        description="Same as `Last-Event-ID`, for clients that can't send headers.",
    ),
    OpenApiParameter(
        "Last-Event-ID", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ID of the last event received."
    ),
]
BOARD = OpenApiParameter(
    "of",
    OpenApiTypes.STR,
    description="A board, such as `tesla.app,spectrum`: its services' statuses, and incidents that affect its parts.",
)
STREAM = {
    (200, "text/event-stream"): OpenApiResponse(
        OpenApiTypes.STR, "The stream.", examples=[OpenApiExample("A change", EXAMPLE, media_type="text/event-stream")]
    ),
    307: OpenApiResponse(description="The stream is at `Location`, if no proxy routes to it directly."),
}


class NotRoutedError(APIException):
    status_code = 503
    default_code = "stream-not-routed"
    default_detail = (
        "Live streams are served by a process of their own, and the proxy of this site does not lead to it. "
        "Poll the status meanwhile."
    )


class AnyForm(BaseContentNegotiation):
    """Whatever is accepted: what the web server itself says is short, and JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Redirected(APIView):
    """A stream, for whoever asks the web server for it: it leads on to the process of live streams."""

    http_method_names = ["get", "options"]
    content_negotiation_class = AnyForm

    def leave(self, request: Request) -> Response:
        """Leads on. Raises NotRouted where that would lead back here."""
        base = settings.LIVE_URL or _beside(request)
        if base == settings.SITE_URL:
            raise NotRoutedError
        return Response(status=307, headers={"Location": base + request.get_full_path()})

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        open_to_all(request, response)
        return response


def _beside(request: Request) -> str:
    """The port beside ours on the host that was asked; behind an address of its own, that address."""
    has_own_address = settings.SITE_URL != f"http://localhost:{settings.PORT}"  # noqa: SIM300
    if has_own_address:
        return str(settings.SITE_URL)
    host = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.LIVE_PORT}"


@extend_schema(tags=["live"])
class StreamView(Redirected):
    """All services."""

    @extend_schema(
        operation_id="stream",
        summary="Live changes of all services or of a board",
        description=DESCRIPTION,
        parameters=[*PARAMETERS, BOARD],
        responses={**STREAM, **problems(400, 503)},
    )
    def get(self, request: Request) -> Response:
        if "of" in request.query_params:
            board_of(request)
        return self.leave(request)


@extend_schema(tags=["live"])
class ServiceStreamView(Redirected):
    """One service."""

    @extend_schema(
        operation_id="services_stream",
        summary="Live changes of one service",
        description=DESCRIPTION,
        parameters=PARAMETERS,
        responses={**STREAM, **problems(400, 404, 503)},
    )
    def get(self, request: Request, slug: str) -> Response:
        service_or_404(slug)
        return self.leave(request)
