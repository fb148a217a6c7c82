"""Subscriptions by REST: made, confirmed, listed, changed, tested, given new secrets, ended.

Each is opened by its secret, or by the key that it was made with.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from msgspec.structs import replace
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.database import failures
from config.languages import accepted
from outages.models import Delivery, Subscription
from outages.notifications import subscriptions, tasks, validation
from outages.notifications.channels import POSTING, vapid
from outages.notifications.subscriptions import SECRET_ROTATION
from outages.notifications.validation import Changes, Confirmation, Wanted
from outages.signals.outbound.configured import is_off
from reports.access import keys
from reports.api.serializers import body_schema, problems
from reports.api.views import NO_STORE, read_json, refusal, unavailable
from reports.errors import SubmissionError
from reports.intake.submissions import decode
from reports.languages import LANGUAGES
from reports.models import ApiKey
from reports.privacy import origin

log = logging.getLogger(__name__)

S = serializers.Serializer[Any]
SHOWN_DELIVERIES = 50
SECRET = OpenApiParameter(
    "X-Secret",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=(
        "The secret you got with the subscription. `Authorization: Bearer SECRET` works too. A subscription "
        "created with a key needs `Authorization: Bearer KEY`."
    ),
)


class SubscriptionSerializer(S):
    """A subscription. Its target is never shown."""

    id = serializers.UUIDField()
    service = serializers.CharField(source="service.slug", help_text="For a board, its first service.")
    of = serializers.CharField(
        help_text=(
            "What it covers: a service or component such as `tesla.app`, or a board such as `tesla.app,spectrum`."
        )
    )
    channel = serializers.ChoiceField(choices=["webhook", "mail", "push", *POSTING], source="endpoint.channel")
    component = serializers.CharField(allow_blank=True, help_text="Empty for all.")
    country = serializers.CharField(allow_blank=True)
    region = serializers.CharField(allow_blank=True)
    from_state = serializers.ChoiceField(choices=Subscription.From.choices)
    cadence = serializers.ChoiceField(choices=Subscription.Cadence.choices)
    language = serializers.ChoiceField(choices=list(LANGUAGES), help_text="The language of its alerts.")
    state = serializers.ChoiceField(
        choices=["unconfirmed", "active", "disabled"], help_text="Alerts are sent only while it is active."
    )
    disabled_reason = serializers.CharField(allow_blank=True)
    failures = serializers.IntegerField(
        source="endpoint.failures", help_text="Failed attempts to this target since the last success."
    )
    circuit_open_until_at = serializers.DateTimeField(
        source="endpoint.circuit_open_until_at",
        allow_null=True,
        help_text="Nothing is sent to this target before this time.",
    )
    last_success_at = serializers.DateTimeField(source="endpoint.last_success_at", allow_null=True)
    created_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    disabled_at = serializers.DateTimeField(allow_null=True)


class NewSubscriptionSerializer(SubscriptionSerializer):
    """A new subscription with its secrets, which are shown only once."""

    secret = serializers.CharField(
        allow_blank=True, help_text="Manages this subscription and any created with it. Empty if a key manages it."
    )
    signing_secret = serializers.CharField(
        allow_blank=True, help_text="For webhooks: verifies our signatures (Standard Webhooks)."
    )


class SubscriptionListSerializer(S):
    """All that a secret or a key manages, the newest first."""

    results = SubscriptionSerializer(many=True)


class DeliverySerializer(S):
    """The delivery of an alert. `id` is the `webhook-id` and the mail's Message-ID."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Delivery.Kind.choices)
    incident = serializers.IntegerField(source="incident_id", allow_null=True)
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(help_text="While waiting: not tried before this time.")
    ended_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(allow_blank=True, help_text="The last error.")


class DeliveryListSerializer(S):
    """The latest alerts, newest first."""

    sending = serializers.BooleanField(help_text="False while the operator has turned sending off: everything waits.")
    results = DeliverySerializer(many=True)


class SigningSecretSerializer(S):
    """A webhook's new secret. The old one signs, too, until it ends."""

    signing_secret = serializers.CharField()
    old_valid_until_at = serializers.DateTimeField()


class PushKeySerializer(S):
    """What a browser wants for `pushManager.subscribe`."""

    application_server_key = serializers.CharField()


class NoticeView(APIView):
    """What all of these share: secrets, and refusals as problem documents."""

    def handle_exception(self, exc: Exception) -> Response | HttpResponse:  # type: ignore[override]
        if isinstance(exc, SubmissionError):
            if exc.code == "invalid-report":  # its body could be read as JSON, but not as what was asked for
                exc = validation.refusal(exc.errors)
            return refusal(exc)
        if failures.is_away(exc):
            failures.note(exc, "a subscription could not be reached")
            return unavailable()
        return super().handle_exception(exc)


def holder_of(request: HttpRequest) -> str | ApiKey | None:
    """The key or the secret that was sent along, if one was. Where both were, the secret is meant."""
    if secret := request.headers.get("X-Secret", "").strip():
        return secret
    if key := keys.of_request(request):
        return key
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer.strip() or None if scheme.lower() == "bearer" else None


def required_holder(request: Request) -> str | ApiKey:
    """The key or the secret that was sent along. Raises SubmissionError (401)."""
    holder = holder_of(request._request)
    if holder is None:
        raise SubmissionError(
            HTTPStatus.UNAUTHORIZED,
            "secret-required",
            "Send the subscription's secret, as `Authorization: Bearer SECRET` or `X-Secret: SECRET`, or your key.",
        )
    return holder


def answer(data: Any, status: int = 200) -> Response:
    return Response(data, status=status, headers=NO_STORE)


@extend_schema(tags=["notices"])
class SubscriptionsView(NoticeView):
    """Subscriptions."""

    @extend_schema(
        operation_id="subscriptions_create",
        summary="Subscribe to alerts about a service's incidents",
        description="The target must confirm first: a webhook receives a `subscription.challenge` to return, email "
        "and chat a link, a browser a notification. Until then the subscription is `unconfirmed` and nothing is sent; "
        "after two days it is deleted. With the secret of an earlier subscription, that secret manages the new one "
        "too; with a key, it belongs to the key.",
        parameters=[SECRET],
        request=body_schema(
            Wanted,
            [
                {"service": "tesla", "channel": "webhook", "target": "https://example.org/hooks/brownout"},
                {
                    "service": "tesla",
                    "channel": "webhook",
                    "target": "https://example.org/hooks/brownout",
                    "component": "app",
                    "country": "NL",
                    "from_state": "possible",
                },
                {"of": "tesla.app,spectrum", "channel": "mail", "target": "somebody@example.org"},
                {
                    "service": "tesla",
                    "channel": "auto",
                    "target": "https://discord.com/api/webhooks/1234567890/abcdefghijklmnopqrstuvwxyz",
                },
            ],
        ),
        responses={
            201: OpenApiResponse(NewSubscriptionSerializer, "Stored; the target is asked now."),
            **problems(400, 401, 404, 406, 411, 413, 415, 422, 429, 503),
        },
    )
    def post(self, request: Request) -> Response:
        now = timezone.now()
        wanted = decode(read_json(request._request), Wanted)
        network = origin.of_request(request._request, now=now).network
        holder = holder_of(request._request)
        key, secret = (holder, None) if isinstance(holder, ApiKey) else (None, holder)
        wanted = replace(wanted, language=wanted.language or accepted(request._request))
        made = subscriptions.subscribe(wanted, now=now, network=network, secret=secret, key=key)
        tasks.wake()
        body = SubscriptionSerializer(made.subscription).data
        return answer({**body, "secret": made.secret, "signing_secret": made.signing_secret}, 201)

    @extend_schema(
        operation_id="subscriptions_list",
        summary="All subscriptions that a secret or a key manages",
        parameters=[SECRET],
        responses={200: SubscriptionListSerializer, **problems(401, 406, 503)},
    )
    def get(self, request: Request) -> Response:
        found = subscriptions.all_of(required_holder(request))
        return answer({"results": SubscriptionSerializer(found, many=True).data})


@extend_schema(tags=["notices"], parameters=[SECRET])
class SubscriptionView(NoticeView):
    """One subscription."""

    @extend_schema(
        operation_id="subscriptions_retrieve",
        summary="A subscription",
        responses={200: SubscriptionSerializer, **problems(401, 404, 406, 503)},
    )
    def get(self, request: Request, subscription_id: UUID) -> Response:
        return answer(SubscriptionSerializer(subscriptions.find(subscription_id, required_holder(request))).data)

    @extend_schema(
        operation_id="subscriptions_update",
        summary="Change a subscription",
        description="Changes the given fields, for alerts from now on. A new target needs a new subscription.",
        request=body_schema(Changes, [{"from_state": "possible"}, {"component": "app", "region": "NL-NH"}]),
        responses={200: SubscriptionSerializer, **problems(400, 401, 404, 406, 411, 413, 415, 422, 503)},
    )
    def patch(self, request: Request, subscription_id: UUID) -> Response:
        found = subscriptions.find(subscription_id, required_holder(request))
        subscriptions.change(found, decode(read_json(request._request), Changes))
        return answer(SubscriptionSerializer(found).data)

    @extend_schema(
        operation_id="subscriptions_delete",
        summary="Unsubscribe",
        description="Deletes the subscription, its delivery history, and the target unless another subscription uses "
        "it.",
        responses={204: OpenApiResponse(description="Deleted."), **problems(401, 404, 406, 503)},
    )
    def delete(self, request: Request, subscription_id: UUID) -> Response:
        subscriptions.unsubscribe(subscriptions.find(subscription_id, required_holder(request)))
        return answer(None, 204)


@extend_schema(tags=["notices"])
class ConfirmView(NoticeView):
    """Proof that a target belongs to its subscriber."""

    @extend_schema(
        operation_id="subscriptions_confirm",
        summary="Confirm a subscription by the challenge that its target was sent",
        request=body_schema(Confirmation, [{"challenge": "0123456789abcdef0123456789abcdef"}]),
        responses={200: SubscriptionSerializer, **problems(400, 403, 404, 406, 411, 413, 415, 422, 503)},
    )
    def post(self, request: Request, subscription_id: UUID) -> Response:
        given = decode(read_json(request._request), Confirmation)
        found = subscriptions.prove(subscription_id, given.challenge, now=timezone.now())
        return answer(SubscriptionSerializer(found).data)


@extend_schema(tags=["notices"], parameters=[SECRET])
class ChallengeView(NoticeView):
    """A confirmation request to a target."""

    @extend_schema(
        operation_id="subscriptions_challenge",
        summary="Send the confirmation request again",
        request=None,
        responses={202: DeliverySerializer, **problems(401, 404, 406, 409, 429, 503)},
    )
    def post(self, request: Request, subscription_id: UUID) -> Response:
        found = subscriptions.find(subscription_id, required_holder(request))
        sent = subscriptions.challenge(found, now=timezone.now())
        tasks.wake()
        return answer(DeliverySerializer(sent).data, 202)


@extend_schema(tags=["notices"], parameters=[SECRET])
class SubscriptionTestView(NoticeView):
    """A test of a subscription."""

    @extend_schema(
        operation_id="subscriptions_test",
        summary="Send a test",
        request=None,
        responses={202: DeliverySerializer, **problems(401, 404, 406, 409, 429, 503)},
    )
    def post(self, request: Request, subscription_id: UUID) -> Response:
        found = subscriptions.find(subscription_id, required_holder(request))
        sent = subscriptions.send_test(found, now=timezone.now())
        tasks.wake()
        return answer(DeliverySerializer(sent).data, 202)


@extend_schema(tags=["notices"], parameters=[SECRET])
class RotateView(NoticeView):
    """A webhook's signing secret."""

    @extend_schema(
        operation_id="subscriptions_rotate",
        summary="Give a webhook a new signing secret",
        description="For a day, each message is also signed with the old one.",
        request=None,
        responses={200: SigningSecretSerializer, **problems(401, 404, 406, 409, 503)},
    )
    def post(self, request: Request, subscription_id: UUID) -> Response:
        now = timezone.now()
        new = subscriptions.rotate(subscriptions.find(subscription_id, required_holder(request)), now=now)
        body = {"signing_secret": new, "old_valid_until_at": now + SECRET_ROTATION}
        return answer(SigningSecretSerializer(body).data)


@extend_schema(tags=["notices"], parameters=[SECRET])
class DeliveriesView(NoticeView):
    """The alerts sent to a subscription."""

    @extend_schema(
        operation_id="subscriptions_deliveries",
        summary=f"The last {SHOWN_DELIVERIES} alerts and their delivery",
        responses={200: DeliveryListSerializer, **problems(401, 404, 406, 503)},
    )
    def get(self, request: Request, subscription_id: UUID) -> Response:
        found = subscriptions.find(subscription_id, required_holder(request))
        rows = subscriptions.deliveries_of(found)[:SHOWN_DELIVERIES]
        return answer({"sending": not is_off(), "results": DeliverySerializer(rows, many=True).data})


@extend_schema(tags=["notices"])
class PushKeyView(NoticeView):
    """Our public key for web push."""

    @extend_schema(
        operation_id="push_key_retrieve",
        summary="The public key (VAPID) for subscribing a browser",
        responses={200: PushKeySerializer, **problems(406, 503)},
    )
    def get(self, request: Request) -> Response | HttpResponse:
        try:
            return Response({"application_server_key": vapid.public_key()})
        except vapid.VapidKeyError as error:
            log.error("%s", error)
            return unavailable()


ONE = "subscriptions/<uuid:subscription_id>"
urlpatterns = [
    path("subscriptions", SubscriptionsView.as_view(), name="subscriptions"),
    path(ONE, SubscriptionView.as_view(), name="subscription"),
    path(f"{ONE}/confirm", ConfirmView.as_view(), name="subscription-confirm"),
    path(f"{ONE}/challenge", ChallengeView.as_view(), name="subscription-challenge"),
    path(f"{ONE}/test", SubscriptionTestView.as_view(), name="subscription-test"),
    path(f"{ONE}/rotate", RotateView.as_view(), name="subscription-rotate"),
    path(f"{ONE}/deliveries", DeliveriesView.as_view(), name="subscription-deliveries"),
    path("push-key", PushKeyView.as_view(), name="push-key"),
]
