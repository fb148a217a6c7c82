"""Which parts open incidents touch, and the advice that follows from it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from outages.queries.incidents import IncidentView
from outages.verdict import Verdict
from outages.web.views.page_context import Shown
from reports.catalog import guidance
from reports.catalog.schema import localise


def affected_parts(page: Shown, incidents: Sequence[IncidentView]) -> dict[str, tuple[str, str]]:
    """Components that open incidents name, and those that need them: slug → (state, name of the part at fault)."""
    names = page.component_names()
    found: dict[str, tuple[str, str]] = {}
    for incident in reversed(incidents):
        for slug in incident.components or list(names):
            found[slug] = (incident.state, "")
    grew = True
    while grew:
        grew = False
        for part in page.catalog.components:
            for needed in part.depends_on:
                if part.slug not in found and needed in found and found[needed][0] == Verdict.CONFIRMED:
                    found[part.slug] = (Verdict.POSSIBLE, found[needed][1] or names[needed])
                    grew = True
    return found


def advice(page: Shown, verdict: Verdict, affected: Collection[str], leading: Collection[str]) -> list[dict[str, Any]]:
    """The advice whose conditions hold: this verdict, these components or these leading symptoms. Warnings first."""
    found = guidance.advice(page.catalog, verdict.value, components=affected, symptoms=leading)
    return [{"text": localise(item.text, page.language), "warning": item.warning} for item in found]


def still_works(page: Shown, affected: Collection[str]) -> list[str]:
    """What goes on working while these parts are affected."""
    found = guidance.still_works(page.catalog, components=affected)
    return [localise(item.text, page.language) for item in found]
