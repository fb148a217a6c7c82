"""The forms in which an answer can be had: by `?format=`, else by the Accept header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from outages.texts.formats import csv_cell
from reports.errors import close_to, shorten


class Negotiation(DefaultContentNegotiation):
    """Django REST framework's own, but an unknown `format` is a wrong parameter, not a missing page."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        if request.method == "OPTIONS":  # tells of the address itself, in no form of its answers
            return JSONRenderer(), JSONRenderer.media_type
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:  # noqa: A002 (the framework's name)
        renderers = list(renderers)
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            options = [renderer.format or "" for renderer in renderers]
            raise ValidationError({"format": f"{shorten(format)!r} is not known here.{close_to(format, options)}"})
        return found


class GeoJsonRenderer(JSONRenderer):
    """GeoJSON under its own name."""

    media_type = "application/geo+json"
    format = "geojson"


class TopoJsonRenderer(JSONRenderer):
    """TopoJSON under its usual name."""

    media_type = "application/topo+json"
    format = "topojson"


class CsvRenderer(BaseRenderer):
    """A table of the answer's `results`, one line each, with a line of names. null is empty."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        if renderer_context is not None and renderer_context["response"].exception:
            return JSONRenderer().render(data)
        lines = io.StringIO()
        writer = csv.writer(lines)
        names = data["columns"]
        writer.writerow(names)
        writer.writerows([_cell(row[name]) for name in names] for row in data["results"])
        return lines.getvalue().encode()


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else csv_cell(value)
