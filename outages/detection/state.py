"""What the detector remembers of a service between two minutes. Plain values: stored whole, compact, exactly."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from outages.detection.classifier.result import Reading
from outages.detection.datatypes import Attribution
from outages.detection.estimators.baseline import Baseline
from outages.detection.estimators.cusum import Bank
from outages.detection.estimators.level import Levels
from outages.detection.estimators.probes import Watch
from outages.detection.estimators.weighting import Counter
from outages.detection.estimators.zones import Zones, grown
from outages.detection.thresholds import DEFAULT

VERSION: Final = 1
GAPS_KEPT: Final = 24 * 60  # minutes


class StateError(ValueError):
    """Stored bytes that are not a state of this version."""


class Statement(msgspec.Struct):
    """An announcement that was relevant, as it was read."""

    minute: int
    stage: str
    official: bool
    components: tuple[str, ...]
    window: tuple[int, int] | None
    url: str
    author: str
    source: str
    text: str
    planned: bool = False
    spent: bool = False  # an incident that it spoke of has ended since: it opens no other

    def concerns(self, components: Iterable[str]) -> bool:
        """Return whether it speaks of any of these components, or of none in particular."""
        return not self.components or not set(self.components).isdisjoint(components)


class Thread(msgspec.Struct):
    """The last post of a thread, as it was read."""

    minute: int
    reading: Reading


class Incident(msgspec.Struct):
    """One incident, open or lately closed. Minutes are whole minutes since 1970."""

    number: int
    state: str
    kind: str
    components: tuple[str, ...]
    countries: tuple[str, ...]
    regions: tuple[str, ...]
    symptom: str
    onset: int
    opened: int
    observed: NDArray[np.float32]  # (components, places) effective reports since the onset
    expected: NDArray[np.float32]  # the same, as expected
    confirmed: int | None = None
    recovering: int | None = None
    closed: int | None = None
    last_evidence: int = 0
    last_update: int = 0
    told_most: float = 0.0  # the most reports of a window that it was told with
    told_kinds: tuple[str, ...] = ()
    probe_failures: int = 0
    probe_results: int = 0
    attribution: Attribution | None = None
    peak: float = 0.0  # the most reports a minute beyond the usual, on the average of ten minutes
    confidence: float = 0.0
    confirmed_by: str = ""
    seen_tracks: list[str] = []
    held_until: int = 0  # a moderator opened or confirmed it: no rule ends it before this minute
    pinned: bool = False  # a moderator set its components and places
    whole: bool = False  # a moderator merged it: it does not fall apart again
    set_aside: bool = False  # a moderator dismissed it: only what would confirm an outage brings it back
    failures: dict[str, int] = {}  # of each probe that fails while it is open
    results: dict[str, int] = {}  # of each probe, until it sees it
    rests_on_word: bool = False  # only the company says so: no crowd and no probe has seen it
    named: tuple[str, ...] = ()  # places that were ever named: what was said once stays said
    was_real: bool = False  # there was evidence that is more than a blip: its end is no dismissal

    @property
    def is_open(self) -> bool:
        return self.closed is None


class State(msgspec.Struct):
    """Everything of one service. `minute` is the last minute that was stepped.

    `step` may change a state in place: after a call only the state that it returned may be used.
    """

    minute: int
    components: list[str]
    symptoms: list[str]
    zones: Zones
    counter: Counter
    baseline: Baseline
    leaves: Bank
    groups: Bank
    watch: Watch
    incidents: list[Incident]
    statements: list[Statement]
    symptom_counts: NDArray[np.float32]  # (components, symptoms) calm reports
    numbered: int = 0
    rates_minute: int = -1
    rates: NDArray[np.float32] = msgspec.field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    tempo: NDArray[np.float32] = msgspec.field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    day: NDArray[np.float32] = msgspec.field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    threads: dict[str, Thread] = msgspec.field(default_factory=dict)
    opening: NDArray[np.float64] = msgspec.field(default_factory=lambda: np.zeros(0))  # h of each component
    levels: Levels = msgspec.field(default_factory=Levels.fresh)
    unseen: tuple[str, ...] = ()  # components whose faults probes do not see, as the catalogue says
    gaps: list[tuple[int, int]] = msgspec.field(default_factory=list)  # unobserved of late: (first, last) minutes

    @classmethod
    def fresh(cls, minute: int) -> State:
        """A state that has seen nothing yet; `minute` is the one before the first to be stepped."""
        ratios = len(DEFAULT.ratios)
        return cls(
            minute=minute, components=[], symptoms=[], zones=Zones.fresh(), counter=Counter.fresh(),
            baseline=Baseline.fresh(0), leaves=Bank.fresh(ratios, 0), groups=Bank.fresh(ratios, 0),
            watch=Watch.fresh(), incidents=[], statements=[], symptom_counts=np.zeros((0, 0), dtype=np.float32),
        )  # fmt: skip

    def copied(self) -> State:
        """A copy to look ahead with: what taking in signals and opening incidents changes in place is its own."""
        return msgspec.structs.replace(
            self, counter=self.counter.copied(), leaves=self.leaves.copied(), groups=self.groups.copied(),
            watch=self.watch.copied(), incidents=list(self.incidents),
        )  # fmt: skip

    def skip_to(self, minute: int) -> None:
        """Note that the minutes between the last one and this were observed by nobody."""
        self.gaps = [span for span in self.gaps if span[1] > minute - GAPS_KEPT]
        if minute > self.minute + 1:
            self.gaps.append((self.minute + 1, minute - 1))

    def ages(self, minutes: NDArray[Any]) -> NDArray[Any]:
        """Return how many observed minutes ago these minutes were; 0 for the state's own."""
        ages: NDArray[Any] = self.minute - minutes
        for first, last in self.gaps:
            ages = ages - np.where(minutes < first, last - first + 1, 0)
        return ages

    def unobserved(self, minutes: int) -> int:
        """Return how many minutes nobody observed in those gaps that reach into the last so many minutes."""
        return sum(last - first + 1 for first, last in self.gaps if last > self.minute - minutes)

    def dumps(self) -> bytes:
        """The state as bytes: one byte of version, then zlib over MessagePack."""
        return bytes([VERSION]) + zlib.compress(_ENCODER.encode(self), 1)

    @staticmethod
    def loads(stored: bytes) -> State:
        """The state out of `dumps`. Raises StateError for anything else."""
        if not stored or stored[0] != VERSION:
            raise StateError(f"not a detector state of version {VERSION}")
        try:
            return _DECODER.decode(zlib.decompress(stored[1:]))
        except (zlib.error, msgspec.MsgspecError, ValueError, TypeError) as error:
            raise StateError(f"a detector state that can't be read: {error}") from error

    def admit(self, components: Any, symptoms: Any, places: Any, areas: Any) -> None:
        """Makes room for components, symptoms, places and probe areas that are new."""
        known = set(self.components)
        self.components = self.components + [c for c in dict.fromkeys(components) if c not in known]
        known = set(self.symptoms)
        self.symptoms = self.symptoms + [s for s in dict.fromkeys(symptoms) if s not in known]
        changed = self.zones.add(places, areas)
        shape = (len(self.components), len(self.zones.places))
        if changed or self.baseline.counts.shape != shape:
            self.baseline.grow(*shape)
            self.leaves.grow(*shape, self.minute + 1)
            self.groups.grow(shape[0], len(self.zones.groups), self.minute + 1)
            for incident in self.incidents:
                incident.observed = grown(incident.observed, shape)
                incident.expected = grown(incident.expected, shape)
            self.rates_minute = -1
        self.levels.grow(len(self.components))
        self.symptom_counts = grown(self.symptom_counts, (len(self.components), len(self.symptoms)))


def _pack(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        dtype = value.dtype.descr if value.dtype.names else value.dtype.str
        return {"dtype": dtype, "shape": value.shape, "data": np.ascontiguousarray(value).tobytes()}
    raise TypeError(f"{type(value)} has no place in a state")


def _unpack(_kind: Any, value: Any) -> Any:
    dtype = value["dtype"]
    described = [tuple(column) for column in dtype] if isinstance(dtype, list) else dtype
    return np.frombuffer(value["data"], dtype=np.dtype(described)).reshape(value["shape"]).copy()


_ENCODER: Final = msgspec.msgpack.Encoder(enc_hook=_pack)
_DECODER: Final = msgspec.msgpack.Decoder(State, dec_hook=_unpack)
