"""Disputes of incidents by REST: said by anybody, read by all with the answers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from config.database import failures
from config.languages import accepted
from outages import disputes
from outages.api.framework.paging import PAGE_PARAMETERS, items, page, page_of
from outages.api.framework.views import ReadView, choice, service_or_404
from outages.disputes import Objection
from outages.models import Dispute, Incident
from outages.queries import disputes as queries
from outages.queries.disputes import DisputeView
from reports.api.serializers import body_schema, problems
from reports.api.views import NO_STORE, read_json, refusal, unavailable
from reports.errors import SubmissionError
from reports.intake.submissions import decode
from reports.privacy import origin

MOST_NUMBER = 2**31 - 1
ANY = "any"


class DisputeSerializer(serializers.Serializer[Any]):
    """A dispute of an incident. `reason` and `answer` are empty until a moderator has answered."""

    id = serializers.UUIDField()
    service = serializers.CharField()
    incident_number = serializers.IntegerField(help_text="The incident's number within the service.")
    page_url = serializers.CharField(help_text="The incident's page.")
    claim = serializers.ChoiceField(choices=Dispute.Claim.choices)
    state = serializers.ChoiceField(choices=[(state, words) for state, words in Dispute.State.choices if words])
    created_at = serializers.DateTimeField()
    reason = serializers.CharField(allow_blank=True, help_text="Also empty if the moderators keep it private.")
    answer = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)


PAGE = page_of(DisputeSerializer)


def body_of(view: DisputeView) -> dict[str, Any]:
    """Return a dispute as the API gives it."""
    return {
        **{name: getattr(view, name) for name in ("id", "service", "claim", "state", "created_at")},
        **{name: getattr(view, name) for name in ("reason", "answer", "answered_at")},
        "incident_number": view.number,
        "page_url": f"{settings.SITE_URL}/{view.service}/incidents/{view.number}#disputes",
    }


def _incident_or_404(incident_id: int) -> Incident:
    rows = Incident.objects.select_related("service").defer("service__definition")
    row = rows.filter(pk=incident_id, service__is_active=True).first() if incident_id <= MOST_NUMBER else None
    if row is None:
        raise NotFound("There is no such incident.", code="unknown-incident")
    return row


def _page(request: Request, view: ReadView, rows: QuerySet[Dispute]) -> Response:
    found, links = page(request, rows, ("-created_at", "-id"), view)
    bodies = [body_of(queries.as_seen(row, timezone.now())) for row in found]
    return Response({**links, "results": items(request, DisputeSerializer, bodies)})


@extend_schema(tags=["incidents"])
class IncidentDisputesView(ReadView):
    """The disputes of one incident."""

    http_method_names = ["get", "head", "options", "post"]

    def handle_exception(self, exc: Exception) -> Response | HttpResponse:  # type: ignore[override]
        if isinstance(exc, SubmissionError):
            if exc.code == "invalid-report":  # its body could be read as JSON, but not as what was asked for
                exc = SubmissionError(exc.status, "invalid-dispute", exc.detail, exc.errors)
            return refusal(exc)
        if failures.is_away(exc):
            failures.note(exc, "a dispute could not be stored")
            return unavailable()
        return super().handle_exception(exc)

    @extend_schema(
        operation_id="incidents_disputes",
        summary="The disputes of an incident, newest first",
        parameters=PAGE_PARAMETERS,
        responses={200: PAGE, **problems(400, 404, 406)},
    )
    def get(self, request: Request, incident_id: int) -> Response:
        row = _incident_or_404(incident_id)
        rows = queries.public(timezone.now())
        return _page(request, self, rows.filter(service=row.service, number=row.number, opened_at=row.opened_at))

    @extend_schema(
        operation_id="incidents_disputes_create",
        summary="Dispute an incident",
        description=(
            "No account needed; no IP address is stored. Moderators read it and answer publicly. The same text "
            "from the same network is one dispute: the response is 200 with the earlier one. Limited to five a "
            "day per network."
        ),
        request=body_schema(Objection, [{"claim": "over", "reason": "Sign-in has worked for all of us since ten."}]),
        responses={
            201: OpenApiResponse(DisputeSerializer, "Stored; it waits for an answer."),
            200: OpenApiResponse(DisputeSerializer, "Your network has already sent this."),
            **problems(400, 404, 406, 411, 413, 415, 422, 429, 503),
        },
    )
    def post(self, request: Request, incident_id: int) -> Response:
        now = timezone.now()
        said = decode(read_json(request._request), Objection)
        row = _incident_or_404(incident_id)
        sender = origin.of_request(request._request, now=now)
        stored = disputes.dispute(row, said, sender, now=now, language=accepted(request._request))
        is_new = stored.created_at == now
        body = DisputeSerializer(body_of(queries.as_seen(stored, now))).data
        return Response(body, status=201 if is_new else 200, headers=NO_STORE)


@extend_schema(tags=["incidents"])
class DisputesView(ReadView):
    """The log of all disputes."""

    @extend_schema(
        operation_id="disputes_list",
        summary="The disputes of all incidents with their outcomes, newest first",
        description="Disputes removed as abuse are left out.",
        parameters=[
            OpenApiParameter("service", str, description="Only those of this service."),
            OpenApiParameter(
                "state",
                str,
                enum=[ANY, "waiting", "upheld", "partly_upheld", "rejected"],
                description="Only those with this outcome; default `any`.",
            ),
            *PAGE_PARAMETERS,
        ],
        responses={200: PAGE, **problems(400, 404, 406)},
    )
    def get(self, request: Request) -> Response:
        rows = queries.public(timezone.now())
        if slug := request.query_params.get("service", ""):
            rows = rows.filter(service=service_or_404(slug))
        states = (ANY, *(state.value for state in (Dispute.State.WAITING, *Dispute.ANSWERED)))
        if (state := choice(request, "state", states, ANY)) != ANY:
            rows = rows.filter(state=state)
        return _page(request, self, rows)
