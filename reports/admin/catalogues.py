"""What the loaded catalogues say. They are changed in their files, never here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reports.admin.base import LookOnly
from reports.catalog.diff import file_states
from reports.catalog.schema import localise
from reports.catalog.store import catalog_of
from reports.models import Service


@admin.register(Service)
class ServiceAdmin(LookOnly):
    """Services as their catalogue files say."""

    list_display = ("name", "slug", "clock", "is_active", "loaded_at", "holds")
    list_filter = ("clock", "is_active")
    change_list_template = "admin/moderation/catalogues.html"
    fields = readonly_fields = (
        *("name", "slug", "clock", "is_active", "created_at", "loaded_at", "file"),
        *("components_said", "symptoms_said", "probes_said", "sources_said", "whole"),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"files": file_states(), **(extra_context or {})})

    @admin.display(description="holds")
    def holds(self, row: Service) -> str:
        catalog = catalog_of(row)
        parts: dict[str, Sequence[Any]] = {
            "components": catalog.components,
            "symptoms": catalog.symptoms,
            "probes": catalog.probes,
            "sources": catalog.sources,
        }
        return ", ".join(f"{len(found)} {name}" for name, found in parts.items())

    @admin.display(description="file")
    def file(self, row: Service) -> str:
        for found in file_states():
            if found.service == row.slug:
                return f"{found.file}: {found.words}"
        return "No readable file for this service."

    @admin.display(description="components")
    def components_said(self, row: Service) -> SafeString:
        return _lines((part.slug, localise(part.name)) for part in catalog_of(row).components)

    @admin.display(description="symptoms")
    def symptoms_said(self, row: Service) -> SafeString:
        return _lines((part.slug, localise(part.name)) for part in catalog_of(row).symptoms)

    @admin.display(description="probes")
    def probes_said(self, row: Service) -> SafeString:
        return _lines((probe.slug, f"{probe.kind}, each {probe.interval_s} s") for probe in catalog_of(row).probes)

    @admin.display(description="sources")
    def sources_said(self, row: Service) -> SafeString:
        return _lines((source.slug, f"{source.kind}, {source.tier}") for source in catalog_of(row).sources)

    @admin.display(description="full catalogue")
    def whole(self, row: Service) -> SafeString:
        text = msgspec.json.format(msgspec.json.encode(row.definition), indent=2).decode()
        return format_html('<details><summary>JSON</summary><pre class="catalogue">{}</pre></details>', text)


def _lines(pairs: Any) -> SafeString:
    return format_html_join("", "<div><code>{}</code> {}</div>", pairs) or SafeString("none")
