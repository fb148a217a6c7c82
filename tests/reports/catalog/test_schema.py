from __future__ import annotations

import pytest

from reports.catalog.schema import Text, localise

CHARGING: Text = {"en": "Charging", "de": "Laden", "nb": "Lading", "zh-Hans": "充电"}


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Charging", "de", "Charging"),
        (CHARGING, "en", "Charging"),
        (CHARGING, "de", "Laden"),
        (CHARGING, "de-AT", "Laden"),
        (CHARGING, "DE", "Laden"),
        (CHARGING, "zh-hans", "充电"),
        (CHARGING, "zh-Hans", "充电"),
        (CHARGING, "fi", "Charging"),
        ({"de": "Laden"}, "fi", "Laden"),
        ({}, "fi", ""),
    ],
)
def test_a_text_is_found_in_the_language_or_the_nearest_one(text: Text, language: str, words: str) -> None:
    assert localise(text, language) == words
