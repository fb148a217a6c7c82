"""What will go: said on every answer for a year before (RFC 9745 `Deprecation`, RFC 8594 `Sunset`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

SHORTEST_NOTICE = timedelta(days=365)
View = TypeVar("View", bound=type[APIView])


@dataclass(frozen=True, slots=True)
class Deprecation:
    """From when on something should no longer be used, and when it goes. `instead` is a path that explains it."""

    since: datetime
    sunset: datetime
    instead: str

    def __post_init__(self) -> None:
        if self.sunset - self.since < SHORTEST_NOTICE:
            raise ValueError(f"what goes is told at least {SHORTEST_NOTICE.days} days before")

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every answer, errors included."""
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": http_date(self.sunset.timestamp()),
            "Link": f'<{settings.SITE_URL}{self.instead}>; rel="deprecation"; type="text/html"',
        }


def deprecated(what: Deprecation) -> Callable[[View], View]:
    """Marks all operations of a view: on their answers, and in the description."""

    def mark(view: View) -> View:
        answer = view.dispatch

        def dispatch(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase = answer(self, request, *args, **kwargs)
            for name, value in what.headers.items():
                before = f"{response.headers[name]}, " if name == "Link" and name in response.headers else ""
                response.headers[name] = before + value
            if "Access-Control-Expose-Headers" in response.headers:
                response.headers["Access-Control-Expose-Headers"] += ", Deprecation, Sunset"
            return response

        view.dispatch = dispatch  # type: ignore[method-assign]
        return extend_schema(deprecated=True)(view)

    return mark
