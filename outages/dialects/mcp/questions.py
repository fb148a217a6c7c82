"""What a question means: the service, country, component, time and symptom that somebody's words stand for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from config.process_cache import Shelf
from outages.dialects.mcp import wording
from outages.dialects.mcp.name_index import NameIndex, name_index
from outages.dialects.mcp.protocol import ToolError
from reports import places
from reports.catalog.schema import Catalog, Symptom
from reports.errors import close_to, shorten
from reports.models import Service

_lexicons: Shelf[str, wording.Lexicon] = Shelf("words for problems", most=8)  # by a catalogue's hash
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def service_of(said: str) -> Service:
    """The service that a slug or a name means. Raises ToolError."""
    slug = wording.folded(said)
    exactly = Service.objects.filter(slug=slug, is_active=True).first() if "\0" not in slug else None
    if exactly is not None:  # the usual case, and of thousands of services no other one need be read for it
        return exactly
    index = name_index()
    found = index.find(said)
    named = Service.objects.filter(slug=found, is_active=True).first() if found else None
    if named is None:
        near = close_to(said, index.names) or " Ask list_services for what there is."
        raise ToolError(
            f"There is no service {shorten(said)!r} here, so we can't say whether it works.{near}{not_searched(index)}"
        )
    return named


def not_searched(index: NameIndex) -> str:
    """Say how many services were not looked through; nothing where all were."""
    if not index.left_out:
        return ""
    return f" {index.left_out} more services are known by their slugs alone."


def country_of(said: str) -> str:
    """The code of a country that was named; empty where none was. Raises ToolError."""
    if not said.strip():
        return ""
    found = wording.country(said)
    if found is None:
        region = wording.region(said)
        if region is not None:
            whole = places.get(region.country)
            raise ToolError(f"{region.english} is a region. Ask for its country: {whole.english if whole else ''}.")
        raise ToolError(f"There is no country {shorten(said)!r}. Give its name, or an ISO 3166-1 code such as NO.")
    return found


def component_of(catalog: Catalog, said: str) -> str | None:
    if not said.strip():
        return None
    known = {each.slug: [*wording.in_all_languages(each.name), *each.formerly] for each in catalog.components}
    found = wording.named(said, known)
    if found is None:
        raise ToolError(f"There is no component {shorten(said)!r}.{close_to(said, known)}")
    return found


def moment_of(said: str, name: str, *, end: bool = False) -> datetime | None:
    """A date or a time; a date as an end is the end of its day. Raises ToolError."""
    if not said.strip():
        return None
    try:
        found = datetime.fromisoformat(said.strip())
        if end and len(said.strip()) <= len("2026-11-24"):
            found += timedelta(days=1)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return min(max(found.astimezone(UTC), EARLIEST), LATEST)
    except (ValueError, OverflowError):
        raise ToolError(f"{name}: {shorten(said)!r} is no date or time of ISO 8601, such as 2026-11-24.") from None


def symptom_of(catalog: Catalog, digest: str, said: str) -> Symptom:
    """The symptom of a catalogue, kept by its hash, that is meant. Raises ToolError with what there is."""
    lexicon = _lexicons.get(digest)
    if lexicon is None:
        lexicon = wording.lexicon_of(catalog)
        _lexicons.put(digest, lexicon, size=lexicon.size)
    found = wording.symptom(catalog, said, lexicon)
    if found is None:
        slugs = ", ".join(symptom.slug for symptom in catalog.symptoms)
        raise ToolError(f"No symptom fits these words. Choose one of: {slugs}.")
    return found
