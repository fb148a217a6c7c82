"""Places within sentences: "in the Netherlands", "in den Niederlanden", "aux Pays-Bas", "オランダで". Pure.

No name is inflected by a rule: what a language's rule does not fit stands in data/place_phrases.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from outages.texts.lists import listed, separated
from reports import places
from reports.languages import DEFAULT_LANGUAGE

NAMED: Final = 3  # so many places are named, the others counted
DATA: Final = Path(__file__).parent / "data" / "place_phrases.toml"


@dataclass(frozen=True, slots=True)
class _Phrases:
    """A language's ways to say "in", and to end a list that is cut short: `more` within a phrase, `bare` without."""

    rule: str
    region_rule: str
    by_code: Mapping[str, str]
    more: Mapping[str, str]
    bare: Mapping[str, str]
    keeps_in: bool
    again: str
    around: str


def in_place(code: str, language: str) -> str:
    """Return "in the Netherlands" for "NL", as the language says it; a code that is not known stands for itself."""
    phrases, place = _phrases(language), places.get(code)
    name = place.name(language) if place else code
    rule = phrases.region_rule if place and place.kind == "region" else phrases.rule
    return phrases.by_code.get(code, rule).format(name=name, lower=name[:1].lower() + name[1:])


def in_places(codes: Sequence[str], language: str, most: int = NAMED) -> str:
    """Return "in the United States, the Netherlands and 17 more countries": the first of `codes`, the others counted.

    Empty for no codes. A single place too many is named, not counted.
    """
    phrases = _phrases(language)
    if phrases.around:
        named_text = named_places(codes, language, most)
        return phrases.around.format(list=named_text) if named_text else ""
    named, left = _cut(codes, most)
    if not named:
        return ""
    found = [in_place(code, language) for code in named]
    more = phrases.more[_kind(left)].format(n=len(left), total=len(codes)) if left else ""
    one = len({phrase.partition(" ")[0] for phrase in found}) == 1
    if one and not phrases.keeps_in:
        found = [found[0], *(phrase.partition(" ")[2] for phrase in found[1:])]
    elif more:
        more = phrases.again.format(more=more)
    return listed([*found, more], language)


def named_places(codes: Sequence[str], language: str, most: int = NAMED) -> str:
    """Return "United States, Netherlands and 17 more countries": without "in", as after a colon or in a table."""
    phrases = _phrases(language)
    named, left = _cut(codes, most)
    names = [place.name(language) if (place := places.get(code)) else code for code in named]
    if not left:
        return listed(names, language)
    more = phrases.bare[_kind(left)].format(n=len(left), total=len(codes), list=separated(names, language))
    return more if phrases.around else listed([*names, more], language)


def _cut(codes: Sequence[str], most: int) -> tuple[Sequence[str], Sequence[str]]:
    return (codes, ()) if len(codes) <= most + 1 else (codes[:most], codes[most:])


def _kind(codes: Sequence[str]) -> str:
    regions = sum("-" in code for code in codes)
    return "regions" if regions == len(codes) else "places" if regions else "countries"


@cache
def _phrases(language: str) -> _Phrases:
    found = _tables().get(language) or _tables()[DEFAULT_LANGUAGE]
    by_code = {code: form for form, codes in found.get("forms", {}).items() for code in codes.split()}
    kinds = ("countries", "regions", "places")
    more = {kind: found[f"more_{kind}"] for kind in kinds}
    return _Phrases(
        rule=found["rule"],
        region_rule=found.get("region_rule", found["rule"]),
        by_code=by_code | found.get("phrases", {}),
        more=more,
        bare={kind: found.get(f"list_{kind}", more[kind]) for kind in kinds},
        keeps_in=found.get("keeps_in", False),
        again=found.get("again", "{more}"),
        around=found.get("around", ""),
    )


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(DATA.read_text("utf-8"))
