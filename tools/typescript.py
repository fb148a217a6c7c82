"""Makes the npm client in clients/typescript from the API's description: `make client`.

No build step and no library: one file of JavaScript that runs as it is, and one of types beside it. What all operations
share is written by hand, in runtime.js.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER = Path(__file__).resolve().parent.parent / "clients" / "typescript"
CLASS = "Brownout"
MADE = "// Made from the API's description by `make client`; nothing in here is written by hand.\n"
WIDTH = 120
EVENTS = "text/event-stream"
PLAIN: Final[Mapping[str, str]] = {
    "string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null",
}  # fmt: skip
Schema = Mapping[str, Any]


class DescriptionError(Exception):
    """The description has something that cannot be written as a type; the message says what."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation: `name` is the caller's word, `sent` the API's."""

    name: str
    sent: str
    place: str
    schema: Schema
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation with what it takes and what comes back: a type by media type."""

    name: str
    method: str
    path: str
    text: str
    parameters: tuple[Parameter, ...]
    body: str  # the media type, empty where nothing is sent
    body_type: str
    is_body_required: bool
    answers: Mapping[str, str]

    @property
    def params(self) -> str:
        return f"{self.name[0].upper()}{self.name[1:]}Params"

    @property
    def is_stream(self) -> bool:
        return EVENTS in self.answers

    @property
    def needs_params(self) -> bool:
        return any(each.is_required for each in self.parameters) or self.is_body_required

    def sent_in(self, place: str) -> list[Parameter]:
        return [each for each in self.parameters if each.place == place]


def files(description: bytes) -> dict[str, str]:
    """Return the files that are made, by name. Raises DescriptionError."""
    described = json.loads(description)
    operations = [
        _operation(path, method, each)
        for path, methods in described["paths"].items()
        for method, each in methods.items()
    ]
    schemas = described["components"]["schemas"]
    return {"index.js": _program(operations), "index.d.ts": _types(operations, schemas)}


def generate(folder: Path, description: bytes) -> None:
    """Write the files that are made into a folder. Raises DescriptionError."""
    for name, content in files(description).items():
        (folder / name).write_text(content, encoding="utf-8")


def _operation(path: str, method: str, said: Schema) -> Operation:
    body = said.get("requestBody", {})
    ((media, content),) = body.get("content", {"": {}}).items()
    answers: dict[str, list[str]] = defaultdict(list)
    for status, answer in said["responses"].items():
        if status.startswith("2"):
            for kind, each in answer.get("content", {}).items():
                answers[kind].append(_type(each["schema"]))
    return Operation(
        name=_camel(said["operationId"]),
        method=method.upper(),
        path=path,
        text="\n\n".join(filter(None, [said.get("summary", ""), said.get("description", "")])),
        parameters=tuple(map(_parameter, said.get("parameters", ()))),
        body=media,
        body_type=_type(content["schema"]) if media else "",
        is_body_required=bool(body.get("required")),
        answers={kind: _union(types) for kind, types in answers.items()},
    )


def _parameter(said: Schema) -> Parameter:
    sent = said["name"]
    name = _camel(sent.lower()) if said["in"] == "header" else sent
    return Parameter(name, sent, said["in"], said["schema"], bool(said.get("required")), said.get("description", ""))


def _camel(name: str) -> str:
    first, *others = [word for word in re.split(r"[^A-Za-z0-9]+", name) if word]
    return first[0].lower() + first[1:] + "".join(word[0].upper() + word[1:] for word in others)


def _type(schema: Schema, indent: str = "") -> str:
    """Return a schema as a type. Raises DescriptionError."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return _union(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return _union(_type(each, indent) for each in schema[key])
    if "allOf" in schema:
        return " & ".join(_enclosed(_type(each, indent)) for each in schema["allOf"])
    kinds = schema.get("type", "object" if "properties" in schema else None)
    if kinds is None:
        return "unknown"
    if isinstance(kinds, list):
        return _union(_type({**schema, "type": kind}, indent) for kind in kinds)
    if kinds == "array":
        return f"{_enclosed(_type(schema.get('items', {}), indent))}[]"
    if kinds == "object":
        return _object(schema, indent)
    if kinds not in PLAIN:
        raise DescriptionError(f"There is no type for {kinds!r}.")
    return PLAIN[kinds]


def _object(schema: Schema, indent: str) -> str:
    others = schema.get("additionalProperties")
    if not schema.get("properties"):
        return f"Record<string, {_type(others, indent) if isinstance(others, dict) and others else 'unknown'}>"
    return "{\n" + "".join(_members(schema, indent + "  ")) + indent + "}"


def _members(schema: Schema, indent: str) -> Iterator[str]:
    required = schema.get("required", ())
    for name, each in schema["properties"].items():
        mark = "" if name in required else "?"
        yield _comment(each.get("description", ""), indent)
        yield f"{indent}{_key(name)}{mark}: {_type(each, indent)};\n"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_$][\w$]*", name) else json.dumps(name, ensure_ascii=False)


def _union(types: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(types))


def _enclosed(text: str) -> str:
    return f"({text})" if " | " in text and not text.startswith("{") else text


def _comment(text: str, indent: str = "") -> str:
    """Return a text as a comment that tools show; nothing where there is no text."""
    plain = text.strip().replace("*/", "*\\/")
    if not plain:
        return ""
    width = WIDTH - len(indent) - 7
    lines = [
        line for part in plain.split("\n") for line in (textwrap.wrap(part, width, break_on_hyphens=False) or [""])
    ]
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    return f"{indent}/**\n" + "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines) + f"{indent} */\n"


def _program(operations: Iterable[Operation]) -> str:
    parts = [MADE, '\nimport { Caller, ProblemError } from "./runtime.js";\n\nexport { ProblemError };\n']
    parts.append(f"\nexport class {CLASS} extends Caller {{\n")
    pages = []
    for each in operations:
        how: dict[str, Any] = {"method": each.method, "path": each.path, "accept": _accepted(each)}
        if each.sent_in("query"):
            how["query"] = [parameter.sent for parameter in each.sent_in("query")]
        if each.sent_in("header"):
            how["headers"] = {parameter.name: parameter.sent for parameter in each.sent_in("header")}
        if each.body:
            how["body"] = each.body
        caller = "events" if each.is_stream else "call"
        called = f"return this.{caller}(OPERATIONS.{each.name}, params, options);"
        parts.append(f"  {each.name}(params, options) {{\n    {called}\n  }}\n\n")
        pages.append(f"  {each.name}: {json.dumps(how, ensure_ascii=False)},\n")
    parts.append("  all(name, params, options) {\n    return this.each(OPERATIONS[name], params, options);\n  }\n}\n")
    return "".join([*parts, "\nconst OPERATIONS = {\n", *pages, "};\n"])


def _accepted(operation: Operation) -> str:
    """What is accepted; a parameter `format` chooses among what an operation can give."""
    kinds = [kind for kind in operation.answers if kind != "application/json"]
    first = ["application/json"] if "application/json" in operation.answers or not kinds else []
    listed = [*first, *(f"{kind};q=0.5" if first else kind for kind in kinds), "application/problem+json;q=0.1"]
    return ", ".join(listed)


def _types(operations: list[Operation], schemas: Mapping[str, Schema]) -> str:
    parts = [
        MADE,
        '\nimport type { CallOptions, StreamMessage } from "./runtime.js";\nimport { Caller } from "./runtime.js";\n',
    ]
    parts.append('\nexport { ProblemError } from "./runtime.js";\n')
    parts.append('export type { CallerOptions, CallOptions, StreamMessage } from "./runtime.js";\n')
    for name, schema in schemas.items():
        parts.append("\n" + _comment(schema.get("description", "")))
        if schema.get("type") == "object" and schema.get("properties"):
            parts.append(f"export interface {name} {_object(schema, '')}\n")
        else:
            parts.append(f"export type {name} = {_type(schema)};\n")
    for each in operations:
        parts.append(f"\nexport interface {each.params} {{\n{''.join(_params(each))}}}\n")
    parts.append(f"\nexport class {CLASS} extends Caller {{\n")
    paged = {}
    for each in operations:
        parts.append(_comment(each.text, "  "))
        mark = "" if each.needs_params else "?"
        for params, answer in _signatures(each):
            parts.append(f"  {each.name}(params{mark}: {params}, options?: CallOptions): {answer};\n")
        page = each.answers.get("application/json", "")
        if each.method == "GET" and {"results", "next"} <= set(schemas.get(page, {}).get("properties", ())):
            paged[each.name] = (each.params, page)
    parts.append(_comment("All items of a list, page by page.", "  "))
    parts.append(
        "  all<Name extends keyof Paged>(\n"
        "    name: Name,\n    params: Paged[Name][0],\n    options?: CallOptions,\n"
        '  ): AsyncGenerator<Paged[Name][1]["results"][number], void, undefined>;\n}\n'
    )
    rows = "".join(f"  {name}: [{params}, {page}];\n" for name, (params, page) in paged.items())
    return "".join([*parts, f"\ninterface Paged {{\n{rows}}}\n"])


def _params(operation: Operation) -> Iterator[str]:
    for each in operation.parameters:
        yield _comment(each.text, "  ")
        yield f"  {_key(each.name)}{_typed(_type(each.schema, '  '), each.is_required)};\n"
    if operation.body:
        yield f"  body{_typed(operation.body_type, operation.is_body_required)};\n"


def _typed(kind: str, is_required: bool) -> str:
    return f": {kind}" if is_required else f"?: {kind} | undefined"


def _signatures(operation: Operation) -> Iterator[tuple[str, str]]:
    """The ways to call an operation: what each takes and gives. A `format` of another type is a way of its own."""
    if operation.is_stream:
        yield operation.params, "AsyncGenerator<StreamMessage, void, undefined>"
        return
    usual = operation.answers.get("application/json") or _union(operation.answers.values()) or "undefined"
    formats: list[str] = next((each.schema["enum"] for each in operation.parameters if each.name == "format"), [])
    for kind, answer in operation.answers.items():
        named = kind.partition("/")[2].replace("+", "")  # geojson of application/geo+json
        if named in formats and answer != usual:
            yield f'{operation.params} & {{ format: "{named}" }}', f"Promise<{answer}>"
    yield operation.params, f"Promise<{usual}>"
