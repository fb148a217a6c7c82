"""What intake is measured against: the usual DRF serializer and the ORM, on the same table and the same server."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.generics import CreateAPIView

from reports.models import Component, Report, Service, Symptom


class PlainReportSerializer(serializers.ModelSerializer[Report]):
    """A report as the serializer writes it; keys are looked up by slug, as a client would name them."""

    service = serializers.SlugRelatedField(slug_field="slug", queryset=Service.objects.all())
    symptom = serializers.SlugField()

    class Meta:
        model = Report
        fields = ["id", "service", "symptom", "country", "region", "platform", "note"]
        read_only_fields = ["id"]

    def create(self, validated_data: dict[str, Any]) -> Report:
        now = timezone.now()
        service = validated_data["service"]
        return Report.objects.create(
            **{
                **validated_data,
                "symptom": Symptom.objects.get(service=service, slug=validated_data["symptom"]),
                "component": Component.objects.filter(service=service)[0],
                "id": uuid4(),
                "at": now,
                "received_at": now,
                "occurred_at": now,
                "door": "api",
                "receipt_hash": b"",
            }
        )

    def to_representation(self, instance: Report) -> dict[str, Any]:
        return {"id": str(instance.id), "service": instance.service.slug}


class PlainView(CreateAPIView[Report]):
    serializer_class = PlainReportSerializer


urlpatterns = [path("plain/reports", PlainView.as_view())]
