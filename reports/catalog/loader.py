"""Reads catalogue files: TOML → what it extends → schema → translations → checks. Pure but for the files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from reports.catalog import field_help, files, translations, validation
from reports.catalog.errors import CatalogError, Problem
from reports.catalog.schema import Catalog

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read(path: Path) -> Catalog:
    """The catalogue in a file, whole and checked. CatalogError lists what is wrong with it."""
    return parse(files.read(path), path)


def parse(text: str, path: Path) -> Catalog:
    """The catalogue in a text that stands for the file `path`; what it extends is looked for beside that."""
    raw = files.plain(files.toml(text, path), path)
    if "extends" not in raw:
        return _catalog(raw, [path])
    base = _base(raw["extends"], path)
    extended = files.plain(files.toml(files.read(base), base), base)
    if "extends" in extended:
        message = f"expected a catalogue that stands by itself; {base.name} does not"
        raise CatalogError(path, [Problem("extends", message)])
    _catalog(extended, [base])  # what is wrong there is said of that file
    own = {key: value for key, value in raw.items() if key != "extends"}
    return _catalog(extended | own, [path, base])


def _base(name: Any, path: Path) -> Path:
    """The file that `extends` means."""
    if not (isinstance(name, str) and _SLUG.fullmatch(name)):
        message = "expected the name of a catalogue file beside this, without .toml"
        raise CatalogError(path, [Problem("extends", message)])
    base = path.with_name(f"{name}.toml")
    if base.name == path.name or not base.is_file():
        raise CatalogError(path, [Problem("extends", f"expected another catalogue beside this; no {base.name} is")])
    return base


def _catalog(raw: dict[str, Any], paths: Sequence[Path]) -> Catalog:
    """The catalogue that these tables say, which come from the first file and the one that it extends."""
    path = paths[0]
    try:
        catalog = msgspec.convert(raw, Catalog)
    except msgspec.ValidationError as error:
        raise CatalogError(path, [field_help.problem(str(error), raw)]) from error
    if problems := validation.check(catalog):
        raise CatalogError(path, problems)
    translations.check(catalog, path)
    catalog = translations.translated(catalog, paths)
    if problems := validation.check(catalog):
        raise CatalogError(path, problems)
    return catalog
