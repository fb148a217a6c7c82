"""The weights at which reports are told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outages.pipeline.perturbation import WEIGHTS, effective, perturbed

pytestmark = pytest.mark.drawn

KEY = b"secret" * 8


def test_weights_are_right_on_average_and_spread_as_the_docs_say() -> None:
    values = np.arange(len(WEIGHTS))
    assert sum(WEIGHTS) == 256
    mean = (values * WEIGHTS).sum() / 256
    assert mean == 1
    assert (values**2 * WEIGHTS).sum() / 256 - mean**2 == pytest.approx(0.8, abs=0.005)
    drawn = [perturbed(1, KEY, "problem", cell) for cell in range(20_000)]
    assert np.mean(drawn) == pytest.approx(1, abs=0.03)
    assert np.var(drawn) == pytest.approx(0.8, abs=0.05)


@given(st.integers(0, 300), st.text())
def test_one_report_more_adds_its_own_weight_alone(reports: int, place: str) -> None:
    more = perturbed(reports + 1, KEY, place) - perturbed(reports, KEY, place)
    assert 0 <= more < len(WEIGHTS)
    assert perturbed(reports, KEY, place) == perturbed(reports, KEY, place)


def test_another_place_minute_or_secret_draws_other_weights() -> None:
    cells = [("a", 1, "NL"), ("a", 2, "NL"), ("a", 1, "DE"), ("b", 1, "NL")]
    assert len({tuple(perturbed(n, KEY, *cell) for n in range(60)) for cell in cells}) == 4
    assert perturbed(500, KEY, "NL") != perturbed(500, b"other", "NL")


def test_sums_of_many_are_near_their_number() -> None:
    off = [abs(perturbed(400, KEY, cell) - 400) for cell in range(300)]
    assert np.mean(off) / 400 < 0.05


def test_the_commonest_number_is_nearly_the_best_guess_whatever_is_told() -> None:
    """The bound of docs/privacy.md, for numbers of small cells as they come in practice."""
    one = np.array(WEIGHTS) / 256
    for shares in ([0.7, 0.2, 0.06, 0.03, 0.01], [0.8, 0.14, 0.04, 0.02], [0.6, 0.22, 0.1, 0.05, 0.03]):
        told, joint = np.array([1.0]), np.zeros((len(shares), 60))
        for number, share in enumerate(shares):
            told = np.convolve(told, one)
            joint[number, : len(told)] = share * told
        right = joint.max(axis=0).sum()
        assert right - shares[0] < 0.035, shares


def test_what_counted_goes_with_what_is_told() -> None:
    assert effective(1.5, 3, 4) == 2.0
    assert effective(0.0, 0, 0) == 0.0
