"""The model plays everything, and nothing breaks. `make fuzz MINUTES=…` plays for longer."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.flows.model import Everything

pytestmark = pytest.mark.django_db

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    from outages.notifications import tasks

    monkeypatch.setattr(tasks, "wake", lambda *_: None)


def test_whatever_happens_in_any_order_counts_and_states_hold() -> None:
    """A short walk of fixed steps, the same each time."""
    bounds = settings(
        max_examples=6, stateful_step_count=30, deadline=None, derandomize=True, database=None, print_blob=True,
        suppress_health_check=QUIET,
    )  # fmt: skip
    run_state_machine_as_test(Everything, settings=bounds)
