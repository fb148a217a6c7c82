"""Sentences about a service, for people."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


def stage_word(stage: str) -> str:
    """What a post says, in words that stand beside its author's."""
    return str(STAGE_WORDS[stage]()) if stage in STAGE_WORDS else _("Has said something")


def verdict_word(verdict: Verdict) -> str:
    """The verdict in a word or two."""
    return str(VERDICT_WORDS[verdict]())


def usual(expected: float) -> str:
    """An expected count as people say it."""
    return _("fewer than 1") if expected < 1 else f"{expected:.0f}"


def reports_clause(reports: int, expected: float) -> str:
    """ "214 reports in 30 minutes, usually 6"."""
    counted = ngettext("%(count)s report in 30 minutes", "%(count)s reports in 30 minutes", reports) % {
        "count": f"{reports:,}"
    }
    return _("%(counted)s, usually %(usual)s") % {"counted": counted, "usual": usual(expected)}


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
    what = {
        Verdict.OK: _("%(name)s: no outage seen."),
        Verdict.POSSIBLE: _("%(name)s: possible outage%(of)s%(where)s."),
        Verdict.CONFIRMED: _("%(name)s: outage%(of)s%(where)s."),
        Verdict.RECOVERING: _("%(name)s: recovering from an outage%(of)s%(where)s."),
        Verdict.MAINTENANCE: _("%(name)s: maintenance%(of)s%(where)s."),
    }[verdict] % {
        "name": name,
        "of": _(" of %(parts)s") % {"parts": ", ".join(parts)} if parts else "",
        "where": _(" in %(places)s") % {"places": places} if places else "",
    }
    if verdict == Verdict.OK and ended_minutes_ago is not None:
        what = ngettext(
            "%(name)s: no outage now; one ended %(count)d minute ago.",
            "%(name)s: no outage now; one ended %(count)d minutes ago.",
            ended_minutes_ago,
        ) % {"name": name, "count": ended_minutes_ago}
    missing = [chip.text for chip in chips if chip.state in ("blind", "missing")]
    tail = " " + " ".join(f"{text}." for text in missing) if missing else ""
    return f"{what} {reports_clause(reports, expected)}.{tail}"
