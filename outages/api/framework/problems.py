"""What each kind of problem means: the page that a problem's `type` leads to."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from reports.errors import problem_response

PROBLEMS: dict[str, tuple[int, str, str]] = {
    "bad-request": (400, "We couldn’t read the request.", "Look at its address, its parameters and its body."),
    "not-json": (400, "The body is not valid JSON.", "`detail` says where reading stopped."),
    "parse-error": (400, "The body could not be read.", "Send valid JSON in UTF-8."),
    "invalid": (400, "A parameter is wrong.", "`errors` names each wrong parameter and what is expected."),
    "bad-idempotency-key": (
        400,
        "The Idempotency-Key cannot be used.",
        "Send 8 to 255 ASCII characters, such as a UUID.",
    ),
    "bad-reporter": (400, "The X-Reporter header cannot be used.", "Send at most 200 characters."),
    "receipt-required": (
        401,
        "A report is opened by its receipt only.",
        "Send it as `Authorization: Bearer RECEIPT` or as `X-Receipt`.",
    ),
    "wrong-receipt": (403, "The receipt belongs to another report.", "Use the receipt that came with this report."),
    "not-accepting-reports": (
        403,
        "The service shows recorded reports and takes no new ones.",
        "Report on a service whose `accepts_reports` is true.",
    ),
    "key-required": (
        401,
        "This is for those who send a key.",
        "Send it as `Authorization: Bearer KEY`. /developers/keys gives one.",
    ),
    "bad-key": (
        401,
        "The key is none of ours, or no longer one.",
        "Look for a typing error; make a new key at /developers/keys, or send none.",
    ),
    "missing-scope": (
        403,
        "The key may not be used for this.",
        "Use one with the scope that `detail` names, or send none.",
    ),
    "invalid-dispute": (422, "The dispute is not valid.", "`errors` names each field and what is expected."),
    "too-many-disputes": (429, "Enough disputes came from this network, or of this incident.", "Try again tomorrow."),
    "too-many-keys": (409, "One owner has as many keys as one can have.", "Revoke one that is no longer used."),
    "unknown-key": (404, "There is no such key.", "Give the id of a key that may write reports."),
    "unknown-component": (404, "The service has no such component.", "Look in the service's `components`."),
    "forbidden": (403, "This is not allowed.", "See the operation's description."),
    "permission-denied": (403, "This is not allowed.", "See the operation's description."),
    "not-authenticated": (401, "Something must prove who asks.", "See the operation's description."),
    "authentication-failed": (401, "What was sent does not prove who asks.", "See the operation's description."),
    "not-found": (404, "There is nothing at this address.", "/api/v1/docs lists all addresses."),
    "unknown-service": (404, "There is no such service.", "/api/v1/services lists all; `detail` names similar ones."),
    "retired-service": (
        410,
        "The service is no longer monitored here.",
        "Its incidents are kept: /api/v1/services/{slug}/incidents.",
    ),
    "unknown-incident": (404, "There is no such incident, or there was none yet then.", "Look in the service's list."),
    "unknown-probe": (404, "The service has no such probe.", "Look in the service's `probes`; `detail` names similar."),
    "unknown-place": (404, "There is no such place.", "/api/v1/places lists all countries and their regions."),
    "unknown-report": (
        404,
        "There’s no such report, or it has been deleted.",
        "Raw reports are deleted after some months. Check the id.",
    ),
    "method-not-allowed": (405, "The address does not take this method.", "The `Allow` header lists those it takes."),
    "not-acceptable": (406, "The answer cannot be given in that form.", "Ask for application/json, or send no Accept."),
    "withdrawn": (409, "The report was withdrawn.", "Send a new one."),
    "length-required": (
        411,
        "The length of the body is missing.",
        "Send a Content-Length, or come through the front, which reads bodies in chunks.",
    ),
    "too-large": (413, "The body is too large.", "Send at most 64 kB."),
    "unsupported-media-type": (
        415,
        "The body is not plain JSON.",
        "Send it with Content-Type: application/json and no Content-Encoding.",
    ),
    "invalid-report": (
        422,
        "The report can be read, but something in it is wrong. Nothing was stored.",
        "`errors` names every wrong field and what to change.",
    ),
    "idempotency-key-reused": (
        422,
        "This Idempotency-Key was sent with another body.",
        "Use a new key for each new report, and the same one only to repeat a request.",
    ),
    "secret-required": (
        401,
        "A subscription is opened by its secret, or by the key that it was made with.",
        "Send it as `Authorization: Bearer SECRET` or as `X-Secret`; a key as `Authorization: Bearer KEY`.",
    ),
    "bad-secret": (401, "This cannot be one of our secrets.", "Send the secret that came with the subscription."),
    "wrong-challenge": (
        403,
        "This is not what was sent to the target.",
        "Send the `challenge` of the latest message there, or ask for a new one.",
    ),
    "unknown-subscription": (
        404,
        "There is no such subscription, or the secret or key belongs to another.",
        "GET /api/v1/subscriptions lists all that a secret or a key manages.",
    ),
    "not-active": (409, "Only an active subscription can be tested.", "Confirm it first, or make a new one."),
    "not-unconfirmed": (409, "The subscription was confirmed, or is disabled.", "Nothing is to be done."),
    "not-a-webhook": (409, "Only webhooks are signed.", "See the subscription's `channel`."),
    "invalid-subscription": (
        422,
        "The subscription can be read, but something in it is wrong. Nothing was stored.",
        "`errors` names every wrong field and what to change.",
    ),
    "too-many-subscriptions": (
        429,
        "Too many subscriptions, challenges or tests were asked for.",
        "Confirm or delete what there is, or try again later.",
    ),
    "throttled": (429, "Too many requests.", "Wait as long as `Retry-After` says."),
    "proof-of-work": (
        429,
        "The site is very busy, and this network sends far more reports than others. Nothing was stored.",
        "Solve `challenge`: find the number from 0 to `maxnumber` for which SHA-256 of `salt` and that number, in "
        "digits, is `challenge`. Send the report again with the header X-Proof-Of-Work: base64 of the JSON object with "
        "`algorithm`, `challenge`, `salt`, `signature` and `number`. Each solution is taken once. Or come again after "
        "`Retry-After`.",
    ),
    "internal-error": (500, "Something failed on our side. It has been logged.", "Try again later."),
    "error": (500, "Something failed.", "`detail` says what is known."),
    "too-many-listeners": (
        503,
        "As many listen to live streams as this server takes.",
        "Connect again after `Retry-After`, and poll the status meanwhile.",
    ),
    "restarting": (503, "The process of live streams is about to end.", "Connect again after `Retry-After`."),
    "stream-not-routed": (
        503,
        "The proxy of this site does not lead to the live streams.",
        "Poll the status. For the operator: deploy/nginx.conf shows how to lead there.",
    ),
    "unavailable": (
        503,
        "Not possible at the moment; nothing was stored.",
        "Send it again after `Retry-After` seconds.",
    ),
}


def _document(code: str) -> dict[str, object]:
    status, meaning, remedy = PROBLEMS[code]
    return {
        "type": f"/api/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "meaning": meaning,
        "what_to_do": remedy,
    }


def _wants_page(request: HttpRequest) -> bool:
    return request.get_preferred_type(["application/json", "text/html"]) == "text/html"


@csrf_exempt
def nothing_here(_request: HttpRequest) -> HttpResponse:
    """The answer at every other address below /api/."""
    detail = "There is nothing at this address. /api/v1/docs lists all there are."
    return problem_response(HTTPStatus.NOT_FOUND, "not-found", detail, headers={"Cache-Control": "no-store"})


@csrf_exempt
@require_safe
@cache_control(public=True, max_age=3600)
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """What one kind of problem means."""
    if code not in PROBLEMS:
        return nothing_here(request)
    if _wants_page(request):
        return render(request, "api/problems.html", {"documents": [_document(code)]})
    return JsonResponse(_document(code))


@csrf_exempt
@require_safe
@cache_control(public=True, max_age=3600)
def all_problems(request: HttpRequest) -> HttpResponse:
    """All kinds of problems."""
    documents = [_document(code) for code in PROBLEMS]
    if _wants_page(request):
        return render(request, "api/problems.html", {"documents": documents})
    return JsonResponse({"results": documents})
