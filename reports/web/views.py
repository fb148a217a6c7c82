"""The web form and its receipt: report, correct, withdraw, fixed for me. Needs neither a script nor a cookie."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config.database import clock, failures
from config.process_cache import Shelf
from reports import places
from reports.access import idempotency, rate_limits
from reports.access.same_origin import _refusal, from_here, read_only
from reports.catalog.schema import Catalog, localise
from reports.catalog.store import catalog_of, size_of
from reports.errors import SubmissionError
from reports.intake import corrections, single
from reports.models import Report, Service
from reports.privacy import origin
from reports.reputation import signed_token
from reports.web import text
from reports.web.forms import ReportForm, region_choices

TRAP = "website"  # a field that people do not see
REGIONS = "regions"  # the button of who has no script; posted, since a note and a mail address belong in no address
LARGEST_BODY = 4096


_services_seen: Shelf[str, tuple[Service, Catalog]] = Shelf("services of forms")


def _service(slug: str) -> tuple[Service, Catalog]:
    """The service. While the database is away, as it was last seen: a form is shown and kept all the same."""
    try:
        service = Service.objects.filter(slug=slug, is_active=True).first()
    except failures.AWAY:
        seen = _services_seen.get(slug)
        if seen is not None:
            return seen
        raise
    if service is None:
        _services_seen.drop(slug)
        raise Http404
    found = service, catalog_of(service)
    seen = _services_seen.get(slug)
    if seen is None or (seen[0].pk, seen[0].definition_hash) != (service.pk, service.definition_hash):
        _services_seen.put(slug, found, size=2 * size_of(service.definition))  # as it is stored, and typed
    return found


def _language() -> str:
    return get_language() or "en"


def _context(service: Service, catalog: Catalog, **more: Any) -> dict[str, Any]:
    language = _language()
    return {
        "page": "report",
        "service": service,
        "catalog": catalog,
        "name": localise(catalog.name, language),
        "provenance": localise(catalog.provenance, language),
        "disclaimer": localise(catalog.disclaimer, language),
        **more,
    }


@never_cache
@from_here
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; a POST stores the report and leads to its receipt, or shows the regions of a country."""
    service, catalog = _service(slug)
    if request.method != "POST" or REGIONS in request.POST:
        form = ReportForm(catalog, _language(), initial=_filled_in(request))
        return _form_page(request, service, catalog, form)
    form = ReportForm(catalog, _language(), request.POST)
    if not form.is_valid():
        return _form_page(request, service, catalog, form, status=422)
    now = clock.now()
    token = request.COOKIES.get(origin.REPORTER_COOKIE, "")[: origin.LONGEST_TOKEN]
    fresh_token = "" if token else origin.new_reporter_token()
    try:
        rate_limits.charge_form(request)
        taken = single.take(
            form.submission(now=now),
            origin.of_request(request, now=now, reporter_token=token or fresh_token),
            now=now,
            door=Report.Door.WEB,
            asked=_asked(request, token),
            trap=bool(request.POST.get(TRAP)),
            carried=signed_token.read(signed_token.of_cookie(request), now=now),
        )
    except SubmissionError as refused:
        form.say(refused.errors or [{"field": "", "message": refused.detail}])
        return _form_page(request, service, catalog, form, status=refused.status)
    except failures.AWAY as error:
        failures.note(error, "a report could not be stored")
        return _offered_again(_form_page(request, service, catalog, _unsent(form), status=503))
    address = reverse("receipt", args=[slug, taken.id, taken.secret])
    response = HttpResponseRedirect(address + ("?again=1" if taken.repeated or taken.replayed else ""))
    response.status_code = 303
    if fresh_token:
        origin.remember_reporter(request, response, fresh_token)
    signed_token.keep(request, response, taken.standing)
    return response


def _filled_in(request: HttpRequest) -> dict[str, str]:
    """What an address fills in, or was filled in before a country's regions were asked for."""
    given = request.POST if request.method == "POST" else request.GET
    names = ("symptom", "component", "country", "region", "platform", "started", "error_code", "note")
    return {name: given[name] for name in names if name in given}


def _unsent(form: ReportForm) -> ReportForm:
    """The form with what was filled in, and that it was not stored."""
    detail = _("We couldn't store this just now. Please send it again in a few seconds.")
    form.say([{"field": "", "message": detail}])
    return form


def _offered_again(response: HttpResponse) -> HttpResponse:
    """Says when to try again; the one line in the log is written already."""
    response.headers["Retry-After"] = failures.retry_after()
    return failures.noted(response)


def _asked(request: HttpRequest, reporter: str) -> idempotency.Idempotency | None:
    """The form's own token with what was written in it: the same again is one report, something else is another."""
    token = request.POST.get("token", "")
    if not idempotency.SHORTEST <= len(token) <= idempotency.LONGEST // 2:
        return None
    said = sorted((name, value) for name, value in request.POST.items() if name != "token")
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    try:
        return idempotency.of_request(request, f"{token}:{digest}", b"", token=reporter, door=Report.Door.WEB)
    except SubmissionError:
        return None


def _form_page(
    request: HttpRequest, service: Service, catalog: Catalog, form: ReportForm, *, status: int = 200
) -> HttpResponse:
    # A form that is offered again keeps its token: what was stored after all is answered, and not stored twice.
    token = request.POST.get("token", "")[: idempotency.LONGEST] if status == 503 else ""
    context = _context(service, catalog, form=form, tiles=form.tiles(), token=token or uuid4(), trap=TRAP)
    return render(request, "reports/form.html", context, status=status)


@never_cache
@read_only
def receipt(request: HttpRequest, slug: str, report_id: UUID, secret: str) -> HttpResponse:
    """What was taken in, for whoever holds the receipt."""
    service, catalog = _service(slug)
    try:
        found = _own(slug, report_id, secret)
    except SubmissionError as refused:
        return _refusal(request, refused.status, text.refused(refused.detail))
    names = {symptom.slug: localise(symptom.name, _language()) for symptom in catalog.symptoms}
    parts = {part.slug: localise(part.name, _language()) for part in catalog.components}
    context = _context(
        service,
        catalog,
        report=found,
        secret=secret,
        token=uuid4(),
        again="again" in request.GET,
        corrected="corrected" in request.GET,
        counted=found.verdict == Report.Verdict.ACCEPTED,
        map_address=f"{reverse('map', args=[slug])}?{urlencode({'window': '1h', 'country': found.country})}",
        rule=text.rule(found.rule),
        symptom=names.get(found.symptom.slug, found.symptom.name) if found.symptom else "",
        component=parts.get(found.component.slug, found.component.name),
        guided=names.keys(),
        place=found.region or found.country,
        is_problem=found.kind == Report.Kind.PROBLEM,
        carries=bool(signed_token.of_cookie(request)),
    )
    return render(request, "reports/receipt.html", context)


def _own(slug: str, report_id: UUID, secret: str) -> Report:
    """The report of this service with this receipt. Raises SubmissionError."""
    found = corrections.find(report_id, secret)
    if found.service.slug != slug:
        raise SubmissionError(404, "unknown-report", _("There’s no such report, or it has been deleted."))
    return found


@never_cache
@from_here
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, slug: str, report_id: UUID, secret: str) -> HttpResponse:
    """The form once more, filled in; a POST changes the report."""
    service, catalog = _service(slug)
    is_away = False
    try:
        found = _own(slug, report_id, secret)
        if request.method == "POST" and REGIONS not in request.POST:
            form = ReportForm(catalog, _language(), request.POST)
            if form.is_valid():
                try:
                    corrections.correct(report_id, secret, form.correction(), now=clock.now())
                    return _to_receipt(slug, report_id, secret, "?corrected=1")
                except SubmissionError as refused:
                    form.say(refused.errors or [{"field": "", "message": refused.detail}])
                except failures.AWAY as error:
                    failures.note(error, "a correction could not be stored")
                    is_away, form = True, _unsent(form)
        else:
            form = ReportForm(catalog, _language(), initial=_as_written(found) | _filled_in(request))
    except SubmissionError as refused:
        return _refusal(request, refused.status, text.refused(refused.detail))
    context = _context(
        service, catalog, form=form, tiles=form.tiles(), report=found, secret=secret, token=uuid4(), correcting=True
    )
    if is_away:
        return _offered_again(render(request, "reports/form.html", context, status=503))
    return render(request, "reports/form.html", context, status=422 if form.errors else 200)


def _as_written(found: Report) -> dict[str, Any]:
    return {
        "symptom": found.symptom.slug if found.symptom else "",
        "component": found.component.slug,
        "country": found.country,
        "region": found.region,
        "platform": found.platform,
        "error_code": found.error_code,
        "note": found.note,
        "kind": Report.Kind(found.kind).label,
    }


@never_cache
@from_here
@require_POST
def withdraw(request: HttpRequest, slug: str, report_id: UUID, secret: str) -> HttpResponse:
    """Takes a report back."""
    _service(slug)
    try:
        _own(slug, report_id, secret)
        corrections.withdraw(report_id, secret, now=clock.now())
    except SubmissionError as refused:
        return _refusal(request, refused.status, text.refused(refused.detail))
    return _to_receipt(slug, report_id, secret)


@never_cache
@from_here
@require_POST
def standing(request: HttpRequest, slug: str, report_id: UUID, secret: str) -> HttpResponse:
    """Lets the browser carry its reporter's standing from this report on, or takes it away."""
    _service(slug)
    try:
        found = _own(slug, report_id, secret)
    except SubmissionError as refused:
        return _refusal(request, refused.status, text.refused(refused.detail))
    response = _to_receipt(slug, report_id, secret)
    if request.POST.get("carry") != "yes":
        signed_token.drop(response)
    elif not signed_token.of_cookie(request):
        signed_token.keep(request, response, signed_token.begun(corrections.said_of(found)))
    return response


def _to_receipt(slug: str, report_id: UUID, secret: str, query: str = "") -> HttpResponse:
    response = HttpResponseRedirect(reverse("receipt", args=[slug, report_id, secret]) + query)
    response.status_code = 303
    return response


@read_only
def regions(request: HttpRequest) -> JsonResponse:
    """A country's regions for the form's list, by `?country=NL` or by the clock's `?zone=Europe/Amsterdam`."""
    country, region = request.GET.get("country", "")[:2].upper(), ""
    zone = request.GET.get("zone", "")
    if zone:
        found = places.from_time_zone(zone[:64])
        country, region = (found.country or "", found.region or "") if found else ("", "")
    answer = {"country": country, "region": region, "regions": region_choices(country, _language())}
    return JsonResponse(answer, headers={"Cache-Control": "public, max-age=86400"})


@never_cache
@from_here
@require_POST
def region_of(request: HttpRequest) -> JsonResponse | HttpResponse:
    """The region of a point, for *use my location*. The point comes in the body, is looked up, and is forgotten."""
    try:
        if len(request.body) > LARGEST_BODY:
            raise ValueError
        point = json.loads(request.body)
        lat, lon = float(point["lat"]), float(point["lon"])
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return JsonResponse({"error": _("lat and lon must be numbers of degrees.")}, status=400)
    found = places.locate(lat, lon)
    country, region = (found.country or "", found.region or "") if found else ("", "")
    return JsonResponse({"country": country, "region": region, "regions": region_choices(country, _language())})
