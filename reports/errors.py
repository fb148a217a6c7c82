"""Errors as RFC 9457 problem details: `type`, `title`, `status`, `detail`, and `errors` by field."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

MEDIA_TYPE = "application/problem+json"
MOST_COMPARED = 500  # words that a wrong one may resemble


def problem(
    status: int, code: str, detail: str, *, title: str | None = None, errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """A problem document. `code` is the stable end of its `type`; `errors` name fields: [{"field", "message"}]."""
    body: dict[str, Any] = {
        "type": f"/api/problems/{code}",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return body


def problem_response(
    status: int,
    code: str,
    detail: str,
    *,
    title: str | None = None,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> JsonResponse:
    """A problem document as a response of Django's."""
    return JsonResponse(
        problem(status, code, detail, title=title, errors=errors),
        status=status,
        content_type=MEDIA_TYPE,
        headers=headers,
    )


def wants_problem(request: HttpRequest) -> bool:
    """True where errors must be documents for programs, not pages for people."""
    return request.path.startswith("/api/")


def field_errors(detail: Any, prefix: str = "") -> list[dict[str, str]]:
    """DRF's nested error detail, flattened to one entry a message."""
    if isinstance(detail, dict):
        found: list[dict[str, str]] = []
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            found += field_errors(value, ".".join(part for part in (prefix, name) if part))
        return found
    if isinstance(detail, list):
        return [entry for value in detail for entry in field_errors(value, prefix)]
    return [{"field": prefix, "message": str(detail)}]


def exception_handler(error: Exception, _context: dict[str, Any]) -> Response | None:
    """DRF's exceptions as problem documents; anything unknown is left to Django."""
    if isinstance(error, Http404):
        error = exceptions.NotFound(str(error) or None)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    headers: dict[str, str] = {}
    wait = getattr(error, "wait", None)
    if wait:
        headers["Retry-After"] = str(int(wait) + 1)
    if isinstance(error, exceptions.ValidationError):
        errors = field_errors(error.detail)
        detail = "; ".join(f"{e['field']}: {e['message']}" if e["field"] else e["message"] for e in errors)
        body = problem(error.status_code, "invalid", detail, title="The request is not valid", errors=errors)
    else:
        codes = error.get_codes()
        code = codes if isinstance(codes, str) else "error"
        body = problem(error.status_code, code.replace("_", "-"), str(error.detail))
    return Response(body, status=error.status_code, headers=headers, content_type=MEDIA_TYPE)


class SubmissionError(Exception):
    """Nothing was stored. `errors` say by field what to change: [{"field", "message"}].

    They quote what was sent: what cannot be printed, or kept in PostgreSQL, is shown as �.
    """

    def __init__(self, status: int, code: str, detail: str, errors: Iterable[dict[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = _printable(detail)
        self.errors = [{key: _printable(text) for key, text in error.items()} for error in errors]


def _printable(text: str) -> str:
    """The text with � for control characters and for halves of surrogate pairs."""
    return "".join("\ufffd" if unicodedata.category(character) in ("Cc", "Cs") else character for character in text)


class Errors:
    """Collects what is wrong, field by field, so that a reporter hears of all of it at once."""

    def __init__(self) -> None:
        self.found: list[dict[str, str]] = []

    def add(self, field: str, message: str) -> None:
        self.found.append({"field": field, "message": message})

    def raise_if_any(self) -> None:
        if self.found:
            raise invalid(self.found)


def invalid(errors: list[dict[str, str]]) -> SubmissionError:
    """The refusal of a report that can be read but not be right."""
    detail = "; ".join(
        f"{error['field']}: {error['message']}" if error["field"] else error["message"] for error in errors
    )
    return SubmissionError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-report", detail, errors)


def shorten(text: str, longest: int = 60) -> str:
    """A stranger's text, fit for an error message."""
    clean = "".join(character if character.isprintable() else "�" for character in text)
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def close_to(wrong: str, right: Iterable[str]) -> str:
    """ " Did you mean …?" for a word that resembles one of the right ones; else all of them, if they are few."""
    options = sorted(right)
    word = wrong[:60].lower()
    near = difflib.get_close_matches(word, _worth_comparing(word, options), n=3, cutoff=0.6)
    if near:
        return f" Did you mean {' or '.join(near)}?"
    return f" Choose one of: {', '.join(options)}." if 0 < len(options) <= 40 else ""


def _worth_comparing(word: str, options: Sequence[str]) -> Sequence[str]:
    """Return all options, of very many those that begin alike: each comparison may take 50 µs."""
    if len(options) <= MOST_COMPARED:
        return options
    for letters in (1, 2, 3):
        options = [option for option in options if option[:letters] == word[:letters]]
        if len(options) <= MOST_COMPARED:
            break
    return options[:MOST_COMPARED]
