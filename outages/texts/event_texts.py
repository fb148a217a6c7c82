"""What the detector wrote of an incident in English, in the language of the moment.

Events keep the words that were written when they happened. Other languages say the same again, from the numbers that
stand beside the words; what cannot be said again stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from outages.texts import formats
from outages.texts.sentences import ended, listed, paragraph, reports_clause

SHOWN_TERMS: Final = 3  # as many as an event's own words name
SURGE: Final = 1.2  # a general rise by less goes without saying

Words = Callable[[re.Match[str]], str]


# The beginnings of events' texts, and how they are said in another language.
_BEGINNINGS: Final[tuple[tuple[str, Words], ...]] = (
    (r"Something may be wrong\.", lambda _found: _("Something may be wrong.")),
    (
        r"The maker says so, and other evidence agrees\.",
        lambda _found: _("The maker says so, and other evidence agrees."),
    ),
    (r"Reports and probes agree\.", lambda _found: _("Reports and probes agree.")),
    (r"Probes from more than one vantage fail\.", lambda _found: _("Probes from more than one vantage fail.")),
    (
        r"Many reports, from many networks and providers\.",
        lambda _found: _("Many reports, from many networks and providers."),
    ),
    (
        r"No more evidence in (\d+) minutes?\.",
        lambda found: (
            ngettext("No more evidence in %(n)d minute.", "No more evidence in %(n)d minutes.", int(found[1]))
            % {"n": int(found[1])}
        ),
    ),
    (
        r"Probes answer again for (\d+) minutes?, and reports are falling\.",
        lambda found: (
            ngettext(
                "Probes have answered again for %(n)d minute, and reports are falling.",
                "Probes have answered again for %(n)d minutes, and reports are falling.",
                int(found[1]),
            )
            % {"n": int(found[1])}
        ),
    ),
    (
        r"Probes answer again for (\d+) minutes?\.",
        lambda found: (
            ngettext(
                "Probes have answered again for %(n)d minute.",
                "Probes have answered again for %(n)d minutes.",
                int(found[1]),
            )
            % {"n": int(found[1])}
        ),
    ),
    (r"Reports are falling to the usual\.", lambda _found: _("Reports are falling to the usual.")),
    (
        r"The maker says that it is over, and reports are falling\.",
        lambda _found: _("The maker says that it is over, and reports are falling."),
    ),
    (r"Reports are back to the usual\.", lambda _found: _("Reports are back to the usual.")),
    (r"Probes fail again\.", lambda _found: _("Probes fail again.")),
    (r"Reports rise again\.", lambda _found: _("Reports rise again.")),
    (r"The place or the parts were corrected\.", lambda _found: _("The place or the parts were corrected.")),
    (r"A new kind of evidence came\.", lambda _found: _("A new kind of evidence came.")),
    (r"Reports have doubled\.", lambda _found: _("Reports have doubled.")),
    (r"It is back\.", lambda _found: _("It is back.")),
    (
        r"The detector was renewed\. This goes on\.",
        lambda _found: _("The detector was renewed. This goes on."),
    ),
    (
        r"It is one outage with incident (\d+)\.",
        lambda found: _("It is one outage with incident %(number)s.") % {"number": found[1]},
    ),
    (
        r"Incident (\d+) is part of it\.",
        lambda found: _("Incident %(number)s is part of it.") % {"number": found[1]},
    ),
    (
        r"Announced maintenance: (“.*?”)",
        lambda found: _("Announced maintenance: %(quoted)s") % {"quoted": found[1]},
    ),
    (r"A moderator [^:]*: (.*)", lambda found: _("A moderator decided: %(why)s") % {"why": found[1]}),
)
_JOINED: Final = re.compile(r"([a-z0-9-]+) fails too\.")
_POSTED: Final = re.compile(r"(?P<author>.+) on (?P<source>\S+): “(?P<text>.*)”", re.S)
_COUNTED: Final = re.compile(r"(\d+) reports? in 30 minutes, usually (\d+(?:\.\d+)?)")
_FAILING: Final = re.compile(r"(?P<probes>.+?): (?P<said>.+), seen from (?P<vantages>.+)", re.S)


def event(text: str, terms: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> str:
    """An event's text with its evidence. `names` are those of the components by slug."""
    if (get_language() or "en") == "en" or not text:
        return text
    facts_told = "; ".join(str(each.get("text", "")) for each in terms[:SHOWN_TERMS])
    beginning = _beginning(text.removesuffix(f" {facts_told}."), names)
    if beginning is None:
        return text
    facts = [ended(term(each)) for each in terms[:SHOWN_TERMS]]
    return paragraph([beginning, *facts])


def _beginning(text: str, names: Mapping[str, str]) -> str | None:
    if found := _JOINED.match(text):
        return _("%(part)s fails too.") % {"part": names.get(found[1], found[1])}
    for pattern, words in _BEGINNINGS:
        if found := re.match(pattern, text, re.S):
            return words(found)
    return None


def term(stored: Mapping[str, Any]) -> str:
    """One piece of evidence as an event keeps it: `kind`, `text`, `seen`, `expected`, `detail`."""
    text = str(stored.get("text", ""))
    if (get_language() or "en") == "en":
        return text
    match stored.get("kind"):
        case "crowd":
            if found := _COUNTED.fullmatch(text):
                return reports_clause(int(found[1]), float(found[2]))
            return _crowd(stored) or text
        case "probes" if found := _FAILING.fullmatch(text):
            return _("%(probes)s: %(said)s, seen from %(vantages)s") % {
                "probes": _row(found["probes"]),
                "said": _row(found["said"].replace("errors now and then", _("errors now and then"))),
                "vantages": _row(found["vantages"]),
            }
        case "official" if found := _POSTED.fullmatch(text):
            return _("%(author)s on %(source)s: “%(text)s”") % found.groupdict()
    return text


def _row(names: str) -> str:
    """ "a, b and c" as the language sets it apart."""
    return listed(re.split(r", | and ", names))


def _crowd(stored: Mapping[str, Any]) -> str:
    detail = stored.get("detail") or {}
    seen, expected = stored.get("seen"), stored.get("expected")
    try:
        numbers = {
            "seen": formats.short(float(seen if seen is not None else "")),
            "usual": formats.short(round(float(expected if expected is not None else ""), 1)),
            "minutes": int(detail["minutes"]),
            "networks": formats.number(detail["networks"]),
            "providers": formats.number(detail["origins"]),
            "surge": formats.short(float(detail.get("surge") or 1.0)),
        }
    except (KeyError, TypeError, ValueError):
        return ""
    if float(detail.get("surge") or 1.0) < SURGE:
        words = _(
            "Reports in %(minutes)d min: %(seen)s, usually %(usual)s; networks: %(networks)s, providers: %(providers)s"
        )
    else:
        words = _(
            "Reports in %(minutes)d min: %(seen)s, usually %(usual)s, in a general rise of %(surge)s times; "
            "networks: %(networks)s, providers: %(providers)s"
        )
    return words % numbers
