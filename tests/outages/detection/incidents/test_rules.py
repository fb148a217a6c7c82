"""The rules that confirm an incident and end it, each at its thresholds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from outages.detection.datatypes import Attribution, Cause, IncidentState
from outages.detection.evidence.attribution import holds_back
from outages.detection.evidence.crowd import Crowd
from outages.detection.evidence.fusion import Assessment, confirming_rule
from outages.detection.incidents.lifecycle import Move, decide
from outages.detection.incidents.recovery import Recovery
from outages.detection.state import Incident
from outages.detection.thresholds import DEFAULT

NOON = 720
NOBODY = Crowd(0.0, 0.0, 1.0, 10, 0, 0, 0.0, 0.0)
BROAD = Crowd(
    nats=DEFAULT.confirm, seen=40.0, expected=5.0, minutes=10, networks=DEFAULT.broad_networks,
    origins=DEFAULT.broad_origins, without_one=DEFAULT.open_without_one, without_three=DEFAULT.broad_without_three,
    networks_besides=DEFAULT.broad_networks_besides, beyond_burst=DEFAULT.beyond_burst,
)  # fmt: skip


def verdict(
    crowd: Crowd = NOBODY, probes: dict[str, float] | None = None, official: float = 0.0, *, quorum: int = 0,
    contradicted: bool = False,
) -> Assessment:  # fmt: skip
    return Assessment(
        crowd, crowd.nats, probes or {}, 0.0, official, (), quorum=quorum,
        unseen_crowd=None if contradicted or crowd.nats < DEFAULT.confirm else crowd,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("crowd", "rule"),
    [
        (BROAD, "broad-crowd"),
        (replace(BROAD, nats=DEFAULT.confirm - 0.1), None),
        (replace(BROAD, networks=DEFAULT.broad_networks - 1), None),
        (replace(BROAD, origins=DEFAULT.broad_origins - 1), None),
        (replace(BROAD, networks_besides=DEFAULT.broad_networks_besides - 1), None),
        (replace(BROAD, without_three=DEFAULT.broad_without_three - 0.1), None),
        (replace(BROAD, beyond_burst=DEFAULT.beyond_burst - 0.1), None),
        (replace(BROAD, beyond_burst=0.0, mix=DEFAULT.beyond_burst / DEFAULT.burst_mix), "broad-crowd"),
    ],
)
def test_a_crowd_confirms_alone_when_it_is_broad_and_strong(crowd: Crowd, rule: str | None) -> None:
    assert confirming_rule(verdict(crowd), DEFAULT) == rule


def test_a_crowd_confirms_nothing_alone_while_probes_answer_that_would_see_the_fault() -> None:
    huge = replace(BROAD, nats=5000.0, networks=500, origins=200, beyond_burst=5000.0)
    assert confirming_rule(verdict(huge), DEFAULT) == "broad-crowd"
    assert confirming_rule(verdict(huge, contradicted=True), DEFAULT) is None
    assert confirming_rule(verdict(huge, {"paris": 9.0}, contradicted=True), DEFAULT) == "two-kinds"


@pytest.mark.parametrize(
    ("surge", "mix", "rule"), [(1.3, -6.0, None), (1.3, 0.5, "two-kinds"), (1.0, -6.0, "two-kinds")]
)
def test_what_may_be_curiosity_needs_more_beside_a_probe_the_more_usual_its_symptoms_are(
    surge: float, mix: float, rule: str | None
) -> None:
    some = replace(BROAD, nats=DEFAULT.confirm - 7.0, surge=surge, mix=mix)
    assert confirming_rule(verdict(some, {"paris": 8.0}), DEFAULT) == rule
    lone = replace(verdict(some, {"paris": 7.5, "oslo": 6.0}), own_probe_nats=7.5)  # oslo failed once
    assert (confirming_rule(lone, DEFAULT) is None) == (surge > 1 and mix < 0)


def test_a_crowd_that_may_mean_another_service_confirms_nothing_alone() -> None:
    assert holds_back(Attribution(Cause.EXTERNAL, "bystander", "carrier"))
    assert confirming_rule(verdict(BROAD), DEFAULT, is_held_back=True) is None
    assert confirming_rule(verdict(BROAD, {"paris": 9.0}), DEFAULT, is_held_back=True) == "two-kinds"


@pytest.mark.parametrize(
    ("probes", "quorum", "rule"),
    [
        ({"paris": 13.0, "oslo": 13.0}, 2, "probe-quorum"),
        ({"paris": 13.0, "oslo": 8.8}, 1, None),  # a fluke of the second
        ({"paris": 13.0}, 1, None),
        ({"paris": 10.0, "oslo": 9.9}, 2, None),  # together less than what confirms anything
    ],
)
def test_a_quorum_is_two_vantages_with_evidence_of_their_own(
    probes: dict[str, float], quorum: int, rule: str | None
) -> None:
    assert confirming_rule(verdict(probes=probes, quorum=quorum), DEFAULT) == rule


def test_the_makers_word_confirms_what_it_speaks_of() -> None:
    word = DEFAULT.official
    assert confirming_rule(verdict(official=word), DEFAULT) == "official-alone"
    assert confirming_rule(verdict(BROAD, official=word), DEFAULT) == "official-word"
    assert confirming_rule(verdict(official=DEFAULT.person), DEFAULT) is None


@pytest.mark.parametrize(("is_onset", "beyond"), [(True, 9.6), (False, 9.6 - DEFAULT.first_failure)])
def test_what_a_lone_fluke_would_bring_is_taken_off_but_where_vantages_and_reports_begin_together(
    is_onset: bool, beyond: float
) -> None:
    seen = replace(verdict(probes={"paris": 4.8, "oslo": 4.8}), is_onset=is_onset)
    assert seen.probes_beyond_a_fluke(DEFAULT) == pytest.approx(beyond)


def incident(state: IncidentState, **fields: object) -> Incident:
    none = np.zeros((0, 0), dtype=np.float32)
    made = Incident(1, state.value, "outage", ("app",), (), (), "", NOON, NOON, none, none, last_evidence=NOON)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def recovery(
    probe_nats: float | None = None, probe_minutes: int = 0, crowd_nats: float = 0.0, *, falling: bool = True,
    failing: bool = False, resolved: bool = False,
) -> Recovery:  # fmt: skip
    return Recovery(
        probe_nats=probe_nats, probe_minutes=probe_minutes, crowd_nats=crowd_nats, falling=falling,
        failing_now=failing, said_resolved=resolved, working_share=None, active=False,
    )  # fmt: skip


def moved(one: Incident, end: Recovery, minutes: int = 30, of: Assessment | None = None) -> tuple[str, str] | None:
    move: Move | None = decide(one, of or verdict(), end, NOON + minutes, DEFAULT)
    return (move.to_state.value, move.reason.code.value) if move else None


WELL = recovery(DEFAULT.resolve_probe_nats, DEFAULT.resolve_minutes)
GONE = recovery(crowd_nats=DEFAULT.resolve_crowd_nats)


@pytest.mark.parametrize(
    ("end", "to"),
    [
        (WELL, ("resolved", "probes-stay-up")),
        (replace(WELL, probe_nats=DEFAULT.resolve_probe_nats - 0.1), ("recovering", "probes-answer")),
        (replace(WELL, probe_nats=DEFAULT.recover_probe_nats - 0.1), None),
        (replace(WELL, probe_minutes=DEFAULT.resolve_minutes - 1), ("recovering", "probes-answer")),
        (replace(WELL, falling=False), None),
        (replace(WELL, failing_now=True), None),
        (replace(GONE, crowd_nats=DEFAULT.recover_crowd_nats), ("recovering", "reports-fall")),
        (replace(GONE, crowd_nats=DEFAULT.recover_crowd_nats - 0.1), None),
        (recovery(resolved=True), ("recovering", "official-end")),
    ],
)
def test_a_confirmed_incident_recovers_at_its_thresholds(end: Recovery, to: tuple[str, str] | None) -> None:
    confirmed = incident(IncidentState.CONFIRMED, confirmed=NOON + 1, last_evidence=NOON + 29)
    assert moved(confirmed, end) == to


@pytest.mark.parametrize(
    ("probes", "minutes", "crowd", "to"),
    [
        (0.6, DEFAULT.resolve_minutes, 9.0, ("resolved", "probes-stay-up")),
        (0.6, DEFAULT.resolve_minutes, 8.8, ("recovering", "probes-answer")),
        (5.6, DEFAULT.resolve_minutes, DEFAULT.resolve_crowd_nats - 0.1, None),  # a lull, not an end
        (0.6, DEFAULT.resolve_minutes - 1, 99.0, ("recovering", "probes-answer")),
        (0.0, DEFAULT.resolve_minutes, 99.0, None),  # one of them fails right now
    ],
)
def test_reports_that_have_stopped_help_probes_that_hardly_ever_failed(
    probes: float, minutes: int, crowd: float, to: tuple[str, str] | None
) -> None:
    confirmed = incident(IncidentState.CONFIRMED, confirmed=NOON + 1, last_evidence=NOON + 29)
    assert moved(confirmed, recovery(probes, minutes, crowd)) == to


def test_reports_end_what_is_recovering_and_bring_back_what_rises_again() -> None:
    fading = incident(IncidentState.RECOVERING, confirmed=NOON + 1, last_evidence=NOON + 29)
    assert moved(fading, GONE) == ("resolved", "reports-stopped")
    assert moved(fading, replace(GONE, crowd_nats=0.4, falling=False)) == ("confirmed", "reports-again")
    assert moved(fading, replace(GONE, failing_now=True)) is None  # a fluke: it is neither over nor on again
    assert moved(fading, replace(GONE, failing_now=True, failing_again=True)) == ("confirmed", "failing-again")


def test_a_possible_incident_that_was_real_is_resolved_and_not_dismissed() -> None:
    real = incident(IncidentState.POSSIBLE, was_real=True, last_evidence=NOON + 29)
    assert moved(real, WELL) == ("resolved", "probes-stay-up")
    assert moved(real, GONE) == ("resolved", "reports-stopped")
    assert moved(real, replace(WELL, failing_now=True)) is None
    slow = incident(IncidentState.POSSIBLE, was_real=True)  # its probe failed so seldom that its answers say little
    assert moved(slow, recovery(0.1, 45), DEFAULT.dismiss_minutes) == ("resolved", "no-more-evidence")


def test_a_possible_incident_that_turned_out_to_be_nothing_is_dismissed() -> None:
    blip = incident(IncidentState.POSSIBLE)
    assert moved(blip, recovery(), DEFAULT.dismiss_minutes - 1) is None
    assert moved(blip, recovery(), DEFAULT.dismiss_minutes) == ("dismissed", "no-more-evidence")


def test_the_makers_word_holds_what_nothing_else_shows_until_it_is_taken_back_or_stale() -> None:
    said = verdict(official=DEFAULT.official)
    told = incident(IncidentState.POSSIBLE, rests_on_word=True)
    assert moved(told, recovery(crowd_nats=20.0), 1, said) == ("confirmed", "official-alone")
    held = incident(IncidentState.CONFIRMED, confirmed=NOON + 1, rests_on_word=True)
    assert moved(held, recovery(crowd_nats=20.0), 60 * DEFAULT.word_hours - 1, said) is None
    assert moved(held, recovery(resolved=True), 180) == ("resolved", "official-end-alone")
    assert moved(held, recovery(), 60 * DEFAULT.word_hours) == ("resolved", "word-stale")


def test_the_makers_word_holds_nothing_that_others_saw_and_that_is_over() -> None:
    seen = incident(IncidentState.CONFIRMED, confirmed=NOON + 1, last_evidence=NOON + 29)
    assert moved(seen, WELL, of=verdict(official=DEFAULT.official)) == ("resolved", "probes-stay-up")
