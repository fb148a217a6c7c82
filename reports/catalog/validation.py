"""What the schema alone cannot say of a catalogue: that names lead somewhere and parts fit together. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from reports import places
from reports.catalog.errors import Problem
from reports.catalog.schema import Catalog, Component, Probe, Source, Symptom, Text, localise
from reports.catalog.translations import LANGUAGE
from reports.languages import LANGUAGES

T = TypeVar("T")

LONGEST_NAME: Final = 80  # as wide as the column
NEEDED_OF_A_POST: Final = frozenset({"id", "text"})
PARTS_OF_A_POST: Final = NEEDED_OF_A_POST | {"items", "title", "url", "author", "posted_at", "stage", "thread"}
STANDARD_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_IPV6: Final = re.compile(r"[0-9a-f:.]*:[0-9a-f:.]*")
_HEADER: Final = re.compile(r"[A-Za-z0-9-]+")

# What the site's own addresses begin with (tests/config/test_house_rules.py compares).
RESERVED = frozenset(
    {
        "-",
        "about",
        "admin",
        "api",
        "board",
        "developers",
        "embed",
        "feeds",
        "gatus",
        "kuma",
        "language",
        "livez",
        "manifest",
        "mcp",
        "metrics",
        "oembed",
        "offline",
        "open311",
        "places",
        "privacy",
        "revision",
        "service-worker",
        "shapes",
        "sources",
        "static",
        "subscriptions",
    }
)


def check(catalog: Catalog) -> list[Problem]:
    """Everything that is wrong, in the order of the file; empty when nothing is."""
    return [problem for rule in RULES for problem in rule(catalog)]


def _head(catalog: Catalog) -> Iterator[Problem]:
    if catalog.slug in LANGUAGES:
        yield Problem("slug", f'expected a word that is no language of the site; "{catalog.slug}" leads to its pages')
    if catalog.slug in RESERVED:
        yield Problem("slug", f'expected another word; "{catalog.slug}" is the address of something else here')
    yield from _former("formerly", [catalog])
    yield from _name("name", catalog.name)
    for key in ("description", "provenance", "disclaimer"):
        yield from _text(key, getattr(catalog, key))
    if catalog.homepage:
        yield from _url("homepage", catalog.homepage)
    if catalog.clock == "recorded" and not catalog.provenance:
        yield Problem(
            "provenance", 'is missing; clock = "recorded" wants it said what the recording is and who made it'
        )
    yield from _known("default_component", [catalog.default_component], _slugs(catalog.components), "component")
    yield from _countries("places", catalog.places)
    yield from _words("entities", catalog.entities)
    if catalog.slug in catalog.relies_on:
        yield Problem("relies_on", "expected other services; found this one")
    if catalog.sources and not catalog.entities:
        yield Problem("entities", "is missing; expected the names by which announcements speak of this service")


def _components(catalog: Catalog) -> Iterator[Problem]:
    slugs = _slugs(catalog.components)
    yield from _unique("components", catalog.components)
    yield from _former("components", catalog.components)
    yield from _retired("retired_components", catalog.retired_components, slugs)
    for key, component in _each("components", catalog.components):
        yield from _name(f"{key}.name", component.name)
        yield from _text(f"{key}.description", component.description)
        yield from _known(f"{key}.depends_on", component.depends_on, slugs, "component")
        yield from _words(f"{key}.words", component.words)
    if circle := _circle(catalog.components):
        yield Problem("components", f"expected depends_on without a circle; found {' → '.join(circle)}")


def _symptoms(catalog: Catalog) -> Iterator[Problem]:
    slugs = _slugs(catalog.components)
    yield from _unique("symptoms", catalog.symptoms)
    yield from _former("symptoms", catalog.symptoms)
    yield from _retired("retired_symptoms", catalog.retired_symptoms, _slugs(catalog.symptoms))
    for key, symptom in _each("symptoms", catalog.symptoms):
        yield from _name(f"{key}.name", symptom.name)
        if symptom.icon and not _HOST.fullmatch(symptom.icon):
            yield Problem(f"{key}.icon", f'expected a simple name such as "hourglass"; found "{symptom.icon}"')
        if symptom.component is not None:
            yield from _known(f"{key}.component", [symptom.component], slugs, "component")
        yield from _known(f"{key}.components", symptom.components, slugs, "component")
        if symptom.components and (symptom.component or catalog.default_component) not in symptom.components:
            yield Problem(f"{key}.component", f"expected one of its own components: {', '.join(symptom.components)}")
        yield from _guide(key, symptom)


def _guide(key: str, symptom: Symptom) -> Iterator[Problem]:
    guide = symptom.guide
    if guide is None:
        return
    key = f"{key}.guide"
    yield from _text(f"{key}.meaning", guide.meaning, needed=True)
    yield from _text(f"{key}.permanent", guide.permanent)
    for name, table in (("causes", guide.causes), ("platforms", guide.platforms)):
        for inner, text in table.items():
            yield from _text(f"{key}.{name}.{inner}", text, needed=True)
    for name in ("stops", "steps", "avoid"):
        for index, text in enumerate(getattr(guide, name)):
            yield from _text(f"{key}.{name}[{index}]", text, needed=True)


def _advice(catalog: Catalog) -> Iterator[Problem]:
    components, symptoms = _slugs(catalog.components), _slugs(catalog.symptoms)
    for index, advice in enumerate(catalog.advice):
        yield from _text(f"advice[{index}].text", advice.text, needed=True)
        yield from _known(f"advice[{index}].components", advice.components, components, "component")
        yield from _known(f"advice[{index}].symptoms", advice.symptoms, symptoms, "symptom")
    for index, works in enumerate(catalog.still_works):
        yield from _text(f"still_works[{index}].text", works.text, needed=True)
        yield from _known(f"still_works[{index}].unless", works.unless, components, "component")


def _probes(catalog: Catalog) -> Iterator[Problem]:
    slugs = _slugs(catalog.components)
    yield from _unique("probes", catalog.probes)
    for key, probe in _each("probes", catalog.probes):
        if probe.control and probe.component is not None:
            yield Problem(f"{key}.component", "expected none: a control target is no part of the service")
        elif not probe.control:
            if probe.component is None:
                yield Problem(f"{key}.component", "is missing; expected the component that this target speaks for")
            else:
                yield from _known(f"{key}.component", [probe.component], slugs, "component")
        yield from _target(key, probe)
        yield from _countries(f"{key}.countries", probe.countries)
        if probe.patience_s >= probe.interval_s:
            yield Problem(f"{key}.timeout_s", f"expected less than interval_s ({probe.interval_s})")


def _target(key: str, probe: Probe) -> Iterator[Problem]:
    if probe.kind == "http":
        if not probe.url:
            yield Problem(f"{key}.url", "is missing; a probe of kind http wants one")
        else:
            yield from _url(f"{key}.url", probe.url, port=probe.port)
        if probe.host:
            yield Problem(f"{key}.host", "expected none: the host of an http probe stands in its url")
        if not probe.expect:
            yield Problem(f"{key}.expect", "expected at least one status of a healthy answer")
        for status in probe.reachable:
            if status >= 500:
                yield Problem(f"{key}.reachable", f"expected statuses below 500; {status} is a sign of an outage")
        for name, value in probe.headers.items():
            if not _HEADER.fullmatch(name) or "\n" in value or not value.isascii():
                yield Problem(f"{key}.headers.{name}", "expected a header of one line in ASCII")
        return
    if not probe.host:
        yield Problem(f"{key}.host", f"is missing; a probe of kind {probe.kind} wants one")
    elif not (_HOST.fullmatch(probe.host) or _IPV6.fullmatch(probe.host)):
        yield Problem(f"{key}.host", f'expected a host name in lower case or an address; found "{probe.host}"')
    if probe.kind == "tcp" and probe.port is None:
        yield Problem(f"{key}.port", "is missing; a probe of kind tcp wants one")
    for name in ("url", "headers", "reachable", "body_contains"):
        if getattr(probe, name):
            yield Problem(f"{key}.{name}", f"expected none: a probe of kind {probe.kind} has no use for it")


def _sources(catalog: Catalog) -> Iterator[Problem]:
    yield from _unique("sources", catalog.sources)
    for key, source in _each("sources", catalog.sources):
        yield from _text(f"{key}.name", source.name)
        yield from _words(f"{key}.authors", source.authors)
        if source.tier == "official" and not source.authors:
            yield Problem(f"{key}.authors", "is missing; expected whose posts in this source are official")
        if source.timezone and source.timezone not in available_timezones():
            yield Problem(f"{key}.timezone", 'expected a name of the tz database, as in "Europe/London"')
        yield from _text(f"{key}.upstream", source.upstream)
        yield from _words(f"{key}.needs", source.needs)
        if source.upstream and source.tier == "official":
            yield Problem(
                f"{key}.tier", f"expected press or community: {localise(source.upstream)} is not this service"
            )
        if source.needs and not source.upstream:
            yield Problem(f"{key}.upstream", "is missing; `needs` are the parts of what it names")
        yield from _address(key, source)


def _address(key: str, source: Source) -> Iterator[Problem]:
    match source.kind:
        case "x":
            if not (source.authors or source.query):
                yield Problem(f"{key}.authors", "is missing; expected the accounts to read, or a query")
        case "manual":
            pass
        case _ if not source.url:
            yield Problem(f"{key}.url", f"is missing; a source of kind {source.kind} wants one")
    if source.url:
        yield from _url(f"{key}.url", source.url, port=source.port)
    if source.kind == "json":
        for name in sorted(NEEDED_OF_A_POST - source.mapping.keys()):
            yield Problem(f"{key}.mapping.{name}", f"is missing; expected where in the JSON a post's {name} is")
        for name in sorted(source.mapping.keys() - PARTS_OF_A_POST):
            yield Problem(f"{key}.mapping.{name}", f"expected one of {', '.join(sorted(PARTS_OF_A_POST))}")
    if source.kind != "json" and source.mapping:
        yield Problem(f"{key}.mapping", f"expected none: a source of kind {source.kind} has no use for it")


RULES: Final[Sequence[Callable[[Catalog], Iterable[Problem]]]] = (
    _head,
    _components,
    _symptoms,
    _advice,
    _probes,
    _sources,
)


def _slugs(parts: Iterable[Component | Symptom]) -> list[str]:
    return [part.slug for part in parts]


def _each(name: str, parts: Iterable[T]) -> Iterator[tuple[str, T]]:
    for index, part in enumerate(parts):
        yield f"{name}[{index}]", part


def _unique(name: str, parts: Iterable[Component | Symptom | Probe | Source]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, part in enumerate(parts):
        if part.slug in seen:
            yield Problem(
                f"{name}[{index}].slug",
                f'expected a slug of its own; "{part.slug}" is that of {name}[{seen[part.slug]}]',
            )
        seen.setdefault(part.slug, index)


def _former(name: str, parts: Sequence[Catalog | Component | Symptom]) -> Iterator[Problem]:
    """Former slugs that are in use, or that two parts claim."""
    present = {part.slug for part in parts}
    claimed: set[str] = set()
    for index, part in enumerate(parts):
        key = name if isinstance(part, Catalog) else f"{name}[{index}].formerly"
        for slug in part.formerly:
            if slug in present:
                yield Problem(key, f'expected slugs that are no longer used; "{slug}" is')
            elif slug in claimed:
                yield Problem(key, f'expected each former slug once; "{slug}" is there twice')
            claimed.add(slug)


def _retired(key: str, retired: Mapping[str, Text], present: Sequence[str]) -> Iterator[Problem]:
    for slug, name in retired.items():
        if slug in present:
            yield Problem(f"{key}.{slug}", "expected what has left the file; this is there")
        yield from _name(f"{key}.{slug}", name)


def _known(key: str, names: Iterable[str], known: Sequence[str], noun: str) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            yield Problem(key, f'expected a {noun} of this catalogue; "{name}" is none of {", ".join(known)}')


def _circle(components: Sequence[Component]) -> list[str]:
    """A circle of dependencies, each needing the next, its first name repeated at the end; empty when there is none."""
    try:
        TopologicalSorter({component.slug: component.depends_on for component in components}).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _text(key: str, text: Text, *, needed: bool = False) -> Iterator[Problem]:
    if isinstance(text, str):
        if needed and not text.strip():
            yield Problem(key, "expected words; found none")
        return
    if not text.get("en"):
        yield Problem(key, "expected at least English in a table of languages: en = …")
    for language, words in text.items():
        if not LANGUAGE.fullmatch(language):
            yield Problem(f"{key}.{language}", 'expected a language tag such as "de" or "zh-Hans"')
        if not words.strip():
            yield Problem(f"{key}.{language}", "expected words; found none")


def _name(key: str, text: Text) -> Iterator[Problem]:
    yield from _text(key, text, needed=True)
    for words in [text] if isinstance(text, str) else text.values():
        if len(words) > LONGEST_NAME or "\n" in words:
            yield Problem(key, f"expected one line of at most {LONGEST_NAME} characters; found {len(words)}")


def _words(key: str, words: Iterable[str]) -> Iterator[Problem]:
    for index, word in enumerate(words):
        if not word.strip():
            yield Problem(f"{key}[{index}]", "expected words; found none")


def _countries(key: str, codes: Iterable[str]) -> Iterator[Problem]:
    for code in codes:
        if places.get(code) is None:
            yield Problem(key, f'expected ISO 3166-1 country codes; "{code}" is none')


def _url(key: str, url: str, *, port: int | None = None) -> Iterator[Problem]:
    """An http(s) address. One with an unusual port wants it said in `port` too, so that nobody overlooks it."""
    try:
        parts = urlsplit(url)
        named = parts.port
    except ValueError as error:
        yield Problem(key, f"expected an address such as https://example.org/; found {url!r}: {error}")
        return
    host = parts.hostname or ""
    if parts.scheme not in STANDARD_PORTS or not (_HOST.fullmatch(host) or _IPV6.fullmatch(host)):
        yield Problem(key, f"expected an address such as https://example.org/; found {url!r}")
        return
    if parts.username is not None or parts.password is not None:
        yield Problem(key, "expected an address without a name or password in it")
    if parts.fragment or any(character.isspace() for character in url) or not url.isascii():
        yield Problem(key, "expected an address in ASCII, without spaces and without #")
    if named not in (None, STANDARD_PORTS[parts.scheme], port):
        yield Problem(key, f"expected port 80 or 443; to ask {named} all the same, say port = {named} beside the url")
    if port is not None and (named or STANDARD_PORTS[parts.scheme]) != port:
        yield Problem(key, f"expected the port of the url to be the one that port names ({port})")
