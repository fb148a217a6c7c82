"""Answers for machines, packed for whoever takes them packed. Pages pack themselves."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

Handler = Callable[[HttpRequest], HttpResponseBase]

LEAST_BYTES = 500  # what is shorter fits into one packet anyhow
BROTLI_QUALITY, GZIP_LEVEL = 4, 6  # answers are made anew every few seconds: quick ones
PACKABLE = ("application/", "text/", "image/svg+xml")
PACKED_ALREADY = ("text/html", "application/pdf", "application/zip", "application/gzip", "application/octet-stream")


def coding_of(request: HttpRequest) -> str:
    """Return the coding that a client is answered in: "br", "gzip" or "" for none."""
    weights = {}
    for part in request.META.get("HTTP_ACCEPT_ENCODING", "")[:300].lower().split(","):
        name, _, parameters = part.partition(";")
        weight = parameters.replace(" ", "").removeprefix("q=")
        try:
            weights[name.strip()] = float(weight) if weight else 1.0
        except ValueError:
            continue
    for coding in ("br", "gzip"):
        if weights.get(coding, weights.get("*", 0.0)) > 0:
            return coding
    return ""


def middleware(get_response: Handler) -> Handler:
    """Packs answers; their ETag becomes a weak one, since it names what was packed."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not isinstance(response, HttpResponse) or not _is_packable(response):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        coding = coding_of(request)
        if not coding or len(response.content) < LEAST_BYTES or request.method not in ("GET", "HEAD"):
            return response
        plain = response.content
        packed = (
            brotli.compress(plain, quality=BROTLI_QUALITY)
            if coding == "br"
            else gzip.compress(plain, GZIP_LEVEL, mtime=0)
        )
        response.content = packed
        response.headers["Content-Encoding"] = coding
        if "Content-Length" in response.headers:
            response.headers["Content-Length"] = str(len(packed))
        etag = response.headers.get("ETag", "")
        if etag.startswith('"'):
            response.headers["ETag"] = f"W/{etag}"
        return response

    return answer


def _is_packable(response: HttpResponse) -> bool:
    kind = response.headers.get("Content-Type", "")
    return (
        response.status_code == 200
        and "Content-Encoding" not in response.headers
        and kind.startswith(PACKABLE)
        and not kind.startswith(PACKED_ALREADY)
    )
