"""Reads announcements: is a post about this service, is it official, what stage does it say, of which part, for when.

What the source states in a field beats the words. Where it states nothing: explainable rules only, entity × topic ×
time × tier, in English, German, Dutch, French, Norwegian and Chinese, and in short also Swedish, Danish, Spanish,
Italian, Japanese, Korean, Portuguese and Polish. docs/announcements.md lists the rules.
"""

from __future__ import annotations

from typing import Final

from outages.detection.classifier import window
from outages.detection.classifier.features import Features, Tier, extract
from outages.detection.classifier.result import OPEN_STAGES, STAGES, Reading, Stage
from outages.detection.classifier.rules import RULES, WHOSE
from outages.detection.datatypes import Announcement, ServiceSpec, Stated

__all__ = ["OPEN_STAGES", "RULES", "STAGES", "STATED_STAGES", "Reading", "Stage", "read"]

# A postmortem tells of what is over: it opens nothing.
STATED_STAGES: Final[dict[str, Stage]] = {
    "investigating": "investigating",
    "identified": "identified",
    "monitoring": "monitoring",
    "resolved": "resolved",
    "planned": "planned",
    "postmortem": "resolved",
}

_TIER_WEIGHT: Final[dict[Tier, float]] = {"official": 1.0, "press": 0.6, "person": 0.4}
# A text that says only that something is wrong tells no new stage, and an outage does not turn into a plan.
_RULES_THAT_FOLLOW_A_THREAD: Final = frozenset(
    {"fault-said", "status-page", "work-ahead", "maintenance-ahead", "maintenance-in-progress", "policy", "no-fault"}
)
_HIGHEST_SCORE_SET_ASIDE: Final = 0.2


def read(announcement: Announcement, service: ServiceSpec, previous: Reading | None = None) -> Reading:
    """Judges one announcement by the first rule that fits (`rules.RULES`).

    `previous` is the reading of the post before it in the same thread, where one is known: an update that names no
    stage keeps the stage of the thread, and a thread about an outage does not turn into a plan. What a moderator set in
    the announcement (stage, relevant, components) wins, then what its source states. Never raises for any text.
    """
    features = extract(announcement, service, opens=previous is None)
    stated = announcement.stated or Stated()
    rule = next(rule for rule in RULES if rule.fits(features))
    stage, name, reasons = rule.stage, rule.name, [rule.reason(features)]
    if stated.stage in STATED_STAGES and rule.name not in WHOSE and _may_state(features):
        stage, name = STATED_STAGES[stated.stage], "told-afterwards" if stated.stage == "postmortem" else "stated"
        impact = f", its impact as “{stated.impact}”" if stated.impact else ""
        reasons = [f"attached because its source states its stage as “{stated.stage}”{impact}"]
    elif previous is not None and previous.stage in OPEN_STAGES and _follows(name, features, previous):
        stage, name = previous.stage, "thread"
        reasons.append(f"keeps the stage of its thread: {stage}")
    components = features.components
    corrections: list[str] = []
    if announcement.components is not None:
        components = announcement.components
        corrections.append("a moderator set its components: " + (", ".join(components) or "none"))
    if announcement.stage in STAGES:
        stage = next(known for known in STAGES if known == announcement.stage)
        corrections.append(f"a moderator set its stage: {stage}")
    if announcement.relevant is not None:
        corrections.append("a moderator attached it" if announcement.relevant else "a moderator set it aside")
        if not announcement.relevant:
            stage = "irrelevant"
        elif stage == "irrelevant":
            stage = _stage_without_gate(features)
    relevant = stage != "irrelevant"
    if relevant and features.tier != "official":
        reasons.append("not official: the catalogue does not name its author")
    span: window.Window | None = None
    if stage == "planned":
        span = window.Window(*stated.window) if stated.window else features.window
        span = span or window.find(announcement.text, announcement.at)
        reasons.extend(span.assumed if span else ())
    is_planned = bool(features.planned) if stated.planned is None else stated.planned
    return Reading(
        stage=stage,
        relevant=relevant,
        official=features.tier == "official",
        components=components,
        window=(span.start, span.end) if span is not None else None,
        score=float(relevant) if corrections else _score(features, relevant),
        reasons=(*corrections, *reasons),
        rule="moderator" if corrections else name,
        planned=relevant and (stage == "planned" or is_planned),
    )


def _follows(rule: str, f: Features, previous: Reading) -> bool:
    """Return whether a text says no stage of its own after what was said before in its thread."""
    if rule == "investigating":  # a known cause stays known where nobody says that they look for one
        return previous.stage == "identified" and not f.searching
    return rule in _RULES_THAT_FOLLOW_A_THREAD and not (rule == "maintenance-in-progress" and f.begins_plan)


def _may_state(f: Features) -> bool:
    """Return whether a label is a statement: "Identified: the best burger" is none where not even a fault is named."""
    return f.tier == "official" or f.status_page or bool(f.fault or f.planned)


def _score(f: Features, relevant: bool) -> float:
    """Entity × topic × time × tier, in 0…1."""
    entity = 1.0 if f.entity or f.status_page else 0.8 if f.is_ours else 0.0
    topic = 0.1
    if (f.fault or f.planned) and f.acting:
        topic = 1.0
    elif f.resolved or f.planned:
        topic = 0.8
    elif f.fault:
        topic = 0.6
    elif f.status_page:
        topic = 0.4
    time = 0.3 if f.older and not f.status_page else 1.0
    score = entity * topic * time * _TIER_WEIGHT[f.tier]
    return round(score if relevant else min(score, _HIGHEST_SCORE_SET_ASIDE), 3)


def _stage_without_gate(f: Features) -> Stage:
    """The stage of a post that a moderator attached against the rules."""
    if f.planned and f.future:
        return "planned"
    if f.resolved and not f.ongoing:
        return "resolved"
    if f.monitoring or f.resolved:
        return "monitoring"
    return "identified" if f.identified else "investigating"
