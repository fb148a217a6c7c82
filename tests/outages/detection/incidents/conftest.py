"""A state that has known an ordinary crowd for five hours."""

from __future__ import annotations

import pytest

from outages.detection.state import State
from tests.outages.detection.minutes import Crowd, Day


@pytest.fixture(scope="session")
def warm() -> bytes:
    return Day(Crowd(21), 300).state.dumps()


@pytest.fixture
def state(warm: bytes) -> State:
    return State.loads(warm)
