"""The answer takes at most two lines on a phone: each state of each service, in every language and the made-up one."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from django.utils import translation
from django.utils.text import capfirst

from outages.templatetags.brownout import is_long_headline, parts_in_headline, state_word
from outages.texts import sentences
from outages.verdict.summary import FirstLine, Summary
from reports.catalog.loader import read
from reports.catalog.schema import Catalog, localise
from reports.catalog.store import store
from reports.languages import LANGUAGES
from reports.models import Service
from tests import factories
from tests.browser.conftest import Opener
from tests.pseudo_language import TAG, spoken

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CATALOGUES: Final = Path(__file__).resolve().parents[2] / "catalog"
INCIDENT_STATES: Final = ("possible", "confirmed", "recovering", "resolved", "dismissed", "maintenance", "merged")
# The words are put into the page's own headline, in their language, so that its font, icon and hyphens are real.
LINES: Final = """
([language, direction, texts]) => {
  const headline = document.querySelector(".sentence");
  const words = headline.lastChild;
  document.documentElement.lang = language;
  document.documentElement.dir = direction;
  return texts.map(([text, isLong]) => {
    words.textContent = ` ${text}`;
    headline.classList.toggle("long", isLong);
    const height = parseFloat(getComputedStyle(headline).lineHeight);
    const overflow = headline.scrollWidth > headline.clientWidth ? 100 : 0;
    return Math.round(headline.getBoundingClientRect().height / height) + overflow;
  });
}
"""


def headlines(catalog: Catalog, language: str) -> list[str]:
    """Return the headlines of a service and of its incidents, in each state, for each thing affected."""
    name = localise(catalog.name, language)
    components = [localise(component.name, language) for component in catalog.components]
    affected: list[list[str]] = [
        [],
        components,
        *([one] for one in components),
        *([a, b] for a, b in pairwise(components)),
    ]
    found = []
    for state in FirstLine:
        known = Summary(state, None, has_numbers=False, has_confidence=False, disagree=False, missing=())
        found += [sentences.headline(name, known, parts=parts) for parts in affected]
    for state in INCIDENT_STATES:
        found += [f"{capfirst(state_word(state))}: {parts_in_headline(state, parts) or name}" for parts in affected]
    return found


def test_the_answer_takes_two_lines_at_most(
    visit: Opener, site: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    catalogues = [read(CATALOGUES / f"{name}.toml") for name in ("tesla", "spectrum")]
    for catalog in catalogues:
        store(catalog)
    factories.an_outage(Service.objects.get(slug="tesla"), datetime.now(UTC), symptom="http-503-maintenance")
    spoken(monkeypatch, settings, mirrored=True)
    page, _ = visit("/tesla/", viewport={"width": 360, "height": 700})
    taller = []
    for language in (*LANGUAGES, TAG):
        with translation.override(language):
            said = [text for catalog in catalogues for text in headlines(catalog, language)]
        assert len(set(said)) > 100
        sized = [(text, is_long_headline(text)) for text in said]
        lines = page.evaluate(LINES, [language, "rtl" if language == TAG else "ltr", sized])
        taller += [(language, count, text) for count, text in zip(lines, said, strict=True) if count > 2]
    assert taller == [], "\n".join(map(repr, taller))
