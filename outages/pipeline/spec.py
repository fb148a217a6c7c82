"""What the detector must know of a service, out of its catalogue."""

from __future__ import annotations

from outages.detection.datatypes import ServiceSpec
from reports.catalog.schema import Catalog


def service_spec(catalog: Catalog) -> ServiceSpec:
    """The detector's view of a catalogue."""
    return ServiceSpec(
        slug=catalog.slug,
        components=tuple(component.slug for component in catalog.components),
        depends_on={component.slug: tuple(component.depends_on) for component in catalog.components},
        entities=tuple(catalog.entities),
        component_words={component.slug: tuple(component.words) for component in catalog.components},
        official_authors=frozenset(
            (source.slug, author.lower())
            for source in catalog.sources
            if source.tier == "official"
            for author in source.authors
        ),
        unseen=frozenset(component.slug for component in catalog.components if component.unseen_by_probes),
        source_kinds={source.slug: source.kind for source in catalog.sources},
    )
