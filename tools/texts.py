"""The texts that people read, held to the style of each language.

    python tools/texts.py           say which texts break a rule; those in tools/texts_known.txt are let pass
    python tools/texts.py --note    note all that break one now as known
    python tools/texts.py --list --language de    each text of a language beside its English, and rendered examples

The rules are docs/translations.md's: patterns of English that is not spoken, words that a language does not use for a
thing, typography, fragments, lists joined by hand, missing plurals, and words without context.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from reports.languages import DEFAULT_LANGUAGE, LANGUAGES  # noqa: E402
from tools import messages  # noqa: E402

KNOWN = PROJECT / "tools" / "texts_known.txt"
HEAD = "# Texts that still break a rule of tools/texts.py. None is added; they are rewritten one by one.\n"


@dataclass(frozen=True, slots=True)
class Finding:
    """A text that breaks a rule."""

    rule: str
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}\t{self.language}\t{self.text}"


# What nobody says, and what says it: shown beside a finding in docs/translations.md.
ENGLISH: Final[Mapping[str, str]] = {
    "maker": r"\b(the )?makers?\b(?!’|'s apps)",
    "official word": r"\bofficial word\b|\bno word\b|\bword is\b|whose word",
    "net for connection": r"\bthe net\b|\bno net\b",
    "told for notified": r"\b(be|is|are|was|were|been) told\b|\bTell me\b",
    "some minutes": r"\bsome minutes\b",
    "from afar": r"\bfrom afar\b",
    "all-clear": r"\ball[- ]clear\b",
    "notices": r"\bnotices?\b",
    "not watched": r"\b(nobody is watching|not watched)\b",
    "mended": r"\bmend(ed|s|ing)?\b",
    "passes by itself": r"\bpass(es)? by (itself|themselves)\b|\bby themselves\b",
    "blank before per cent": r"\d %(?!\()|\)s %%",
    "crowd": r"\b(the|a) crowd\b",
    "seen from afar": r"\bfails? too\b|\bat fault\b",
}
BANNED: Final[Mapping[str, str]] = {
    "de": r"Quittung|Entwarnung|offizielles Wort|zu sehen\b|schweig|Hersteller|sobald wieder Netz",
    "nl": r"Bericht mij|\bmaker\b|op het net|niet heel|faalt",
    "fr": r"\bparole|fabricant|constructeur|n’est pas entier",
    "es": r"\b(usted|vosotros|vuestr\w+)\b|avería|palabra oficial|se está pasando",
    "it": r"incident[ei]\b|guast[oi]\b|bersagli|sonda(?!ggio)",
    "pt": r"\b(utilizador\w*|ecrã|telemóve\w+|palavra oficial|avarias?|fabricante)\b",
    "nb": r"utfall|offisielt ord|\bprober\b|postkasse",
    "sv": r"^Förrän|\bprober\b|brevlåda|strömning|omdöme",
    "da": r"\bmelding|\bprober\b|slagsene",
    "pl": r"\b(raport(?!owan)\w*|producen\w+|alert(?!manager)\w*|sond\w+|oficjalne słowo|Państw\w*|Pan[ai]?)\b",
    "zh-hans": r"把握|图画|没有人监测|厂商",
    "zh-hant": r"把握|圖畫(?!面)|沒有人監測|廠商|用戶(?!端)|服務器|應用程序|信息|網絡|報告|軟件|默認|鏈接|視頻|屏幕",
    "ja": r"未満件|自社|受領証|見えて",
    "ko": r"이\(가\)|과\(와\)|을\(를\)|미만건|사건",
}
_CJK: Final = r"[\u3040-\u30ff\u4e00-\u9fff]"
TYPOGRAPHY: Final[Mapping[str, str]] = {
    "fr": r"[^\s\u00a0\u202f][;?!»](?=\s|$)|[^\S\u00a0\u202f][:;?!»](?=\s|$)|\w'\w|“|”",
    "it": r"\w'\w",
    "de": r"“[^„]*“|”|»",
    "da": r"[“”]",
    "sv": r"“|„",
    "pt": r"«|»|„|\w'\w",
    "nb": r"[“”„]",
    "pl": r"“|«|»|\w'\w",
    "zh-hans": rf"{_CJK}[,;:?!]|[,;:?!]{_CJK}",
    "zh-hant": rf"{_CJK}[,;:?!]|[,;:?!]{_CJK}|[“”‘’]",
    "ja": rf"{_CJK}[,;:?!]|[,;:?!]{_CJK}",
}
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%|<[^>]+>")
_COUNTED: Final = re.compile(
    r"%\((?:n|count|number|total|minutes|hours|days)\)[sd] (?!(?:min|ms|of|was|is|has)\b)[a-z]+s\b"
)
_JOINED: Final = re.compile(r"""["'](?:, |; | and )["']\.join\(|\|join:""")
# Where people read: programs and operators may be given lists as they come.
JOINED_IN: Final = ("outages/texts", "outages/web/views", "outages/notifications", "templates/pages", "templates/parts")
READ_BY_PROGRAMS: Final = (
    "outages/notifications/channels/alertmanager.py",
    "outages/notifications/channels/pagerduty.py",
    "outages/notifications/channels/template.py",
    "outages/notifications/validation.py",
    "outages/web/views/front_page.py",  # an address
    "outages/web/views/offline.py",  # a script
)


def of_english(message: Message) -> Iterator[Finding]:
    """Yield what is wrong with a message as the program marks it."""
    forms = [message.id] if isinstance(message.id, str) else list(message.id)
    for text in forms:
        yield from in_english(text)
    first = forms[0]
    words = re.findall(r"[^\W\d_]+", _PLACEHOLDER.sub(" ", first))
    is_frame = not words and len(_PLACEHOLDER.findall(first)) > 1  # fine where a context says what it sets apart
    if first != first.strip() or first[:1] in ",;:)" or (is_frame and not message.context):
        yield Finding("fragment", DEFAULT_LANGUAGE, first)
    if len(words) in (1, 2) and not _PLACEHOLDER.search(first) and not message.context:
        yield Finding("no context", DEFAULT_LANGUAGE, first)
    if isinstance(message.id, str) and _COUNTED.search(first):
        yield Finding("no plural", DEFAULT_LANGUAGE, first)


def in_english(text: str) -> Iterator[Finding]:
    """Yield the patterns of a text that nobody says."""
    for rule, pattern in ENGLISH.items():
        if re.search(pattern, text, re.IGNORECASE):
            yield Finding(rule, DEFAULT_LANGUAGE, text)


def in_language(text: str, language: str) -> Iterator[Finding]:
    """Yield what is wrong with a translation."""
    plain = _PLACEHOLDER.sub("x", text)
    if language in BANNED and re.search(BANNED[language], plain):
        yield Finding("word", language, text)
    if language in TYPOGRAPHY and re.search(TYPOGRAPHY[language], plain):
        yield Finding("typography", language, text)


def in_source(name: str, source: str) -> Iterator[Finding]:
    """Yield the lines of a file that join a list by hand."""
    for line in source.splitlines():
        if _JOINED.search(line):
            yield Finding("joined by hand", name, line.strip())


def findings() -> Iterator[Finding]:
    """Yield all that breaks a rule: messages, translations, catalogues, sources."""
    for message in messages.collected():
        if message.id:
            yield from of_english(message)
    for language in LANGUAGES:
        if language != DEFAULT_LANGUAGE:
            yield from _in_catalog(messages.read(language), language)
    for file in sorted([*(PROJECT / "catalog").glob("*.toml"), *(PROJECT / "catalog" / "ready").glob("*.toml")]):
        for text in _strings(tomllib.loads(file.read_text("utf-8"))):
            yield from in_english(text)
        for translation in sorted((file.parent / file.stem).glob("*.toml")):
            for text in tomllib.loads(translation.read_text("utf-8")).values():
                yield from in_language(str(text), translation.stem.lower())
    for folder in JOINED_IN:
        for path in sorted((PROJECT / folder).rglob("*")):
            name = path.relative_to(PROJECT).as_posix()
            if path.suffix in (".py", ".html") and name not in READ_BY_PROGRAMS:
                yield from in_source(name, path.read_text("utf-8"))


def _in_catalog(catalog: Catalog, language: str) -> Iterator[Finding]:
    for message in catalog:
        said = message.string if isinstance(message.string, tuple | list) else (message.string,)
        for text in said if message.id else ():
            yield from in_language(text or "", language)


def _strings(value: object) -> Iterator[str]:
    """Yield the sentences of a catalogue: not slugs, addresses and codes."""
    if isinstance(value, str):
        if " " in value and "://" not in value:
            yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


# What stands in a placeholder where a text is shown: by its name, else by the kind of name.
SAMPLES: Final[Mapping[str, str]] = {
    "name": "Tesla", "service": "Tesla", "parts": "App, Login", "part": "App", "component": "App", "symptom": "503",
    "number": "3", "duration": "1 h 46 min", "error": "timeout", "why": "…", "label": "Slack",
}  # fmt: skip
NUMBERS: Final = (0, 1, 2, 5, 1094)
PLACES: Final = ((), ("NL",), ("US", "GB"), ("US", "MT", "DE", "JP", "FR", "IT"))
_COUNTS: Final = frozenset({"n", "count", "counted", "seen", "total", "minutes", "hours", "days", "seconds", "shown"})


def listing(language: str) -> Iterator[str]:
    """Yield each text of a language beside its English, by the file that it stands in, and as it comes out."""
    _start_django()
    from django.utils import translation

    catalog = messages.read(language) if language != DEFAULT_LANGUAGE else None
    rows: list[tuple[str, str, str, list[str]]] = []
    with translation.override(language):
        for message in messages.collected():
            if message.id:
                first = message.id if isinstance(message.id, str) else message.id[0]
                mine = catalog.get(first, message.context) if catalog else None
                said = mine.string if mine else message.id
                shown = " | ".join(said) if isinstance(said, tuple | list) else str(said)
                context = f" [{message.context}]" if message.context else ""
                where = message.locations[0][0] if message.locations else ""
                rows.append((where, f"{first}{context}", shown, list(rendered(said or "", language))))
    place = ""
    for where, english, said, shown_as in sorted(rows):
        if where != place:
            yield f"\n{where}"
            place = where
        yield f"  {english}\n      {said}"
        yield from (f"          → {text}" for text in shown_as)
    yield from examples(language)


def rendered(said: str | Iterable[str], language: str) -> Iterator[str]:
    """Yield a text as people read it: with each of NUMBERS where it counts, in each of PLACES where it names any."""
    from django.utils.translation import trans_real

    from outages.texts import formats, place_phrases

    forms = [said] if isinstance(said, str) else list(said)
    names = sorted(set(re.findall(r"%\((\w+)\)[sd]", forms[0])))
    if not names or not all(forms):
        return
    plural = getattr(trans_real.translation(language), "plural", None) or (lambda n: int(n != 1))
    places = [place_phrases.in_places(codes, language) for codes in PLACES[1:]] if "in_places" in names else [""]
    found: dict[str, None] = {}
    for number in NUMBERS if len(forms) > 1 or _COUNTS & set(names) else NUMBERS[-1:]:
        form = forms[min(int(plural(number)), len(forms) - 1)]
        for in_places in places:
            values = {name: SAMPLES.get(name, formats.number(number) if name in _COUNTS else "…") for name in names}
            text = re.sub(r"%\((\w+)\)d", r"%(\1)s", form)
            found[text % {**values, "in_places": in_places}] = None
    yield from found


def _start_django() -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def examples(language: str) -> Iterator[str]:
    """Yield titles of alerts, numbers and places as they come out: states × places × numbers."""
    _start_django()
    from django.utils import translation

    from outages.texts import formats, place_phrases, titles

    yield "\nexamples"
    with translation.override(language):
        for codes in (*PLACES, ("US-CA", "DE-BY")):
            where = place_phrases.in_places(codes, language)
            for kind in titles.Alert:
                details = "App" if len(codes) == 1 else ""
                yield f"  {titles.alert_title(kind, 'Tesla', in_places=where, details=details)}"
            for headline in titles.Headline:
                yield f"  {titles.headline(headline, in_places=where)}"
        for number in (0, 1, 2, 5, 1094, 12345.6):
            yield f"  {formats.number(number)} · {formats.short(number)} · {formats.percent(min(number, 1))}"
        yield "  " + " · ".join(formats.days_ago(days) for days in (2, 3, 40))
    yield "  " + "\n  ".join(place_phrases.in_place(code, language) for code in ("NL", "US", "CH", "MT", "PH", "TW"))


def known(lines: Iterable[str]) -> set[str]:
    """Return the findings that are let pass."""
    return {line.rstrip("\n") for line in lines if line.strip() and not line.startswith("#")}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--note", action="store_true", help="note all that break a rule now as known")
    parser.add_argument("--list", action="store_true", help="show the texts of a language")
    parser.add_argument("--language", default=DEFAULT_LANGUAGE, choices=list(LANGUAGES))
    options = parser.parse_args()
    if options.list:
        for line in listing(options.language):
            print(line)
        return 0
    found = sorted({str(finding).replace("\n", "⏎") for finding in findings()})
    if options.note:
        KNOWN.write_text(f"{HEAD}{''.join(f'{line}{chr(10)}' for line in found)}", encoding="utf-8")
        print(f"{len(found)} texts are known.")
        return 0
    new = [line for line in found if line not in known(KNOWN.read_text("utf-8").splitlines())]
    for line in new:
        print(line)
    print(f"{len(found)} texts break a rule, {len(new)} of them are not known.")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
