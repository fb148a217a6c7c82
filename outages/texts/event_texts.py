"""What events say, in the language of the moment: the one place where codes and numbers become sentences.

An event keeps a reason code with its parameters, and evidence as codes and numbers (outages/detection/reasons.py).
English is one of the languages. Counts that were weighed and counts that were not never stand in one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from outages.detection.datatypes import TermKind
from outages.detection.reasons import Reason, ReasonCode
from outages.texts import formats
from outages.texts.lists import listed
from outages.texts.sentences import ended, paragraph
from reports.languages import DEFAULT_LANGUAGE

SHOWN_TERMS: Final = 3  # so many pieces of evidence are told with an event
SURGE: Final = 1.2  # a general rise by less goes without saying

Names = Mapping[str, str]
Stored = Mapping[str, Any]  # a piece of evidence as an event keeps it


class Reasoned(Protocol):
    """Whatever keeps a reason and its evidence: an event, or an incident as it stood after one."""

    @property
    def reason(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def evidence(self) -> Sequence[Stored]: ...


def event_text(event: Reasoned, names: Names | None = None) -> str:
    """Return the reason and the first pieces of evidence, in whole sentences.

    `names` are those of components by slug, for people; programs are given the slugs.
    """
    if event.code == ReasonCode.AS_WRITTEN:
        return reason_text(event.code, event.params)  # its evidence is in it
    facts = [_sentence(fact) for term in event.evidence[:SHOWN_TERMS] if (fact := briefly(term))]
    return paragraph([sentence for sentence in (reason_text(event.code, event.params, names), *facts) if sentence])


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
    return paragraph([*map(_sentence, sentences[:-1]), *sentences[-1:]])


def briefly(term: Stored) -> str:
    """Return the main thing of a piece of evidence, in a clause."""
    return next(iter(_sentences(term)), "")


def _sentence(text: str) -> str:
    """Return a text with a full stop, unless a quotation ends it with one."""
    return text if text.rstrip("”»«“」’").endswith((".", "!", "?", "…", "。", "！", "？")) else ended(text)


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
    ReasonCode.OPENED: lambda: _("There may be a problem."),
    ReasonCode.ANNOUNCED_MAINTENANCE: lambda quote: _("Announced maintenance: “%(quote)s”") % {"quote": quote},
    ReasonCode.OFFICIAL_WORD: lambda: _("The company has confirmed it, and other signals agree."),
    ReasonCode.OFFICIAL_ALONE: lambda: _("The company has confirmed it."),
    ReasonCode.TWO_KINDS: lambda: _("User reports and automatic checks both show it."),
    ReasonCode.PROBE_QUORUM: lambda: _("Automatic checks are failing from several locations."),
    ReasonCode.BROAD_CROWD: lambda: _("Many users report it, from many different networks."),
    ReasonCode.NEW_KIND: lambda: _("Another kind of signal now shows it too."),
    ReasonCode.REPORTS_DOUBLED: lambda: _("The number of reports has doubled."),
    ReasonCode.SCOPE: lambda: _("We've updated which places or features are affected."),
    ReasonCode.ANOTHER_COMPONENT: lambda component: _("Also affected: %(component)s.") % {"component": component},
    ReasonCode.PROBES_ANSWER: lambda minutes: (
        ngettext(
            "Automatic checks have been succeeding again for %(n)d minute.",
            "Automatic checks have been succeeding again for %(n)d minutes.",
            minutes,
        )
        % {"n": minutes}
    ),
    ReasonCode.REPORTS_FALL: lambda: _("Reports are falling back to the usual level."),
    ReasonCode.OFFICIAL_END: lambda: _("The company says it's over, and reports are falling."),
    ReasonCode.PROBES_STAY_UP: lambda minutes: (
        ngettext(
            "Automatic checks have been succeeding again for %(n)d minute, and reports are falling.",
            "Automatic checks have been succeeding again for %(n)d minutes, and reports are falling.",
            minutes,
        )
        % {"n": minutes}
    ),
    ReasonCode.OFFICIAL_END_ALONE: lambda: _("The company says it's over."),
    ReasonCode.WORD_STALE: lambda hours: (
        ngettext(
            "The company has said nothing more for %(n)d hour, and nothing else points to a problem.",
            "The company has said nothing more for %(n)d hours, and nothing else points to a problem.",
            hours,
        )
        % {"n": hours}
    ),
    ReasonCode.NEW_LEVEL: lambda: _("Reports have settled at a higher level, which we now treat as usual."),
    ReasonCode.CAUSE_ELSEWHERE: lambda: _("The cause seems to be somewhere else."),
    ReasonCode.CAUSE_UNCLEAR: lambda: _("The cause may be somewhere else."),
    ReasonCode.REPORTS_STOPPED: lambda: _("Reports are back to the usual level."),
    ReasonCode.NO_MORE_EVIDENCE: lambda minutes: (
        ngettext(
            "Nothing has pointed to an outage for %(n)d minute.",
            "Nothing has pointed to an outage for %(n)d minutes.",
            minutes,
        )
        % {"n": minutes}
    ),
    ReasonCode.FAILING_AGAIN: lambda: _("Automatic checks are failing again."),
    ReasonCode.REPORTS_AGAIN: lambda: _("Reports are rising again."),
    ReasonCode.BACK: lambda: _("The problem is back."),
    ReasonCode.ONE_WITH: lambda number: (
        _("This is the same outage as incident %(number)s, so they were merged.") % {"number": number}
    ),
    ReasonCode.TOOK_IN: lambda number: _("Incident %(number)s was merged into this one.") % {"number": number},
    ReasonCode.DETECTOR_RENEWED: lambda: _("Our detection was restarted. The outage continues."),
    ReasonCode.MODERATOR_POSSIBLE: lambda why: _moderated(_("Set to “possible” by a moderator: %(why)s."), why),
    ReasonCode.MODERATOR_CONFIRMED: lambda why: _moderated(_("Confirmed by a moderator: %(why)s."), why),
    ReasonCode.MODERATOR_RECOVERING: lambda why: _moderated(_("Set to “recovering” by a moderator: %(why)s."), why),
    ReasonCode.MODERATOR_RESOLVED: lambda why: _moderated(_("Closed by a moderator: %(why)s."), why),
    ReasonCode.MODERATOR_DISMISSED: lambda why: _moderated(_("Marked as a false alarm by a moderator: %(why)s."), why),
    ReasonCode.MODERATOR_MAINTENANCE: lambda why: _moderated(_("Marked as maintenance by a moderator: %(why)s."), why),
    ReasonCode.MODERATOR_ONE_WITH: lambda number, why: _moderated(
        _("Merged into incident %(number)s by a moderator: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_TOOK_IN: lambda number, why: _moderated(
        _("A moderator merged incident %(number)s into this one: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_TAKEN_OUT: lambda number, why: _moderated(
        _("Separated from incident %(number)s by a moderator: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_TOOK_OUT: lambda number, why: _moderated(
        _("A moderator separated incident %(number)s from this one: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_SPLIT: lambda number, why: _moderated(
        _("A moderator split off incident %(number)s: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_SPLIT_OFF: lambda number, why: _moderated(
        _("Split off from incident %(number)s by a moderator: %(why)s."), why, number
    ),
    ReasonCode.MODERATOR_CHANGED: lambda why: _moderated(_("Changed by a moderator: %(why)s."), why),
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
    if surge < SURGE:
        weighed = ngettext(
            "%(seen)s report counted in %(minutes)d min (usual: %(usual)s)",
            "%(seen)s reports counted in %(minutes)d min (usual: %(usual)s)",
            formats.plural(seen),
        )
    else:
        weighed = ngettext(
            "%(seen)s report counted in %(minutes)d min (usual: %(usual)s); overall, reports are up %(surge)s times",
            "%(seen)s reports counted in %(minutes)d min (usual: %(usual)s); overall, reports are up %(surge)s times",
            formats.plural(seen),
        )
    sides = {"networks": formats.number(detail["networks"]), "providers": formats.number(detail["origins"])}
    if detail.get("origins_known", True):
        came_from = _("Networks: %(networks)s, providers: %(providers)s") % sides
    else:
        came_from = _("Networks: %(networks)s") % sides
    return [weighed % numbers, came_from]


def _probes(_term: Stored, detail: Mapping[str, Any]) -> list[str]:
    language = get_language() or DEFAULT_LANGUAGE
    errors = [
        *sorted(detail["errors"]),
        *([pgettext("error of a check", "intermittent errors")] if detail["is_unsteady"] else []),
    ]
    return [
        _("Failing checks: %(probes)s (%(errors)s), from %(vantages)s")
        % {
            "probes": listed(detail["probes"], language),
            "errors": listed(errors, language),
            "vantages": listed(detail["failing_from"], language),
        }
    ]


def _official(_term: Stored, detail: Mapping[str, Any]) -> list[str]:
    return [
        _("%(author)s on %(source)s: “%(text)s”")
        % {"author": detail["author"], "source": detail["source"], "text": detail["quote"]}
    ]


EVIDENCE: Final[Mapping[TermKind, Callable[[Stored, Mapping[str, Any]], list[str]]]] = {
    TermKind.CROWD: _crowd,
    TermKind.PROBES: _probes,
    TermKind.OFFICIAL: _official,
}
