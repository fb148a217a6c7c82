"""A key as it is to whoever holds it: what it may do, how much of it, and what it has asked for."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from outages.api.subscriptions import NoticeView, answer
from reports.access import keys, rate_limits
from reports.access import usage as api_usage
from reports.api.serializers import problems
from reports.errors import SubmissionError
from reports.models import ApiKey

S = serializers.Serializer[Any]


class LimitSerializer(S):
    """A limit and what is left of it. A limit of 0 is none."""

    limit = serializers.IntegerField(min_value=0, help_text="Requests per window; 0 for no limit.")
    window_s = serializers.IntegerField(min_value=1)
    remaining = serializers.IntegerField(min_value=0, allow_null=True, help_text="null if there is no limit.")
    reset_s = serializers.IntegerField(min_value=0, help_text="Seconds until the window ends.")


class LimitsSerializer(S):
    """Reads and writes are counted apart."""

    reads = LimitSerializer()
    writes = LimitSerializer()


class KeyUsageSerializer(S):
    """What a key asked for on a day."""

    day = serializers.DateField(help_text="UTC.")
    reads = serializers.IntegerField(min_value=0)
    writes = serializers.IntegerField(min_value=0)
    refused = serializers.IntegerField(min_value=0, help_text="Rejected: over the limit, or outside its scopes.")


class KeySerializer(S):
    """The key that was sent along. Its own text is never shown again."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    shown = serializers.CharField(help_text="The first characters of the key.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=[scope.value for scope in keys.Scope]))
    created_at = serializers.DateTimeField()
    rotated_at = serializers.DateTimeField(allow_null=True)
    old_until_at = serializers.DateTimeField(
        allow_null=True, help_text="After a rotation: when the old key stops working."
    )
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="A minute or two out of date.")
    limits = LimitsSerializer()
    usage = KeyUsageSerializer(
        many=True, help_text=f"Days of the last {api_usage.SHOWN_DAYS} with use, newest first; a minute or two late."
    )


@extend_schema(tags=["keys"])
class KeyView(NoticeView):
    """The key that asks."""

    @extend_schema(
        operation_id="key_retrieve",
        summary="The key you send: its scopes, limits and usage",
        auth=[{"ApiKey": []}],  # type: ignore[list-item]  # it is taken as it stands
        responses={200: KeySerializer, **problems(401, 406, 503)},
    )
    def get(self, request: Request) -> Response:
        key = required_key(request._request)
        body = {**_body(key), "usage": api_usage.by_day([key], timezone.now())[key.pk]}
        return answer(KeySerializer(body).data)


def required_key(request: HttpRequest) -> ApiKey:
    """The key that was sent along. Raises SubmissionError (401)."""
    key = keys.of_request(request)
    if key is None:
        raise SubmissionError(HTTPStatus.UNAUTHORIZED, "key-required", "Send a key, as `Authorization: Bearer KEY`.")
    return key


def _body(key: ApiKey) -> dict[str, Any]:
    names = (
        "id",
        "name",
        "shown",
        "scopes",
        "created_at",
        "rotated_at",
        "old_until_at",
        "expires_at",
        "last_used_at",
    )
    limits = {kind: _limit(rate_limits.of_key(key, kind)) for kind in ("reads", "writes")}
    return {**{name: getattr(key, name) for name in names}, "limits": limits}


def _limit(policy: rate_limits.Policy) -> dict[str, int | None]:
    usage = policy.read()
    return {
        "limit": policy.limit,
        "window_s": rate_limits.WINDOW_S,
        "remaining": max(0, policy.limit - usage.count) if policy.limit else None,
        "reset_s": usage.reset_s,
    }


urlpatterns = [path("key", KeyView.as_view(), name="key")]
