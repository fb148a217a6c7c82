"""Back-off, circuits and expiry, by numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outages.notifications import retry
from outages.notifications.channels.webhook import WebhookChannel

T0 = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def attempts(luck: float) -> list[datetime]:
    """When a delivery that always fails at once is tried."""
    found, now = [T0], T0
    while True:
        nxt = retry.next_attempt_at(now, T0, WebhookChannel.patience, len(found), luck, None)
        if nxt is None:
            return found
        found.append(nxt)
        now = nxt


@pytest.mark.parametrize("luck", [0.0, 0.5, 1.0])
def test_a_webhook_is_tried_for_75_hours_and_the_last_time_at_their_end(luck):
    tried = attempts(luck)
    assert tried[-1] - T0 == timedelta(hours=75)
    assert 13 <= len(tried) <= 18
    gaps = [(b - a).total_seconds() for a, b in pairwise(tried)]
    assert gaps[0] == pytest.approx(5, rel=0.2)
    assert max(gaps) <= 12 * 3600 * 1.2


def test_those_that_failed_together_are_spread():
    assert retry.delay_s(6, 0.0) < retry.delay_s(6, 0.5) < retry.delay_s(6, 1.0)


def test_a_wish_to_wait_is_kept_within_reason():
    assert retry.delay_s(1, 0.5, retry_after_s=120) == 120
    assert retry.delay_s(1, 0.5, retry_after_s=10**9) == retry.LONGEST_RETRY_AFTER_S


@given(st.integers(1, 10**6), st.floats(0, 1), st.none() | st.floats(0, 10**9))
def test_a_delay_is_always_finite(tried, luck, retry_after_s):
    assert 0 < retry.delay_s(tried, luck, retry_after_s) < 12 * 3600 * 1.21


@pytest.mark.parametrize(("failures", "expected"), [(0, 0), (4, 0), (5, 60), (6, 120), (10, 1920), (11, 3600)])
def test_a_circuit_opens_after_five_failures_and_for_an_hour_at_most(failures, expected):
    assert retry.circuit_open_s(failures) == expected
    assert retry.circuit_open_s(10**6) == 3600


def test_a_daily_message_goes_out_at_seven():
    assert retry.digest_at(T0) == datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert retry.digest_at(T0.replace(hour=6)) == datetime(2026, 3, 2, 7, tzinfo=UTC)
    assert retry.digest_at(T0.replace(hour=7)) == datetime(2026, 3, 3, 7, tzinfo=UTC)
