"""Saying that an incident is wrong, without an account and without a script."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from outages import disputes
from outages.disputes import LONGEST_REASON, Objection
from outages.models import Dispute, Incident
from outages.queries.disputes import DisputeTally, DisputeView
from outages.web.views.page_context import Shown, shown
from reports.access import rate_limits
from reports.access.same_origin import from_here
from reports.errors import SubmissionError
from reports.privacy import origin
from reports.web.views import TRAP

LARGEST_NUMBER = 2**31 - 1


def claim_words() -> dict[str, str]:
    """Return what can be wrong with an incident, in words."""
    return {
        "no_outage": _("There’s no outage; it works"),
        "over": _("It’s already over"),
        "not_over": _("It isn’t over yet"),
        "scope": _("Wrong features or places"),
        "times": _("The times are wrong"),
        "other": pgettext("dispute of an incident", "Something else"),
    }


def outcome_words() -> dict[str, str]:
    """Return what became of a dispute, in words."""
    return {
        "waiting": _("Waiting for an answer"),
        "upheld": pgettext("dispute of an incident", "Upheld"),
        "partly_upheld": pgettext("dispute of an incident", "Partly upheld"),
        "rejected": pgettext("dispute of an incident", "Rejected"),
    }


class DisputeForm(forms.Form):
    """What somebody says against an incident; `outages/disputes.py` has the last word."""

    claim = forms.ChoiceField()
    reason = forms.CharField(max_length=20 * LONGEST_REASON, strip=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claim"].choices = list(claim_words().items())  # type: ignore[attr-defined]

    def say(self, refused: SubmissionError) -> None:
        """Put what was refused beside its fields."""
        for error in refused.errors or [{"field": "", "message": refused.detail}]:
            field, message = error["field"], error["message"]
            self.add_error(field if field in self.fields else None, _(message))


def rows(views: list[DisputeView]) -> list[dict[str, Any]]:
    """Return the disputes that were answered, with their words."""
    claims, outcomes = claim_words(), outcome_words()
    return [
        {"dispute": view, "claim": claims[view.claim], "outcome": outcomes[view.state]}
        for view in views
        if view.state != Dispute.State.WAITING
    ]


def tally_words(tally: DisputeTally) -> list[tuple[str, int]]:
    """Return the log's figures with their words."""
    return [
        (pgettext("dispute of an incident", "Disputes received"), tally.received),
        *((words, getattr(tally, name)) for name, words in outcome_words().items()),
        (_("Removed as abuse"), tally.removed),
    ]


def form_context(form: DisputeForm | None = None) -> dict[str, Any]:
    """Return what parts/dispute-form.html shows."""
    return {"dispute_form": form or DisputeForm(), "claims": claim_words().items(), "trap": TRAP}


@never_cache
@from_here
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The form on a page of its own; a POST stores what is said."""
    page = shown(request, slug)
    found = Incident.objects.filter(service=page.service, number=min(number, LARGEST_NUMBER))
    if (incident := found.first()) is None:
        raise Http404
    if request.method != "POST":
        return _form_page(request, page, incident, DisputeForm())
    form = DisputeForm(request.POST)
    if form.is_valid() and not request.POST.get(TRAP):
        now = timezone.now()
        said = Objection(claim=form.cleaned_data["claim"], reason=form.cleaned_data["reason"])
        try:
            rate_limits.charge_form(request)
            disputes.dispute(incident, said, origin.of_request(request, now=now), now=now, language=page.language)
        except SubmissionError as refused:
            form.say(refused)
            return _form_page(request, page, incident, form, status=refused.status)
    if form.errors:
        return _form_page(request, page, incident, form, status=422)
    response = HttpResponseRedirect(reverse("incident", args=[slug, number]) + "?disputed=1#disputed-now")
    response.status_code = 303
    return response


def _form_page(
    request: HttpRequest, page: Shown, incident: Incident, form: DisputeForm, *, status: int = 200
) -> HttpResponse:
    context = page.context("incident", number=incident.number, **form_context(form))
    context["moment"] = None  # it is about what is there, not about a moment
    return render(request, "pages/dispute.html", context, status=status)
