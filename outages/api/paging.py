"""Lists in pages: a cursor leads on, so that what is new does not move what is read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError as WrongValue
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from outages.api.reads import number

PAGE_SIZE = 50
LARGEST_PAGE = 200

PAGE_PARAMETERS = [
    OpenApiParameter("cursor", str, description="Where to go on; take it from `next` or `previous`."),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
        description="How many at most.",
    ),
]


class Pages(CursorPagination):
    """Pages of a query. The order must be given and must not change."""

    page_size = PAGE_SIZE
    page_size_query_param = "limit"

    def get_page_size(self, request: Request) -> int:
        return number(request, "limit", PAGE_SIZE, least=1, most=LARGEST_PAGE)


def page(
    request: Request, rows: QuerySet[Any], order: tuple[str, ...], view: Any
) -> tuple[list[Any], dict[str, str | None]]:
    """One page of rows, and the links to its neighbours. Raises ValidationError where the cursor is not one of ours."""
    pages = Pages()
    pages.ordering = order
    try:
        found = pages.paginate_queryset(rows, request, view) or []
    except (NotFound, WrongValue, ValueError, OverflowError) as error:
        raise ValidationError(
            {"cursor": "This is not a cursor of this list. Take it from next or previous."}
        ) from error
    return list(found), {
        "next": _on_this_site(pages.get_next_link()),
        "previous": _on_this_site(pages.get_previous_link()),
    }


def _on_this_site(link: str | None) -> str | None:
    """A link under the site's own address, whatever host the request named."""
    if link is None:
        return None
    path = "/" + link.split("://", 1)[-1].partition("/")[2]
    return settings.SITE_URL + path


def link(request: Request, **changes: Any) -> str:
    """The request's own address with other parameters."""
    parameters = {**request.query_params.dict(), **changes}
    return f"{settings.SITE_URL}{request.path}?{urlencode(parameters)}"


def page_of(item: type[serializers.Serializer[Any]]) -> Any:
    """The schema of a page of items."""
    name = item.__name__.removesuffix("Serializer") + "Page"
    return inline_serializer(
        name,
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": item(many=True),
        },
    )


def list_of(item: type[serializers.Serializer[Any]]) -> Any:
    """The schema of a list that is never long."""
    return inline_serializer(item.__name__.removesuffix("Serializer") + "List", {"results": item(many=True)})
