"""Answers that readers got before, to be given again with their age while the workers cannot answer.

Only what is the same for everybody is kept: what a view allows to be kept, or a page without a cookie of its own.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

import brotli

from config.front.messages import Request, canonical_host
from config.kept_pages import mark

LARGEST = 2 * 1024 * 1024
MOST_BYTES = 12 * 1024 * 1024
RENEWED_AFTER_S = 2.0
LONGEST_KEY = 1024
_NEVER = (b"no-store", b"private")
_FORGOTTEN = (
    b"content-length",
    b"content-encoding",
    b"transfer-encoding",
    b"connection",
    b"date",
    b"cache-control",
    b"age",
)
_FORGOTTEN_OF_PAGES = (b"etag", b"last-modified")

Key = tuple[bytes, bytes, bytes, bytes]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A whole answer: `at_s` by the monotonic clock, `at` by the calendar."""

    at_s: float
    at: datetime
    headers: bytes
    body: bytes
    is_page: bool


class KeptAnswers:
    """The newest answers, of so many bytes together with their keys; the ones asked for longest ago go first."""

    def __init__(self, longest_s: float, most_bytes: int = MOST_BYTES) -> None:
        self.longest_s, self.most_bytes = longest_s, most_bytes
        self.bytes = 0
        self._kept: OrderedDict[Key, KeptAnswer] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def wants(self, request: Request, now_s: float) -> Key | None:
        """The key under which the answer to this request could be kept; None where it should not or is fresh."""
        key = self._key(request)
        if key is None or not self.longest_s:
            return None
        kept = self._kept.get(key)
        return None if kept is not None and now_s - kept.at_s < RENEWED_AFTER_S else key

    def keep(self, key: Key, head: bytes, body: bytes, now_s: float, now: datetime) -> None:
        """Keeps an answer of 200, unless it is somebody's own."""
        first, *lines = head.split(b"\r\n")
        headers = [(line.partition(b":")[0].lower(), line) for line in lines]
        said = {name: line.partition(b":")[2].strip().lower() for name, line in headers}
        is_page = said.get(b"content-type", b"").startswith(b"text/html")
        may = b"cache-control" in said or is_page
        if (
            not may
            or first[9:12] != b"200"
            or b"set-cookie" in said
            or any(word in said.get(b"cache-control", b"") for word in _NEVER)
        ):
            return
        plain = _unpacked(body, said.get(b"content-encoding", b""))
        if plain is None:
            return
        body = plain
        dropped = _FORGOTTEN + (_FORGOTTEN_OF_PAGES if is_page else ())
        kept_lines = b"".join(line + b"\r\n" for name, line in headers if name not in dropped)
        old = self._kept.pop(key, None)
        if old is not None:
            self.bytes -= self._size(key, old)
        new = KeptAnswer(now_s, now, kept_lines, body, is_page)
        self._kept[key] = new
        self.bytes += self._size(key, new)
        while self.bytes > self.most_bytes:
            gone, answer = self._kept.popitem(last=False)
            self.bytes -= self._size(gone, answer)

    def answer(self, request: Request, now_s: float) -> bytes | None:
        """A kept answer to this request, whole and with its age; None where there is none that is young enough."""
        key = self._key(request)
        kept = self._kept.get(key) if key is not None else None
        if key is None or kept is None or now_s - kept.at_s > self.longest_s:
            return None
        self._kept.move_to_end(key)
        body = mark(kept.body, kept.at.timestamp()) if kept.is_page else kept.body
        head = (
            b"HTTP/1.1 200 OK\r\nX-Accel-Expires: 1\r\n%sContent-Length: %d\r\nAge: %d\r\nCache-Control: no-store\r\n"
            b'Warning: 111 - "Revalidation Failed"\r\n\r\n'
        ) % (kept.headers, len(body), int(now_s - kept.at_s))
        return head if request.method == b"HEAD" else head + body

    def sweep(self, now_s: float) -> None:
        """Drop what is too old to be given."""
        for key in [key for key, kept in self._kept.items() if now_s - kept.at_s > self.longest_s]:
            self.bytes -= self._size(key, self._kept.pop(key))

    @staticmethod
    def _size(key: Key, kept: KeptAnswer) -> int:
        return sum(map(len, key)) + len(kept.headers) + len(kept.body) + 500

    @staticmethod
    def _key(request: Request) -> Key | None:
        headers = request.headers
        if request.method not in (b"GET", b"HEAD") or b"authorization" in headers or b"range" in headers:
            return None
        cookie = headers.get(b"cookie", b"")
        if b"sessionid=" in cookie or b"messages=" in cookie or request.target.startswith(b"/admin"):
            return None
        language = headers.get(b"accept-language", b"").lower() if request.target.startswith(b"/api/") else b""
        is_page = b"html" if b"text/html" in headers.get(b"accept", b"") else headers.get(b"accept", b"")
        host = headers.get(b"host", b"")
        key = (canonical_host(host) or host, request.target, is_page, language)
        return key if sum(map(len, key)) <= LONGEST_KEY else None


def _unpacked(body: bytes, coding: bytes) -> bytes | None:
    """The body as every client can read it, and as a page can be marked; None where it is too large or unreadable."""
    if coding in (b"", b"identity"):
        return body
    try:
        if coding == b"gzip":
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
            plain = unpacker.decompress(body, LARGEST + 1)
            return plain if unpacker.eof and len(plain) <= LARGEST else None
        if coding == b"br":
            plain = brotli.decompress(body)
            return plain if len(plain) <= LARGEST else None
    except (zlib.error, brotli.error):
        return None
    return None
