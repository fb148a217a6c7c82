"""The form of a posted service request, in whatever charset clients have written it."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qsl

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from outages.dialects.open311.render import RequestError
from reports.api.views import LARGEST_BODY
from reports.errors import shorten

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MOST_FIELDS = 1000
CHARSETS = ("utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "latin-1", "latin1", "windows-1252", "cp1252")
UNNAMED = ("utf-8", "windows-1252", "iso-8859-1")  # tried in this order; the last reads everything


def posted_form(request: HttpRequest) -> dict[str, str]:
    """Return the posted form. Raises RequestError where it cannot be read."""
    if request.content_type not in (URLENCODED, MULTIPART):
        raise RequestError(HTTPStatus.BAD_REQUEST, f"Send a form: Content-Type: {URLENCODED}.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise RequestError(HTTPStatus.BAD_REQUEST, "Send the form as it is, without a Content-Encoding.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isascii() and length.isdigit() and int(length) > LARGEST_BODY:
        raise RequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The form may have at most {LARGEST_BODY // 1024} kB.")
    charsets = _charsets(request)
    try:
        if request.content_type == MULTIPART:
            files = {str(name): "a file" for name in request.FILES}  # not kept either, and the answer says so
            return files | {name: str(value) for name, value in request.POST.items()}
        # Each character stands for one byte until the charset is known.
        pairs = parse_qsl(
            request.body.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS
        )
    except (RequestDataTooBig, TooManyFieldsSent, MultiPartParserError, UnreadablePostError, ValueError) as error:
        raise RequestError(HTTPStatus.BAD_REQUEST, "The form is too large or broke off.") from error
    return {_decoded(name, charsets): _decoded(value, charsets) for name, value in pairs}


def _charsets(request: HttpRequest) -> tuple[str, ...]:
    """The charsets that the form may be in. Raises RequestError where it names one that is not read."""
    named = (request.content_params or {}).get("charset", "").strip("\"' ").lower()
    if not named:
        return UNNAMED
    if named not in CHARSETS:
        raise RequestError(HTTPStatus.BAD_REQUEST, f"The charset {shorten(named)!r} is not read; send UTF-8.")
    return (named,)


def _decoded(text: str, charsets: tuple[str, ...]) -> str:
    for charset in charsets:
        try:
            return text.encode("latin-1").decode(charset)
        except UnicodeError:
            continue
    raise RequestError(HTTPStatus.BAD_REQUEST, f"The form cannot be read as {charsets[0]}, which it says it is in.")
