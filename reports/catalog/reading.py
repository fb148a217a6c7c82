"""Reads catalogue files: TOML → one that it extends → schema → checks. Pure but for the files that it reads."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from reports.catalog import checking, describing
from reports.catalog.errors import CatalogError, Problem
from reports.catalog.schema import Catalog

LONGEST_FILE_BYTES: Final = 2_000_000
LONGEST_TEXT: Final = 5_000
DEEPEST: Final = 8
# All that TOML lets stand without quotes; it also keeps keys out of the way of what msgspec writes around them.
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def read(path: Path) -> Catalog:
    """The catalogue in a file, whole and checked. CatalogError lists what is wrong with it."""
    return parse(_text(path), path)


def parse(text: str, path: Path) -> Catalog:
    """The catalogue in a text that stands for the file `path`; what it extends is looked for beside that."""
    raw = _toml(text, path)
    return _catalog(_extended(raw, path) if "extends" in raw else raw, path)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_FILE_BYTES + 1)
    except OSError as error:
        raise CatalogError(path, [Problem("", f"cannot be read: {error.strerror or error}")]) from error
    if len(content) > LONGEST_FILE_BYTES:
        raise CatalogError(path, [Problem("", f"is too long; expected at most {LONGEST_FILE_BYTES:,} bytes")])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CatalogError(path, [Problem("", f"expected UTF-8 text; byte {error.start} is none")]) from error


def _catalog(raw: dict[str, Any], path: Path) -> Catalog:
    try:
        catalog = msgspec.convert(raw, Catalog)
    except msgspec.ValidationError as error:
        raise CatalogError(path, [describing.problem(str(error), raw)]) from error
    if problems := checking.check(catalog):
        raise CatalogError(path, problems)
    return catalog


def _toml(text: str, path: Path) -> dict[str, Any]:
    try:
        raw = tomllib.loads(text)
    except RecursionError as error:
        raise CatalogError(path, [Problem("", "is nested too deeply")]) from error
    except ValueError as error:  # also a number too long to read
        raise CatalogError(path, [Problem("", f"is not valid TOML: {error}")]) from error
    if problems := list(_strange(raw)):
        raise CatalogError(path, problems)
    return raw


def _extended(raw: dict[str, Any], path: Path) -> dict[str, Any]:
    """The file's keys over those of the catalogue that it extends. A key of the file replaces the whole key there."""
    name = raw["extends"]
    if not (isinstance(name, str) and _SLUG.fullmatch(name)):
        raise CatalogError(
            path, [Problem("extends", "expected the name of a catalogue file beside this, without .toml")]
        )
    base = path.with_name(f"{name}.toml")
    if base.resolve() == path.resolve() or not base.is_file():
        raise CatalogError(path, [Problem("extends", f"expected another catalogue file beside this; no {base.name}")])
    extended = _toml(_text(base), base)
    if "extends" in extended:
        raise CatalogError(
            path, [Problem("extends", f"expected a catalogue that stands by itself; {base.name} does not")]
        )
    _catalog(extended, base)  # what is wrong there is said of that file
    return extended | {key: value for key, value in raw.items() if key != "extends"}


def _strange(raw: dict[str, Any]) -> Iterator[Problem]:
    """Keys and texts that no catalogue needs and that a database or a page would stumble over. Without recursion."""
    waiting: list[tuple[str, int, Any]] = [("", 0, raw)]
    while waiting:
        path, depth, value = waiting.pop()
        match value:
            case dict() | list() if depth > DEEPEST:
                yield Problem(path, f"expected at most {DEEPEST} levels of tables and lists")
            case dict():
                for key, inner in value.items():
                    if not _KEY.fullmatch(key):
                        yield Problem(
                            path, f"expected keys of letters, digits, - and _, at most 60; found {key[:60]!r}"
                        )
                    else:
                        waiting.append((f"{path}.{key}" if path else key, depth + 1, inner))
            case list():
                waiting += [(f"{path}[{index}]", depth + 1, inner) for index, inner in enumerate(value)]
            case str() if found := _CONTROL.search(value):
                yield Problem(path, f"expected text without control characters; found {found[0]!r}")
            case str() if len(value) > LONGEST_TEXT:
                yield Problem(path, f"expected at most {LONGEST_TEXT:,} characters; found {len(value):,}")
