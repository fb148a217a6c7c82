"""What there is to see in an announcement, before anything is decided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from outages.detection.classifier import text as texts
from outages.detection.classifier import vocabulary, window
from outages.detection.datatypes import Announcement, ServiceSpec, Stated

Tier = Literal["official", "press", "person"]

# What a source's name tells of it; catalogues name their sources freely.
_STATUS_PAGE: Final = re.compile(r"status|incident-io|aws-health|google-cloud|cachet|uptime-kuma|gatus")
_PRESS: Final = re.compile(r"feed|rss|atom|news|press|github|issues|changelog|announcements|json")
_SIGNS_BEYOND_DOUBT: Final = 4  # so many are a report on what is over, whatever is still being looked into
_RETROSPECTIVE_SIGNS_WANTED: Final = {True: 2, False: 3}  # on a status page fewer are enough: it speaks of nothing else


@dataclass(frozen=True, slots=True)
class Features:
    """What the rules look at. A tuple holds the words found, so that a reason can quote them."""

    tier: Tier
    status_page: bool  # the source speaks of nothing but the service's state
    brand_author: bool  # the author bears the service's name
    entity: tuple[str, ...]  # the service's names in the text
    components: tuple[str, ...]
    component_words: tuple[str, ...]
    window: window.Window | None
    other_services: tuple[str, ...]
    upstream: tuple[str, ...]
    fault: tuple[str, ...]
    investigating: tuple[str, ...]
    identified: tuple[str, ...]
    monitoring: tuple[str, ...]
    resolved: tuple[str, ...]
    completed: tuple[str, ...]
    ongoing: tuple[str, ...]
    planned: tuple[str, ...]
    marketing: tuple[str, ...]
    policy: tuple[str, ...]
    other_matter: tuple[str, ...]
    service: tuple[str, ...]
    older: tuple[str, ...]
    personal: tuple[str, ...]
    maker_voice: tuple[str, ...]
    ahead: bool  # a planned window that has not ended
    future: bool  # that, or words such as "will"
    in_progress: bool  # planned work that goes on now
    searching: bool  # the cause is being looked for
    cause_known: bool
    retrospective: bool  # tells of a closed span of time, afterwards
    parody: bool
    plans: bool  # of a status page: of what is to come, at a time that it names, and of no fault that is there
    verdict: bool  # opens with "this incident has been resolved", and nobody watches on
    part_is_normal: bool  # "Copilot is operating normally.": one part, said by a status page
    opens: bool  # nothing is known before it in its thread
    over: bool  # of a status page: all that it tells was, and nothing is
    closed_span: bool  # from one time of day to another
    repairing: bool  # a repair is being made, and nobody says that its effect is watched
    mended: bool  # "resolved", "fixed": more than "back to normal"
    aware: bool  # "we are aware of": the first word on a matter, whatever is being done

    @property
    def about_service(self) -> bool:
        return bool(self.service or self.components or self.status_page)

    @property
    def broken(self) -> bool:
        """Speaks of a fault, or of something that can have one."""
        return bool(self.fault) or self.about_service

    @property
    def acting(self) -> bool:
        """Says that somebody works on it or that it is over."""
        return bool(self.investigating or self.identified or self.monitoring or self.resolved)

    @property
    def begins_plan(self) -> bool:
        """Says that planned work goes on now: its announcement, before it, was of planned work too."""
        return any(words.startswith(("scheduled", "planned")) for words in self.planned)

    @property
    def is_ours(self) -> bool:
        """Speaks of this service, by name or by whose channel it is."""
        return bool(self.entity) or self.status_page or (self.tier == "official" and self.brand_author)


def tier_of(announcement: Announcement, service: ServiceSpec) -> Tier:
    """Official is only whom the catalogue names, as (source, author) in lower case."""
    if (announcement.source.lower(), announcement.author.lower()) in service.official_authors:
        return "official"
    return "press" if _PRESS.search(_kind_of(announcement, service)) else "person"


def _kind_of(announcement: Announcement, service: ServiceSpec) -> str:
    """The kind of the source as the catalogue has it, else its name."""
    return service.source_kinds.get(announcement.source, announcement.source.lower())


def _words_for(component: str, service: ServiceSpec) -> tuple[str, ...]:
    own = service.component_words.get(component, ())
    return own or vocabulary.common_component_words(component) or (component.replace("-", " "), component)


def components_in(folded: str, service: ServiceSpec) -> dict[str, tuple[str, ...]]:
    """The components that a folded text names, each with the words that name it."""
    found = {component: texts.named(_words_for(component, service), folded) for component in service.components}
    return {component: words for component, words in found.items() if words}


def _has_fault(folded: str) -> bool:
    """Whether a text speaks of a fault that is there, not of one that planned work may bring with it."""
    return texts.speaks("fault", texts.without_expected(folded))


def _is_over(folded: str, signs: int) -> bool:
    """Return whether a text tells of a fault that was, and of nothing that is or will be."""
    if not signs and not texts.speaks("fault", folded):
        return False
    goes_on = "goes_on" if signs else "is_now"
    return texts.signs_of("was", folded) > 0 and not texts.signs_of(goes_on, folded)


def extract(announcement: Announcement, service: ServiceSpec, *, opens: bool = True) -> Features:
    """Return the features of an announcement. `opens` is true for the first one of its thread."""
    folded = texts.fold(announcement.text)
    author = texts.fold(announcement.author)
    sober = texts.without_hopes(folded)
    known = texts.without_unfound(folded)
    if "identified" in known and texts.speaks("searching", folded):
        known = texts.without_issue(known)
    tier = tier_of(announcement, service)
    status_page = tier == "official" and bool(_STATUS_PAGE.search(_kind_of(announcement, service)))
    names = service.entities or (service.slug,)
    stated = announcement.stated or Stated()
    status_page = status_page or (tier == "official" and bool(stated.stage))
    components = components_in(folded, service)
    if stated.components:
        components = components_in(texts.fold("\n".join(stated.components)), service) or components
    planned = texts.words_of("planned", folded)
    span = window.find(announcement.text, announcement.at) if planned else None
    signs = texts.signs_of("retrospective", folded)
    retrospective = signs >= _RETROSPECTIVE_SIGNS_WANTED[status_page]
    is_present = texts.signs_of("present", folded) > 0
    is_told = retrospective and not (is_present and signs < _SIGNS_BEYOND_DOUBT)
    future = texts.speaks("future", folded)
    plans = False
    if status_page and future and not is_told and not is_present:
        named = span or window.find(announcement.text, announcement.at)
        plans = named is not None and named.start > announcement.at and not _has_fault(folded)
    closed_span = status_page and texts.signs_of("closed_span", folded) > 0
    ahead = span is not None and span.end > announcement.at and (future or not is_told)
    return Features(
        tier=tier,
        status_page=status_page,
        brand_author=any(texts.folded_name(name) in author for name in (*names, service.slug)),
        entity=texts.named(names, folded),
        components=tuple(components),
        component_words=tuple(word for words in components.values() for word in words),
        window=span,
        other_services=texts.words_of("other_services", folded),
        upstream=texts.words_of("upstream_services", folded),
        fault=texts.words_of("fault", texts.without_denied(folded)),
        investigating=texts.words_of("investigating", folded),
        identified=texts.words_of("identified", known),
        monitoring=texts.words_of("monitoring", texts.without_promises(folded)),
        resolved=texts.words_of("resolved", sober),
        completed=texts.words_of("completed", sober),
        ongoing=texts.words_of("ongoing", texts.without_advice(folded)),
        planned=planned,
        marketing=texts.words_of("marketing", folded),
        policy=texts.words_of("policy", folded),
        other_matter=texts.words_of("other_matter", folded),
        service=texts.words_of("service", folded),
        older=texts.words_of("older", folded),
        personal=texts.words_of("personal", folded),
        maker_voice=texts.words_of("maker_voice", folded),
        ahead=ahead,
        future=ahead or future,
        in_progress=texts.speaks("in_progress", folded),
        searching=texts.speaks("searching", folded),
        cause_known=texts.speaks("cause", known),
        retrospective=is_told,
        parody=texts.speaks("parody", author) or texts.speaks("parody", folded),
        plans=plans,
        verdict=texts.signs_of("verdict", folded) > 0 and "monitor" not in folded,
        part_is_normal=status_page and bool(texts.signs_of("part_is_normal", folded)),
        opens=opens,
        over=status_page and not planned and _is_over(folded, signs + closed_span),
        closed_span=closed_span,
        repairing="monitor" not in folded and texts.signs_of("repairing", folded) > 0,
        mended=status_page and texts.signs_of("mended", sober) > 0,
        aware="aware" in folded and texts.signs_of("aware", folded) > 0,
    )
