"""The endpoint of the Model Context Protocol: streamable HTTP without streams and without sessions."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from config.cross_origin import ANY_ORIGIN, preflight
from outages.dialects.mcp import protocol
from outages.dialects.mcp.tools import LANGUAGE, SERVER
from reports.errors import problem_response

LARGEST_MESSAGE = 64 * 1024
NO_STORE = {"Cache-Control": "no-store", **ANY_ORIGIN}
METHODS = {"Access-Control-Allow-Methods": "POST, OPTIONS", "Access-Control-Expose-Headers": "Retry-After"}


@csrf_exempt
def endpoint(request: HttpRequest) -> HttpResponseBase:
    """POST of one message. All tools only read, so scripts of every site may ask."""
    if request.method == "OPTIONS":
        asked = request.headers.get("Access-Control-Request-Headers", "")
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={**preflight(asked), **METHODS})
    if request.method != "POST":
        detail = "Send one JSON-RPC message by POST. There are no streams and no sessions here."
        headers = {**NO_STORE, "Allow": "POST, OPTIONS"}
        return problem_response(HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed", detail, headers=headers)
    body = request.read(LARGEST_MESSAGE + 1)
    if len(body) > LARGEST_MESSAGE:
        detail = f"A message may have at most {LARGEST_MESSAGE // 1024} kB."
        return problem_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail, headers=NO_STORE)
    try:
        with translation.override(LANGUAGE):
            answer = SERVER.answer(body)
    except protocol.MessageError as error:
        return _json(protocol.failure(error), HTTPStatus.BAD_REQUEST)
    return HttpResponse(status=HTTPStatus.ACCEPTED, headers=NO_STORE) if answer is None else _json(answer)


def _json(answer: dict[str, object], status: int = HTTPStatus.OK) -> HttpResponse:
    content = msgspec.json.encode(answer)
    return HttpResponse(content, status=status, content_type="application/json", headers=NO_STORE)
