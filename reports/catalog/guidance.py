"""What a catalogue tells people at a moment. Pure: what is affected and what people see is handed in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from reports.catalog.schema import Advice, Catalog, Guide, StillWorks, Symptom

Phase = Literal["ok", "possible", "confirmed", "recovering", "maintenance", "unknown"]


def symptom(catalog: Catalog, slug: str) -> Symptom | None:
    """A symptom by its slug; None where the catalogue has none such (any more)."""
    return next((candidate for candidate in catalog.symptoms if candidate.slug == slug), None)


def guide(catalog: Catalog, slug: str) -> Guide | None:
    """What a symptom means and what to do; None where the catalogue says nothing of it."""
    found = symptom(catalog, slug)
    return found.guide if found else None


def component_of(catalog: Catalog, slug: str) -> str:
    """The part that is meant by a symptom whose reporter names none."""
    found = symptom(catalog, slug)
    return (found.component if found else None) or catalog.default_component


def advice(catalog: Catalog, phase: Phase, *, components: Collection[str], symptoms: Collection[str]) -> list[Advice]:
    """The advice of a moment, warnings first, else in the catalogue's order.

    `components` are those affected, `symptoms` those that people report most. Advice that names components or symptoms
    wants one of them; advice that names a phase wants that phase.
    """
    fitting = [
        candidate
        for candidate in catalog.advice
        if (not candidate.during or phase in candidate.during)
        and (
            not (candidate.components or candidate.symptoms)
            or not set(candidate.components).isdisjoint(components)
            or not set(candidate.symptoms).isdisjoint(symptoms)
        )
    ]
    return sorted(fitting, key=lambda candidate: not candidate.warning)


def still_works(catalog: Catalog, *, components: Collection[str]) -> list[StillWorks]:
    """What goes on working while these components are affected."""
    return [candidate for candidate in catalog.still_works if set(candidate.unless).isdisjoint(components)]
