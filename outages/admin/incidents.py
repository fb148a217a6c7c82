"""Incidents, and the decisions about them. The next scan carries a decision out (outages/pipeline/decisions.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from outages.detection.incidents.overrides import spots
from outages.models import Incident, IncidentEvent, IncidentOverride
from outages.pipeline import decisions
from outages.pipeline.decisions import LONGEST_HEADLINE, LONGEST_REASON, DecisionError
from outages.texts.event_texts import event_text
from reports import places
from reports.admin.base import LookOnly, asking_why, log
from reports.catalog.store import catalog_of

WAITS = "It takes effect with the next scan: within about a minute, or with the next minute of a recording."


class ReasonForm(forms.Form):
    """Why something is decided."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown publicly on the incident's page. Please don't name anyone.",
    )

    def __init__(self, incident: Incident, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])


class SplitForm(ReasonForm):
    """What goes into an incident of its own."""

    components = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    codes = forms.MultipleChoiceField(label="Places", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, incident: Incident, *args: Any, **options: Any) -> None:
        super().__init__(incident, *args, **options)
        names = _component_names(incident)
        self.fields["components"].choices = [(slug, names.get(slug, slug)) for slug in incident.components]  # type: ignore[attr-defined]
        here = sorted(spots(incident.countries, incident.regions))
        self.fields["codes"].choices = [(code, _place(code)) for code in here]  # type: ignore[attr-defined]
        self.fields["codes"].help_text = (
            "Choose components or places, not both; at least one must stay."
            if here
            else ("It has no places of its own, so split it by component.")
        )


class CorrectionForm(ReasonForm):
    """What the incident should say."""

    components = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    codes = forms.CharField(
        label="Places",
        required=False,
        max_length=2000,
        help_text="Codes such as NL or US-CA, separated by commas. Leave empty for all places.",
    )
    kind = forms.ChoiceField(choices=Incident.Kind.choices)
    headline = forms.CharField(
        required=False, max_length=LONGEST_HEADLINE, help_text="Replaces our headline. Leave empty to use ours."
    )

    def __init__(self, incident: Incident, *args: Any, **options: Any) -> None:
        super().__init__(incident, *args, **options)
        names = _component_names(incident)
        slugs = dict.fromkeys([*names, *incident.components])
        self.fields["components"].choices = [(slug, names.get(slug, slug)) for slug in slugs]  # type: ignore[attr-defined]
        self.initial = {
            "components": incident.components,
            "codes": ", ".join(sorted(spots(incident.countries, incident.regions))),
            "kind": incident.kind,
            "headline": incident.headline,
            **self.initial,
        }

    def clean_codes(self) -> list[str]:
        try:
            return decisions.checked_places(self.cleaned_data["codes"].split(","))
        except DecisionError as error:
            raise forms.ValidationError(str(error)) from error


def _component_names(incident: Incident) -> dict[str, str]:
    return catalog_of(incident.service).component_names("en")


def _place(code: str) -> str:
    found = places.get(code)
    return f"{found.name('en')} ({code})" if found else code


Carry = Callable[[Incident, dict[str, Any], Any], Any]
Fits = Callable[[Incident], bool]


@dataclass(frozen=True, slots=True)
class Verb:
    """A decision: what its button says, where it is offered, what it asks for, how it is taken."""

    words: str
    fits: Fits
    carry: Carry
    form: type[ReasonForm] = ReasonForm


def _to(state: str) -> Carry:
    return lambda incident, said, by: decisions.move(incident, state, by=by, **said)


_State = Incident.State
VERBS = {
    "confirm": Verb("Confirm", lambda i: i.state in (_State.POSSIBLE, _State.RECOVERING), _to(_State.CONFIRMED)),
    "resolve": Verb("Resolve", lambda i: i.is_open or i.state == _State.DISMISSED, _to(_State.RESOLVED)),
    "dismiss": Verb("Dismiss", lambda i: i.is_open or i.state == _State.RESOLVED, _to(_State.DISMISSED)),
    "reopen": Verb(
        "Reopen",
        lambda i: i.state in (_State.RESOLVED, _State.DISMISSED),
        lambda incident, said, by: decisions.move(incident, decisions.reopened(incident), by=by, **said),
    ),
    "correct": Verb(
        "Correct",
        lambda i: i.state != _State.MERGED,
        lambda incident, said, by: decisions.change(incident, by=by, **said),
        CorrectionForm,
    ),
    "split": Verb(
        "Split",
        lambda i: i.is_open and len(i.components) + len(spots(i.countries, i.regions)) > 1,
        lambda incident, said, by: decisions.split(incident, by=by, **said),
        SplitForm,
    ),
}


class PastInline(admin.TabularInline):
    """What happened, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class EventInline(PastInline):
    model = IncidentEvent
    fields = readonly_fields = ("at", "from_state", "to_state", "reason", "text", "confidence")

    @admin.display(description="text")
    def text(self, row: IncidentEvent) -> str:
        return event_text(row)


def _undo_link(row: IncidentOverride) -> SafeString | str:
    if why := decisions.why_not_undo(row):
        return why
    words = "Withdraw" if row.waits else "Undo"
    return format_html('<a class="button" href="{}">{}</a>', reverse("admin:outages_undo", args=[row.pk]), words)


def _standing(row: IncidentOverride) -> str:
    if row.withdrawn_at:
        return "withdrawn"
    if row.waits:
        return "waits for the next scan"
    return f"not carried out: {row.outcome}" if row.outcome else "carried out"


class DecisionInline(PastInline):
    model = IncidentOverride
    fk_name = "incident"
    verbose_name_plural = "decisions of moderators"
    fields = readonly_fields = ("created_at", "by", "action", "to_state", "reason", "standing", "undo")

    @admin.display(description="state")
    def standing(self, row: IncidentOverride) -> str:
        return _standing(row)

    @admin.display(description="undo")
    def undo(self, row: IncidentOverride) -> SafeString | str:
        return _undo_link(row)


@admin.register(Incident)
class IncidentAdmin(LookOnly):
    """Incidents; open ones can be told apart by their state. Choose two or more to merge them."""

    list_display = ("opened_at", "service", "number", "state", "kind", "parts", "where", "confidence", "headline")
    list_filter = ("service", "state", "kind")
    list_select_related = ("service",)
    date_hierarchy = "opened_at"
    inlines = (DecisionInline, EventInline)
    actions = ("merge", "dismiss", "resolve")
    change_form_template = "admin/moderation/incident.html"
    fields = readonly_fields = (
        *("service", "number", "state", "kind", "headline", "parts", "where", "symptom", "confidence"),
        *("opened_at", "confirmed_at", "resolved_at", "merged_into", "split_from", "upstream"),
    )

    @admin.display(description="components")
    def parts(self, row: Incident) -> str:
        return ", ".join(row.components)

    @admin.display(description="places")
    def where(self, row: Incident) -> str:
        return ", ".join(sorted(spots(row.countries, row.regions))) or "everywhere"

    @asking_why("merge these incidents into the one that opened first", refused=DecisionError)
    def merge(self, request: HttpRequest, rows: list[Any], reason: str) -> str:
        decisions.merge(rows, reason=reason, by=request.user)
        return f"{len(rows)} incidents become one. {WAITS}"

    @asking_why("dismiss these incidents", refused=DecisionError)
    def dismiss(self, request: HttpRequest, rows: list[Any], reason: str) -> str:
        return self._each(rows, _State.DISMISSED, reason, request)

    @asking_why("resolve these incidents", refused=DecisionError)
    def resolve(self, request: HttpRequest, rows: list[Any], reason: str) -> str:
        return self._each(rows, _State.RESOLVED, reason, request)

    def _each(self, rows: list[Any], to: str, reason: str, request: HttpRequest) -> str:
        """All or none: what is refused for one is said, and nothing is decided."""
        decisions.move_all(rows, to, reason=reason, by=request.user)
        return f"Decided for {len(rows)} incidents. {WAITS}"

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/decide/<slug:verb>/", wrap(self.decide_view), name="outages_decide"),
            path("decisions/<int:pk>/undo/", wrap(self.undo_view), name="outages_undo"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        offered = []
        if row is not None and self.has_moderate_permission(request):
            offered = [(name, verb.words) for name, verb in VERBS.items() if verb.fits(row)]
        page = reverse("incident", args=[row.service.slug, row.number]) if row is not None else ""
        return super().change_view(
            request, object_id, form_url, {"verbs": offered, "public_page": page, **(extra_context or {})}
        )

    def decide_view(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Asks for what a decision needs, and takes it."""
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        row = get_object_or_404(Incident.objects.select_related("service"), pk=pk)
        asked = VERBS.get(verb)
        if asked is None:
            raise Http404
        form = asked.form(row, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                asked.carry(row, form.cleaned_data, request.user)
            except DecisionError as error:
                form.add_error(None, str(error))
            else:
                return self._decided(request, row, f"{asked.words}: {form.cleaned_data['reason']}")
        return self._ask(request, row, form, f"{asked.words} incident {row.number} of {row.service}")

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks why a decision is taken back, and does so."""
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        found = IncidentOverride.objects.select_related("incident__service", "merge_into")
        decision = get_object_or_404(found, pk=pk, incident__isnull=False)
        row = decision.incident
        assert row is not None
        form = ReasonForm(row, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                decisions.undo(decision, reason=form.cleaned_data["reason"], by=request.user)
            except DecisionError as error:
                form.add_error(None, str(error))
            else:
                done = f"{decision.get_action_display()} taken back: {form.cleaned_data['reason']}"
                return self._decided(request, row, done)
        return self._ask(request, row, form, f"Take back: {decision}")

    def _ask(self, request: HttpRequest, row: Incident, form: ReasonForm, title: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.model._meta,
            "form": form,
            "incident": row,
            "back": reverse("admin:outages_incident_change", args=[row.pk]),
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/moderation/decide.html", context)

    def _decided(self, request: HttpRequest, row: Incident, done: str) -> HttpResponse:
        log(request, [row], done)
        self.message_user(request, f"Decided. {WAITS}", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:outages_incident_change", args=[row.pk]))


@admin.register(IncidentOverride)
class DecisionAdmin(LookOnly):
    """What moderators decided about incidents, by whom and why."""

    list_display = ("created_at", "by", "service", "number", "action", "to_state", "reason", "standing", "undo")
    list_filter = ("service", "action", "by")
    list_select_related = ("service", "by", "incident", "merge_into")
    date_hierarchy = "created_at"
    list_per_page = 50
    fields = readonly_fields = (
        *("created_at", "by", "service", "number", "incident", "action", "to_state", "merge_into", "components"),
        *("countries", "regions", "kind", "headline", "reason", "applied_at", "standing", "undoes"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[IncidentOverride]:
        rows: QuerySet[IncidentOverride] = super().get_queryset(request)
        return rows.order_by("-id")

    @admin.display(description="state")
    def standing(self, row: IncidentOverride) -> str:
        return _standing(row)

    @admin.display(description="undo")
    def undo(self, row: IncidentOverride) -> SafeString | str:
        return _undo_link(row)
