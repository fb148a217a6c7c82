"""What goes into one step of the detector, and what comes out of it.

Times are whole minutes or seconds since 1970-01-01T00:00Z. A *place* is an ISO 3166-2 region code
("NL-NH"), an ISO 3166-1 country code where no region is known ("NL"), or "" where nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outages.detection.reasons import Reason


class ReportKind(IntEnum):
    """What a reporter says of the component."""

    PROBLEM = 0
    WORKING = 1
    RECOVERED = 2


class IncidentState(StrEnum):
    """The states of an incident, in the order of a usual life."""

    POSSIBLE = "possible"
    CONFIRMED = "confirmed"
    RECOVERING = "recovering"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    MAINTENANCE = "maintenance"
    MERGED = "merged"


class IncidentKind(StrEnum):
    """What an incident is thought to be."""

    OUTAGE = "outage"
    MAINTENANCE = "maintenance"


class TermKind(StrEnum):
    """The independent kinds of evidence."""

    CROWD = "crowd"
    PROBES = "probes"
    OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """What the detector must know of a service. Built from its catalogue; never changes within a step.

    `components` and `depends_on` use component slugs; `depends_on["app"]` lists what "app" needs to work.
    `entities` are the names that an announcement must speak of to be about this service.
    `component_words` lists, for each component, the words (any language) that name it in an announcement.
    `official_authors` are (source, author) pairs, lower case; only they speak for the company. `source_kinds` gives the
    kind of each source ("feed", "statuspage" …); one that is not in it is judged by its name. `unseen` are the
    components whose faults their probes do not see.
    """

    slug: str
    components: tuple[str, ...]
    depends_on: dict[str, tuple[str, ...]] = field(default_factory=dict)
    entities: tuple[str, ...] = ()
    component_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    official_authors: frozenset[tuple[str, str]] = frozenset()
    source_kinds: dict[str, str] = field(default_factory=dict)
    unseen: frozenset[str] = frozenset()


def _empty(dtype: str) -> NDArray[Any]:
    return np.empty(0, dtype=dtype)


@dataclass(frozen=True, slots=True)
class Reports:
    """A minute's reports, one row a report, as columns of equal length n, in order of (time, id).

    `component`, `place` and `symptom` index the tuples of codes beside them. The opaque numbers are
    keyed hashes; 0 means unknown: `network` a /24 or /48, `wide_network` a /16 or /32, `reporter` a device.
    `second` is the report's second within its minute; where it is empty, no report is seen before the minute's end.
    `asn` is an autonomous system number, 0 where unknown. `weight` is what the reporter has earned (1.0 at first).
    """

    components: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    component: NDArray[np.int32] = field(default_factory=lambda: _empty("int32"))
    place: NDArray[np.int32] = field(default_factory=lambda: _empty("int32"))
    symptom: NDArray[np.int32] = field(default_factory=lambda: _empty("int32"))
    kind: NDArray[np.int8] = field(default_factory=lambda: _empty("int8"))
    network: NDArray[np.int64] = field(default_factory=lambda: _empty("int64"))
    wide_network: NDArray[np.int64] = field(default_factory=lambda: _empty("int64"))
    asn: NDArray[np.int64] = field(default_factory=lambda: _empty("int64"))
    reporter: NDArray[np.int64] = field(default_factory=lambda: _empty("int64"))
    weight: NDArray[np.float32] = field(default_factory=lambda: _empty("float32"))
    second: NDArray[np.int8] = field(default_factory=lambda: _empty("int8"))

    def __len__(self) -> int:
        return len(self.component)

    def until(self, second: int) -> Reports:
        """Those that came before a second of their minute."""
        seen = slice(0, int(np.searchsorted(self.second, second)))
        return replace(self, **{name: getattr(self, name)[seen] for name in _COLUMNS})


_COLUMNS = tuple(f.name for f in fields(Reports) if f.name not in ("components", "places", "symptoms"))


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One probe's result. Not judged yet.

    `countries` are those that the target serves; empty means everywhere. `error` is None or one of
    "timeout", "connect", "dns", "tls"; then `http_status` is None. `body` is a short hint of what the page said.
    `control` marks a target that is not the service's: when controls fail too, the vantage is blind.
    `classification` is set where somebody has judged it who knows what the catalogue expects of the target.
    """

    at: float
    probe: str
    vantage: str
    component: str
    countries: tuple[str, ...] = ()
    http_status: int | None = None
    error: str | None = None
    latency_ms: float | None = None
    body: str | None = None
    control: bool = False
    classification: str | None = None


def arrived(result: ProbeResult) -> float:
    """When a probe's result was there: its try began at its time."""
    return result.at + (result.latency_ms or 0.0) / 1000


@dataclass(frozen=True, slots=True)
class Stated:
    """What a source states of an announcement in fields of its own. Unset is what it has no field for.

    `stage` is one of the stages, "postmortem", or "" where only words tell. `components` are the names of those
    affected, as the source spells them. `window` is when planned work is meant to be, in epoch seconds. `planned` says
    whether the source files it under planned work. `impact` is its own word for how bad it is.
    """

    stage: str = ""
    components: tuple[str, ...] = ()
    window: tuple[int, int] | None = None
    planned: bool | None = None
    impact: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One post, as published. `stage`, `relevant`, `components` are set only where a moderator corrected the reader.

    `thread` names what it belongs to within its source, such as one incident of a status page; "" where nothing does.
    `stated` holds what the source says in fields; it beats the words.
    """

    at: float
    source: str
    author: str
    text: str
    url: str = ""
    id: str = ""
    stage: str | None = None
    relevant: bool | None = None
    components: tuple[str, ...] | None = None
    thread: str = ""
    stated: Stated | None = None


class Decision(StrEnum):
    """What a moderator may decide about an incident."""

    STATE = "state"
    MERGE = "merge"
    UNMERGE = "unmerge"
    SPLIT = "split"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class IncidentSnapshot:
    """An incident as it is stored: for one that the detector no longer follows, and to remember what was before.

    `opened`, `confirmed` and `closed` are minutes.
    """

    number: int
    state: IncidentState
    kind: IncidentKind
    components: tuple[str, ...]
    countries: tuple[str, ...]
    regions: tuple[str, ...]
    symptom: str
    confidence: float
    opened: int
    confirmed: int | None = None
    closed: int | None = None
    headline: str = ""
    pinned: bool = False  # a moderator's decision on its components and places stands
    whole: bool = False  # a moderator merged others into it


@dataclass(frozen=True, slots=True)
class Override:
    """A moderator's decision on an incident; carried out in the step and kept as an event.

    STATE moves it to `to_state`. MERGE takes it into `merge_into`; UNMERGE takes it out again, back to the state that
    it had, and gives the other one `components`, `countries`, `regions` and, where it was over before, its state
    `into_to`. SPLIT lets these components or these places go into an incident of their own. CHANGE gives it components,
    places (both of `countries` and `regions`, empty for everywhere), a kind or a headline; None leaves as it is.
    `pinned` says whether places and components stay as they are decided; None stands for yes where they are given.
    """

    incident: int
    to_state: IncidentState | None
    reason: str
    merge_into: int | None = None
    id: int = 0  # the decision's row, so that it can be marked as carried out
    action: Decision = Decision.STATE
    components: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    kind: IncidentKind | None = None
    headline: str | None = None
    pinned: bool | None = None
    into_to: IncidentState | None = None
    subject: IncidentSnapshot | None = None
    into: IncidentSnapshot | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another service's open incident, as the scan saw it. `opened` is a minute, `peak` in reports a minute.

    `peak` is the most reports beyond the usual, on the average of ten minutes. `is_declared`: the catalogue says that
    this service relies on that one. `follows`: the share of that one's earlier outages in which this one rose as well.
    `is_seen`: that one's own probes or its own company speak of it, so it is no bystander itself.
    """

    service: str
    opened: int
    is_confirmed: bool
    peak: float
    is_declared: bool = False
    follows: float = 0.0
    is_seen: bool = False


class Cause(StrEnum):
    """Whose fault an incident seems to be."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose fault an incident seems to be, by which reason, and the numbers behind it.

    `service` is the other service where it is external. `share` is this incident's height as a part of the other's,
    `earlier` by how many minutes the other one opened before it.
    """

    cause: Cause
    reason: str
    service: str = ""
    share: float | None = None
    earlier: int | None = None


@dataclass(frozen=True, slots=True)
class Minute:
    """All signals of one service in one minute: those with `minute * 60 <= at < (minute + 1) * 60`."""

    minute: int
    reports: Reports = field(default_factory=Reports)
    probes: tuple[ProbeResult, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    overrides: tuple[Override, ...] = ()
    neighbours: tuple[Neighbour, ...] | None = None  # of other services; None where nobody has looked

    def until(self, second: int) -> Minute:
        """What reports and probes had said before a second of this minute: what a look within it may see."""
        limit = self.minute * 60 + second
        probes = tuple(p for p in self.probes if arrived(p) < limit)
        return Minute(self.minute, self.reports.until(second), probes)


@dataclass(frozen=True, slots=True)
class Term:
    """One piece of evidence: what was seen, what was expected, and its weight in nats (natural logarithm of odds).

    `name` is a short stable code such as "negative-binomial-cusum" or "two-vantages"; `detail` holds JSON-able numbers
    and the ids of what it rests on (probe names, announcement urls), so that it can be traced to its rows and told in
    any language: `outages/texts` says what it needs of each kind. A term holds no sentence; what it quotes is a quote.
    """

    kind: TermKind
    name: str
    nats: float
    seen: float | None = None
    expected: float | None = None
    component: str = ""
    place: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of one incident: of its state, or (`from_state` == `to_state`) of its scope or evidence.

    `incident` numbers a service's incidents from 1. `second` is when the public can first see the change: the end of
    the minute that was stepped, or the moment of the look that opened it. `from_state` is None at the opening. Empty
    `countries` and `regions` mean everywhere; a country without any of its regions listed means the whole country.
    `reason` says why, as a code with its parameters.
    """

    incident: int
    second: int
    from_state: IncidentState | None
    to_state: IncidentState
    kind: IncidentKind
    components: tuple[str, ...]
    countries: tuple[str, ...]
    regions: tuple[str, ...]
    symptom: str
    reason: Reason
    confidence: float
    terms: tuple[Term, ...]
    merged_into: int | None = None
    attribution: Attribution | None = None
    split_from: int | None = None
    headline: str | None = None  # None leaves it as it is


@dataclass(frozen=True, slots=True)
class Cell:
    """What one component in one place reported in one minute, raw and after the cuts.

    `cuts` says how many problem reports each rule took; raw - effective is their sum. Negative for weights above 1.
    """

    component: str
    place: str
    raw: int
    effective: float
    working: int
    recovered: int
    networks: tuple[int, ...]  # the three smallest distinct network hashes: fewer than three means "too few to say"
    cuts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that came of one step: what to store beside the new state.

    `cells` holds only cells with a report. `symptoms` maps (component, symptom) to raw problem reports. `expected` and
    `dispersion` are the service's problem reports expected in this minute and α of the negative binomial
    (variance = μ + αμ²), before this minute was learnt; `expected_by_component` splits it, `cuts` says how
    many problem reports each rule took, by its name. `vantages` gives each vantage's state ("up", "blind", "blocked").
    `refused` says, by their ids, why decisions of moderators could not be carried out.
    """

    transitions: tuple[Transition, ...]
    cells: tuple[Cell, ...]
    symptoms: dict[tuple[str, str], int]
    raw: int
    effective: float
    expected: float
    dispersion: float
    expected_by_component: dict[str, float]
    cuts: dict[str, float]
    vantages: dict[str, str]
    probes: dict[tuple[str, str], str] = field(default_factory=dict)  # (probe, vantage) -> classification
    readings: dict[str, Any] = field(default_factory=dict)  # announcement id or url -> Reading
    refused: dict[int, str] = field(default_factory=dict)
