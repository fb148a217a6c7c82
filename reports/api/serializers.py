"""What the reports' part of the API gives and takes, as its schema says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from reports.access import idempotency
from reports.errors import MEDIA_TYPE
from reports.privacy.origin import LONGEST_TOKEN


class FieldErrorSerializer(serializers.Serializer[Any]):
    """What is wrong with one field."""

    field = serializers.CharField(
        help_text="The name of the field; empty for the request as a whole.", allow_blank=True
    )
    message = serializers.CharField(help_text="What to change.")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error as problem details (RFC 9457)."""

    type = serializers.CharField(help_text="The type of problem: a stable URL that explains it.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What happened this time, and what to do.")
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # also a property of serializers


class ReceiptSerializer(serializers.Serializer[Any]):
    """The answer to a report."""

    id = serializers.UUIDField()
    receipt = serializers.CharField(help_text="A secret: anyone who has it can read, edit and delete the report.")
    service = serializers.CharField()
    at = serializers.DateTimeField(help_text="The time at which the report counts.")
    counted = serializers.BooleanField(help_text="Whether the report enters the counts.")
    rule = serializers.CharField(allow_blank=True, help_text="The rule that decided; empty if none applied.")
    message = serializers.CharField(help_text="The rule in words.")
    repeated = serializers.BooleanField(help_text="True if you just reported the same thing; `id` is that report.")
    weight = serializers.FloatField(
        min_value=0.5, max_value=2, help_text="The report's weight, before the limits per network and provider."
    )
    standing = serializers.CharField(
        allow_null=True, help_text="For a device that keeps its standing: send this with the next report."
    )
    url = serializers.URLField(help_text="The service's page.")
    status_url = serializers.URLField(help_text="The service's status, as JSON.")
    report_url = serializers.URLField(help_text="This report; send the receipt with the request.")


class BatchResultSerializer(serializers.Serializer[Any]):
    """The outcome of one report: the status and body it would have had alone."""

    status = serializers.IntegerField(help_text="201: stored. 200: just reported already. 4xx: rejected.")
    report = ReceiptSerializer(allow_null=True, help_text="null if it was rejected.")
    problem = ProblemSerializer(allow_null=True, help_text="null unless it was rejected.")


class BatchSerializer(serializers.Serializer[Any]):
    """The answer to many reports."""

    stored = serializers.IntegerField()
    repeated = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BatchResultSerializer(many=True)


class OwnReportSerializer(serializers.Serializer[Any]):
    """A report as its reporter sees it. What is kept of the network is not shown."""

    id = serializers.UUIDField()
    service = serializers.CharField(source="service.slug")
    component = serializers.CharField(source="component.slug")
    symptom = serializers.CharField(source="symptom.slug", allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=["problem", "working", "recovered"], source="get_kind_display")
    country = serializers.CharField(allow_blank=True)
    region = serializers.CharField(allow_blank=True)
    platform = serializers.CharField(allow_blank=True)
    error_code = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    occurred_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    counted = serializers.SerializerMethodField()
    rule = serializers.CharField(allow_blank=True)
    corrected_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)

    def get_counted(self, report: Any) -> bool:
        return report.verdict == report.Verdict.ACCEPTED and report.withdrawn_at is None


def problems(*statuses: int) -> dict[Any, Any]:
    """The documented errors of an operation, for `extend_schema(responses=…)`."""
    return {(status, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, _MEANINGS[status]) for status in statuses}


_MEANINGS = {
    400: "The request cannot be read, or a parameter is wrong.",
    401: "The receipt is missing.",
    403: "This is not allowed.",
    404: "Not found.",
    405: "The address does not take this method.",
    406: "The answer cannot be given in the form that was asked for.",
    409: "This does not fit the present state.",
    411: "The length of the body is missing.",
    413: "The body is too large.",
    415: "The body must be JSON.",
    422: "The request can be read, but not be carried out as it stands.",
    429: "Too much was asked for.",
    503: "Not available at the moment; nothing was stored.",
}


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema with what it refers to in the place of the references: nothing else names these types."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(definitions[schema["$ref"]], definitions)
        return {name: _inlined(value, definitions) for name, value in schema.items()}
    return [_inlined(value, definitions) for value in schema] if isinstance(schema, list) else schema


def body_schema(shape: type[msgspec.Struct], examples: Iterable[Any], *, most: int | None = None) -> dict[str, Any]:
    """A body's JSON schema, made from the very type that reads it; with `most`, of an array of 1 to so many."""
    _, definitions = msgspec.json.schema_components([shape], ref_template="{name}")
    for definition in definitions.values():
        for field in definition["properties"].values():
            if field.get("default", ...) is None:
                del field["default"]  # null and absent are the same; the type says that null may stand there
    schema = _inlined(definitions[shape.__name__], definitions)
    if most is not None:
        schema = {"type": "array", "items": schema, "minItems": 1, "maxItems": most}
    schema["examples"] = list(examples)
    return {"application/json": schema}


RECEIPT_PARAMETERS = [
    OpenApiParameter(
        "X-Receipt",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description="The report's receipt. `Authorization: Bearer RECEIPT` works too.",
    )
]
REPORTER_PARAMETER = OpenApiParameter(
    "X-Reporter",
    {"type": "string", "maxLength": LONGEST_TOKEN},
    OpenApiParameter.HEADER,
    description="A random value that your app keeps for each device. It is hashed with a key that changes daily, so "
    "that a second tap counts once.",
)
STANDING_PARAMETER = OpenApiParameter(
    "X-Standing",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `standing` of your device's last receipt, or `new`, for people who want their reports to get "
    "more weight once earlier ones proved right. Only your app keeps it; a report stores only its `weight`.",
)
IDEMPOTENCY_PARAMETER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": idempotency.SHORTEST, "maxLength": idempotency.LONGEST},
    OpenApiParameter.HEADER,
    description=(
        "A new UUID for each report. For 24 hours, the same key with the same body gives the same response to"
        " the same sender: the same API key and `X-Reporter`, or without either, the same IP address."
    ),
)
