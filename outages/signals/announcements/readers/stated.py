"""The words in which sources state how far a matter has come, and how their entries of a log are labelled. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final, NamedTuple

from outages.detection.datatypes import Stated
from outages.signals.announcements.datatypes import plain_text, tidy
from outages.signals.announcements.markup import MOST_MARKUP
from outages.signals.announcements.readers.dates import moment

# Status words of Statuspage, incident.io, Instatus, cState, Better Stack, Cachet, Uptime Kuma, AWS, Google and Azure.
_STAGES: Final[dict[str, tuple[str, ...]]] = {
    "investigating": (
        "investigating", "investigation", "detected", "open", "opened", "new", "triage", "started", "reported",
        "confirmed", "active", "downtime", "service disruption", "service outage", "service interruption",
        "degradation", "under investigation", "acknowledged", "looking into it",
    ),
    "identified": (
        "identified", "fixing", "mitigating", "in repair", "mitigation in progress", "working on a fix",
        "issue identified",
    ),
    "monitoring": (
        "monitoring", "watching", "mitigated", "recovering", "recovery", "observing", "fix implemented",
        "verifying fix",
    ),
    "resolved": (
        "resolved", "closed", "fixed", "recovered", "service restored", "service restoration", "restored", "ok",
        "false alarm", "completed", "complete", "maintenance complete", "maintenance completed", "done", "finished",
        "canceled", "cancelled",
    ),
    "planned": (
        "planned", "scheduled", "not started", "not started yet", "upcoming", "in progress", "inprogress", "verifying",
        "maintenance", "scheduled maintenance", "planned maintenance", "maintenance scheduled", "under maintenance",
        "maintenance in progress", "notstartedyet", "maintenance started",
    ),
    "postmortem": (
        "postmortem", "post mortem", "post-mortem", "root cause analysis", "rca", "incident report",
        "post incident review",
    ),
}  # fmt: skip
# Those of other languages, by the stage.
_ELSEWHERE: Final[dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_name("status_words.toml").read_text(encoding="utf-8")
)
_STAGE_OF: Final = (
    {word: stage for stage, words in _STAGES.items() for word in words}
    | {word: stage for stage in _STAGES for word in _ELSEWHERE.get(stage, ())}
    | dict.fromkeys(_ELSEWHERE["completed"], "resolved")
)
# An update that names no stage: it goes on as it was.
_NO_STAGE: Final = frozenset(
    {"update", "updated", "information", "informational", "info", "note", "notice", *_ELSEWHERE["update"]}
)
# These words end, or begin, planned work where a source also has faults.
_OF_PLANS: Final = frozenset(
    {
        "completed",
        "complete",
        "maintenance complete",
        "maintenance completed",
        "done",
        "finished",
        "canceled",
        "cancelled",
        *_ELSEWHERE["completed"],
    }
)
# Of these a label in running text is made; words such as "open" or "new" begin too many other sentences.
_LABELS: Final = (
    "investigating", "identified", "monitoring", "resolved", "update", "updated", "postmortem", "post-mortem",
    "scheduled", "in progress", "verifying", "completed", "mitigated", "maintenance in progress",
    "maintenance completed", "fixing", "watching", "planned", "canceled", "cancelled", "recovering", "detected",
    "service restored", "root cause analysis", "not started yet", "under investigation",
    *(word for words in _ELSEWHERE.values() for word in words),
)  # fmt: skip


def stage_of(word: object) -> str:
    """Return the stage that a source's status word means; "" for one that means none, or for what is no word."""
    if not isinstance(word, str):
        return ""
    return _STAGE_OF.get(_plain(word), "")


def is_planned(word: object) -> bool:
    """Return whether a status word belongs to planned work alone."""
    return isinstance(word, str) and (stage_of(word) == "planned" or _plain(word) in _OF_PLANS)


def _plain(word: str) -> str:
    return " ".join(word.replace("_", " ").strip(" .:[]()").casefold().split())


class Update(NamedTuple):
    """One labelled update of a log. `at` is None where the log gives no time for it."""

    stage: str
    label: str
    text: str
    at: datetime | None
    components: tuple[str, ...] = ()


LABELS: Final = "|".join(re.escape(label).replace(r"\ ", "[ _]") for label in sorted(_LABELS, key=len, reverse=True))
_LABELLED_MARKUP: Final = re.compile(
    rf"<(strong|b|h[1-6]|em|dt)\b[^<>]*+>\s*+((?:status:\s*+)?(?:{LABELS}))\s*+[:.-]?\s*+</\1>\s*+(?:[-–—:]\s)?",
    re.IGNORECASE,
)
_BLOCK: Final = re.compile(r"<(?:ul|ol|li|p|div|h[1-6]|tr|table|blockquote|section|small|dt|dd)\b", re.IGNORECASE)
_LABEL: Final = re.compile(
    rf"^(?:status:?\s*+(?P<status>[\w -]{{2,30}}?)\s*+(?:$|[-–—.|·]+\s*)"
    rf"|\[?(?P<label>{LABELS})\]?\s*(?:[-–—:]\s+|[-–—:]?\s*$)"
    rf"|\[(?P<bracket>{LABELS})\]\s+)(?P<rest>.*)$",
    re.IGNORECASE,
)
_TIME_LINE: Final = re.compile(
    r"^\[?(?:"
    r"(?P<monthfirst>[A-Z][a-z]{2,8}\.? \d{1,2}(?:, ?\d{4})?)"
    r"|(?P<dayfirst>\d{1,2}\.? [A-Z][a-z]{2,8}(?:,? \d{4})?)"
    r"|(?P<iso>\d{4}[-/]\d\d[-/]\d\d|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}))"
    r"(?:,| at| -|T)? ?(?P<clock>\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp][Mm])?) ?"
    r"(?P<zone>(?:GMT|UTC)[+-]\d{1,2}(?::?\d\d)?|\(?[A-Z]{1,5}\)?|[+-]\d\d:?\d\d)?\]?\s*(?:[-–—:|·]\s*)?(?P<rest>.*)$"
)
_COMPONENTS: Final = re.compile(
    r"^(?:affected|impacted) (?:components?|services?|systems?|products?):?\s*(?P<rest>.*)$", re.IGNORECASE
)
_COMPONENT: Final = re.compile(r"^(?P<name>[^()]{1,80}?)\s*(?:\((?P<state>[\w -]{2,40})\))?$")
_FINE: Final = frozenset({"operational", "up", "ok", "normal", "available", "resolved"})


def updates_of(text: str, around: datetime | None, home: tzinfo | None) -> list[Update]:
    """Return the labelled updates of a log, in the order in which it has them; none where no label names a stage.

    `around` is when the entry was written: a log often leaves the year out.
    """
    found: list[Update] = []
    lines: list[str] = []
    components: list[str] = []
    label = stage = ""
    at: datetime | None = None
    listing = False

    def close() -> None:
        if label:
            found.append(Update(stage, label, tidy("\n".join(lines)), at, tuple(components)))

    pending: datetime | None = None
    trailing = False  # each time stands below its label
    for raw in text.splitlines():
        line = raw.strip()
        timed = _TIME_LINE.match(line)
        if timed is not None:
            read, rest = _time_of(timed, around, home), timed["rest"].strip()
            if trailing and label and at is None and read is not None and not rest:
                at = read
                continue
            if read is not None or _label_of(rest) is not None:
                pending, line = read, rest
                if not line:
                    continue
        if (labelled := _label_of(line)) is not None:
            close()
            trailing = pending is None if not label else trailing
            label, rest = labelled
            stage = stage_of(label)
            at, pending = pending, None
            beside = _TIME_LINE.match(rest.lstrip("·|-–— "))
            if at is None and beside is not None and not beside["rest"].strip():
                at, rest = _time_of(beside, around, home), ""
            lines, components, listing = [rest], [], False
            continue
        if (named := _COMPONENTS.match(line)) is not None:
            listing = True
            components += _affected(re.split(r",\s*", named["rest"]) if named["rest"] else ())
            continue
        if listing and line:
            components += _affected([line])
            continue
        if label and pending is not None and at is None and not line:
            at, pending = pending, None
        lines.append(line)
    close()
    return found if any(update.stage for update in found) else []


def _label_of(line: str) -> tuple[str, str] | None:
    """The label at the head of a line, and what follows it; None without one."""
    found = _LABEL.match(line)
    if found is None:
        return None
    word = (found["status"] or found["label"] or found["bracket"]).strip()
    return (word, found["rest"]) if stage_of(word) or _plain(word) in _NO_STAGE else None


_PROGRESS: Final = ("planned", "investigating", "identified", "monitoring", "resolved", "postmortem")


def in_order(updates: Sequence[Update]) -> list[Update]:
    """Return the updates of a log, the first first: by their times, else by how far they have come. The newest usually
    stands first."""
    times = [update.at for update in updates if update.at is not None]
    stages = [_PROGRESS.index(update.stage) for update in updates if update.stage]
    is_forward = times[0] < times[-1] if len(times) > 1 else len(stages) > 1 and stages[0] < stages[-1]
    return list(updates) if is_forward else list(updates)[::-1]


def log_text(html: str) -> str:
    """Return the text of an entry with each update's label at the head of a line, and each block on its own lines."""
    html = _LABELLED_MARKUP.sub(lambda match: f"\n<br>{match[2]} - ", html[:MOST_MARKUP])
    return plain_text(_BLOCK.sub(lambda match: f"<br>{match[0]}", html))


def _affected(names: Iterable[str]) -> list[str]:
    """The components of a list that are not fine."""
    found = []
    for name in names:
        match = _COMPONENT.match(name.strip(" -*•"))
        if match is not None and (match["state"] or "").casefold() not in _FINE:
            found.append(match["name"].strip())
    return found


def _time_of(match: re.Match[str], around: datetime | None, home: tzinfo | None) -> datetime | None:
    """The time of a line of a log. A day without a year is the one nearest to when the entry was written."""
    day = (match["monthfirst"] or match["dayfirst"] or match["iso"]).replace(".", "")
    clock = f"{match['clock']} {(match['zone'] or '').strip('()')}".strip()
    if re.search(r"\d{4}", day):
        return moment(f"{day} {clock}", home)
    if around is None:
        return None
    choices = [moment(f"{day} {year} {clock}", home) for year in (around.year - 1, around.year, around.year + 1)]
    near = [choice for choice in choices if choice is not None and abs(choice - around) < timedelta(days=183)]
    return min(near, key=lambda choice: abs(choice - around), default=None)


def of_update(update: Update, entry_components: Sequence[str] = ()) -> Stated:
    """Return what a labelled update states."""
    return Stated(
        stage=update.stage,
        components=update.components or tuple(entry_components),
        planned=True if is_planned(update.label) else False if update.stage else None,
    )
