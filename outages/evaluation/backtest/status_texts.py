"""How well the announcement reader reads a status page's updates, held against the status that was stated.

The stated status is never read: only the texts, in order, and what was read of the text before in the same incident.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from outages.detection.classifier import OPEN_STAGES, STAGES, Reading, Stage, read
from outages.detection.datatypes import Announcement, ServiceSpec

# What the stated status allows the reader to say. "Update" names no stage but says that it is not over.
STAGES_OF_STATUS: Final[dict[str, frozenset[Stage]]] = {
    "Investigating": frozenset({"investigating"}),
    "Identified": frozenset({"identified"}),
    "Update": OPEN_STAGES,
    "Monitoring": frozenset({"monitoring"}),
    "Resolved": frozenset({"resolved"}),
    "Scheduled": frozenset({"planned"}),
    "In progress": frozenset({"planned"}),
    "Completed": frozenset({"resolved"}),
}
PLANNED_STATUS: Final = frozenset({"Scheduled", "In progress", "Completed"})


@dataclass(frozen=True, slots=True)
class Update:
    """One update of an incident, as published and as read."""

    incident: str
    status: str
    text: str
    reading: Reading

    @property
    def is_definite(self) -> bool:
        """Whether its status names one stage."""
        return len(STAGES_OF_STATUS[self.status]) == 1

    @property
    def is_right(self) -> bool:
        return self.reading.stage in STAGES_OF_STATUS[self.status]


@dataclass(slots=True)
class TextScore:
    """Counts over updates and incidents. `ceiling` is the most that any reader of the text alone could have right."""

    updates: list[Update] = field(default_factory=list)
    planned_right: int = 0
    incidents: int = 0

    def __add__(self, other: TextScore) -> TextScore:
        return TextScore(
            self.updates + other.updates,
            self.planned_right + other.planned_right,
            self.incidents + other.incidents,
        )

    @property
    def right(self) -> int:
        return sum(update.is_right for update in self.updates)

    @property
    def wrong(self) -> list[Update]:
        return [update for update in self.updates if not update.is_right]

    @property
    def by_status(self) -> dict[str, tuple[int, int]]:
        """Status → (right, all)."""
        every = Counter(update.status for update in self.updates)
        right = Counter(update.status for update in self.updates if update.is_right)
        return {status: (right[status], every[status]) for status in STAGES_OF_STATUS if every[status]}

    @property
    def by_stage(self) -> dict[Stage, tuple[int, int, int]]:
        """Stage → (read so and rightly, read so, stated so). Updates whose status names no stage are left out."""
        definite = [(next(iter(STAGES_OF_STATUS[u.status])), u.reading.stage) for u in self.updates if u.is_definite]
        right = Counter(read for stated, read in definite if stated == read)
        as_read, as_stated = Counter(read for _, read in definite), Counter(stated for stated, _ in definite)
        return {stage: (right[stage], as_read[stage], as_stated[stage]) for stage in STAGES if as_stated[stage]}

    @property
    def telling(self) -> list[tuple[Update, int]]:
        """One wrong update of each kind of error with how many there are of it, the commonest kind first."""
        kinds = Counter((update.status, update.reading.stage, update.reading.rule) for update in self.wrong)
        first = {(update.status, update.reading.stage, update.reading.rule): update for update in reversed(self.wrong)}
        return [(first[kind], count) for kind, count in kinds.most_common()]

    @property
    def ceiling(self) -> int:
        """The same text under different statuses can't be right each time, whatever is read."""
        by_text: dict[str, Counter[str]] = {}
        for update in self.updates:
            by_text.setdefault(update.text, Counter())[update.status] += 1
        stages = {stage for allowed in STAGES_OF_STATUS.values() for stage in allowed}
        return sum(
            max(sum(n for status, n in seen.items() if stage in STAGES_OF_STATUS[status]) for stage in stages)
            for seen in by_text.values()
        )


def incidents_in(folder: Path) -> Iterator[dict[str, Any]]:
    """The incidents of `incidents.jsonl`."""
    with (folder / "incidents.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def is_held_out(incident: str) -> bool:
    """Half of all incidents, by a hash of their number: the half that no rule was made for."""
    return hashlib.sha256(incident.encode()).digest()[-1] % 2 == 1


def score(incidents: Iterable[dict[str, Any]], *, page: str, author: str) -> TextScore:
    """Reads every update of these incidents. `page` is the source's name, `author` the company's."""
    service = ServiceSpec(
        slug=author.lower(),
        components=(),
        entities=(author,),
        official_authors=frozenset({(page.lower(), author.lower())}),
    )
    found = TextScore()
    for incident in incidents:
        previous: Reading | None = None
        for update in incident["updates"]:
            at = datetime.fromisoformat(update["at"]).timestamp()
            previous = read(Announcement(at, page, author, update["message"]), service, previous)
            found.updates.append(Update(incident["id"], update["status"], update["message"], previous))
        readings = [update.reading for update in found.updates[-len(incident["updates"]) :]]
        was_planned = any(update["status"] in PLANNED_STATUS for update in incident["updates"])
        found.planned_right += any(reading.stage == "planned" for reading in readings) == was_planned
        found.incidents += 1
    return found
