"""The verdict in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from outages.texts import sentences
from outages.verdict import Chip, Verdict

USUAL: dict[str, Any] = {"parts": ["Mobile app"], "places": "Norway", "reports": 214, "expected": 6.2, "chips": []}


@pytest.mark.parametrize(
    ("verdict", "changes", "sentence"),
    [
        (
            Verdict.CONFIRMED,
            {},
            "Tesla: outage of Mobile app in Norway. 214 reports in 30 minutes, usually 6.",
        ),
        (
            Verdict.OK,
            {"reports": 1, "expected": 0.4},
            "Tesla: no outage seen. 1 report in 30 minutes, usually fewer than 1.",
        ),
        (
            Verdict.OK,
            {"ended_minutes_ago": 1, "reports": 1300},
            "Tesla: no outage now; one ended 1 minute ago. 1,300 reports in 30 minutes, usually 6.",
        ),
        (
            Verdict.POSSIBLE,
            {"parts": [], "places": "", "chips": [Chip("probes", "missing", "Probes are silent")]},
            "Tesla: possible outage. 214 reports in 30 minutes, usually 6. Probes are silent.",
        ),
        (
            Verdict.UNKNOWN,
            {},
            "Tesla: unknown. Nobody is watching at this moment, so this is not an all-clear.",
        ),
    ],
)
def test_the_sentence_has_its_numbers_and_says_what_is_missing(
    verdict: Verdict, changes: dict[str, Any], sentence: str
) -> None:
    assert sentences.sentence("Tesla", verdict, **{**USUAL, **changes}) == sentence
