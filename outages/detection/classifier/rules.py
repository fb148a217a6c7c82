"""The ordered rules: the first that fits decides what an announcement is. Policy as named data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from outages.detection.classifier.features import Features
from outages.detection.classifier.result import Stage

Fits = Callable[[Features], bool]
Words = Callable[[Features], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`fits` decides, `stage` is what follows, `reason` says it in words. `name` is stored and counted."""

    name: str
    fits: Fits
    stage: Stage
    reason: Callable[[Features], str]


def _quote(words: tuple[str, ...]) -> str:
    return ", ".join(f"“{word}”" for word in words[:2])


def _subject(f: Features) -> str:
    if named := (*f.component_words[:1], *f.entity[:1]):
        return f"names {_quote(named)}"
    return "comes from the service's own account" if f.tier == "official" else "speaks of the service"


def _is_owners_own(f: Features) -> bool:
    return f.tier == "person" and bool(f.personal)


def _is_of_another_service(f: Features) -> bool:
    return bool(f.other_services) and not f.entity and not f.status_page


def _is_of_another_provider(f: Features) -> bool:
    speaks_of_itself = f.tier == "official" and bool(f.maker_voice) and f.about_service
    return bool(f.upstream) and not f.entity and not f.status_page and not speaks_of_itself


def _is_impostor(f: Features) -> bool:
    works_on_it = f.investigating or f.identified or f.resolved or f.planned
    return f.tier == "person" and bool(f.maker_voice) and bool(works_on_it)


def _is_policy(f: Features) -> bool:
    being_mended = f.investigating or f.identified or f.monitoring or (f.fault and f.resolved)
    return bool(f.policy) and not f.status_page and not being_mended


def _is_other_matter(f: Features) -> bool:
    of_a_component = f.components and f.fault and f.acting
    return bool(f.other_matter) and not f.status_page and not of_a_component and not (f.planned and f.about_service)


def _is_told_afterwards(f: Features) -> bool:
    return f.retrospective and (f.status_page or bool(f.resolved)) and not f.ahead


def _is_maintenance_ahead(f: Features) -> bool:
    return bool(f.planned) and f.about_service and (f.future or not (f.acting or f.marketing))


def _is_work_ahead(f: Features) -> bool:
    """A status page that names no fault and no repair speaks of what it means to do."""
    return f.status_page and f.future and not (f.fault or f.acting or f.ongoing or f.searching or f.cause_known)


def _is_older(f: Features) -> bool:
    at_work = (f.identified or (f.investigating and f.fault)) and not f.resolved
    return bool(f.older) and not f.status_page and not at_work


def _is_marketing(f: Features) -> bool:
    mends = (f.fault and f.acting) or (f.resolved and f.service and len(f.marketing) == 1)
    return bool(f.marketing) and not f.status_page and not mends


def _is_maintenance_complete(f: Features) -> bool:
    return bool(f.planned) and bool(f.completed or f.resolved) and not f.in_progress


def _is_resolved(f: Features) -> bool:
    # A thread that opens with a fault from one time to another, and its end, is told afterwards, whoever watches on.
    told_whole = f.opens and f.status_page and f.closed_span and f.mended and not f.future
    return bool(f.resolved) and f.broken and (f.verdict or told_whole or not f.ongoing)


def _is_watched(f: Features) -> bool:
    """What a page says of a repair is watched, but where the repair is still being made and has only begun to tell."""
    return bool(f.monitoring or f.resolved) and f.broken and not (f.repairing and bool(f.identified))


def _is_told_when_over(f: Features) -> bool:
    """A status page whose first word on a matter is of what was, tells of what is over."""
    return f.opens and f.over and not f.future and bool(f.closed_span or not f.monitoring)


def _is_identified(f: Features) -> bool:
    mended = f.fault or f.cause_known or f.status_page
    only_aware = f.opens and f.aware and not f.cause_known
    return bool(f.identified) and bool(mended) and (f.cause_known or not f.searching) and not only_aware


def _is_investigated(f: Features) -> bool:
    return bool(f.investigating) and (bool(f.fault) or (f.status_page and f.searching))


def _aside(name: str, fits: Fits, because: str, words: Words | None = None) -> Rule:
    def reason(f: Features) -> str:
        found = words(f) if words else ()
        return f"set aside because {because}" + (f": {_quote(found)}" if found else "")

    return Rule(name, fits, "irrelevant", reason)


def _attached(name: str, fits: Fits, stage: Stage, words: Words) -> Rule:
    def reason(f: Features) -> str:
        found = words(f)
        return f"attached because it {_subject(f)}" + (f" and says {_quote(found)}" if found else "")

    return Rule(name, fits, stage, reason)


# These ask whose word it is, and about whom. A stage that a source states does not answer that.
WHOSE: Final = frozenset(
    {"parody", "owners-own-post", "another-service", "another-provider", "not-this-service", "impostor"}
)

RULES: Final[tuple[Rule, ...]] = (
    # Whose word is it, and about whom?
    _aside("parody", lambda f: f.parody and f.tier != "official", "its author does not speak in earnest"),
    _aside("owners-own-post", _is_owners_own, "a person speaks of their own", lambda f: f.personal),
    _aside("another-service", _is_of_another_service, "it is about another service", lambda f: f.other_services),
    _aside("another-provider", _is_of_another_provider, "it is about another provider", lambda f: f.upstream),
    _aside("not-this-service", lambda f: not f.is_ours, "it does not name this service"),
    _aside("impostor", _is_impostor, "it poses as the company: its author is not official", lambda f: f.maker_voice),
    # What is it about?
    _aside("policy", _is_policy, "it is about rules or versions, not about a fault", lambda f: f.policy),
    _aside("other-matter", _is_other_matter, "it is about another matter", lambda f: f.other_matter),
    _attached("told-afterwards", _is_told_afterwards, "resolved", lambda f: f.fault),
    _attached(
        "maintenance-complete",
        _is_maintenance_complete,
        "resolved",
        lambda f: (*f.planned[:1], *f.completed, *f.resolved),
    ),
    _attached("maintenance-in-progress", lambda f: bool(f.planned) and f.in_progress, "planned", lambda f: f.planned),
    _attached("maintenance-ahead", _is_maintenance_ahead, "planned", lambda f: f.planned),
    _aside("older-incident", _is_older, "it looks back at an older incident", lambda f: f.older),
    _aside("marketing", _is_marketing, "it is marketing", lambda f: f.marketing),
    _attached("work-at-a-time", lambda f: f.plans and not f.resolved, "planned", lambda f: f.planned),
    # How far has it come? The furthest stage first.
    _attached("one-part-normal", lambda f: f.part_is_normal, "monitoring", lambda f: f.monitoring or f.resolved),
    _attached("resolved", _is_resolved, "resolved", lambda f: f.resolved),
    _attached("told-when-over", _is_told_when_over, "resolved", lambda f: f.fault),
    _attached("monitoring", _is_watched, "monitoring", lambda f: f.monitoring or f.resolved),
    _attached("identified", _is_identified, "identified", lambda f: f.identified),
    _attached("investigating", _is_investigated, "investigating", lambda f: f.investigating),
    _attached("fault-said", lambda f: bool(f.fault) and f.about_service, "investigating", lambda f: f.fault),
    _attached("work-ahead", _is_work_ahead, "planned", lambda f: f.planned),
    _attached("status-page", lambda f: f.status_page, "investigating", lambda _: ()),
    _aside("no-fault", lambda _: True, "it says nothing of a fault, a repair or planned work"),
)
