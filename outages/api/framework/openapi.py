"""The API's description (OpenAPI 3.1), and the page that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView

METHODS = ("get", "post", "put", "patch", "delete")


def operations(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All operations of a description."""
    for path in description["paths"].values():
        yield from (path[method] for method in METHODS if method in path)


def describe_sparse_items(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Says of each list that takes `fields` that its items are whole, or hold some of their fields."""
    schemas = result["components"]["schemas"]
    for operation in operations(result):
        if not any(parameter["name"] == "fields" for parameter in operation.get("parameters", ())):
            continue
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        results = schemas[_name(answer)]["properties"]["results"]
        if "anyOf" in results["items"]:
            continue
        whole = _name(results["items"])
        schemas[f"Sparse{whole}"] = {
            "type": "object",
            "description": "Only the fields that were asked for.",
            "properties": schemas[whole]["properties"],
            "additionalProperties": False,
        }
        results["items"] = {"anyOf": [results["items"], {"$ref": f"#/components/schemas/Sparse{whole}"}]}
    schemas_in_order = dict(sorted(schemas.items()))
    schemas.clear()
    schemas.update(schemas_in_order)
    return result


LEFT_HEADERS = {
    "RateLimit-Policy": "The limit of one network: requests (q) in so many seconds (w).",
    "RateLimit": "What is left of it (r), and the seconds until it resets (t).",
}


def describe_rate_limits(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Says of every operation that it can be too much, and how callers learn what is left."""
    left = {name: {"description": text, "schema": {"type": "string"}} for name, text in LEFT_HEADERS.items()}
    later = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operation in operations(result):
        refusal = operation["responses"].setdefault(
            "429", {"description": "Too many requests of this network. See `RateLimit`.", "content": problem}
        )
        refusal["headers"] = {**refusal.get("headers", {}), **later}
        for response in operation["responses"].values():
            response["headers"] = {**response.get("headers", {}), **left}
    return result


def describe_keys(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Says that every operation takes a key, and how one is refused; and that bodies are wanted."""
    result["security"] = [{}, {"ApiKey": []}]
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    challenge = {"WWW-Authenticate": {"description": "Why a key is refused.", "schema": {"type": "string"}}}
    meanings = {"401": "The key is wrong, revoked or expired.", "403": "The key lacks the scope for this."}
    for operation in operations(result):
        if "requestBody" in operation:
            operation["requestBody"]["required"] = True
        for status, meaning in meanings.items():
            refusal = operation["responses"].setdefault(status, {"description": meaning, "content": problem})
            refusal["headers"] = {**refusal.get("headers", {}), **challenge}
    return result


def _name(schema: dict[str, Any]) -> str:
    """The name of the schema that a reference leads to."""
    return str(schema["$ref"]).rsplit("/", 1)[-1]


class PlainJsonRenderer(OpenApiJsonRenderer):
    """The description for whoever asks for JSON or for anything."""

    media_type = "application/json"


class SchemaView(SpectacularAPIView):
    """The description as JSON, or as YAML for whoever asks for that."""

    renderer_classes = [PlainJsonRenderer, OpenApiJsonRenderer, OpenApiYamlRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]  # the library says nothing
        response.headers["Cache-Control"] = "public, max-age=300"
        return response


@csrf_exempt
@require_safe
@cache_control(public=True, max_age=300)
def docs(request: HttpRequest) -> HttpResponse:
    """A page to read the API's description and to try it."""
    return render(request, "api/docs.html")
