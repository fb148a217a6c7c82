"""The first_line in one line, and the sentence with its places and numbers."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from outages.texts import sentences
from outages.verdict import Chip, Verdict
from outages.verdict.summary import Known, summarize

USUAL: dict[str, Any] = {"parts": ["Mobile app"], "in_places": "in Norway", "reports": 214, "expected": 6.2}
MISSING = (Chip("probes", "missing", "Our automatic checks are off"),)


@pytest.mark.parametrize(
    ("known", "changes", "sentence"),
    [
        (
            Known(Verdict.CONFIRMED, (), reports=214),
            {},
            "Tesla is down in Norway: Mobile app. 214 reports in 30 min (usual: 6).",
        ),
        (
            Known(Verdict.OK, (), reports=1),
            {"reports": 1, "expected": 0.4},
            "No problems with Tesla right now. 1 report in 30 min (usual: under 1).",
        ),
        (
            Known(Verdict.OK, (), reports=1300, ended=True),
            {"ended_minutes_ago": 1, "reports": 1300},
            "Tesla is working again. The outage ended 1 minute ago. 1,300 reports in 30 min (usual: 6).",
        ),
        (
            Known(Verdict.OK, (), reports=1300, ended=True),
            {"ended_minutes_ago": 112, "reports": 1300},
            "Tesla is working again. The outage ended 1 h 52 min ago. 1,300 reports in 30 min (usual: 6).",
        ),
        (
            Known(Verdict.POSSIBLE, MISSING, reports=214),
            {"parts": [], "in_places": ""},
            "Tesla may be down. 214 reports in 30 min (usual: 6). Our automatic checks are off.",
        ),
        (
            Known(Verdict.POSSIBLE, (), reports=0),
            {"parts": [], "in_places": "", "reports": 0},
            "Tesla may be down.",
        ),
        (
            Known(Verdict.UNKNOWN, MISSING),
            {},
            "We can't tell if Tesla is working. Monitoring is paused right now.",
        ),
    ],
)
def test_the_sentence_has_its_numbers_and_says_what_is_missing(
    known: Known, changes: dict[str, Any], sentence: str
) -> None:
    assert sentences.sentence("Tesla", summarize(known), **{**USUAL, **changes}) == sentence


def test_a_first_line_names_as_many_parts_as_fit_and_counts_the_others() -> None:
    down = summarize(Known(Verdict.CONFIRMED, (), reports=9))
    parts = ["Mobile app", "Sign-in and account", "Charging", "Navigation"]
    assert sentences.first_line("Tesla", down, parts=parts) == "Tesla is down: Mobile app and 3 more."
    assert sentences.first_line("Tesla", down, parts=parts[:1]) == "Tesla is down: Mobile app."
    assert sentences.fitting(["App", "Web", "API"]) == "App, Web, API"
    assert sentences.fitting(["アプリとサービス", "サインインとアカウント"]) == "アプリとサービス and 1 more"


@pytest.mark.parametrize(
    ("language", "few", "many"),
    [("ja", "1件未満", "6件"), ("ko", "1건 미만", "6건"), ("de", "unter 1", "6"), ("pl", "mniej niż 1", "6")],
)
def test_the_usual_has_its_counter_where_a_language_counts_so(language: str, few: str, many: str) -> None:
    with translation.override(language):
        assert few in sentences.reports_clause(3, 0.4)
        assert many in sentences.reports_clause(3, 6.2).split("30", 1)[1]
