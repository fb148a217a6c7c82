"""What a webhook is sent, as the description says it (OpenAPI 3.1, `webhooks`)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, OpenApiWebhook, extend_schema
from rest_framework import serializers

from outages.models import Incident
from outages.notifications.rules import NotificationKind

S = serializers.Serializer[Any]


class NoticeEvidenceSerializer(S):
    """One piece of evidence."""

    kind = serializers.ChoiceField(choices=["crowd", "probes", "official", "upstream"])
    text = serializers.CharField(allow_blank=True)
    nats = serializers.FloatField(allow_null=True, help_text="Weight as the natural logarithm of the odds.")


class IncidentNoticeDataSerializer(S):
    """The incident as of the event that the alert is about."""

    title = serializers.CharField(help_text="The alert in one line, for people.")
    subscription = serializers.UUIDField()
    service = serializers.CharField()
    incident = serializers.IntegerField(help_text="Its id: /api/v1/incidents/{id}.")
    number = serializers.IntegerField(help_text="Number within the service, starting at 1.")
    kind = serializers.ChoiceField(choices=Incident.Kind.choices)
    state = serializers.ChoiceField(choices=Incident.State.choices)
    outage = serializers.IntegerField(
        min_value=1, help_text="2 or more: it had ended and came back, so a new alert is sent."
    )
    components = serializers.ListField(child=serializers.CharField())
    countries = serializers.ListField(child=serializers.CharField(), help_text="If `regions` is empty too: all places.")
    regions = serializers.ListField(child=serializers.CharField())
    symptom = serializers.CharField(allow_blank=True)
    headline = serializers.CharField(allow_blank=True, help_text="A moderator's one-line headline, if there is one.")
    confidence = serializers.FloatField(min_value=0, max_value=1)
    reason = serializers.CharField(help_text="The rule that made the change.")
    code = serializers.CharField(allow_blank=True, help_text="Why, as a stable code: docs/api.md lists them.")
    params = serializers.DictField(help_text="The numbers and names used in the code's sentence.")
    text = serializers.CharField(allow_blank=True, help_text="The change in words.")
    evidence = NoticeEvidenceSerializer(many=True)
    opened_at = serializers.DateTimeField()
    at = serializers.DateTimeField(help_text="When the change first became public.")
    resolved_at = serializers.DateTimeField(allow_null=True)
    merged_into = serializers.IntegerField(
        allow_null=True, help_text="For state `merged`: the number of the incident that continues."
    )
    url = serializers.URLField()
    page_url = serializers.URLField()


class IncidentNoticeSerializer(S):
    """An alert about an incident. The same `webhook-id` always comes with the same body."""

    type = serializers.ChoiceField(choices=[f"incident.{kind}" for kind in NotificationKind])
    timestamp = serializers.DateTimeField(help_text="When it happened.")
    data = IncidentNoticeDataSerializer()  # type: ignore[assignment]  # also a property of serializers


class SubscriptionNoticeDataSerializer(S):
    """What concerns the subscription itself."""

    title = serializers.CharField()
    subscription = serializers.UUIDField()
    service = serializers.CharField()
    challenge = serializers.CharField(
        required=False, help_text="Return this in the response to `subscription.challenge`,"
    )
    confirm_url = serializers.URLField(required=False, help_text="or send it here as {'challenge': …}.")


class SubscriptionNoticeSerializer(S):
    """A message about the subscription: the proof of ownership, or a test."""

    type = serializers.ChoiceField(choices=["subscription.challenge", "subscription.test"])
    timestamp = serializers.DateTimeField()
    data = SubscriptionNoticeDataSerializer()  # type: ignore[assignment]


HEADERS = (
    "Signed according to Standard Webhooks, in three headers. `webhook-id`: the delivery's id; what comes twice with "
    "one "
    "id counts once. `webhook-timestamp`: when this attempt was made, in seconds since 1970. `webhook-signature`: "
    "`v1,…`, and for a day after a rotation a second one, after a space."
)
TAKEN = {
    200: OpenApiResponse(description="Any status from 200 to 299: accepted."),
    410: OpenApiResponse(description="Nothing more is sent: the subscription is disabled."),
}

incident_notice = OpenApiWebhook(
    "incident",
    extend_schema(
        operation_id="incident_notice",
        summary="An incident opened, was confirmed, grew or ended; or maintenance",
        description=HEADERS,
        request=IncidentNoticeSerializer,
        responses=TAKEN,
        tags=["notices"],
    ),
)
subscription_notice = OpenApiWebhook(
    "subscription",
    extend_schema(
        operation_id="subscription_notice",
        summary="Proof of ownership, or a test",
        description=HEADERS,
        request=SubscriptionNoticeSerializer,
        responses=TAKEN,
        tags=["notices"],
    ),
)
