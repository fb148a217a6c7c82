"""Reports by REST: create, read one's own, correct, withdraw."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import UnreadablePostError
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config import front_requests
from config.database import clock, failures
from reports.access import idempotency, rate_limits
from reports.api.serializers import (
    IDEMPOTENCY_PARAMETER,
    RECEIPT_PARAMETERS,
    REPORTER_PARAMETER,
    STANDING_PARAMETER,
    BatchSerializer,
    OwnReportSerializer,
    ReceiptSerializer,
    body_schema,
    problems,
)
from reports.errors import SubmissionError, problem, problem_response, shorten
from reports.intake import batch as batches
from reports.intake import corrections, single
from reports.intake.judgement import Receipt
from reports.intake.rows import Door
from reports.intake.submissions import Correction, Submission, decode, decode_many
from reports.privacy import origin
from reports.reputation import signed_token

LARGEST_BODY = 64 * 1024
LARGEST_BATCH_BODY = 512 * 1024
LARGEST_BATCH = 500
NO_STORE = {"Cache-Control": "no-store"}


def create(request: HttpRequest) -> HttpResponse:
    """POST of one report. A plain view: it is the one that a surge hits.

    A script of our own pages stands for the form without a script: same door, and the same cookie for a second tap.
    """
    is_form, fresh_token = origin.is_from_our_page(request), ""
    try:
        body = read_json(request)
        token = _reporter_token(request)
        if is_form and not token:
            token = request.COOKIES.get(origin.REPORTER_COOKIE, "")[: origin.LONGEST_TOKEN]
            fresh_token = "" if token else origin.new_reporter_token()
        asked = _asked(request, body, token, Door.WEB if is_form else Door.API)
        submission = decode(body, Submission)
        now = clock.now()
        sender = origin.of_request(request, now=now, reporter_token=token or fresh_token)
        standing = signed_token.of_cookie(request) if is_form else signed_token.of_header(request)
        receipt = single.take(
            submission,
            sender,
            now=now,
            door=Door.WEB if is_form else Door.API,
            asked=asked,
            carried=signed_token.read(standing, now=now),
            keeps_note=front_requests.keeps_notes(request),
            keeps_repeat=front_requests.keeps_repeats(request),
        )
    except SubmissionError as refused:
        return refusal(refused)
    except failures.AWAY as error:
        failures.note(error, "a report could not be stored")
        return unavailable()
    answer = receipt_body(receipt)
    headers = {**NO_STORE, "Location": answer["report_url"]}
    if receipt.replayed:
        headers["Idempotency-Replayed"] = "true"
    status = HTTPStatus.OK if receipt.repeated else HTTPStatus.CREATED
    response = HttpResponse(
        msgspec.json.encode(answer), status=status, content_type="application/json", headers=headers
    )
    if fresh_token:
        origin.remember_reporter(request, response, fresh_token)
    if is_form:
        signed_token.keep(request, response, receipt.standing)
    return response


def create_many(request: HttpRequest) -> HttpResponse:
    """POST of an array of reports. Each has its own result; the request as a whole fails only where it is no such."""
    try:
        body = read_json(request, LARGEST_BATCH_BODY)
        token = _reporter_token(request)
        asked = _asked(request, body, token, Door.API)
        submissions = decode_many(body, LARGEST_BATCH)
        rate_limits.charge(request, len(submissions) - 1)  # the request itself is counted as one
        now = clock.now()
        sender = origin.of_request(request, now=now, reporter_token=token)
        batch = batches.take_many(submissions, sender, now=now, door=Door.API, asked=asked)
    except SubmissionError as refused:
        return refusal(refused)
    except failures.AWAY as error:
        failures.note(error, "a batch of reports could not be stored")
        return unavailable()
    results = [_result_body(result) for result in batch.results]
    statuses = Counter(result["status"] for result in results)
    stored, repeated = statuses[HTTPStatus.CREATED], statuses[HTTPStatus.OK]
    answer = {
        "stored": stored,
        "repeated": repeated,
        "refused": len(results) - stored - repeated,
        "results": results,
    }
    headers = {**NO_STORE, "Idempotency-Replayed": "true"} if batch.replayed else NO_STORE
    return HttpResponse(msgspec.json.encode(answer), content_type="application/json", headers=headers)


def _result_body(result: Receipt | SubmissionError) -> dict[str, Any]:
    """What became of one report of a batch: the status and body that it would have had by itself."""
    if isinstance(result, SubmissionError):
        told = problem(result.status, result.code, result.detail, errors=result.errors)
        return {"status": int(result.status), "report": None, "problem": told}
    status = HTTPStatus.OK if result.repeated else HTTPStatus.CREATED
    return {"status": int(status), "report": receipt_body(result), "problem": None}


def receipt_body(receipt: Receipt) -> dict[str, Any]:
    """A receipt as the API gives it."""
    site = settings.SITE_URL
    return {
        "id": receipt.id,
        "receipt": receipt.secret,
        "service": receipt.service,
        "at": receipt.at,
        "counted": receipt.counted,
        "rule": receipt.rule,
        "message": receipt.text,
        "repeated": receipt.repeated,
        "weight": receipt.weight,
        "standing": receipt.standing or None,
        "url": f"{site}/{receipt.service}/",
        "status_url": f"{site}/api/v1/services/{receipt.service}/status",
        "report_url": f"{site}/api/v1/reports/{receipt.id}",
    }


def read_json(request: HttpRequest, largest: int = LARGEST_BODY) -> bytes:
    """The body of a JSON request. Raises SubmissionError: 415, 411, 413, or 400 where it breaks off."""
    if request.content_type != "application/json":
        raise SubmissionError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "Send the body as JSON, with the header Content-Type: application/json.",
        )
    return read_body(request, largest)


def read_body(request: HttpRequest, largest: int = LARGEST_BODY) -> bytes:
    """The body of a request. Raises SubmissionError: 415 where it is packed, 411, 413, or 400 where it breaks off."""
    coding = request.META.get("HTTP_CONTENT_ENCODING", "identity").lower()
    if coding not in ("", "identity"):
        raise SubmissionError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            f"Send the body as it is: Content-Encoding {shorten(coding)!r} is not read.",
        )
    if not request.META.get("CONTENT_LENGTH") and request.META.get("HTTP_TRANSFER_ENCODING"):
        raise SubmissionError(HTTPStatus.LENGTH_REQUIRED, "length-required", "Send the body with a Content-Length.")
    if _content_length(request) > largest:
        raise _too_large(largest)
    try:
        body: bytes = request.read(largest + 1)
    except UnreadablePostError as error:
        raise SubmissionError(HTTPStatus.BAD_REQUEST, "bad-request", "The body broke off.") from error
    if len(body) > largest:
        raise _too_large(largest)
    return body


def _too_large(largest: int) -> SubmissionError:
    detail = f"The body may have at most {largest // 1024} kB."
    return SubmissionError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail)


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _reporter_token(request: HttpRequest) -> str:
    token: str = request.META.get(origin.REPORTER_META, "").strip()
    if len(token) > origin.LONGEST_TOKEN:
        raise SubmissionError(
            HTTPStatus.BAD_REQUEST,
            "bad-reporter",
            f"{origin.REPORTER_HEADER} may have at most {origin.LONGEST_TOKEN} characters.",
        )
    return token


def _asked(request: HttpRequest, body: bytes, token: str, door: Door) -> idempotency.Idempotency | None:
    """The request's Idempotency-Key, if it names one. Raises Refused (400)."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    return None if key is None else idempotency.of_request(request, key, body, token=token, door=door)


def refusal(refused: SubmissionError) -> HttpResponse:
    """A refusal as a problem document."""
    headers = dict(NO_STORE)
    if refused.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(refused.status, refused.code, refused.detail, errors=refused.errors, headers=headers)


def unavailable() -> HttpResponse:
    """The answer while the database is away."""
    detail = "Nothing could be stored at the moment. Please send it again in some seconds."
    headers = {**NO_STORE, "Retry-After": failures.retry_after()}
    return failures.noted(problem_response(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail, headers=headers))


class QuickPostView(APIView):
    """A view whose POST goes the short way, past the framework; all other methods are answered by it."""

    @staticmethod
    def quick_post(request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        framework = super().as_view(**initkwargs)

        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return cls.quick_post(request) if request.method == "POST" else framework(request, *args, **kwargs)

        view.__dict__.update(framework.__dict__)  # what the schema and the router look for, and csrf_exempt
        return view


@extend_schema(tags=["reports"])
class ReportsView(QuickPostView):
    """The collection of reports. Reports are read in sum, never one by one: see the service's `reports`."""

    quick_post = staticmethod(create)

    @extend_schema(
        operation_id="reports_create",
        summary="Report a problem, or that it works",
        description=(
            "Stores one report and responds once it is safely on disk. The same report from the same `X-Reporter`"
            " within two minutes is not stored again; the response is 200 with the earlier ID."
        ),
        parameters=[REPORTER_PARAMETER, STANDING_PARAMETER, IDEMPOTENCY_PARAMETER],
        request=body_schema(
            Submission,
            [
                {"service": "tesla", "symptom": "http-503-maintenance", "region": "NL-NH", "platform": "ios"},
                {"service": "tesla", "component": "app", "kind": "working", "country": "DE"},
            ],
        ),
        responses={
            201: OpenApiResponse(ReceiptSerializer, "Stored."),
            200: OpenApiResponse(ReceiptSerializer, "You reported the same thing a moment ago; it counts once."),
            **problems(400, 403, 404, 411, 413, 415, 422, 503),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        return create(request._request)


@extend_schema(tags=["reports"])
class ReportBatchView(QuickPostView):
    """Many reports in one request."""

    quick_post = staticmethod(create_many)

    @extend_schema(
        operation_id="reports_create_batch",
        summary=f"Send up to {LARGEST_BATCH} reports in one request",
        description=(
            "For apps that were offline and for anyone who collects reports. Each report is checked as if it had "
            "been sent alone, and `results` lists the outcomes in the same order; an invalid report does not "
            "affect the others. Responds once all valid reports are safely on disk, in one transaction. "
            "`X-Reporter` and `Idempotency-Key` apply to the whole request."
        ),
        parameters=[REPORTER_PARAMETER, IDEMPOTENCY_PARAMETER],
        request=body_schema(
            Submission,
            [
                [
                    {"service": "tesla", "symptom": "http-503-maintenance", "region": "NL-NH", "platform": "ios"},
                    {"service": "tesla", "component": "app", "kind": "working", "country": "DE"},
                ],
            ],
            most=LARGEST_BATCH,
        ),
        responses={
            200: OpenApiResponse(BatchSerializer, "Each report's own result, in order."),
            **problems(400, 411, 413, 415, 422, 503),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        return create_many(request._request)


@extend_schema(tags=["reports"], parameters=RECEIPT_PARAMETERS)
class ReportView(APIView):
    """One report, for whoever holds its receipt."""

    def handle_exception(self, exc: Exception) -> Response | HttpResponse:  # type: ignore[override]
        if isinstance(exc, SubmissionError):
            return refusal(exc)
        if failures.is_away(exc):
            failures.note(exc, "a report could not be reached")
            return unavailable()
        return super().handle_exception(exc)

    @extend_schema(
        operation_id="reports_retrieve",
        summary="Read your own report",
        responses={200: OwnReportSerializer, **problems(401, 403, 404, 406, 503)},
    )
    def get(self, request: Request, report_id: UUID) -> Response:
        report = corrections.find(report_id, _receipt(request))
        return Response(OwnReportSerializer(report).data, headers=NO_STORE)

    @extend_schema(
        operation_id="reports_update",
        summary="Edit your report",
        description="Changes the fields you send; the others stay as they are, and so does the time.",
        request=body_schema(Correction, [{"symptom": "login-failed", "component": "login"}, {"kind": "recovered"}]),
        responses={200: OwnReportSerializer, **problems(400, 401, 403, 404, 406, 409, 411, 413, 415, 422, 503)},
    )
    def patch(self, request: Request, report_id: UUID) -> Response:
        secret = _receipt(request)
        body = read_json(request._request)
        report = corrections.correct(report_id, secret, decode(body, Correction), now=clock.now())
        return Response(OwnReportSerializer(report).data, headers=NO_STORE)

    @extend_schema(
        operation_id="reports_withdraw",
        summary="Delete your report",
        description="The report is no longer counted, and its content is deleted. Repeating the request changes "
        "nothing.",
        responses={204: OpenApiResponse(description="Deleted."), **problems(401, 403, 404, 406, 503)},
    )
    def delete(self, request: Request, report_id: UUID) -> Response:
        corrections.withdraw(report_id, _receipt(request), now=clock.now())
        return Response(status=HTTPStatus.NO_CONTENT, headers=NO_STORE)


def _receipt(request: Request) -> str:
    """The receipt that was sent along. Raises SubmissionError (401)."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    secret = request.headers.get("X-Receipt", "") or (bearer if scheme.lower() == "bearer" else "")
    if not secret.strip():
        raise SubmissionError(
            HTTPStatus.UNAUTHORIZED,
            "receipt-required",
            "Send the report's receipt, as `Authorization: Bearer RECEIPT` or `X-Receipt: RECEIPT`.",
        )
    return secret.strip()
