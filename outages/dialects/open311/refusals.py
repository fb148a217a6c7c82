"""Refusals that no view of this dialect has given (too many requests, a database that is away) in its own form."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from outages.dialects.open311.render import CONTENT_TYPES, RequestError, errors
from reports.errors import MEDIA_TYPE

Handler = Callable[[HttpRequest], HttpResponseBase]

ROOT = "/open311/v2/"


def middleware(get_response: Handler) -> Handler:
    """Turns problem documents below Open311's root into its lists of errors, in the format that was asked for."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not (
            request.path_info.startswith(ROOT)
            and isinstance(response, HttpResponse)
            and response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)
        ):
            return response
        form = "xml" if request.path_info.endswith(".xml") else "json"
        said = json.loads(response.content)["detail"]
        response.content = errors(form, RequestError(response.status_code, said)).encode()
        response.headers["Content-Type"] = CONTENT_TYPES[form]
        if "Content-Length" in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
        return response

    return answer
