"""How sure an incident says it is."""

from __future__ import annotations

import numpy as np
import pytest

from outages.detection.datatypes import IncidentState, Term, TermKind
from outages.detection.incidents.transitions import confidence_of, sides_of
from outages.detection.state import Incident
from outages.detection.thresholds import DEFAULT


def crowd(nats: float) -> Term:
    return Term(TermKind.CROWD, "negative-binomial-cusum", nats)


def probes(**vantages: float) -> Term:
    return Term(TermKind.PROBES, "two-vantages", sum(vantages.values()), detail={"vantages": vantages})


def word(url: str) -> Term:
    return Term(TermKind.OFFICIAL, "official-investigating", DEFAULT.official, "", detail={"url": url})


def incident(state: IncidentState, confidence: float = 0.0) -> Incident:
    none = np.zeros((0, 0), dtype=np.float32)
    return Incident(1, state.value, "outage", ("app",), (), (), "", 0, 0, none, none, confidence=confidence)


@pytest.mark.parametrize(
    ("terms", "sides"),
    [
        ((), 0),
        ((crowd(50.0),), 1),
        ((crowd(2.0), probes(paris=8.0)), 1),
        ((probes(paris=8.0, oslo=8.0),), 2),
        ((crowd(5.0), probes(paris=8.0)), 2),
    ],
)
def test_each_vantage_and_the_crowd_is_a_side(terms: tuple[Term, ...], sides: int) -> None:
    assert sides_of(terms, DEFAULT) == sides


def test_evidence_of_one_side_is_never_as_sure_as_that_of_two() -> None:
    possible = incident(IncidentState.POSSIBLE)
    assert confidence_of(possible, (crowd(500.0),)) == DEFAULT.one_side_most
    assert confidence_of(possible, (crowd(500.0), probes(paris=13.0))) == DEFAULT.unconfirmed_most
    confirmed = incident(IncidentState.CONFIRMED)
    assert confidence_of(confirmed, (crowd(500.0),)) == DEFAULT.crowd_alone_most
    assert confidence_of(confirmed, (crowd(500.0), probes(paris=13.0))) == DEFAULT.confirmed_most < 1
    assert confidence_of(possible, (crowd(DEFAULT.even_nats),)) == 0.5
    assert confidence_of(possible, (crowd(-1e9),)) < 0.01


def test_what_is_over_keeps_its_confidence_and_what_was_dismissed_has_little() -> None:
    assert confidence_of(incident(IncidentState.RESOLVED, confidence=0.97), ()) == 0.97
    assert confidence_of(incident(IncidentState.DISMISSED, confidence=0.9), (crowd(30.0),)) == DEFAULT.dismissed_most


def test_a_crowd_that_probes_contradict_is_never_surer_than_even() -> None:
    alone = Term(TermKind.CROWD, "negative-binomial-cusum", 500.0, "", detail={"missed": DEFAULT.missed - 0.01})
    assert confidence_of(incident(IncidentState.POSSIBLE), (alone,)) == DEFAULT.contradicted_most
    assert confidence_of(incident(IncidentState.POSSIBLE), (alone, probes(paris=8.0))) == DEFAULT.unconfirmed_most


def test_two_posts_of_one_maker_are_no_surer_than_one() -> None:
    confirmed = incident(IncidentState.CONFIRMED)
    assert confidence_of(confirmed, (word("a"), word("b"))) == confidence_of(confirmed, (word("a"),))
