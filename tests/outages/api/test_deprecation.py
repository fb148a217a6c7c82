"""What is about to go says so, long before, to programs and in the description."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.framework.deprecation import Deprecation, deprecated
from outages.api.framework.views import ReadView

SINCE = datetime(2026, 12, 1, tzinfo=UTC)
GOING = Deprecation(SINCE, datetime(2028, 1, 1, tzinfo=UTC), "/api/v1/docs")


@deprecated(GOING)
class OldView(ReadView):
    """A read that is about to go."""

    @extend_schema(operation_id="old", responses={200: {"type": "object"}})
    def get(self, request: Request) -> Response:
        if "wrong" in request.query_params:
            raise ValidationError({"wrong": "no"})
        return Response({"still": "here"})


class PlainView(ReadView):
    """One that stays."""

    @extend_schema(operation_id="plain", responses={200: {"type": "object"}})
    def get(self, request: Request) -> Response:
        return Response({})


here = [path("old", OldView.as_view()), path("plain", PlainView.as_view())]
urlpatterns = [path("api/v1/", include(here))]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("query", ["", "?wrong=1"])
def test_every_answer_says_since_when_and_until_when(query: str, settings: Any) -> None:
    answer = Client().get(f"/api/v1/old{query}")
    assert answer.headers["Deprecation"] == "@1796083200"
    assert answer.headers["Sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
    assert answer.headers["Link"] == f'<{settings.SITE_URL}/api/v1/docs>; rel="deprecation"; type="text/html"'
    assert "Sunset" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.urls(__name__)
def test_what_was_not_changed_is_still_a_304_with_the_word() -> None:
    first = Client().get("/api/v1/old")
    again = Client().get("/api/v1/old", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["Deprecation"]) == (304, "@1796083200")


@pytest.mark.urls(__name__)
def test_what_stays_says_nothing() -> None:
    answer = Client().get("/api/v1/plain")
    assert {"Deprecation", "Sunset"} & set(answer.headers) == set()


def test_the_description_marks_it() -> None:
    described = SchemaGenerator(patterns=urlpatterns).get_schema(request=None, public=True)["paths"]
    assert described["/api/v1/old"]["get"]["deprecated"] is True
    assert "deprecated" not in described["/api/v1/plain"]["get"]


def test_nothing_goes_without_a_year_of_notice() -> None:
    with pytest.raises(ValueError, match="365 days"):
        Deprecation(SINCE, SINCE + timedelta(days=364), "/api/v1/docs")
