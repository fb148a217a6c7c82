"""The ordered rules: the first that fits decides what an announcement is. Policy as named data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from outages.detection.announcements.reading import Stage

Tier = Literal["official", "press", "person"]


@dataclass(frozen=True, slots=True)
class Features:
    """What the rules look at. Each tuple holds the words found, so that a reason can quote them."""

    tier: Tier
    status_page: bool  # the source speaks of nothing but the service's state
    entity: tuple[str, ...]  # the service's names in the text
    brand_author: bool  # the author bears the service's name
    components: tuple[str, ...]
    component_words: tuple[str, ...]
    other_services: tuple[str, ...]
    upstream: tuple[str, ...]
    fault: tuple[str, ...]
    investigating: tuple[str, ...]
    identified: tuple[str, ...]
    monitoring: tuple[str, ...]
    resolved: tuple[str, ...]
    completed: tuple[str, ...]  # planned work that is done
    ongoing: tuple[str, ...]
    planned: tuple[str, ...]
    future: bool  # a window that has not ended, or words such as "will be"
    in_progress: bool  # planned work that goes on now
    marketing: tuple[str, ...]
    policy: tuple[str, ...]
    other_matter: tuple[str, ...]
    service: tuple[str, ...]
    older: tuple[str, ...]
    retrospective: bool  # tells of a closed span of time in the past tense
    personal: tuple[str, ...]
    maker_voice: tuple[str, ...]
    parody: bool
    partial_note: bool  # "Copilot is operating normally.": one part, said by a status page
    still_searching: bool  # says in so many words that the cause is looked for
    cause_known: bool
    previous: Stage | None

    @property
    def about_service(self) -> bool:
        return bool(self.service or self.components or self.status_page)

    @property
    def acting(self) -> bool:
        """Says that somebody works on it or that it is over."""
        return bool(self.investigating or self.identified or self.monitoring or self.resolved)

    @property
    def is_ours(self) -> bool:
        """Speaks of this service, by name or by whose channel it is."""
        return bool(self.entity) or self.status_page or (self.tier == "official" and (self.brand_author or bool(self.components)))


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    fits: Callable[[Features], bool]
    stage: Stage
    reason: Callable[[Features], str]


def _quote(words: tuple[str, ...], most: int = 2) -> str:
    return ", ".join(f"“{w}”" for w in words[:most])


def _set_aside(because: str, words: Callable[[Features], tuple[str, ...]] | None = None) -> Callable[[Features], str]:
    def reason(f: Features) -> str:
        found = words(f) if words else ()
        return f"set aside because {because}" + (f": {_quote(found)}" if found else "")

    return reason


def _attached(says: Callable[[Features], tuple[str, ...]]) -> Callable[[Features], str]:
    def reason(f: Features) -> str:
        whom = f"it names {_quote(f.component_words or f.entity, 1)}" if f.component_words or f.entity else "its author speaks for the service" if f.tier == "official" else "it speaks of the service"
        found = says(f)
        return f"attached because {whom}" + (f" and says {_quote(found)}" if found else "")

    return reason


def _fault_or_service(f: Features) -> bool:
    return bool(f.fault) or f.about_service


RULES: Final[tuple[Rule, ...]] = (
    Rule("parody", lambda f: f.parody and f.tier != "official", "irrelevant", _set_aside("its author says that it is a parody")),
    Rule("owners-own-post", lambda f: f.tier != "official" and bool(f.personal), "irrelevant", _set_aside("a person speaks of their own: that is a report, not an announcement", lambda f: f.personal)),
    Rule("another-service", lambda f: bool(f.other_services) and not f.entity and not f.status_page, "irrelevant", _set_aside("it is about another service", lambda f: f.other_services)),
    Rule("another-provider", lambda f: bool(f.upstream) and not f.entity and not f.status_page and not (f.tier == "official" and f.maker_voice and f.about_service), "irrelevant", _set_aside("it is about another provider", lambda f: f.upstream)),
    Rule("not-this-service", lambda f: not f.is_ours, "irrelevant", _set_aside("it does not name this service")),
    Rule("impostor", lambda f: f.tier != "official" and bool(f.maker_voice) and bool(f.investigating or f.identified or f.resolved or f.planned) and not f.status_page, "irrelevant", _set_aside("it speaks in the maker's voice, but its author is not one of the official ones", lambda f: f.maker_voice)),
    Rule("policy", lambda f: bool(f.policy) and not f.status_page and not (f.investigating or f.identified or f.monitoring) and not (f.fault and f.resolved), "irrelevant", _set_aside("it is about rules or versions, not about a fault", lambda f: f.policy)),
    Rule("other-matter", lambda f: bool(f.other_matter) and not f.status_page and not (f.components and f.fault and f.acting) and not (f.planned and f.about_service), "irrelevant", _set_aside("it is about another matter", lambda f: f.other_matter)),
    Rule("told-afterwards", lambda f: f.retrospective and (f.status_page or bool(f.resolved)) and not (f.planned and f.future), "resolved", _attached(lambda f: f.fault)),
    Rule("maintenance-complete", lambda f: bool(f.planned) and bool(f.resolved or f.completed) and not f.in_progress, "resolved", _attached(lambda f: (*f.planned[:1], *(f.completed or f.resolved)[:1]))),
    Rule("maintenance-in-progress", lambda f: bool(f.planned) and f.in_progress, "planned", _attached(lambda f: f.planned)),
    Rule("maintenance-ahead", lambda f: bool(f.planned) and (f.future or not f.acting) and f.about_service and not (f.marketing and not f.future), "planned", _attached(lambda f: f.planned)),
    Rule("older-incident", lambda f: bool(f.older) and not f.status_page and not f.identified and not (f.investigating and f.fault and not f.resolved), "irrelevant", _set_aside("it looks back at an older incident", lambda f: f.older)),
    Rule("marketing", lambda f: bool(f.marketing) and not f.status_page and not (f.fault and f.acting) and not (f.resolved and f.service and not f.fault and len(f.marketing) == 1), "irrelevant", _set_aside("it is marketing", lambda f: f.marketing)),
    Rule("one-part-normal", lambda f: f.partial_note, "monitoring", _attached(lambda f: f.monitoring or f.resolved)),
    Rule("resolved", lambda f: bool(f.resolved) and _fault_or_service(f) and not f.ongoing, "resolved", _attached(lambda f: f.resolved)),
    Rule("monitoring", lambda f: bool(f.monitoring or (f.resolved and f.ongoing)) and _fault_or_service(f), "monitoring", _attached(lambda f: f.monitoring or f.resolved)),
    Rule("identified", lambda f: bool(f.identified) and _fault_or_service(f) and not (f.still_searching and not f.cause_known), "identified", _attached(lambda f: f.identified)),
    Rule("investigating", lambda f: bool(f.investigating) and bool(f.fault), "investigating", _attached(lambda f: f.investigating)),
    Rule("fault-said", lambda f: bool(f.fault) and f.about_service, "investigating", _attached(lambda f: f.fault)),
    Rule("status-page", lambda f: f.status_page, "investigating", lambda f: "attached because it comes from the service's own status page"),
    Rule("no-fault", lambda f: True, "irrelevant", _set_aside("it says nothing of a fault, a repair or planned work")),
)
