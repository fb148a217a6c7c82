"""Scans of a service in the real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.process_cache import CACHE


@pytest.fixture(autouse=True)
def nothing_kept_in_the_process() -> Iterator[None]:
    """What a process keeps for some seconds would outlive a test's database."""
    CACHE.clear()
    yield
    CACHE.clear()
