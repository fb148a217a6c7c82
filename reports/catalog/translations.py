"""Translations of a catalogue's texts: beside `tesla.toml` lies `tesla/de.toml` with lines `"English" = "German"`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import inspect

from reports.catalog import files
from reports.catalog.errors import CatalogError, Problem
from reports.catalog.schema import Catalog, Text

_SHAPE: Final = inspect.type_info(Catalog)  # takes some milliseconds
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")

Words = dict[str, dict[str, str]]  # language → English → words


def translated(catalog: Catalog, paths: Iterable[Path]) -> Catalog:
    """The catalogue with the translations that lie beside these files. CatalogError names what cannot be used."""
    tables = {path: table for path in paths for path, table in _tables(path).items()}
    if not tables:
        return catalog
    words: Words = {}
    for path, table in tables.items():
        words.setdefault(path.stem, {}).update(table)

    def add(text: Text) -> Text:
        given = {"en": text} if isinstance(text, str) else text
        english = given.get("en", "")
        found = {language: table[english] for language, table in words.items() if english in table}
        return (
            text if not found else given | {language: said for language, said in found.items() if language not in given}
        )

    return msgspec.convert(_each_text(_SHAPE, msgspec.to_builtins(catalog), add), Catalog)


def check(catalog: Catalog, path: Path) -> None:
    """Raises CatalogError where a translation beside `path` is of a text that the catalogue does not have."""
    tables = _tables(path)
    known = set(texts(catalog)) if tables else set[str]()
    for file, table in tables.items():
        strange = [english for english in table if english not in known]
        if strange:
            raise CatalogError(file, [Problem(_short(text), f"is no text of {path.name}") for text in strange])


def texts(catalog: Catalog) -> list[str]:
    """All texts in English, each once, in the order of the file."""
    found: dict[str, None] = {}

    def note(text: Text) -> Text:
        english = text if isinstance(text, str) else text.get("en", "")
        if english:
            found[english] = None
        return text

    _each_text(_SHAPE, msgspec.to_builtins(catalog), note)
    return list(found)


def missing(catalog: Catalog, language: str) -> list[str]:
    """The texts, in English, that have no translation into a language."""
    found: dict[str, None] = {}

    def note(text: Text) -> Text:
        if isinstance(text, str) and text:
            found[text] = None
        elif isinstance(text, dict) and language not in text:
            found[text.get("en", "")] = None
        return text

    _each_text(_SHAPE, msgspec.to_builtins(catalog), note)
    return list(found)


def _tables(path: Path) -> dict[Path, dict[str, str]]:
    return {file: _table(file) for file in sorted(path.with_suffix("").glob("*.toml"))}


def _table(file: Path) -> dict[str, str]:
    if not LANGUAGE.fullmatch(file.stem) or file.stem == "en":
        raise CatalogError(
            file, [Problem("", 'expected a file name that is a language tag, such as "de" or "zh-Hans"')]
        )
    table = files.toml(files.read(file), file)
    problems = []
    for english, words in table.items():
        if not isinstance(words, str) or not words.strip():
            problems.append(Problem(_short(english), "expected words in that language"))
        elif wrong := files.wrong_text(words):
            problems.append(Problem(_short(english), wrong))
    if problems:
        raise CatalogError(file, problems)
    return table


def _short(text: str) -> str:
    return f'"{text if len(text) <= 60 else text[:58] + "…"}"'


def _each_text(schema: inspect.Type, value: Any, change: Callable[[Text], Text]) -> Any:
    """The value with every Text changed. Goes as deep as the schema does."""
    match schema:
        case inspect.UnionType(types=types) if value is not None:
            if any(isinstance(kind, inspect.DictType) for kind in types):
                return change(value)
            return _each_text(next(kind for kind in types if not isinstance(kind, inspect.NoneType)), value, change)
        case inspect.StructType(fields=fields):
            return {field.name: _each_text(field.type, value[field.name], change) for field in fields}
        case inspect.ListType(item_type=item):
            return [_each_text(item, inner, change) for inner in value]
        case inspect.DictType(value_type=item):
            return {key: _each_text(item, inner, change) for key, inner in value.items()}
    return value
