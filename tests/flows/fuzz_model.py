"""The model for as long as one likes: `make fuzz MINUTES=…`. Not collected by itself."""

from __future__ import annotations

import os
import sys
import time

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.flows.model import STEPS, Everything
from tests.flows.test_model import QUIET
from tests.flows.test_model import no_broker as no_broker

pytestmark = pytest.mark.django_db


def test_for_as_long_as_one_likes() -> None:
    end = time.monotonic() + 60 * float(os.environ["FUZZ_MINUTES"])
    first = int(os.environ.get("FUZZ_SEED", "1"))
    bounds = settings(
        max_examples=20, stateful_step_count=60, deadline=None, database=None, print_blob=True,
        suppress_health_check=QUIET, phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    number = first
    while time.monotonic() < end:
        machine = seed(number)(type("Everything", (Everything,), {}))
        run_state_machine_as_test(machine, settings=bounds)
        number += 1
        sys.stderr.write(f"seed {number - 1} done: {sum(STEPS.values())} steps so far\n")
    sys.stderr.write(f"seeds {first} to {number - 1}: {sum(STEPS.values())} steps {dict(STEPS.most_common())}\n")
