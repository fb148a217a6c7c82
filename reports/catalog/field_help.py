"""Says what the schema expects under a key, in plain words, from the schema itself."""

from __future__ import annotations

import difflib
import json
import re
from typing import Any

from msgspec import inspect

from reports.catalog.errors import Problem
from reports.catalog.schema import Catalog

# What msgspec says, and where: "Expected `str`, got `int` - at `$.components[0].name`"; `[...]` is a key of a table.
_PLACE = re.compile(r" - at (?:`key` in )?`\$\.?(?P<path>[^`]*)`\Z")
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<name>[^`]*)`")
_MISSING = re.compile(r"^Object missing required field `(?P<name>[^`]*)`")
_STEP = re.compile(r"\[(\d+)\]|\[\.\.\.\]|([^.\[\]]+)")
_FORMS = {
    "^[a-z0-9]+(-[a-z0-9]+)*\\Z": "lower-case letters and digits, joined by single hyphens",
    "^[A-Z]{2}\\Z": 'an ISO 3166-1 country code of two capitals, such as "DE"',
}


def problem(message: str, raw: Any) -> Problem:
    """msgspec's complaint about `raw` in our words, with the key path and what was expected there."""
    place = _PLACE.search(message)
    path = place["path"] if place else ""
    schema = _descend(inspect.type_info(Catalog), path)
    if unknown := _UNKNOWN.match(message):
        return Problem(
            _join(path, unknown["name"]), "is not a key that is known here" + _alike(unknown["name"], schema)
        )
    if missing := _MISSING.match(message):
        return Problem(
            _join(path, missing["name"]), f"is missing; expected {_expected(_field(schema, missing['name']))}"
        )
    value = _value(raw, path)
    if "`key` in" in message:
        assert isinstance(schema, inspect.DictType), schema
        return Problem(path, f"expected keys that are {_expected(schema.key_type)}; found {', '.join(value)}")
    if path.endswith("[...]"):
        return Problem(path.removesuffix("[...]"), f"expected {_expected(schema)} under each of {', '.join(value)}")
    return Problem(path.replace("[...]", ""), f"expected {_expected(schema)}; found {_found(value)}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _descend(schema: inspect.Type, path: str) -> inspect.Type:
    """The type under a key path."""
    for step in _STEP.finditer(path):
        schema = _descend_once(schema, step[0])
    return schema


def _descend_once(schema: inspect.Type, step: str) -> inspect.Type:
    if isinstance(schema, inspect.UnionType):
        schema = next(kind for kind in schema.types if isinstance(kind, inspect.StructType | inspect.DictType))
    if isinstance(schema, inspect.DictType):
        return schema.value_type
    if isinstance(schema, inspect.ListType):
        return schema.item_type
    return _field(schema, step)


def _field(schema: inspect.Type, name: str) -> inspect.Type:
    if isinstance(schema, inspect.UnionType):
        schema = next(kind for kind in schema.types if isinstance(kind, inspect.StructType))
    assert isinstance(schema, inspect.StructType), schema
    return next(field.type for field in schema.fields if field.name == name)


def _value(raw: Any, path: str) -> Any:
    """What the file says under a key path. A path that ends in any key of a table gives the table."""
    for step in _STEP.finditer(path):
        if step[0] == "[...]":
            return raw
        raw = raw[int(step[1])] if step[1] else raw[step[2]]
    return raw


def _expected(schema: inspect.Type) -> str:
    """A type in words."""
    match schema:
        case inspect.StrType(pattern=pattern, max_length=longest):
            words = _FORMS[pattern] if pattern else "text"
            return f"{words}, at most {longest} characters" if longest else words
        case inspect.IntType():
            return "a whole number" + _bounds(schema)
        case inspect.FloatType():
            return "a number" + _bounds(schema)
        case inspect.BoolType():
            return "true or false"
        case inspect.LiteralType(values=values):
            return "one of " + ", ".join(f'"{value}"' for value in values)
        case inspect.ListType(item_type=item, min_length=fewest):
            return ("a list with at least one entry, each " if fewest else "a list, each entry ") + _expected(item)
        case inspect.DictType(value_type=value):
            return "a table, each value " + _expected(value)
        case inspect.StructType(fields=fields):
            needed = [field.name for field in fields if field.required]
            return "a table" + (f" with {' and '.join(needed)}" if needed else "")
        case inspect.UnionType(types=types) if any(isinstance(kind, inspect.DictType) for kind in types):
            return "text, or a table of languages"
        case inspect.UnionType(types=types):
            return " or ".join(_expected(kind) for kind in types if not isinstance(kind, inspect.NoneType))
        case _:
            raise TypeError(f"the catalogue's schema has a type without words: {schema}")


def _bounds(schema: inspect.IntType | inspect.FloatType) -> str:
    least, most = (schema.ge if schema.ge is not None else schema.gt), schema.le
    if least is None or most is None:
        return ""
    return f" from {least} to {most}" if schema.ge is not None else f" above {least}, at most {most}"


def _found(value: Any) -> str:
    """A value, cut to what fits a line."""
    match value:
        case dict():
            return "a table"
        case list():
            return "a list" if value else "an empty list"
        case bool():
            return str(value).lower()
        case int() if value.bit_length() > 64:  # Python refuses to write very long numbers
            return "a number of more than 64 bits"
        case str():
            shown = json.dumps(value, ensure_ascii=False)
            return shown if len(shown) <= 80 else shown[:78] + '…"'
        case _:
            return str(value)


def _alike(name: str, schema: inspect.Type) -> str:
    if isinstance(schema, inspect.UnionType):
        schema = next(kind for kind in schema.types if isinstance(kind, inspect.StructType))
    assert isinstance(schema, inspect.StructType), schema
    known = [field.name for field in schema.fields]
    near = difflib.get_close_matches(name, known, n=1)
    return f'; did you mean "{near[0]}"?' if near else "; expected one of " + ", ".join(sorted(known))
