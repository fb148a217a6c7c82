"""What a source states in its fields beats what the words would be read as, and opens only what it should."""

from __future__ import annotations

import pytest

from outages.detection.classifier import read
from outages.detection.datatypes import Announcement, Minute, ServiceSpec, Stated
from outages.detection.engine import State, step

SPEC = ServiceSpec(
    slug="acme",
    components=("app", "api", "login"),
    entities=("Acme",),
    official_authors=frozenset({("status", "acme")}),
    source_kinds={"status": "statuspage"},
)
NOON = 1_796_000_400


def said(
    text: str, stage: str = "", *, at: int = NOON, author: str = "Acme", name: str = "u1", **fields: object
) -> Announcement:
    stated = Stated(stage=stage, **fields)  # type: ignore[arg-type]
    return Announcement(at, "status", author, text, id=name, thread="t", stated=stated)


@pytest.mark.parametrize(
    ("text", "stage", "read_as"),
    [
        ("Haiku Partial Outage\nThis incident has been resolved.", "resolved", "resolved"),
        ("API errors\nThe fault was detected by our monitoring.", "investigating", "investigating"),
        ("Falha na API\nO incidente foi corrigido. Continuamos monitorando.", "resolved", "resolved"),
        ("API outage\nWe have fixed it; all is back to normal.", "monitoring", "monitoring"),
        ("Database upgrade\nUp to five minutes of downtime.", "planned", "planned"),
        ("API outage\nOn Nov 28 a switch failed. It will be replaced.", "postmortem", "resolved"),
    ],
)
def test_a_stated_stage_beats_the_words(text: str, stage: str, read_as: str) -> None:
    reading = read(said(text, stage), SPEC)
    assert (reading.stage, reading.relevant) == (read_as, True)


def test_a_stated_window_beats_the_hours_in_the_text() -> None:
    stated = said(
        "Router replacement\nMail us from 9:00 to 17:00 CET.", "planned", window=(NOON + 86_400, NOON + 90_000)
    )
    assert read(stated, SPEC).window == (NOON + 86_400, NOON + 90_000)


def test_stated_components_narrow_it() -> None:
    assert read(said("Login and API errors", "investigating", components=("API",)), SPEC).components == ("api",)
    assert read(said("Login errors", "investigating", components=("Something else",)), SPEC).components == ("login",)


def test_a_label_of_somebody_else_states_nothing_where_no_fault_is_named() -> None:
    burger = said("Identified: the best burger near every Acme", "identified", author="A fan")
    assert read(burger, SPEC).rule != "stated"


def opened(*announcements: Announcement) -> list[str]:
    """The states that the detector tells of while these come in, one a minute."""
    state = State.fresh(NOON // 60 - 1)
    told: list[str] = []
    for number in range(len(announcements) + 3):
        said_now = announcements[number : number + 1]
        state, outcome = step(state, Minute(NOON // 60 + number, announcements=said_now), service=SPEC)
        told += [transition.to_state.value for transition in outcome.transitions]
    return told


def test_an_official_word_opens_and_a_plan_or_a_postmortem_does_not() -> None:
    assert opened(said("API outage", "investigating"))
    assert not opened(
        said("Database upgrade: downtime expected", "planned", planned=True, window=(NOON + 9_000, NOON + 9_900))
    )
    assert not opened(said("The API was down. We are investigating why.", "postmortem"))


def test_completed_work_ends_no_outage() -> None:
    state = State.fresh(NOON // 60 - 1)
    outage = said("API outage", "investigating")
    done = Announcement(
        NOON, "status", "Acme", "Upgrade done", id="m1", thread="m", stated=Stated("resolved", planned=True)
    )
    for number, post in enumerate([outage, done]):
        state, _ = step(state, Minute(NOON // 60 + number, announcements=(post,)), service=SPEC)
    assert [incident.is_open for incident in state.incidents] == [True]
