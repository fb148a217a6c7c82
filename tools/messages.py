"""The texts of the pages in all languages: collects them, keeps locale/ in step, and says what is missing.

    python tools/messages.py           collect the texts, bring the .po files up to date and compile them
    python tools/messages.py --check   change nothing; say what is missing or wrong

Needs no GNU gettext: Babel reads Python, Django's own `templatize` the templates.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from reports.languages import DEFAULT_LANGUAGE, LANGUAGES  # noqa: E402

LOCALE = PROJECT / "locale"
SOURCES = ("config", "outages", "reports")
TEMPLATES = PROJECT / "templates"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# Operators and programs read these: they speak English (docs/translations.md).
ENGLISH_ONLY = (
    "outages/admin",
    "outages/api/",
    "templates/admin/",
    "templates/api/",
)
WRITTEN_AT = datetime(2026, 1, 1, tzinfo=UTC)  # the same files give the same bytes
_STRING = r"""(u?'(?:\\.|[^'\\])*'|u?"(?:\\.|[^"\\])*")"""
_CALL = re.compile(
    rf"\b(gettext|_|ngettext|pgettext|npgettext)\(\s*{_STRING}(?:\s*,\s*{_STRING})?(?:\s*,\s*{_STRING})?"
)
_PLACEHOLDER = re.compile(r"%\((\w+)\)[-#0 +]*[\d.]*([a-zA-Z])|%%|\{[a-z]+\}")
_TAG = re.compile(r"<[^>]*>")


def folder(tag: str) -> str:
    """A language's folder: "zh-hans" → "zh_Hans"."""
    language, _, script = tag.partition("-")
    return f"{language}_{script.title()}" if script else language


def po_path(tag: str) -> Path:
    return LOCALE / folder(tag) / "LC_MESSAGES" / "django.po"


def collected() -> Catalog:
    """All texts that the program marks for translation, with the files that they stand in."""
    found = Catalog(fuzzy=False)
    for name in SOURCES:
        for path in sorted((PROJECT / name).rglob("*.py")):
            if "migrations" not in path.parts and not _is_english_only(path):
                _read_python(path, found)
    for path in sorted(TEMPLATES.rglob("*")):
        if path.suffix in (".html", ".txt") and not _is_english_only(path):
            _read_template(path, found)
    return found


def _is_english_only(path: Path) -> bool:
    return path.relative_to(PROJECT).as_posix().startswith(ENGLISH_ONLY)


def _read_python(path: Path, found: Catalog) -> None:
    with path.open("rb") as file:
        for _line, message, comments, context in extract("python", file, KEYWORDS, ("Translators:",)):
            parts = message if isinstance(message, tuple) else (message,)
            _add(found, path, tuple(part for part in parts if part), context, comments)


def _read_template(path: Path, found: Catalog) -> None:
    from django.utils.translation.template import templatize

    for call in _CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        strings = [ast.literal_eval(part) for part in call.groups()[1:] if part]
        context = strings.pop(0) if call[1] in ("pgettext", "npgettext") else None
        _add(found, path, tuple(strings[: 2 if call[1].startswith("n") else 1]), context, [])


def _add(found: Catalog, path: Path, texts: tuple[str, ...], context: str | None, comments: list[str]) -> None:
    if texts and texts[0]:
        place = (path.relative_to(PROJECT).as_posix(), 0)
        ids = texts if len(texts) > 1 else texts[0]
        found.add(ids, None, [place], auto_comments=comments, context=context)


def read(tag: str) -> Catalog:
    """A language's file; empty where there is none yet."""
    path = po_path(tag)
    if not path.exists():
        return _empty(tag)
    with path.open("rb") as file:
        return read_po(file, locale=folder(tag))


def _empty(tag: str) -> Catalog:
    return Catalog(
        locale=folder(tag),
        project="Brownout",
        version="1",
        creation_date=WRITTEN_AT,
        revision_date=WRITTEN_AT,
        fuzzy=False,
    )


def merged(tag: str, texts: Catalog) -> Catalog:
    """The texts of today with a language's translations; what is used no more is left out."""
    old, new = read(tag), _empty(tag)
    for message in texts:
        if message.id:
            known = old.get(_first(message), message.context)
            fits = known is not None and isinstance(known.id, str) == isinstance(message.id, str)
            said = known.string if known is not None and fits and not known.fuzzy else None
            new.add(message.id, said, message.locations, auto_comments=message.auto_comments, context=message.context)
    return new


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def as_po(catalog: Catalog) -> bytes:
    """A language's file as it is stored."""
    body = io.BytesIO()
    write_po(body, catalog, width=110, omit_header=True, sort_output=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n"Project-Id-Version: Brownout\\n"\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return header.encode() + body.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """What the program reads."""
    catalog.creation_date = catalog.revision_date = WRITTEN_AT
    catalog.project, catalog.version = "Brownout", "1"
    body = io.BytesIO()
    write_mo(body, catalog)
    return body.getvalue()


def update() -> None:
    """Writes all languages' files anew."""
    texts = collected()
    for tag in LANGUAGES:
        if tag == DEFAULT_LANGUAGE:
            continue
        path = po_path(tag)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(merged(tag, texts)))
        path.with_suffix(".mo").write_bytes(as_mo(read(tag)))


def problems(tag: str, texts: Catalog) -> Iterator[str]:
    """What is missing or wrong in a language's file, each with its text."""
    path = po_path(tag)
    if not path.exists():
        yield f"there is no {path.relative_to(PROJECT)}"
        return
    catalog = read(tag)
    known = {(_first(message), message.context): message for message in catalog if message.id}
    for message in texts:
        if not message.id:
            continue
        mine = known.pop((_first(message), message.context), None)
        if mine is None or mine.id != message.id:
            yield f"not in the file: {_first(message)!r}"
        else:
            yield from wrong(mine, catalog.num_plurals)
    yield from (f"used no more: {first!r}" for first, _context in known)
    yield from (f"used no more: {message.id!r}" for message in catalog.obsolete.values())
    if path.with_suffix(".mo").read_bytes() != as_mo(catalog):
        yield "the .mo file is not what the .po file gives"


def wrong(message: Message, plurals: int) -> Iterator[str]:
    """What is wrong with a message of a language that has so many plural forms."""
    first = _first(message)
    said = [text or "" for text in (message.string if isinstance(message.string, tuple | list) else [message.string])]
    wanted = 1 if isinstance(message.id, str) else plurals
    if message.fuzzy:
        yield f"fuzzy: {first!r}"
    if not all(said) or len(said) != wanted:
        yield f"not translated: {first!r}"
        return
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    for text in said:
        # A form for one may leave the number out or use it; all else has to be the same.
        if not any(_parts(text) == _parts(each) for each in ids):
            yield f"other placeholders or tags than in {first!r}: {text!r}"
        if text.count('"') != first.count('"') or text[:1].isspace() != first[:1].isspace():
            yield f"a quotation mark or a space where {first!r} has none, or none where it has one: {text!r}"


def _parts(text: str) -> tuple[Counter[str], Counter[str]]:
    """The placeholders and tags of a text. Marks in a tag stand for what the page fills in."""
    placeholders = Counter(found[0] for found in _PLACEHOLDER.finditer(text))
    return placeholders, Counter(_TAG.findall(text))


def main() -> int:
    parser = argparse.ArgumentParser(description="Keeps the translations in locale/ in step with the program.")
    parser.add_argument("--check", action="store_true", help="change nothing; say what is missing or wrong")
    if not parser.parse_args().check:
        update()
    texts = collected()
    found = [f"{tag}: {line}" for tag in LANGUAGES if tag != DEFAULT_LANGUAGE for line in problems(tag, texts)]
    for line in found:
        print(line)
    print(f"{len(list(texts)) - 1} texts, {len(LANGUAGES) - 1} languages besides English, {len(found)} things to do.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
