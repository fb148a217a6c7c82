"""What the reads of the API give, as the schema says it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from outages.models import Incident
from outages.verdict import Verdict

S = serializers.Serializer[Any]


class EvidenceSerializer(S):
    """One kind of evidence in a few words."""

    kind = serializers.ChoiceField(choices=["crowd", "probes", "official"])
    state = serializers.ChoiceField(choices=["fine", "raised", "bad", "blind", "missing", "off"])
    text = serializers.CharField()


class IncidentSerializer(S):
    """An incident as it stood at the moment that was asked for. Empty `countries` and `regions` mean everywhere."""

    id = serializers.IntegerField()
    number = serializers.IntegerField(help_text="Counts the service's incidents from 1.")
    service = serializers.CharField()
    state = serializers.ChoiceField(choices=Incident.State.choices)
    kind = serializers.ChoiceField(choices=Incident.Kind.choices)
    components = serializers.ListField(child=serializers.CharField())
    countries = serializers.ListField(child=serializers.CharField())
    regions = serializers.ListField(child=serializers.CharField())
    symptom = serializers.CharField(allow_blank=True)
    confidence = serializers.FloatField(min_value=0, max_value=1)
    text = serializers.CharField(allow_blank=True, help_text="The last change in words.")
    reason = serializers.CharField(help_text="The rule that made the last change.")
    opened_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()
    upstream = serializers.ListField(child=serializers.CharField(), help_text="Other services that failed before.")
    merged_into = serializers.IntegerField(allow_null=True)
    url = serializers.URLField()
    page_url = serializers.URLField()


class StatusSerializer(S):
    """A service's verdict with its numbers."""

    service = serializers.CharField()
    name = serializers.CharField()
    verdict = serializers.ChoiceField(choices=[(verdict.value, verdict.value) for verdict in Verdict])
    ok = serializers.BooleanField(
        allow_null=True, help_text="null where nothing is known: never take it for an all-clear."
    )
    confidence = serializers.FloatField(min_value=0, max_value=1)
    sentence = serializers.CharField()
    reports_30m = serializers.IntegerField(min_value=0)
    expected_30m = serializers.FloatField(min_value=0)
    working_30m = serializers.IntegerField(min_value=0, help_text="Reports that it works.")
    recovered_30m = serializers.IntegerField(min_value=0, help_text="Reports that it works again.")
    at = serializers.DateTimeField(help_text="The moment that the answer is about.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="The end of the last minute that was watched.")
    stale = serializers.BooleanField(help_text="True where that is more than three minutes before `at`.")
    evidence = EvidenceSerializer(many=True)
    incidents = IncidentSerializer(many=True)
    url = serializers.URLField()
