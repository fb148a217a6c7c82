"""Server-Sent Events as bytes (WHATWG HTML, section 9.2). Pure."""

from __future__ import annotations

HEARTBEAT = b": still here\n\n"
LONGEST_ID = 19  # digits; positions are 63-bit numbers


def event(name: str, data: bytes, position: int | None = None) -> bytes:
    """One event. `data` is a single line, as JSON is; `position` becomes the id by which a client goes on later."""
    lines = [b"event: " + name.encode()]
    if position is not None:
        lines.append(b"id: %d" % position)
    lines.append(b"data: " + data)
    return b"\n".join(lines) + b"\n\n"


def retry(milliseconds: int) -> bytes:
    """How long a client is to wait before it connects again."""
    return b"retry: %d\n\n" % milliseconds


def position_of(text: str) -> int:
    """The position that an id stands for. Raises ValueError where it is none of ours."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID):
        raise ValueError(text)
    return int(text)
