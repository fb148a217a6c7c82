"""Sentences about a service, for people."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outages.texts import formats
from outages.verdict import Chip, Verdict

VERDICT_WORDS = {
    Verdict.OK: lambda: _("no outage seen"),
    Verdict.POSSIBLE: lambda: _("possible outage"),
    Verdict.CONFIRMED: lambda: _("outage"),
    Verdict.RECOVERING: lambda: _("recovering"),
    Verdict.MAINTENANCE: lambda: _("maintenance"),
    Verdict.UNKNOWN: lambda: _("unknown"),
}

STAGE_WORDS = {
    "investigating": lambda: _("Looking into it"),
    "identified": lambda: _("Has found the cause"),
    "monitoring": lambda: _("Has mended it and is watching"),
    "resolved": lambda: _("Says that it is over"),
    "planned": lambda: _("Has planned work"),
}


def listed(names: Sequence[str]) -> str:
    """Names in a row, as the language sets them apart."""
    # Translators: what stands between the names of a list.
    return _(", ").join(names)


def ended(text: str) -> str:
    """A text as a sentence."""
    # Translators: a sentence with its full stop.
    return _("%(sentence)s.") % {"sentence": text}


def paragraph(sentences: Sequence[str]) -> str:
    """Whole sentences, one after another."""
    text = ""
    for sentence in sentences:
        text = _("%(before)s %(sentence)s") % {"before": text, "sentence": sentence} if text else sentence
    return text


def stage_word(stage: str) -> str:
    """What a post says, in words that stand beside its author's."""
    return str(STAGE_WORDS[stage]()) if stage in STAGE_WORDS else _("Has said something")


def verdict_word(verdict: Verdict) -> str:
    """The verdict in a word or two."""
    return str(VERDICT_WORDS[verdict]())


def usual(expected: float) -> str:
    """An expected count as people say it."""
    return _("fewer than 1") if expected < 1 else formats.number(expected)


def reports_clause(reports: int, expected: float) -> str:
    """ "214 reports in 30 minutes, usually 6"."""
    return ngettext(
        "%(count)s report in 30 minutes, usually %(usual)s",
        "%(count)s reports in 30 minutes, usually %(usual)s",
        reports,
    ) % {"count": formats.number(reports), "usual": usual(expected)}


def _headlines(verdict: Verdict) -> tuple[str, str, str, str]:
    """The sentence's beginning: of the whole service everywhere, of parts, in places, of parts in places."""
    match verdict:
        case Verdict.POSSIBLE:
            return (
                _("%(name)s: possible outage."),
                _("%(name)s: possible outage of %(parts)s."),
                _("%(name)s: possible outage in %(places)s."),
                _("%(name)s: possible outage of %(parts)s in %(places)s."),
            )
        case Verdict.CONFIRMED:
            return (
                _("%(name)s: outage."),
                _("%(name)s: outage of %(parts)s."),
                _("%(name)s: outage in %(places)s."),
                _("%(name)s: outage of %(parts)s in %(places)s."),
            )
        case Verdict.RECOVERING:
            return (
                _("%(name)s: recovering from an outage."),
                _("%(name)s: recovering from an outage of %(parts)s."),
                _("%(name)s: recovering from an outage in %(places)s."),
                _("%(name)s: recovering from an outage of %(parts)s in %(places)s."),
            )
        case Verdict.MAINTENANCE:
            return (
                _("%(name)s: maintenance."),
                _("%(name)s: maintenance of %(parts)s."),
                _("%(name)s: maintenance in %(places)s."),
                _("%(name)s: maintenance of %(parts)s in %(places)s."),
            )
    calm = _("%(name)s: no outage seen.")
    return calm, calm, calm, calm


def sentence(
    name: str,
    verdict: Verdict,
    *,
    parts: Sequence[str],
    places: str,
    reports: int,
    expected: float,
    chips: Sequence[Chip],
    ended_minutes_ago: int | None = None,
) -> str:
    """The verdict in one sentence with its numbers; what evidence is missing is said."""
    if verdict == Verdict.UNKNOWN:
        return _("%(name)s: unknown. Nobody is watching at this moment, so this is not an all-clear.") % {"name": name}
    what = _headlines(verdict)[bool(parts) + 2 * bool(places)] % {
        "name": name,
        "parts": listed(parts),
        "places": places,
    }
    if verdict == Verdict.OK and ended_minutes_ago is not None:
        what = ngettext(
            "%(name)s: no outage now; one ended %(count)d minute ago.",
            "%(name)s: no outage now; one ended %(count)d minutes ago.",
            ended_minutes_ago,
        ) % {"name": name, "count": ended_minutes_ago}
    missing = [chip.text for chip in chips if chip.state in ("blind", "missing")]
    return paragraph([what, *(ended(text) for text in (reports_clause(reports, expected), *missing))])
