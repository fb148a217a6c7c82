"""Turn the English sentences of stored events into reason codes and numbers. The last reader of such sentences.

Nothing here is taken from the program: what it reads and writes is as it was at this migration. A sentence that it does
not know is kept as it was written, and so is nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db import migrations

BATCH = 500
SHOWN_TERMS = 3
UNSTEADY = "errors now and then"

REASONS = tuple(
    (re.compile(pattern, re.S), code)
    for pattern, code in (
        (r"Something may be wrong\.", "opened"),
        (r"Announced maintenance: “(?P<quote>.*)”", "announced-maintenance"),
        (r"The maker says so, and other evidence agrees\.", "official-word"),
        (r"Reports and probes agree\.", "two-kinds"),
        (r"Probes from more than one vantage fail\.", "probe-quorum"),
        (r"Many reports, from many networks and providers\.", "broad-crowd"),
        (r"A new kind of evidence came\.", "new-kind"),
        (r"Reports have doubled\.", "reports-doubled"),
        (r"The place or the parts were corrected\.", "scope"),
        (r"(?P<component>[a-z0-9-]+) fails too\.", "another-component"),
        (r"Probes answer again for (?P<minutes>-?\d+) minutes?\.", "probes-answer"),
        (r"Reports are falling to the usual\.", "reports-fall"),
        (r"The maker says that it is over, and reports are falling\.", "official-end"),
        (r"Probes answer again for (?P<minutes>-?\d+) minutes?, and reports are falling\.", "probes-stay-up"),
        (r"Reports are back to the usual\.", "reports-stopped"),
        (r"No more evidence in (?P<minutes>\d+) minutes?\.", "no-more-evidence"),
        (r"Probes fail again\.", "failing-again"),
        (r"Reports rise again\.", "reports-again"),
        (r"It is back\.", "back"),
        (r"It is one outage with incident (?P<number>\d+)\.", "one-with"),
        (r"Incident (?P<number>\d+) is part of it\.", "took-in"),
        (r"The detector was renewed\. This goes on\.", "detector-renewed"),
        (r"A moderator set it to possible: (?P<why>.*)\.", "moderator-possible"),
        (r"A moderator confirmed it: (?P<why>.*)\.", "moderator-confirmed"),
        (r"A moderator set it to recovering: (?P<why>.*)\.", "moderator-recovering"),
        (r"A moderator resolved it: (?P<why>.*)\.", "moderator-resolved"),
        (r"A moderator dismissed it: (?P<why>.*)\.", "moderator-dismissed"),
        (r"A moderator says that it is maintenance: (?P<why>.*)\.", "moderator-maintenance"),
        (r"A moderator merged it into incident (?P<number>\d+): (?P<why>.*)\.", "moderator-one-with"),
        (r"A moderator merged incident (?P<number>\d+) into it: (?P<why>.*)\.", "moderator-took-in"),
        (r"A moderator took it out of incident (?P<number>\d+) again: (?P<why>.*)\.", "moderator-taken-out"),
        (r"A moderator took incident (?P<number>\d+) out of it again: (?P<why>.*)\.", "moderator-took-out"),
        (r"A moderator split incident (?P<number>\d+) off: (?P<why>.*)\.", "moderator-split"),
        (r"A moderator split it off incident (?P<number>\d+): (?P<why>.*)\.", "moderator-split-off"),
        (r"A moderator changed it: (?P<why>.*)\.", "moderator-changed"),
    )
)
CROWD = re.compile(
    r"(?P<seen>\d+(?:\.\d+)?) reports? in (?P<minutes>\d+) minutes?, usually (?P<expected>\d+(?:\.\d+)?)"
    r"(?: in a general rise of (?P<surge>\d+(?:\.\d+)?) times)?; "
    r"from (?P<networks>\d+) networks? and (?P<origins>\d+) providers?"
)
PROBES = re.compile(r"(?P<probes>.+?): (?P<said>.+), seen from (?P<vantages>.+)", re.S)
OFFICIAL = re.compile(r"(?P<author>.+?) on (?P<source>\S+): “(?P<quote>.*)”", re.S)
WHOLE_NUMBERS = ("minutes", "number")


def reason_of(text: str, words: str, terms: Sequence[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Return an event's code and its parameters. `words` are a moderator's own, `terms` as they were stored."""
    facts = "; ".join(str(term.get("text", "")) for term in terms[:SHOWN_TERMS])
    if not text or text == f"{facts}.":
        return "", {}  # nothing but its evidence
    beginning = text.removesuffix(f" {facts}.") if facts else text
    for pattern, code in REASONS:
        found = pattern.fullmatch(beginning)
        if found:
            params: dict[str, Any] = found.groupdict()
            params |= {name: int(params[name]) for name in WHOLE_NUMBERS if name in params}
            if "why" in params and words.rstrip(".") == params["why"]:
                params["why"] = words
            return code, params
    return "as-written", {"text": text}


def term_of(stored: dict[str, Any]) -> dict[str, Any]:
    """Return a piece of evidence in codes and numbers."""
    term = {name: value for name, value in stored.items() if name != "text"}
    text = str(stored.get("text") or "")
    detail = dict(stored.get("detail") or {})
    if text:
        read = {"crowd": _crowd, "probes": _probes, "official": _official}.get(str(stored.get("kind")))
        if read is None or not read(text, term, detail):
            detail["as_written"] = text
    term["detail"] = detail
    return term


def _crowd(text: str, term: dict[str, Any], detail: dict[str, Any]) -> bool:
    """The numbers stand beside the sentence; where they do not, they are taken out of it."""
    has_all = {"minutes", "networks", "origins"} <= detail.keys()
    if has_all and term.get("seen") is not None and term.get("expected") is not None:
        return True
    found = CROWD.fullmatch(text)
    if found is None:
        return False
    for name in ("seen", "expected"):
        if term.get(name) is None:
            term[name] = float(found[name])
    for name in ("minutes", "networks", "origins"):
        detail.setdefault(name, int(found[name]))
    if found["surge"]:
        detail.setdefault("surge", float(found["surge"]))
    return True


def _probes(text: str, term: dict[str, Any], detail: dict[str, Any]) -> bool:
    found = PROBES.fullmatch(text)
    if found is None:
        return False
    said = _names(found["said"].replace(UNSTEADY, "\n"))
    detail.setdefault("probes", _names(found["probes"]))
    detail["errors"] = [name for name in said if name != "\n"]
    detail["is_unsteady"] = "\n" in said
    detail["failing_from"] = _names(found["vantages"])
    return True


def _official(text: str, term: dict[str, Any], detail: dict[str, Any]) -> bool:
    found = OFFICIAL.fullmatch(text)
    if found is None:
        return False
    detail |= found.groupdict()
    return True


def _names(row: str) -> list[str]:
    """ "a, b and c" as its names."""
    return re.split(r", | and ", row)


def convert(apps: Any, schema_editor: Any) -> None:
    events = apps.get_model("outages", "IncidentEvent").objects.using(schema_editor.connection.alias)
    batch = []
    for event in events.order_by("pk").iterator(chunk_size=BATCH):
        event.code, event.params = reason_of(event.text, event.words, event.evidence)
        event.evidence = [term_of(term) for term in event.evidence]
        batch.append(event)
        if len(batch) == BATCH:
            events.bulk_update(batch, ["code", "params", "evidence"])
            batch = []
    events.bulk_update(batch, ["code", "params", "evidence"])


def keep_words(apps: Any, schema_editor: Any) -> None:
    """On the way back only a moderator's words return; the rule's name is said where there is no sentence."""
    events = apps.get_model("outages", "IncidentEvent").objects.using(schema_editor.connection.alias)
    for event in events.filter(params__has_key="why").iterator(chunk_size=BATCH):
        events.filter(pk=event.pk).update(words=str(event.params["why"])[:300])


class Migration(migrations.Migration):
    dependencies = [("outages", "0060_event_codes")]

    operations = [migrations.RunPython(convert, keep_words)]
