"""Lists in pages: a cursor leads on, so that what is new does not move what is read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError as WrongValue
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.framework.views import ReadView, number
from reports.api.serializers import problems
from reports.errors import close_to, shorten

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

FIELDS_PARAMETER = OpenApiParameter(
    "fields",
    str,
    description="Only these fields of each item, separated by commas, such as `slug,name`. Without it: all.",
)


LONGEST_POSITION = 200
FIRST_YEAR, LAST_YEAR = 1900, 2200


class Pages(CursorPagination):
    """Pages of a query. The order must be given and must not change."""

    page_size = PAGE_SIZE
    page_size_query_param = "limit"

    def decode_cursor(self, request: Request) -> Any:
        """The cursor. Raises NotFound, also for a time that no database knows."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            position = str(cursor.position)
            moment = parse_datetime(position)
            if len(position) > LONGEST_POSITION or (moment and not FIRST_YEAR <= moment.year <= LAST_YEAR):
                raise NotFound(self.invalid_cursor_message)
        return cursor

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


def items(request: Request, item: type[serializers.Serializer[Any]], bodies: Iterable[Any]) -> list[dict[str, Any]]:
    """A list's items with the fields that were asked for. Raises ValidationError where there is no such field."""
    every: list[dict[str, Any]] = [dict(body) for body in item(bodies, many=True).data]
    asked = [name.strip() for name in request.query_params.get("fields", "").split(",")]
    wanted = {name for name in asked if name}
    if not wanted:
        return every
    names = list(item().fields)
    for name in sorted(wanted - set(names)):
        raise ValidationError({"fields": f"{shorten(name)!r} is no field of these.{close_to(name, names)}"})
    return [{name: value for name, value in body.items() if name in wanted} for body in every]


class ShortListView(ReadView):
    """A list that is never long: all of it, with the fields that were asked for. `item` is what its items are."""

    item: ClassVar[type[serializers.Serializer[Any]]]

    def bodies(self, request: Request, **names: Any) -> Iterable[Any]:
        """The items. Raises NotFound and ValidationError."""
        raise NotImplementedError

    def get(self, request: Request, **names: Any) -> Response:
        return Response({"results": items(request, self.item, self.bodies(request, **names))})


def short_list(
    item: type[serializers.Serializer[Any]],
    operation_id: str,
    summary: str,
    *parameters: OpenApiParameter,
    errors: tuple[int, ...] = (400, 404, 406),
    **more: Any,
) -> Any:
    """The description of a ShortListView's operation: a class decorator."""
    operation = extend_schema(
        operation_id=operation_id,
        summary=summary,
        parameters=[*parameters, FIELDS_PARAMETER],
        responses={200: list_of(item), **problems(*errors)},
        **more,
    )
    return extend_schema_view(get=operation)


def _on_this_site(link: str | None) -> str | None:
    """A link under the site's own address, whatever host the request named."""
    if link is None:
        return None
    path = "/" + link.split("://", 1)[-1].partition("/")[2]
    return settings.SITE_URL + path


def link(request: Request, **changes: Any) -> str:
    """The request's own address with other parameters."""
    query = urlencode({**request.query_params.dict(), **changes}, safe=":")
    return f"{settings.SITE_URL}{request.path}?{query}"


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


@cache  # two lists of the same items have one schema
def list_of(item: type[serializers.Serializer[Any]]) -> Any:
    """The schema of a list that is never long."""
    return inline_serializer(item.__name__.removesuffix("Serializer") + "List", {"results": item(many=True)})
