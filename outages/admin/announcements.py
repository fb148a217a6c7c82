"""Posts: official links are entered here, and readings corrected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from outages.detection.classifier import STAGES
from outages.models import Announcement, AnnouncementRevision
from outages.signals.announcements import store
from reports.catalog.schema import Source
from reports.catalog.store import catalog_of
from reports.models import Service

STAGE_CHOICES = [("", "as the rules say"), *((stage, stage) for stage in STAGES)]


def manual_sources() -> Iterator[tuple[Service, Source]]:
    """Where a moderator may enter links: the catalogues' sources of the kind `manual`."""
    for service in Service.objects.filter(is_active=True):
        for source in catalog_of(service).sources:
            if source.kind == "manual":
                yield service, source


class LinkForm(forms.ModelForm):
    """Enters a post by its link."""

    where = forms.ChoiceField(label="Service", help_text="Those whose catalogue has a source of the kind “manual”.")
    url = forms.URLField(label="Link", max_length=500, assume_scheme="https")
    author = forms.CharField(
        max_length=120,
        help_text="Spelled as in the catalogue. Only authors listed there count as official.",
    )
    text = forms.CharField(widget=forms.Textarea, max_length=20_000, help_text="The exact text of the post.")
    posted_at = forms.SplitDateTimeField(label="Posted at (UTC)", widget=AdminSplitDateTime)

    class Meta:
        model = Announcement
        fields = ("url", "author", "text", "posted_at")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = {f"{service.pk}:{source.slug}": (service, source) for service, source in manual_sources()}
        where = self.fields["where"]
        assert isinstance(where, forms.ChoiceField)
        where.choices = [(key, f"{service} ({source.slug})") for key, (service, source) in self.known.items()]
        self.fields["posted_at"].initial = timezone.now

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if not url.startswith(("https://", "http://")):
            raise ValidationError("Enter a URL that starts with https://.")
        return url

    def clean_posted_at(self) -> Any:
        moment = self.cleaned_data["posted_at"]
        if moment > timezone.now() + store.MOST_AHEAD:
            raise ValidationError("This time is in the future. Times are in UTC.")
        return moment

    def chosen(self) -> tuple[Service, Source]:
        """The service and the source that were chosen."""
        return self.known[self.cleaned_data["where"]]


class AnnouncementForm(forms.ModelForm):
    """Corrects what the rules made of a post."""

    corrected_stage = forms.ChoiceField(choices=STAGE_CHOICES, required=False)
    corrected_relevant = forms.NullBooleanField(
        required=False,
        help_text=("Yes links the post to the incident, no sets it aside, unknown leaves it to the rules."),
    )
    correction_note = forms.CharField(
        max_length=300, required=False, help_text=("Your reason; stored with the correction.")
    )

    class Meta:
        model = Announcement
        fields = ("corrected_stage", "corrected_relevant", "correction_note")


class RevisionInline(admin.TabularInline):
    model = AnnouncementRevision
    fields = readonly_fields = ("replaced_at", "text")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Announcement)
class AnnouncementAdmin(admin.ModelAdmin):
    """Posts. Adding one pastes a link; changing one corrects its reading."""

    list_display = ("posted_at", "service", "source", "author", "tier", "stage", "relevant", "is_corrected", "__str__")
    list_filter = ("service", "tier", "relevant", "stage", "source")
    search_fields = ("text", "author", "url")
    date_hierarchy = "posted_at"
    list_select_related = ("service",)
    change_list_template = "admin/moderation/announcements.html"
    corrections = ("corrected_stage", "corrected_relevant", "correction_note")
    shown = (
        *("service", "source", "author", "tier", "url", "text", "posted_at", "first_seen_at", "seen_at", "deleted_at"),
        *("stage", "relevant", "components", "reasons", "incident"),
    )

    @admin.display(boolean=True, description="corrected")
    def is_corrected(self, row: Announcement) -> bool:
        return bool(row.corrected_stage) or row.corrected_relevant is not None

    def get_form(self, request: HttpRequest, obj: Announcement | None = None, change: bool = False, **kw: Any) -> Any:
        return AnnouncementForm if obj is not None else LinkForm

    def get_fieldsets(self, request: HttpRequest, obj: Announcement | None = None) -> Any:
        if obj is None:
            intro = "Add an official post that no source picks up: its link, author and exact text."
            return [(None, {"fields": ("where", "url", "author", "text", "posted_at"), "description": intro})]
        return [(None, {"fields": self.shown}), ("A moderator's word", {"fields": self.corrections})]

    def get_readonly_fields(self, request: HttpRequest, obj: Announcement | None = None) -> Any:
        return self.shown if obj is not None else ()

    def get_inlines(self, request: HttpRequest, obj: Announcement | None) -> Any:
        return [RevisionInline] if obj is not None else []

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Announcement, form: Any, change: bool) -> None:
        now = timezone.now()
        if isinstance(form, LinkForm):
            service, source = form.chosen()
            given = {name: form.cleaned_data[name] for name in ("url", "author", "text", "posted_at")}
            obj.pk = store.enter_link(service, source, **given, now=now).pk
            obj.refresh_from_db()
        elif form.has_changed():
            stored = Announcement.objects.get(pk=obj.pk)
            store.correct(
                stored,
                stage=form.cleaned_data["corrected_stage"],
                relevant=form.cleaned_data["corrected_relevant"],
                note=form.cleaned_data["correction_note"],
                now=now,
            )

    def get_urls(self) -> list[Any]:
        corrections = self.admin_site.admin_view(self.corrections_view)
        return [path("corrections.jsonl", corrections, name="outages_announcement_corrections"), *super().get_urls()]

    def corrections_view(self, request: HttpRequest) -> HttpResponse:
        """The corrections as cases for the tests of the announcements' reader, a line of JSON each."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        lines = "".join(f"{case}\n" for case in store.correction_cases())
        headers = {"Content-Disposition": 'attachment; filename="corrections.jsonl"'}
        return HttpResponse(lines, content_type="application/jsonl", headers=headers)
