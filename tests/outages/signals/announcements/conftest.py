"""A web to read from and a client that may reach it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from outages.signals.outbound.client import Client
from outages.signals.outbound.policy import Mode, Policy
from tests.servers.web import Web, web


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as running:
        yield running


@pytest.fixture
def client() -> Client:
    return Client(Policy(Mode.LOOPBACK), user_agent="Brownout/test (+http://localhost/about)")
