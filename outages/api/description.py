"""The API's description (OpenAPI 3.1), and the page that shows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView


class PlainJsonRenderer(OpenApiJsonRenderer):
    """The description for whoever asks for JSON or for anything."""

    media_type = "application/json"


class SchemaView(SpectacularAPIView):
    """The description as JSON, or as YAML for whoever asks for that."""

    renderer_classes = [PlainJsonRenderer, OpenApiJsonRenderer, OpenApiYamlRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().get(request, *args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=300"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response


@csrf_exempt
@require_safe
@cache_control(public=True, max_age=300)
def docs(request: HttpRequest) -> HttpResponse:
    """A page to read the API's description and to try it."""
    return render(request, "api/docs.html")
