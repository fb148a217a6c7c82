"""What events say, in the language of the moment: the one place where codes and numbers become sentences.

An event keeps a reason code with its parameters, and evidence as codes and numbers (outages/detection/reasons.py).
English is one of the languages. Counts that were weighed and counts that were not never stand in one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outages.detection.datatypes import TermKind
from outages.detection.reasons import Reason, ReasonCode
from outages.texts import formats
from outages.texts.sentences import ended, paragraph

SHOWN_TERMS: Final = 3  # so many pieces of evidence are told with an event
SURGE: Final = 1.2  # a general rise by less goes without saying

Names = Mapping[str, str]
Stored = Mapping[str, Any]  # a piece of evidence as an event keeps it


class Told(Protocol):
    """Whatever keeps a reason and its evidence: an event, or an incident as it stood after one."""

    @property
    def reason(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def evidence(self) -> Sequence[Stored]: ...


def event_text(event: Told, names: Names | None = None) -> str:
    """Return the reason and the first pieces of evidence, in whole sentences.

    `names` are those of components by slug, for people; programs are given the slugs.
    """
    if event.code == ReasonCode.AS_WRITTEN:
        return reason_text(event.code, event.params)  # its evidence is in it
    told = [briefly(term) for term in event.evidence[:SHOWN_TERMS]]
    # Translators: what stands between two pieces of evidence.
    facts = _("; ").join(fact for fact in told if fact)
    sentences = [reason_text(event.code, event.params, names), ended(facts) if facts else ""]
    return paragraph([sentence for sentence in sentences if sentence])


def reason_text(code: str, params: Mapping[str, Any], names: Names | None = None) -> str:
    """Return the sentence of a reason; an empty text for a code or parameters that are not known."""
    try:
        reason = Reason(ReasonCode(code), params)
    except ValueError:
        return ""
    told = dict(reason.params)
    if names and "component" in told:
        told["component"] = names.get(told["component"], told["component"])
    return REASONS[reason.code](**told)


def term_text(term: Stored) -> str:
    """Return all that is told of a piece of evidence, without the last full stop."""
    sentences = _sentences(term)
    return paragraph([*map(ended, sentences[:-1]), *sentences[-1:]])


def briefly(term: Stored) -> str:
    """Return the main thing of a piece of evidence, in a clause."""
    return next(iter(_sentences(term)), "")


def _sentences(term: Stored) -> list[str]:
    """Return the clauses of a piece of evidence, the main one first; none where its numbers are not all there."""
    detail = term.get("detail") or {}
    if "as_written" in detail:
        return [str(detail["as_written"])]
    try:
        return EVIDENCE[TermKind(term["kind"])](term, detail)
    except (KeyError, TypeError, ValueError):
        return []


def _moderated(sentence: str, why: str, number: int | None = None) -> str:
    return sentence % {"why": why.rstrip("."), "number": number}


REASONS: Final[Mapping[ReasonCode, Callable[..., str]]] = {
    ReasonCode.OPENED: lambda: _("Something may be wrong."),
    ReasonCode.ANNOUNCED_MAINTENANCE: lambda quote: _("Announced maintenance: %(quoted)s") % {"quoted": f"“{quote}”"},
    ReasonCode.OFFICIAL_WORD: lambda: _("The maker says so, and other evidence agrees."),
    ReasonCode.OFFICIAL_ALONE: lambda: _("The maker says so."),
    ReasonCode.TWO_KINDS: lambda: _("Reports and probes agree."),
    ReasonCode.PROBE_QUORUM: lambda: _("Probes from more than one vantage fail."),
    ReasonCode.BROAD_CROWD: lambda: _("Many reports, from many networks and providers."),
    ReasonCode.NEW_KIND: lambda: _("A new kind of evidence came."),
    ReasonCode.REPORTS_DOUBLED: lambda: _("Reports have doubled."),
    ReasonCode.SCOPE: lambda: _("The place or the parts were corrected."),
    ReasonCode.ANOTHER_COMPONENT: lambda component: _("%(part)s fails too.") % {"part": component},
    ReasonCode.PROBES_ANSWER: lambda minutes: (
        ngettext("Probes answer again for %(n)d minute.", "Probes answer again for %(n)d minutes.", minutes)
        % {"n": minutes}
    ),
    ReasonCode.REPORTS_FALL: lambda: _("Reports are falling to the usual."),
    ReasonCode.OFFICIAL_END: lambda: _("The maker says that it is over, and reports are falling."),
    ReasonCode.PROBES_STAY_UP: lambda minutes: (
        ngettext(
            "Probes answer again for %(n)d minute, and reports are falling.",
            "Probes answer again for %(n)d minutes, and reports are falling.",
            minutes,
        )
        % {"n": minutes}
    ),
    ReasonCode.OFFICIAL_END_ALONE: lambda: _("The maker says that it is over."),
    ReasonCode.WORD_STALE: lambda hours: (
        ngettext(
            "The maker has said nothing more for %(n)d hour, and nothing else shows a fault.",
            "The maker has said nothing more for %(n)d hours, and nothing else shows a fault.",
            hours,
        )
        % {"n": hours}
    ),
    ReasonCode.NEW_LEVEL: lambda: _("The rise lasts, and is steady: it is the new usual."),
    ReasonCode.CAUSE_ELSEWHERE: lambda: _("The cause seems to lie elsewhere."),
    ReasonCode.CAUSE_UNCLEAR: lambda: _("The cause may lie elsewhere."),
    ReasonCode.REPORTS_STOPPED: lambda: _("Reports are back to the usual."),
    ReasonCode.NO_MORE_EVIDENCE: lambda minutes: (
        ngettext("No more evidence in %(n)d minute.", "No more evidence in %(n)d minutes.", minutes) % {"n": minutes}
    ),
    ReasonCode.FAILING_AGAIN: lambda: _("Probes fail again."),
    ReasonCode.REPORTS_AGAIN: lambda: _("Reports rise again."),
    ReasonCode.BACK: lambda: _("It is back."),
    ReasonCode.ONE_WITH: lambda number: _("It is one outage with incident %(number)s.") % {"number": number},
    ReasonCode.TOOK_IN: lambda number: _("Incident %(number)s is part of it.") % {"number": number},
    ReasonCode.DETECTOR_RENEWED: lambda: _("The detector was renewed. This goes on."),
    ReasonCode.MODERATOR_POSSIBLE: lambda why: _moderated(_("A moderator set it to possible: %(why)s."), why),
    ReasonCode.MODERATOR_CONFIRMED: lambda why: _moderated(_("A moderator confirmed it: %(why)s."), why),
    ReasonCode.MODERATOR_RECOVERING: lambda why: _moderated(_("A moderator set it to recovering: %(why)s."), why),
    ReasonCode.MODERATOR_RESOLVED: lambda why: _moderated(_("A moderator resolved it: %(why)s."), why),
    ReasonCode.MODERATOR_DISMISSED: lambda why: _moderated(_("A moderator dismissed it: %(why)s."), why),
    ReasonCode.MODERATOR_MAINTENANCE: lambda why: _moderated(
        _("A moderator says that it is maintenance: %(why)s."), why
    ),
    ReasonCode.MODERATOR_ONE_WITH: lambda number, why: _moderated(
        _("A moderator merged it into incident %(number)s: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_TOOK_IN: lambda number, why: _moderated(
        _("A moderator merged incident %(number)s into it: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_TAKEN_OUT: lambda number, why: _moderated(
        _("A moderator took it out of incident %(number)s again: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_TOOK_OUT: lambda number, why: _moderated(
        _("A moderator took incident %(number)s out of it again: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_SPLIT: lambda number, why: _moderated(
        _("A moderator split incident %(number)s off: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_SPLIT_OFF: lambda number, why: _moderated(
        _("A moderator split it off incident %(number)s: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_CHANGED: lambda why: _moderated(_("A moderator changed it: %(why)s."), why),
    ReasonCode.AS_WRITTEN: lambda text: text,
}


def _crowd(term: Stored, detail: Mapping[str, Any]) -> list[str]:
    """Return what was weighed, then what was counted as it is."""
    seen, surge = float(term["seen"]), float(detail.get("surge") or 1.0)
    numbers = {
        "seen": formats.short(seen),
        "usual": formats.short(round(float(term["expected"]), 1)),
        "minutes": int(detail["minutes"]),
        "surge": formats.short(surge),
    }
    one_or_more = 1 if seen == 1 else 2  # whatever is no whole number is more
    if surge < SURGE:
        weighed = ngettext(
            "%(seen)s report counted in %(minutes)d min, usually %(usual)s",
            "%(seen)s reports counted in %(minutes)d min, usually %(usual)s",
            one_or_more,
        )
    else:
        weighed = ngettext(
            "%(seen)s report counted in %(minutes)d min, usually %(usual)s, in a general rise of %(surge)s times",
            "%(seen)s reports counted in %(minutes)d min, usually %(usual)s, in a general rise of %(surge)s times",
            one_or_more,
        )
    sides = {"networks": formats.number(detail["networks"]), "providers": formats.number(detail["origins"])}
    if detail.get("origins_known", True):
        came_from = _("Networks: %(networks)s, providers: %(providers)s") % sides
    else:
        came_from = _("Networks: %(networks)s") % sides
    return [weighed % numbers, came_from]


def _probes(term: Stored, detail: Mapping[str, Any]) -> list[str]:
    errors = [*detail["errors"], *([_("errors now and then")] if detail["is_unsteady"] else [])]
    return [
        _("%(probes)s: %(said)s, seen from %(vantages)s")
        % {
            "probes": _row(detail["probes"]),
            "said": _row(sorted(errors)),
            "vantages": _row(detail["failing_from"]),
        }
    ]


def _official(term: Stored, detail: Mapping[str, Any]) -> list[str]:
    return [
        _("%(author)s on %(source)s: “%(text)s”")
        % {"author": detail["author"], "source": detail["source"], "text": detail["quote"]}
    ]


def _row(names: Sequence[str]) -> str:
    """Return "a, b and c" as the language says it."""
    if len(names) < 2:
        return "".join(names)
    # Translators: the end of a list of names, such as "a, b and c".
    return _("%(names)s and %(last)s") % {"names": _(", ").join(names[:-1]), "last": names[-1]}


EVIDENCE: Final[Mapping[TermKind, Callable[[Stored, Mapping[str, Any]], list[str]]]] = {
    TermKind.CROWD: _crowd,
    TermKind.PROBES: _probes,
    TermKind.OFFICIAL: _official,
}
