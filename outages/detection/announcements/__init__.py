"""Reads announcements: is a post about this service, is it official, what stage does it say, of which part, for when.

Explainable rules only: entity × topic × time × tier, in English, German, Dutch, French, Norwegian and Chinese, and in short
also Swedish, Danish, Spanish, Italian, Japanese and Korean. docs/announcements.md tells how the rules are ordered.
"""

from __future__ import annotations

import re
from typing import Final, get_args

from outages.detection.announcements import text as texts
from outages.detection.announcements import vocabulary, window
from outages.detection.announcements.reading import OPEN_STAGES, STAGES, Reading, Stage
from outages.detection.announcements.rules import RULES, Features, Tier
from outages.detection.signals import Announcement, ServiceSpec

__all__ = ["OPEN_STAGES", "STAGES", "Reading", "Stage", "read"]

STATUS_PAGE_SOURCES: Final = frozenset({"statuspage", "status", "status-page", "status_page"})
PRESS_SOURCES: Final = frozenset({"feed", "rss", "atom", "news", "github", "changelog", "json"})
_TIER_WEIGHT: Final[dict[Tier, float]] = {"official": 1.0, "press": 0.6, "person": 0.4}
_PARODY: Final = re.compile(r"parody|parodie|parodi|satire|not affiliated|unofficial|fan ?(?:account|page|club)|fanclub|恶搞|非官方|パロディ")
_FUTURE: Final = re.compile(
    r"(?<!\w)(?:will|going to|tomorrow|tonight|upcoming|next (?:week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|scheduled for|planned for|wird|werden|morgen|heute nacht|zullen|wordt|worden|vannacht|sera|seront|demain|cette nuit|skal|vil|i morgen|i natt|kommer att|mañana|estará|domani|sarà)(?!\w)|将于|将会|將於|将|明天|今晚|予定|예정|내일"
)
_IN_PROGRESS: Final = re.compile(
    r"(?<!\w)(?:in progress|under ?way|ongoing|has (?:begun|started)|läuft (?:derzeit|gerade|noch)|wird derzeit|bezig|en cours|pågår|har startet|(?:maintenance|wartung|onderhoud|vedlikehold) (?:is|has|har|ist|er) (?:now |currently |nå |jetzt |nu )?(?:begonnen|startet|begun|started|running|bezig))(?!\w)|正在进行维护|维护中|維護中|メンテナンス中|점검 중|正在维护"
)
# Signs that a text tells of a closed span of time, afterwards.
_CLOCK: Final = r"(?:\d{1,2}[:.]\d\d(?::\d\d)?|\d{1,2} ?[ap]\.?m\b)"
_RETROSPECTIVE_SIGNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:between|from|starting)\b[^;!?]{{0,60}}{_CLOCK}[^;!?]{{0,40}}\b(?:and|to|until|through|ending|-)\b[^;!?]{{0,40}}{_CLOCK}",
        rf"^(?:\W|update:?|summary:?|rca:?|incident report:?)*(?:on|between|from|starting|beginning|at|over|during|in)\b (?:approximately |around |about |the |roughly |~ ?)*(?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)",
        r"\bwe (?:\w+ )?(?:mitigated|resolved|rolled back|reverted|fixed|addressed|remediated|restored|disabled|redeployed)|\b(?:was|were) (?:\w+ )?(?:mitigated|resolved|restored|remediated|fixed|reverted|rolled back) (?:by|at|when|after|once|in|on|with)",
        r"\b(?:was|were) (?:\w+ ){0,2}(?:caused by|due to|the result of|triggered by|related to|traced to|attributed to)|\broot cause (?:was|of)|\b(?:has|had) the same root cause|\bcause of th\w+ (?:\w+ )?was\b",
        r"\b(?:prevent|avoid)\w* (?:\w+ ){0,4}(?:recurrence|similar|future|this|such|again|repeat\w*)|\bin the future|\bgoing forward|\btime to (?:detect|mitigat|resol|remediat|recover)\w*|\bto (?:improve|strengthen|harden|reduce) (?:our|the|detection|monitoring|testing|safeguards|resilien)",
        r"\b(?:on average|at peak|peaked|approximately \d|an average of|error rate (?:was|averag\w+|peak\w+)|during this (?:time|period|incident|window|\d))",
    )
)
_PRESENT: Final = re.compile(
    r"\bwe (?:are|'re) (?:still |currently |now |actively )*(?:continuing to (?:\w+ )?(?:investigat|monitor|work|see|mitigat)|investigating(?! (?:how|ways|why|what))|seeing|experiencing|deploying|rolling|monitoring|validating)\w*|\bwe'(?:re|ll) (?:still |currently |now |actively |continu\w* )*(?:to )?(?:investigat|see|monitor|deploy|roll|provid|updat|post|keep)\w*|\b(?:is|are) (?:currently|still|now) (?:experienc|see|investigat|unavail|degrad|down|fail)\w*|\bwill (?:continue to (?:monitor|provide|update|post|keep)|provide (?:\w+ )?updates?|post (?:\w+ )?updates?)|\bnext update|\bcontinu(?:e|ing) to (?:see|monitor|investigate|mitigate)"
)
_SEARCHING: Final = re.compile(r"\binvestigat|untersuch|onderzoek|enquêt|undersøk|unders(?:ö|ø)k|investiga|调查|調查|排查|調査|조사")
_CAUSE: Final = re.compile(r"\bidentif|\bcause|\bfound\b|\bursache|\boorzaak|\bårsak|原因|定位")
_PARTIAL: Final = re.compile(r"^(?!everything|all |the (?:service|app|system)|services? )[\w ,&'./()-]{2,120}? (?:is|are) (?:now )?operating (?:normally|as expected)\.?$")


def _tier(announcement: Announcement, service: ServiceSpec) -> Tier:
    if (announcement.source.lower(), announcement.author.lower()) in service.official_authors:
        return "official"
    return "press" if announcement.source.lower() in PRESS_SOURCES else "person"


def _component_words(component: str, service: ServiceSpec) -> tuple[str, ...]:
    own = service.component_words.get(component, ())
    if own:
        return own
    return vocabulary.COMMON_COMPONENT_WORDS.get(component, ()) or (component.replace("-", " "), component)


def _components(folded: str, service: ServiceSpec) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The components named, and the words that named them."""
    components: list[str] = []
    found: list[str] = []
    for component in service.components:
        words = texts.named(_component_words(component, service), folded)
        if words:
            components.append(component)
            found.extend(words)
    return tuple(components), tuple(found)


def _names(service: ServiceSpec) -> tuple[str, ...]:
    return service.entities or (service.slug,)


def _features(announcement: Announcement, service: ServiceSpec, previous: Reading | None) -> tuple[Features, window.Window | None]:
    folded = texts.fold(announcement.text)
    sober = texts.without_hopes(folded)
    tier = _tier(announcement, service)
    status_page = tier == "official" and announcement.source.lower() in STATUS_PAGE_SOURCES
    author = announcement.author.lower()
    components, component_words = _components(folded, service)
    planned = texts.words_of("PLANNED", folded)
    span = window.find(announcement.text, announcement.at) if planned else None
    signs = sum(1 for sign in _RETROSPECTIVE_SIGNS if sign.search(folded))
    retrospective = signs >= (2 if status_page else 3) and not _PRESENT.search(folded)
    is_ahead = (span is not None and span.end > announcement.at) or bool(_FUTURE.search(folded))
    return Features(
        tier=tier, status_page=status_page, entity=texts.named(_names(service), folded),
        brand_author=any(texts.fold(name) in author for name in (*_names(service), service.slug)),
        components=components, component_words=component_words,
        other_services=tuple(m.group(0) for m in texts.compiled(vocabulary.OTHER_SERVICES).finditer(folded)),
        upstream=tuple(m.group(0) for m in texts.compiled(vocabulary.UPSTREAM_SERVICES).finditer(folded)),
        fault=texts.words_of("FAULT", folded), investigating=texts.words_of("INVESTIGATING", folded), identified=texts.words_of("IDENTIFIED", folded),
        monitoring=texts.words_of("MONITORING", folded), resolved=texts.words_of("RESOLVED", sober), ongoing=texts.words_of("ONGOING", folded), completed=texts.words_of("COMPLETED", sober),
        planned=planned, future=is_ahead, in_progress=bool(_IN_PROGRESS.search(folded)),
        marketing=texts.words_of("MARKETING", folded), policy=texts.words_of("POLICY", folded), other_matter=texts.words_of("OTHER_MATTER", folded),
        service=texts.words_of("SERVICE", folded), older=texts.words_of("OLDER", folded), retrospective=retrospective,
        personal=texts.words_of("PERSONAL", folded), maker_voice=texts.words_of("MAKER_VOICE", folded), parody=bool(_PARODY.search(f"{author} {folded}")),
        still_searching=bool(_SEARCHING.search(folded)), cause_known=bool(_CAUSE.search(folded)),
        partial_note=status_page and bool(_PARTIAL.match(folded)), previous=previous.stage if previous else None,
    ), span  # fmt: skip


def _score(f: Features) -> float:
    entity = 1.0 if f.entity or f.status_page else 0.8 if f.is_ours else 0.0
    topic = 1.0 if (f.fault or f.planned) and f.acting else 0.8 if f.resolved or f.planned else 0.6 if f.fault else 0.4 if f.status_page else 0.1
    time = 0.3 if f.older and not f.status_page else 1.0
    return round(entity * topic * time * _TIER_WEIGHT[f.tier], 3)


def read(announcement: Announcement, service: ServiceSpec, previous: Reading | None = None) -> Reading:
    """Judges one announcement by the first rule that fits (`rules.RULES`).

    `previous` is the reading of the post before it in the same thread, where one is known: an update that names no stage
    keeps the stage of the thread. What a moderator set in the announcement (stage, relevant, components) wins over the rules.
    """
    features, span = _features(announcement, service, previous)
    rule = next(r for r in RULES if r.fits(features))
    stage: Stage = rule.stage
    reasons = [rule.reason(features)]
    name = rule.name
    if name in ("fault-said", "status-page") and previous is not None and previous.stage in OPEN_STAGES:
        stage, name = previous.stage, "thread"
        reasons.append(f"keeps the stage of the thread: {stage}")
    relevant = stage != "irrelevant"
    official = features.tier == "official"
    score = _score(features) if relevant else min(_score(features), 0.2)
    components = features.components
    if relevant and not official:
        reasons.append("not official: its author is not one of those whom the catalogue names")
    if announcement.components is not None:
        components, name = announcement.components, "moderator"
        reasons.insert(0, "a moderator set its components: " + (", ".join(components) or "none"))
    if announcement.stage is not None and announcement.stage in get_args(Stage):
        stage, name = next(s for s in STAGES if s == announcement.stage), "moderator"
        relevant = stage != "irrelevant"
        reasons.insert(0, f"a moderator set its stage: {stage}")
    if announcement.relevant is not None:
        name = "moderator"
        relevant = announcement.relevant
        reasons.insert(0, "a moderator attached it" if relevant else "a moderator set it aside")
        if not relevant:
            stage = "irrelevant"
        elif stage == "irrelevant":
            stage = _stage_without_gate(features)
    if name == "moderator":
        score = 1.0 if relevant else 0.0
    is_planned = relevant and (stage == "planned" or bool(features.planned))
    if stage == "planned" and span is None:
        span = window.find(announcement.text, announcement.at)
    if stage == "planned" and span is not None:
        reasons.extend(span.assumed)
    return Reading(
        stage=stage, relevant=relevant, official=official, components=components,
        window=(span.start, span.end) if span is not None and stage == "planned" else None,
        score=score, reasons=tuple(reasons), rule=name, planned=is_planned,
    )  # fmt: skip


def _stage_without_gate(f: Features) -> Stage:
    """The stage of a post that a moderator attached against the rules."""
    if f.planned and f.future:
        return "planned"
    if f.resolved and not f.ongoing:
        return "resolved"
    if f.monitoring or f.resolved:
        return "monitoring"
    return "identified" if f.identified else "investigating"
