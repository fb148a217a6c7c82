"""The bank of CUSUMs, against hand-computed steps and its promise."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from outages.detection.estimators.cusum import Bank, coefficients
from outages.detection.thresholds import DEFAULT


@pytest.mark.parametrize("alpha", [0.03, 0.2, 1.0])
@pytest.mark.parametrize("mu", [0.05, 0.5, 4.0])
@pytest.mark.parametrize("x", [0, 1, 7])
def test_a_step_is_the_log_likelihood_ratio_of_two_negative_binomials(alpha: float, mu: float, x: int) -> None:
    def log_probability(mean: float) -> float:
        size = 1 / alpha
        return (
            math.lgamma(x + size)
            - math.lgamma(size)
            - math.lgamma(x + 1)
            + size * math.log(size / (size + mean))
            + x * math.log(mean / (size + mean))
        )

    gain, loss = coefficients(np.array([[mu]], dtype=np.float32), alpha, DEFAULT)
    for number, ratio in enumerate(DEFAULT.ratios):
        raised = max(ratio * mu, mu + DEFAULT.smallest_rise)
        expected = log_probability(raised) - log_probability(mu)
        assert gain[number, 0, 0] * x - loss[number, 0, 0] == pytest.approx(expected, rel=1e-3, abs=1e-3)


def bank(mu: float, alpha: float = 0.1) -> Bank:
    made = Bank.fresh(len(DEFAULT.ratios), 1)
    made.grow(1, 1, 0)
    made.rate = np.array([[mu]], dtype=np.float32)
    made.gain, made.loss = coefficients(made.rate, alpha, DEFAULT)
    return made


def test_a_score_never_falls_below_zero_nor_rises_above_its_ceiling() -> None:
    made = bank(0.5)
    for minute in range(50):
        made.update(np.zeros((1, 1), dtype=np.float32), minute, made.gain, made.loss, 20.0)
    assert made.score.max() == 0
    for minute in range(50, 100):
        made.update(np.full((1, 1), 30, dtype=np.float32), minute, made.gain, made.loss, 20.0)
    assert made.score.max() == 20


def test_the_rise_is_dated_from_the_minute_after_the_last_zero() -> None:
    made = bank(0.5)
    for minute in range(10):
        made.update(np.full((1, 1), 9.0 if minute >= 7 else 0.0, np.float32), minute, made.gain, made.loss, 40.0)
    score, place, since = made.best(0)
    assert score > 0
    assert (place, since) == (0, 7)


def test_quiet_streams_raise_no_more_false_alarms_than_promised() -> None:
    """At h = 6 the mean time to a false alarm is at least e⁶ ≈ 403 minutes, at every rate and under over-dispersion."""
    limits = replace(DEFAULT, rate_floor=0.0001)
    random = np.random.default_rng(5)
    minutes, alpha, h = 6000, 0.2, 6.0
    rates = np.repeat(np.array([1 / 60, 0.2, 1.0, 10.0, 100.0], dtype=np.float32), 20)[None, :]
    gain, loss = coefficients(rates, alpha, limits)
    score = np.zeros_like(gain)
    alarms = np.zeros(gain.shape)
    for _ in range(minutes):
        counts = random.negative_binomial(1 / alpha, 1 / (1 + alpha * rates)).astype(np.float32)
        score = np.maximum(score + gain * counts - loss, 0)
        fired = score >= h
        alarms += fired
        score[fired] = 0
    per_rate = alarms.reshape(len(limits.ratios), 5, 20).sum(axis=2)
    assert (per_rate <= 20 * minutes / math.exp(h)).all()
