"""The head of an HTTP/1 answer as browsers take it: written in the one way that a strict parser wants. Pure."""

from __future__ import annotations

import re
from typing import Final, Literal

MOST_BYTES: Final = 65_536
MOST_HINTS: Final = 20  # answers in between, such as 103 Early Hints, before the one that counts
_MOST_QUOTED: Final = 40
_STATUS: Final = re.compile(
    rb"^(?:HTTP/?(?P<version>\d(?:\.\d)?)?|ICY)[ \t]+(?P<status>[1-9]\d\d)(?:[ \t](?P<reason>.*))?$"
)
_NAME: Final = re.compile(rb"^[-!#$%&'*+.^_`|~0-9A-Za-z]+$")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_QUOTED: Final = re.compile(r":? *bytearray\(.*\)$", re.DOTALL)
_END: Final = re.compile(rb"\r?\n\r?\n")


def protocol_of(first_bytes: bytes) -> Literal["1", "2"] | None:
    """Return which protocol an answer speaks that could not be read as the other one; None for neither."""
    if first_bytes.startswith(b"HTTP/1"):
        return "1"
    is_settings = first_bytes[:1] == b"\0" and first_bytes[3:4] == b"\x04" and first_bytes[5:9] == b"\0\0\0\0"
    return "2" if is_settings else None


def end_of(data: bytes) -> int:
    """Return where the body begins; -1 while the head has not ended."""
    found = _END.search(data)
    return found.end() if found else -1


def status_of(data: bytes) -> int | None:
    """Return the status of an answer that begins with these bytes; None for what is no answer."""
    found = _STATUS.match(data.lstrip(b"\r\n").partition(b"\n")[0].rstrip(b"\r"))
    return int(found["status"]) if found else None


def fault_of(first_bytes: bytes) -> str:
    """Return in few words why what begins so is no answer; "" for what is one."""
    if not first_bytes:
        return "the connection was closed without an answer"
    if status_of(first_bytes) is not None or protocol_of(first_bytes) == "2":
        return ""
    line = first_bytes.lstrip(b"\r\n").partition(b"\n")[0][:_MOST_QUOTED].decode("latin-1")
    return f"the answer is not HTTP: it begins with {line.strip()!r}"


def in_words(error: str) -> str:
    """Return what a parser says without the bytes that it quotes."""
    return _QUOTED.sub("", error).strip()


def tidied(head: bytes) -> bytes:
    """Return a head without what strict parsers refuse and nobody needs: white space around names, folded and broken
    lines, lengths that contradict each other. What is no head at all is returned as it is.
    """
    first, *lines = (line.rstrip(b"\r") for line in head.lstrip(b"\r\n").split(b"\n"))
    status = _STATUS.match(first)
    if status is None:
        return head
    headers: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and headers and b":" not in line.split(b" ", 2)[-1][:40]:
            name, value = headers[-1]
            headers[-1] = name, value + b" " + line.strip()
            continue
        name, colon, value = line.partition(b":")
        if colon and _NAME.match(name.strip()):
            headers.append((name.strip(), value))
    version = b"1.0" if status["version"] == b"1.0" else b"1.1"
    reason = _CONTROL.sub(b" ", status["reason"] or b"")
    out = [b"HTTP/" + version + b" " + status["status"] + b" " + reason]
    out += [name + b": " + _CONTROL.sub(b" ", value).strip() for name, value in _agreeing(headers)]
    return b"\r\n".join(out) + b"\r\n\r\n"


def _agreeing(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with one length at the most. Where lengths contradict each other, the connection's end counts."""
    kept = [(n, v) for n, v in headers if n.lower() not in (b"content-length", b"transfer-encoding")]
    codings = b",".join(v for n, v in headers if n.lower() == b"transfer-encoding").lower()
    if b"chunked" in codings:
        return [*kept, (b"Transfer-Encoding", b"chunked")]
    lengths = {part.strip() for n, v in headers if n.lower() == b"content-length" for part in v.split(b",")}
    if len(lengths) == 1 and (length := lengths.pop()).isdigit() and len(length) < 16:
        return [*kept, (b"Content-Length", length)]
    return kept
