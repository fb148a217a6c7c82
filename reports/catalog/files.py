"""Gets TOML out of files, with words for all that can be wrong with a file before anything is known of its meaning."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from reports.catalog.errors import CatalogError, Problem

LONGEST_FILE_BYTES: Final = 2_000_000
LONGEST_TEXT: Final = 5_000
DEEPEST: Final = 8
# All that TOML lets stand without quotes; it also keeps keys out of the way of what msgspec writes around them.
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def read(path: Path) -> str:
    """The text of a file."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_FILE_BYTES + 1)
    except OSError as error:
        raise CatalogError(path, [Problem("", f"cannot be read: {error.strerror or error}")]) from error
    if len(content) > LONGEST_FILE_BYTES:
        raise CatalogError(path, [Problem("", f"is too long; expected at most {LONGEST_FILE_BYTES:,} bytes")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogError(path, [Problem("", f"expected UTF-8 text; byte {error.start} is none")]) from error


def toml(text: str, path: Path) -> dict[str, Any]:
    """The tables of a text that stands for the file `path`."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise CatalogError(path, [Problem("", "is nested too deeply")]) from error
    except ValueError as error:  # also a number too long to read
        raise CatalogError(path, [Problem("", f"is not valid TOML: {error}")]) from error


def plain(table: dict[str, Any], path: Path) -> dict[str, Any]:
    """The tables themselves, when nothing in them is what a database or a page would stumble over."""
    if problems := list(_strange(table)):
        raise CatalogError(path, problems)
    return table


def _strange(table: dict[str, Any]) -> Iterator[Problem]:
    waiting: list[tuple[str, int, Any]] = [("", 0, table)]  # no recursion: dotted keys nest as deep as a file is long
    while waiting:
        path, depth, value = waiting.pop()
        match value:
            case dict() | list() if depth > DEEPEST:
                yield Problem(path, f"expected at most {DEEPEST} levels of tables and lists")
            case dict():
                for key, inner in value.items():
                    if not _KEY.fullmatch(key):
                        yield Problem(path, f"expected keys of at most 60 letters, digits, - and _; found {key[:60]!r}")
                    else:
                        waiting.append((f"{path}.{key}" if path else key, depth + 1, inner))
            case list():
                waiting += [(f"{path}[{index}]", depth + 1, inner) for index, inner in enumerate(value)]
            case str() if wrong := wrong_text(value):
                yield Problem(path, wrong)


def wrong_text(text: str) -> str:
    """What is wrong with a text; empty when nothing is."""
    if found := _CONTROL.search(text):
        return f"expected text without control characters; found {found[0]!r}"
    return f"expected at most {LONGEST_TEXT:,} characters; found {len(text):,}" if len(text) > LONGEST_TEXT else ""
