"""The report form. What it takes is the same as every other door takes; intake has the last word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reports import places
from reports.catalog.schema import Catalog, localise
from reports.collation import collation_key
from reports.intake.submissions import NOTE_CHARACTERS, Correction, Submission
from reports.web import text

STARTED_MINUTES = (5, 15, 30, 60, 180, 720)
PLATFORMS = ("ios", "android", "web", "car", "api")
UNKNOWN_SYMPTOM = "other"
LONGEST_ZONE = 64


def platform_words() -> dict[str, str]:
    """What people call the platforms."""
    return {
        "ios": _("iPhone or iPad"),
        "android": pgettext("choice in the report form", "Android"),
        "web": pgettext("choice in the report form", "Web browser"),
        "car": _("In the car"),
        "api": pgettext("choice in the report form", "An API"),
    }


def started_words(minutes: int) -> str:
    """How long ago, as the form offers it."""
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    hours = minutes // 60
    return _("an hour ago") if hours == 1 else ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}


def country_choices(language: str) -> list[tuple[str, str]]:
    """All countries by name, after an empty choice."""
    return [("", _("prefer not to say")), *_by_name(places.countries(), language)]


def region_choices(country: str, language: str) -> list[tuple[str, str]]:
    """A country's regions by name, after an empty choice."""
    return [("", _("prefer not to say")), *_by_name(places.regions(country), language)]


def _by_name(found: Iterable[places.Place], language: str) -> list[tuple[str, str]]:
    named = [(place.code, place.name(language)) for place in found]
    return sorted(named, key=lambda pair: collation_key(pair[1], language))


class ReportForm(forms.Form):
    """A report in two taps: the symptom, and send. All else is optional."""

    symptom = forms.ChoiceField(required=False)
    component = forms.ChoiceField(required=False)
    country = forms.ChoiceField(required=False)
    region = forms.ChoiceField(required=False)
    platform = forms.ChoiceField(required=False)
    started = forms.ChoiceField(required=False)
    error_code = forms.CharField(required=False, max_length=40)
    note = forms.CharField(required=False, max_length=NOTE_CHARACTERS, widget=forms.Textarea({"dir": "auto"}))
    kind = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in ("problem", "working", "recovered")])
    zone = forms.CharField(required=False)

    def __init__(self, catalog: Catalog, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.catalog = catalog
        self.language = language
        given = self.data if self.is_bound else self.initial
        self.chosen_country = str(given.get("country") or "")[:2]
        self._choose("symptom", ((symptom.slug, localise(symptom.name, language)) for symptom in catalog.symptoms))
        self._choose(
            "component",
            [
                ("", _("everything, or not sure")),
                *((p.slug, localise(p.name, language)) for p in catalog.components),
            ],
        )
        self._choose("country", country_choices(language))
        self._choose("region", region_choices(self.chosen_country, language))
        self._choose("platform", [("", _("prefer not to say")), *platform_words().items()])
        self._choose(
            "started",
            [
                ("", pgettext("choice in the report form", "just now")),
                *((str(n), started_words(n)) for n in STARTED_MINUTES),
            ],
        )
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs.update({"aria-invalid": "true", "aria-describedby": f"error_{name}"})

    def _choose(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["kind"] = data.get("kind") or "problem"
        if data["kind"] == "problem" and not data.get("symptom") and "symptom" not in self.errors:
            self.add_error("symptom", _("Please pick a problem."))
        if data.get("zone") and not data.get("country") and "country" not in self.errors:
            found = places.from_time_zone(data["zone"][:LONGEST_ZONE])
            if found is not None:
                data["country"], data["region"] = found.country or "", found.region or ""
        return data

    def submission(self, *, now: datetime) -> Submission:
        """The valid form as every door hands a report in."""
        data = self.cleaned_data
        return Submission(
            service=self.catalog.slug,
            kind=data["kind"],
            symptom=data["symptom"] or None,
            component=data["component"] or None,
            country=data["country"] or None,
            region=data["region"] or None,
            platform=data["platform"] or None,
            error_code=data["error_code"] or None,
            note=data["note"] or None,
            occurred_at=now - timedelta(minutes=int(data["started"])) if data["started"] else None,
        )

    def correction(self) -> Correction:
        """The valid form as a correction; fields left empty are cleared."""
        data = self.cleaned_data
        return Correction(
            symptom=data["symptom"],
            component=data["component"],
            country=data["country"],
            region=data["region"],
            platform=data["platform"],
            error_code=data["error_code"],
            note=data["note"],
        )

    def say(self, errors: Iterable[dict[str, str]]) -> None:
        """Puts what intake refused beside its fields."""
        for error in errors:
            name = {"occurred_at": "started"}.get(error["field"], error["field"])
            self.add_error(name if name in self.fields else None, text.refused(error["message"]))

    def tiles(self) -> list[dict[str, Any]]:
        """The symptoms as tiles, the usual ones first and marked."""
        chosen = str(self["symptom"].value() or "")
        return [
            {
                "slug": symptom.slug,
                "name": localise(symptom.name, self.language),
                "icon": symptom.icon or "other",
                "common": symptom.common or symptom.slug == UNKNOWN_SYMPTOM or symptom.slug == chosen,
                "chosen": symptom.slug == chosen,
            }
            for symptom in self.catalog.symptoms
        ]
