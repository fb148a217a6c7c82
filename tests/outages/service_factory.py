"""Services with probes and sources, as their catalogues would make them."""

from __future__ import annotations

from collections.abc import Sequence

from reports.catalog import store
from reports.catalog.schema import Catalog, Component, Probe, Source, Symptom
from reports.models import Service


def a_service(
    slug: str = "tesla", *, probes: Sequence[Probe] = (), sources: Sequence[Source] = (), name: str = "Tesla"
) -> Service:
    """Stores a small catalogue and gives its service."""
    catalog = Catalog(
        slug=slug,
        name=name,
        default_component="app",
        entities=[name],
        components=[Component(slug="app", name="App"), Component(slug="login", name="Login")],
        symptoms=[Symptom(slug="slow", name="Slow")],
        probes=list(probes),
        sources=list(sources),
    )
    store.store(catalog)
    return Service.objects.get(slug=slug)
