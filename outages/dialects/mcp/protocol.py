"""The Model Context Protocol as a stateless server of tools speaks it: JSON-RPC 2.0 in, JSON-RPC 2.0 out. Pure.

Revisions with the `initialize` handshake are spoken; a client of a newer one falls back to it. Nothing is kept between
two messages: every request is answered alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

REVISIONS = ("2025-11-25", "2025-06-18", "2025-03-26")  # the newest first
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602


class ToolError(Exception):
    """A tool cannot answer what it was asked. The message says what to ask instead; assistants read it."""


class MessageError(Exception):
    """A message is none of the protocol's."""

    def __init__(self, code: int, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Tool:
    """What an assistant can ask. `wants` and `gives` are the shapes of its arguments and of its answer."""

    name: str
    title: str
    description: str
    wants: type[msgspec.Struct]
    gives: type[msgspec.Struct]
    answer: Callable[[Any], msgspec.Struct]

    def described(self) -> dict[str, Any]:
        """The tool as `tools/list` gives it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": schema(self.wants),
            "outputSchema": schema(self.gives),
            "annotations": {"readOnlyHint": True, "idempotentHint": True, "openWorldHint": False},
        }


def schema(shape: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON schema of a shape, an object at its root as the protocol wants it."""
    (root,), others = msgspec.json.schema_components([shape], ref_template="#/$defs/{name}")
    name = root["$ref"].rpartition("/")[2]
    found: dict[str, Any] = dict(others.pop(name))
    if others:
        found["$defs"] = others
    return found


@dataclass(frozen=True, slots=True)
class Server:
    """A server of tools."""

    name: str
    version: str
    instructions: str
    tools: Sequence[Tool]

    def answer(self, body: bytes) -> dict[str, Any] | None:
        """The answer to one message; None to a notification, which wants none. Raises MessageError."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            raise MessageError(PARSE_ERROR, "The body is not JSON.") from None
        if not isinstance(message, Mapping) or message.get("jsonrpc") != "2.0":
            raise MessageError(INVALID_REQUEST, "Send one JSON-RPC 2.0 message.")
        method, number = message.get("method"), message.get("id")
        if "id" not in message or not isinstance(method, str):
            return None  # a notification, or an answer to something that we never ask
        if not isinstance(number, str | int) or isinstance(number, bool):
            raise MessageError(INVALID_REQUEST, "An id is a text or a whole number.")
        said = message.get("params")
        try:
            result = self._result(method, said if isinstance(said, Mapping) else {})
        except MessageError as error:
            return failure(error, number)
        return {"jsonrpc": "2.0", "id": number, "result": result}

    def _result(self, method: str, said: Mapping[str, Any]) -> dict[str, Any]:
        if method == "initialize":
            wanted = said.get("protocolVersion")
            return {
                "protocolVersion": wanted if wanted in REVISIONS else REVISIONS[0],
                "capabilities": {"tools": {"listChanged": False}},
                "serverInfo": {"name": self.name, "version": self.version},
                "instructions": self.instructions,
            }
        if method == "ping":
            return {}
        if method == "tools/list":
            return {"tools": [tool.described() for tool in self.tools]}
        if method == "tools/call":
            return self._call(said)
        raise MessageError(METHOD_NOT_FOUND, "There is no such method; there are tools/list and tools/call.")

    def _call(self, said: Mapping[str, Any]) -> dict[str, Any]:
        found = next((tool for tool in self.tools if tool.name == said.get("name")), None)
        if found is None:
            names = ", ".join(tool.name for tool in self.tools)
            raise MessageError(INVALID_PARAMS, f"There is no such tool. There are: {names}.")
        try:
            answer = found.answer(msgspec.convert(said.get("arguments") or {}, found.wants))
        except (msgspec.ValidationError, ToolError) as error:
            return {"content": [{"type": "text", "text": str(error)}], "isError": True}
        text = msgspec.json.encode(answer).decode()
        return {"content": [{"type": "text", "text": text}], "structuredContent": json.loads(text), "isError": False}


def failure(error: MessageError, number: str | int | None = None) -> dict[str, Any]:
    """A JSON-RPC error."""
    return {"jsonrpc": "2.0", "id": number, "error": {"code": error.code, "message": error.detail}}
