"""Disputes of incidents, to be answered in public."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from outages import disputes
from outages.disputes import LONGEST_ANSWER, AnswerError
from outages.models import Dispute, Incident
from reports.admin.base import LookOnly, log


class AnswerForm(forms.Form):
    """How a dispute is settled."""

    state = forms.ChoiceField(
        label="Outcome",
        choices=[choice for choice in Dispute.State.choices if choice[0] != Dispute.State.WAITING],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        required=False,
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=(
            "Shown publicly on the incident's page and under “How we know”. Please don't name anyone. Disputes "
            "removed as abuse need no answer."
        ),
    )
    is_reason_public = forms.BooleanField(
        label="Show the reason",
        required=False,
        help_text="Publishes the disputer's text. Leave it unchecked if the text names a person.",
    )


@admin.register(Dispute)
class DisputeAdmin(LookOnly):
    """What people say against incidents. The incident itself is corrected on its own page."""

    list_display = ("created_at", "service", "number", "claim", "reason", "state", "settle")
    list_filter = ("state", "service", "claim")
    list_select_related = ("service",)
    date_hierarchy = "created_at"
    list_per_page = 50
    actions = ("remove",)
    fields = readonly_fields = (
        *("created_at", "service", "number", "opened_at", "claim", "reason", "language"),
        *("state", "answer", "is_reason_public", "answered_at", "by", "settle"),
    )

    @admin.display(description="answer")
    def settle(self, row: Dispute) -> SafeString:
        words = "Answer" if row.state == Dispute.State.WAITING else "Answer again"
        return format_html('<a class="button" href="{}">{}</a>', reverse("admin:outages_answer", args=[row.pk]), words)

    @admin.action(description="Remove as abuse", permissions=["moderate"])
    def remove(self, request: HttpRequest, queryset: Any) -> None:
        rows = list(queryset.filter(state=Dispute.State.WAITING))
        for row in rows:
            disputes.answer(row, state="removed", words="", is_reason_public=False, now=timezone.now(), by=request.user)
        log(request, rows, "removed as abuse")
        self.message_user(request, f"{len(rows)} removed. Those that were answered stay.", messages.SUCCESS)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [path("<uuid:pk>/answer/", wrap(self.answer_view), name="outages_answer"), *super().get_urls()]

    def answer_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Ask for the outcome and the answer, and keep them."""
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        row = get_object_or_404(Dispute.objects.select_related("service"), pk=pk)
        given = {"answer": row.answer, "is_reason_public": row.is_reason_public}
        form = AnswerForm(request.POST or None, initial={**given, "state": row.state})
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                disputes.answer(
                    row,
                    state=said["state"],
                    words=said["answer"],
                    is_reason_public=said["is_reason_public"],
                    now=timezone.now(),
                    by=request.user,
                )
            except AnswerError as error:
                form.add_error(None, str(error))
            else:
                log(request, [row], f"{row.get_state_display()}: {row.answer}")
                self.message_user(request, "Answered. Your answer is now public.", messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:outages_dispute_changelist") + "?state__exact=waiting")
        incident = Incident.objects.filter(service=row.service, number=row.number, opened_at=row.opened_at).first()
        context = {
            **self.admin_site.each_context(request),
            "title": f"Answer: {row}",
            "opts": self.model._meta,
            "form": form,
            "dispute": row,
            "incident": incident,
            "back": reverse("admin:outages_dispute_changelist"),
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/moderation/answer.html", context)
