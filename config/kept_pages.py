"""Pages that are given when they are old: they say when they are from. Pure."""

from __future__ import annotations

from datetime import UTC, datetime


def mark(body: bytes, made_at: float) -> bytes:
    """A page that says when it is from, as one that the service worker has kept does."""
    at = stamp(made_at).encode()
    shown = at[:16].replace(b"T", b" ") + b" UTC"
    body = body.replace(b"<html ", b'<html data-kept="slow" data-kept-at="%s" ' % at, 1)
    body = body.replace(b"<title>", b"<title>%s \xc2\xb7 " % shown[11:], 1)  # a title may name a verdict
    return body.replace(b"<time data-kept-time></time>", b'<time datetime="%s">%s</time>' % (at, shown))


def stamp(at: float) -> str:
    """A moment of the calendar as ISO 8601 writes it."""
    return datetime.fromtimestamp(at, tz=UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
