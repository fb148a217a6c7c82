"""The streams of the calibration are as quiet as they say, and those that hurt do."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.calibration import HURT, IDEAL, Quiet, between_alarms


@pytest.mark.parametrize("quiet", HURT, ids=lambda quiet: quiet.name)
def test_a_quiet_stream_brings_what_was_learnt_on_the_whole(quiet: Quiet) -> None:
    random = np.random.default_rng(3)
    rates = np.full(400, 2.0, dtype=np.float32)
    means = quiet.means(rates, 1440, random)
    seen = np.mean([quiet.counts(means[minute], 0.2, random).mean() for minute in range(0, 1440, 8)])
    assert seen == pytest.approx(2.0, rel=0.06)


def test_the_promise_is_kept_on_ideal_minutes_and_broken_by_bursts_that_depend_on_each_other() -> None:
    bursts = next(quiet for quiet in HURT if quiet.burst == 3)
    ideal = between_alarms(5.0, 0.2, np.random.default_rng(1), IDEAL, minutes=1000).min(axis=0)
    hurt = between_alarms(5.0, 0.2, np.random.default_rng(1), bursts, minutes=1000).min(axis=0)
    assert (ideal >= math.exp(5.0)).all()
    assert hurt[2] < math.exp(5.0) / 3  # at thirty an hour
