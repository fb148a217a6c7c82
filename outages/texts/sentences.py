"""Sentences about a service, for people."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from outages.texts import durations, formats, lists
from outages.verdict import Verdict
from outages.verdict.summary import FirstLine, Summary, Trend
from reports.languages import DEFAULT_LANGUAGE

ROOM = 30  # columns that the names of components may take in a first line
HEADLINE = 40  # columns of a headline that takes two lines on a phone of 360 px, in a wide font

VERDICT_WORDS = {
    Verdict.OK: lambda: pgettext("state", "no problems"),
    Verdict.POSSIBLE: lambda: pgettext("state", "possible outage"),
    Verdict.CONFIRMED: lambda: pgettext("state", "outage"),
    Verdict.RECOVERING: lambda: pgettext("state", "recovering"),
    Verdict.MAINTENANCE: lambda: pgettext("state", "maintenance"),
    Verdict.UNKNOWN: lambda: pgettext("state", "unknown"),
}

STAGE_WORDS = {
    "investigating": lambda: _("Looking into it"),
    "identified": lambda: _("Has found the cause"),
    "monitoring": lambda: _("Fixed it and is monitoring"),
    "resolved": lambda: _("Says it's over"),
    "planned": lambda: pgettext("what an announcement says", "Maintenance planned"),
}


def listed(names: Sequence[str]) -> str:
    """Names in a row, as the language sets them apart."""
    return lists.separated(names, get_language() or DEFAULT_LANGUAGE)


def ended(text: str) -> str:
    """A text as a sentence."""
    # Translators: a sentence with its full stop.
    return _("%(sentence)s.") % {"sentence": text}


def paragraph(sentences: Sequence[str]) -> str:
    """Whole sentences, one after another."""
    text = ""
    for sentence in sentences:
        text = (
            pgettext("one sentence after another", "%(before)s %(sentence)s") % {"before": text, "sentence": sentence}
            if text
            else sentence
        )
    return text


def stage_word(stage: str) -> str:
    """What a post says, in words that stand beside its author's."""
    return str(STAGE_WORDS[stage]()) if stage in STAGE_WORDS else _("Made a statement")


def verdict_word(verdict: Verdict) -> str:
    """The verdict in a word or two."""
    return str(VERDICT_WORDS[verdict]())


def usual(expected: float) -> str:
    """An expected count as people say it."""
    # Translators: a usual number of reports, within "(usual: …)"; with its counter, where your language needs one.
    if expected < 1:
        return pgettext("usual number of reports", "under 1")
    return pgettext("usual number of reports", "%(n)s") % {"n": formats.number(expected)}


def reports_clause(reports: int, expected: float) -> str:
    """ "214 reports in 30 min (usual: 6)"."""
    return ngettext(
        "%(count)s report in 30 min (usual: %(usual)s)",
        "%(count)s reports in 30 min (usual: %(usual)s)",
        reports,
    ) % {"count": formats.number(reports), "usual": usual(expected)}


def trend_word(trend: Trend | None) -> str:
    """Where the reports are going."""
    match trend:
        case Trend.RISING:
            return pgettext("trend", "reports rising")
        case Trend.STEADY:
            return pgettext("trend", "reports steady")
        case Trend.FALLING:
            return pgettext("trend", "reports falling")
    return ""


def fitting(names: Sequence[str], room: int = ROOM) -> str:
    """Return names in a row as far as they fit, the others counted: "Mobile app and 3 more"."""
    found = list(names[:1])
    while len(found) < len(names) and columns(listed([*found, names[len(found)]])) <= room:
        found.append(names[len(found)])
    return _cut(names, len(found))


def fitting_after(before: str, names: Sequence[str]) -> str:
    """Return names as far as they fit behind what else stands in a headline; empty where not even one does."""
    room = HEADLINE - columns(before)
    cuts = (_cut(names, most) for most in range(len(names), 0, -1))
    return next((shown for shown in cuts if columns(shown) <= room), "")


def _cut(names: Sequence[str], most: int) -> str:
    left = len(names) - most
    if not left:
        return listed(names)
    return ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", left) % {
        "names": listed(names[:most]),
        "n": formats.number(left),
    }


def columns(text: str) -> int:
    """Return how many columns a text takes: two a Chinese, Japanese or Korean sign."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _first_lines(first_line: FirstLine) -> tuple[str, str, str, str]:
    """The first line: of the whole service, of parts, in places, of parts in places."""
    match first_line:
        case FirstLine.POSSIBLE:
            return (
                _("%(name)s may be down."),
                _("%(name)s may be down: %(parts)s."),
                _("%(name)s may be down %(in_places)s."),
                _("%(name)s may be down %(in_places)s: %(parts)s."),
            )
        case FirstLine.DOWN:
            return (
                _("%(name)s is down."),
                _("%(name)s is down: %(parts)s."),
                _("%(name)s is down %(in_places)s."),
                _("%(name)s is down %(in_places)s: %(parts)s."),
            )
        case FirstLine.RECOVERING:
            return (
                _("%(name)s is recovering."),
                _("%(name)s is recovering: %(parts)s."),
                _("%(name)s is recovering %(in_places)s."),
                _("%(name)s is recovering %(in_places)s: %(parts)s."),
            )
        case FirstLine.MAINTENANCE:
            return (
                _("%(name)s is under maintenance."),
                _("%(name)s is under maintenance: %(parts)s."),
                _("%(name)s is under maintenance %(in_places)s."),
                _("%(name)s is under maintenance %(in_places)s: %(parts)s."),
            )
        case FirstLine.SIGNS:
            calm = _("%(name)s: warning signs, but no outage.")
        case FirstLine.OVER:
            calm = _("%(name)s is working again.")
        case FirstLine.UNKNOWN:
            calm = _("We can't tell if %(name)s is working.")
        case _:
            calm = _("No problems with %(name)s right now.")
    return calm, calm, calm, calm


def first_line(name: str, summary: Summary, *, parts: Sequence[str] = (), in_places: str = "") -> str:
    """The answer in one short line. `parts` are named as far as they fit, `in_places` as in "in Norway"."""
    return _first_lines(summary.first_line)[bool(parts) + 2 * bool(in_places)] % {
        "name": name,
        "parts": fitting(parts),
        "in_places": in_places,
    }


def headline(name: str, summary: Summary, *, parts: Sequence[str] = ()) -> str:
    """Return the answer as it stands above a page: two lines on a phone, with `parts` as far as there is room."""
    bare = first_line(name, summary)
    shown = fitting_after(bare, parts) if parts else ""
    if not shown:
        return bare
    return _first_lines(summary.first_line)[1] % {"name": name, "parts": shown}


def _ended_ago(minutes: int) -> str:
    if durations.has_hours(minutes):
        return _("The outage ended %(duration)s ago.") % {"duration": durations.in_minutes(minutes)}
    over = ngettext("The outage ended %(n)s minute ago.", "The outage ended %(n)s minutes ago.", minutes)
    return over % {"n": formats.number(minutes)}


def sentence(
    name: str,
    summary: Summary,
    *,
    parts: Sequence[str],
    in_places: str,
    reports: int,
    expected: float,
    ended_minutes_ago: int | None = None,
) -> str:
    """The answer with what else there is to say: for where no numbers and no evidence are shown beside it."""
    first = first_line(name, summary, parts=parts, in_places=in_places)
    if summary.first_line == FirstLine.UNKNOWN:
        return paragraph([first, caveats(summary)])
    said = [first]
    if summary.first_line == FirstLine.OVER and ended_minutes_ago is not None:
        said.append(_ended_ago(ended_minutes_ago))
    if summary.has_numbers:
        said.append(ended(reports_clause(reports, expected)))
    return paragraph([*said, caveats(summary)] if summary.missing else said)


def caveats(summary: Summary) -> str:
    """Return which evidence is missing; empty where there is all of it."""
    if summary.first_line == FirstLine.UNKNOWN:
        return _("Monitoring is paused right now.")
    return paragraph([ended(chip.text) for chip in summary.missing])
