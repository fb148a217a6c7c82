"""A small service to report on, in the real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

NOW = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_kept_in_the_process() -> Iterator[None]:
    """What a process keeps for some seconds would outlive a test's database."""
    from config.process_cache import CACHE

    CACHE.clear()
    yield
    CACHE.clear()


@pytest.fixture
def catalog() -> Any:
    from reports.catalog import schema

    return schema.Catalog(
        slug="acme",
        name="Acme",
        default_component="app",
        components=[
            schema.Component(slug="app", name="Mobile app"),
            schema.Component(slug="login", name="Account and login"),
        ],
        symptoms=[
            schema.Symptom(slug="http-503", name="503"),
            schema.Symptom(slug="login-failed", name="Cannot sign in", component="login"),
        ],
    )


@pytest.fixture
def service(db: None, catalog: Any) -> Any:
    from reports.catalog.store import store
    from reports.models import Service

    store(catalog)
    return Service.objects.get(slug=catalog.slug)


@pytest.fixture
def recorded(db: None, catalog: Any) -> Any:
    """A service that only shows what was recorded."""
    import msgspec

    from reports.catalog.store import store
    from reports.models import Service

    store(
        msgspec.structs.replace(
            catalog, slug="recorded", accepts_reports=False, clock="recorded", provenance="Made up for tests."
        )
    )
    return Service.objects.get(slug="recorded")
