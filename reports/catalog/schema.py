"""The shape of a catalogue file. Pure: reading, checking and storing stand beside it.

A `Text` is a string in English, or a table of languages: `{ en = "Charging", de = "Laden" }`. Values are shared and
cached: nobody changes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from msgspec import Meta, Struct, field
from msgspec.json import Decoder

Text = str | dict[str, str]
# \Z, because $ would let a line end slip through.
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=40)]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z")]
Status = Annotated[int, Meta(ge=100, le=599)]
Category = Literal[
    "cars", "carriers", "cloud", "code", "ai", "payments", "messages", "social", "work", "games", "media", "other",
]  # fmt: skip
Cause = Literal["overload", "maintenance", "configuration", "internal", "network", "yours", "policy"]


SourceKind = Literal[
    "x", "statuspage", "feed", "changelog", "github", "json", "manual", "mastodon", "bluesky", "instatus",
    "incident-io", "aws-health", "google-cloud", "slack-status", "cachet", "uptime-kuma", "gatus",
]  # fmt: skip


def localise(text: Text, language: str = "en") -> str:
    """A text in a language, else in its base language, else in English."""
    if isinstance(text, str):
        return text
    by_tag = {tag.lower(): words for tag, words in text.items()}
    wanted = language.lower()
    return by_tag.get(wanted) or by_tag.get(wanted.split("-")[0]) or by_tag.get("en") or next(iter(text.values()), "")


class Component(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the service. `words` name it in announcements, in any language. `unseen_by_probes`: its faults are such
    that probes go on answering, so that they are no evidence against a crowd. `formerly` are slugs that it had."""

    slug: Slug
    formerly: list[Slug] = field(default_factory=list)
    name: Text
    description: Text = ""
    depends_on: list[Slug] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unseen_by_probes: bool = False


class Guide(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a symptom means and what to do: its usual causes, what it stops, steps in order, what not to do."""

    meaning: Text
    causes: dict[Cause, Text] = field(default_factory=dict)
    stops: list[Text] = field(default_factory=list)
    steps: list[Text] = field(default_factory=list)
    avoid: list[Text] = field(default_factory=list)
    permanent: Text = ""
    platforms: dict[Literal["ios", "android", "web", "car", "api"], Text] = field(default_factory=dict)


class Symptom(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a person sees. `component` is the part meant when the reporter names none (None: the service's default),
    `components` are the parts it is offered for (empty: all); `suggests` is the kind of failure it speaks for;
    `formerly` are slugs that it had; `words` are what people and error messages call it besides."""

    slug: Slug
    formerly: list[Slug] = field(default_factory=list)
    name: Text
    icon: str = ""
    component: Slug | None = None
    components: list[Slug] = field(default_factory=list)
    suggests: Cause | Literal["unknown"] = "unknown"
    http_status: Status | None = None
    common: bool = False
    words: list[str] = field(default_factory=list)
    guide: Guide | None = None


class Advice(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Advice of the moment. Shown when one of the named components is affected or one of the symptoms is on top; always
    when neither is named. `during` says in which verdicts."""

    text: Text
    components: list[Slug] = field(default_factory=list)
    symptoms: list[Slug] = field(default_factory=list)
    during: list[Literal["ok", "possible", "confirmed", "recovering", "maintenance"]] = field(default_factory=list)
    warning: bool = False


class StillWorks(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that goes on working while `unless` components are fine; empty `unless` means always."""

    text: Text
    unless: list[Slug] = field(default_factory=list)


class Probe(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A target to ask. `countries` are those it serves (empty: everywhere). `control` marks a target that is not the
    service's own: when controls fail too, the vantage is blind. `expect` are the statuses of a healthy answer,
    `reachable` further ones that prove the service answers; 403 and 429 outside both mean that we are blocked."""

    slug: Slug
    kind: Literal["http", "dns", "tcp", "tls"]
    component: Slug | None = None
    url: str = ""
    host: str = ""
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    family: Literal["any", "4", "6"] = "any"
    method: Literal["GET", "HEAD", "POST"] = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    expect: list[Status] = field(default_factory=lambda: [200])
    reachable: list[Status] = field(default_factory=list)
    body_contains: str = ""
    countries: list[Country] = field(default_factory=list)
    interval_s: Annotated[int, Meta(ge=10, le=86400)] = 60
    timeout_s: Annotated[float, Meta(gt=0, le=60)] | None = None
    slow_ms: Annotated[int, Meta(ge=1, le=60000)] = 5000
    control: bool = False

    @property
    def patience_s(self) -> float:
        """How long an answer is waited for: as written, else ten seconds, or half of a short interval."""
        return min(10.0, self.interval_s / 2) if self.timeout_s is None else self.timeout_s


class Source(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A source of announcements. `authors` lists whose posts count as `tier`; others are community. Without authors
    every post counts as `tier`, which an official source may not have. Where posts name nobody (a changelog, a status
    page), the first author stands for the source. `timezone` is the one in which it writes times without a zone.
    `upstream` names what the service relies on, where the page is that one's: it speaks of a possible cause, not of
    this service. `needs` are the parts of it that the service needs, as it names them (empty: all)."""

    slug: Slug
    kind: SourceKind
    name: Text = ""
    url: str = ""
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    authors: list[str] = field(default_factory=list)
    tier: Literal["official", "press", "community"] = "community"
    query: str = ""
    interval_minutes: Annotated[int, Meta(ge=5, le=10080)] = 10
    mapping: dict[str, str] = field(default_factory=dict)
    budget_usd_a_day: Annotated[float, Meta(ge=0, le=1000)] = 1.0
    timezone: str = ""
    upstream: Text = ""
    needs: list[str] = field(default_factory=list)


class Catalog(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A service. `relies_on` names other services of this site that it needs. `clock` is "recorded" for data that is
    played back; then `provenance` must say what it is. `category` is where a long front page lists it. `formerly` are
    slugs that it had, under which it is still found. `retired_components` and `retired_symptoms` name what has left
    the file, for its history; what a load sees leave is added to them."""

    slug: Slug
    formerly: list[Slug] = field(default_factory=list)
    name: Text
    description: Text = ""
    homepage: str = ""
    category: Category = "other"
    position: Annotated[int, Meta(ge=0, le=32767)] = 0
    clock: Literal["live", "recorded"] = "live"
    provenance: Text = ""
    accepts_reports: bool = True
    default_component: Slug
    entities: list[str] = field(default_factory=list)
    relies_on: list[Slug] = field(default_factory=list)
    places: list[Country] = field(default_factory=list)
    disclaimer: Text = ""
    components: Annotated[list[Component], Meta(min_length=1)]
    symptoms: Annotated[list[Symptom], Meta(min_length=1)]
    advice: list[Advice] = field(default_factory=list)
    still_works: list[StillWorks] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    retired_components: dict[Slug, Text] = field(default_factory=dict)
    retired_symptoms: dict[Slug, Text] = field(default_factory=dict)

    def upstream_sources(self) -> list[Source]:
        """The pages of what the service relies on."""
        return [source for source in self.sources if source.upstream]

    def component_names(self, language: str) -> dict[str, str]:
        """The names of all components that history may speak of, by slug: present ones, in their order, then former
        slugs and what has left the file."""
        return _names(self.components, self.retired_components, language)

    def symptom_names(self, language: str) -> dict[str, str]:
        """The names of all symptoms that history may speak of, by slug."""
        return _names(self.symptoms, self.retired_symptoms, language)


def _names(parts: Sequence[Component | Symptom], retired: Mapping[str, Text], language: str) -> dict[str, str]:
    names = {part.slug: localise(part.name, language) for part in parts}
    former = {slug: names[part.slug] for part in parts for slug in part.formerly}
    return (
        names
        | {slug: name for slug, name in former.items() if slug not in names}
        | {slug: localise(name, language) for slug, name in retired.items() if slug not in names and slug not in former}
    )


# msgspec works out a type when it is first used, and ends the process if two threads do so at once. Now there is one.
Decoder(Catalog)
