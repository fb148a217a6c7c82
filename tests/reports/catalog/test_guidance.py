from __future__ import annotations

from pathlib import Path

import pytest

from reports.catalog import guidance
from reports.catalog.loader import parse

CATALOG = parse(
    """
slug = "mail"
name = "Mail"
default_component = "web"

[[components]]
slug = "web"
name = "Web mail"

[[components]]
slug = "sync"
name = "Synchronisation"

[[symptoms]]
slug = "stale"
name = "Old mail"
component = "sync"

[symptoms.guide]
meaning = "New mail waits."

[[symptoms]]
slug = "timeout"
name = "Times out"

[[advice]]
text = "Always."

[[advice]]
text = "When it is sure."
during = ["confirmed"]

[[advice]]
text = "When mail is old or sync is down."
components = ["sync"]
symptoms = ["stale"]
during = ["possible", "confirmed"]
warning = true

[[still_works]]
text = "Reading."

[[still_works]]
text = "Sending."
unless = ["web"]
""",
    Path("mail.toml"),
)
OLD = "When mail is old or sync is down."


@pytest.mark.parametrize(
    ("phase", "components", "symptoms", "texts"),
    [
        ("ok", [], [], ["Always."]),
        ("confirmed", [], [], ["Always.", "When it is sure."]),
        ("possible", ["sync"], [], [OLD, "Always."]),
        ("possible", ["web"], [], ["Always."]),
        ("confirmed", ["web"], ["timeout", "stale"], [OLD, "Always.", "When it is sure."]),
        ("recovering", ["sync"], ["stale"], ["Always."]),
    ],
)
def test_advice_follows_the_evidence_of_the_moment(
    phase: guidance.Phase, components: list[str], symptoms: list[str], texts: list[str]
) -> None:
    found = guidance.advice(CATALOG, phase, components=components, symptoms=symptoms)
    assert [advice.text for advice in found] == texts


def test_what_still_works_leaves_out_what_needs_an_affected_part() -> None:
    assert [works.text for works in guidance.still_works(CATALOG, components=["sync"])] == ["Reading.", "Sending."]
    assert [works.text for works in guidance.still_works(CATALOG, components=["web"])] == ["Reading."]


def test_a_symptom_without_a_part_means_the_services_default() -> None:
    assert guidance.component_of(CATALOG, "stale") == "sync"
    assert guidance.component_of(CATALOG, "timeout") == "web"
    assert guidance.component_of(CATALOG, "one-that-left") == "web"


def test_a_guide_is_found_by_its_symptom() -> None:
    found = guidance.guide(CATALOG, "stale")
    assert found is not None
    assert found.meaning == "New mail waits."
    assert guidance.guide(CATALOG, "timeout") is None
    assert guidance.guide(CATALOG, "one-that-left") is None
