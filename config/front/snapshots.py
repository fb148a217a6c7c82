"""Pages as bytes, packed and ready to be sent, by their address. Pure: clocks are handed in.

A snapshot is what a visitor whom nobody knows gets. It is made by a request of the front's own that carries nothing of
anybody's: no cookie, no address, no key. So nothing personal can be in one.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import NamedTuple

import brotli

from config.front.messages import Request, canonical_host
from config.front.recent import recent
from config.front.routes import Route
from config.kept_pages import mark

MOST_BYTES = 32 * 1024 * 1024
QUERY_SHARE = 4  # addresses with a query take at most such a part, so that they never push out the plain ones
LARGEST = 2 * 1024 * 1024
LEAST_PACKED = 500  # what is shorter fits into one packet anyhow
BROTLI_QUALITY, GZIP_LEVEL = 5, 6
ENTRY_BYTES = 2000
# How long a proxy of ours may give it again. nginx before 1.23 heeds it only where it comes before Cache-Control.
SHARED = b"X-Accel-Expires: 1\r\n"
_PACKABLE = (b"text/", b"application/json", b"application/feed", b"application/atom", b"application/rss", b"image/svg")
_DROPPED = frozenset(
    {
        b"content-length",
        b"content-encoding",
        b"transfer-encoding",
        b"connection",
        b"date",
        b"age",
        b"etag",
        b"last-modified",
        b"cache-control",
        b"vary",
        b"server",
    }
)
_NEVER = (b"no-store", b"private")


class Key(NamedTuple):
    """What a snapshot depends on. `is_secure` is whether a trusted proxy says that its client came by https."""

    host: bytes
    is_secure: bool
    target: bytes


@dataclass(slots=True)
class Snapshot:
    """A whole answer in its codings, each with its head: `made_s` by the monotonic clock, `made_at` by the calendar."""

    made_s: float
    made_at: float
    etag: bytes
    is_page: bool
    heads: dict[bytes, bytes]
    bodies: dict[bytes, bytes]
    common: bytes
    old: Snapshot | None = None  # the same, marked as old

    @property
    def size(self) -> int:
        return sum(map(len, self.heads.values())) + sum(map(len, self.bodies.values())) + len(self.common)

    def plain(self) -> bytes:
        """The body as it was made."""
        found = self.bodies.get(b"")
        return gzip.decompress(self.bodies[b"gzip"]) if found is None else found


@dataclass(slots=True)
class Entry:
    """An address that was asked for, and its newest snapshot.

    `changed_s` is since when something has changed that it shows, None where nothing has; `is_urgent` for an incident.
    """

    key: Key
    route: Route
    snapshot: Snapshot | None = None
    asked_s: float = 0.0
    hits: int = 0
    changed_s: float | None = None
    is_urgent: bool = False
    is_from_disk: bool = False

    @property
    def size(self) -> int:
        held = 0 if self.snapshot is None else self.snapshot.size
        return ENTRY_BYTES + len(self.key.host) + 2 * len(self.key.target) + held


@dataclass(slots=True)
class Store:
    """The entries within a bound of bytes; those asked for longest ago go first, and of those with a query sooner."""

    most_bytes: int = MOST_BYTES
    bytes: int = 0
    query_bytes: int = 0
    gone: list[Key] = field(default_factory=list)  # for whoever keeps them elsewhere too
    _entries: OrderedDict[Key, Entry] = field(default_factory=OrderedDict)
    _queries: OrderedDict[Key, Entry] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._entries) + len(self._queries)

    def __iter__(self) -> Iterator[Entry]:
        yield from self._entries.values()
        yield from self._queries.values()

    def get(self, key: Key) -> Entry | None:
        """The entry of an address; it is the one asked for last from now on."""
        shelf = self._queries if b"?" in key.target else self._entries
        found = shelf.get(key)
        if found is not None:
            shelf.move_to_end(key)
        return found

    def put(self, entry: Entry, snapshot: Snapshot) -> None:
        """Put a new snapshot in the place of an entry's old one, and the entry among the others."""
        self.drop(entry.key)
        entry.snapshot = snapshot
        shelf = self._queries if b"?" in entry.key.target else self._entries
        shelf[entry.key] = entry
        self._count(entry, 1)
        while self.query_bytes > self.most_bytes // QUERY_SHARE:
            self._evict(self._queries)
        while self.bytes > self.most_bytes:
            self._evict(self._queries or self._entries)

    def drop(self, key: Key) -> None:
        """Drop an entry, where there is one."""
        shelf = self._queries if b"?" in key.target else self._entries
        found = shelf.pop(key, None)
        if found is not None:
            self._count(found, -1)

    def _evict(self, shelf: OrderedDict[Key, Entry]) -> None:
        key, entry = shelf.popitem(last=False)
        self._count(entry, -1)
        self.gone.append(key)

    def _count(self, entry: Entry, sign: int) -> None:
        self.bytes += sign * entry.size
        if b"?" in entry.key.target:
            self.query_bytes += sign * entry.size


def key_of(request: Request, route: Route, *, is_secure: bool) -> Key | None:
    """The key of a request; None for whoever is known to the workers, or asks for a part."""
    headers = request.headers
    if request.method not in (b"GET", b"HEAD") or request.length or request.is_chunked:
        return None
    if b"authorization" in headers or b"range" in headers:
        return None
    cookie = headers.get(b"cookie")
    if cookie is not None and (b"sessionid=" in cookie or b"messages=" in cookie):
        return None
    host = canonical_host(headers.get(b"host", b""))
    return Key(host, is_secure, route.target) if host else None


def make(head: bytes, body: bytes, *, made_s: float, made_at: float) -> Snapshot | None:
    """The snapshot of an answer; None where it is not 200, is somebody's own or is too large."""
    first, *lines = head.split(b"\r\n")
    headers = [(line.partition(b":")[0].strip().lower(), line) for line in lines]
    said = {name: line.partition(b":")[2].strip() for name, line in headers}
    cache = said.get(b"cache-control", b"").lower()
    if (
        first[9:12] != b"200"
        or b"set-cookie" in said
        or b"content-encoding" in said
        or b"transfer-encoding" in said
        or any(word in cache for word in _NEVER)
        or len(body) > LARGEST
    ):
        return None
    kind = said.get(b"content-type", b"").lower()
    vary = said.get(b"vary", b"")
    if b"accept-encoding" not in vary.lower():
        vary = vary + b", Accept-Encoding" if vary else b"Accept-Encoding"
    kept = b"".join(line + b"\r\n" for name, line in headers if name not in _DROPPED)
    kept += b"Vary: %s\r\nCache-Control: %s\r\n" % (vary, said.get(b"cache-control", b"no-cache"))
    is_page = kind.startswith(b"text/html")
    return _pack(kept, body, is_page=is_page, is_packable=kind.startswith(_PACKABLE), made_s=made_s, made_at=made_at)


def _pack(kept: bytes, body: bytes, *, is_page: bool, is_packable: bool, made_s: float, made_at: float) -> Snapshot:
    etag = b'W/"%s"' % hashlib.sha256(body).hexdigest()[:20].encode()
    bodies = {b"": body}
    if is_packable and len(body) >= LEAST_PACKED:
        # Who takes nothing packed is rare: their bytes are unpacked when they come.
        bodies = {
            b"gzip": gzip.compress(body, GZIP_LEVEL, mtime=0),
            b"br": brotli.compress(body, quality=BROTLI_QUALITY),
        }
    modified = formatdate(made_at, usegmt=True).encode()
    common = b"%s%sETag: %s\r\nLast-Modified: %s\r\n" % (SHARED, kept, etag, modified)
    heads = {
        coding: b"HTTP/1.1 200 OK\r\n%s%sContent-Length: %d\r\n"
        % (common, b"Content-Encoding: %s\r\n" % coding if coding else b"", len(packed))
        for coding, packed in bodies.items()
    }
    return Snapshot(made_s, made_at, etag, is_page, heads, bodies, common)


def marked(snapshot: Snapshot) -> Snapshot:
    """The snapshot as it is given when it is old: a page says when it is from. It is made once."""
    if snapshot.old is None:
        body, kept = snapshot.plain(), snapshot.common
        if snapshot.is_page:
            body = mark(body, snapshot.made_at)
        kept = b"".join(
            line + b"\r\n"
            for line in kept.split(b"\r\n")[:-1]
            if not line.lower().startswith((b"etag:", b"last-modified:", b"x-accel-expires:", b"cache-control:"))
        )
        kept += b'Cache-Control: no-store\r\nWarning: 111 - "Revalidation Failed"\r\n'
        is_packable = len(snapshot.bodies) > 1
        snapshot.old = _pack(
            kept, body, is_page=snapshot.is_page, is_packable=is_packable,
            made_s=snapshot.made_s, made_at=snapshot.made_at,
        )  # fmt: skip
    return snapshot.old


def answer(snapshot: Snapshot, request: Request, *, age_s: float) -> bytes:
    """The bytes of an answer out of a snapshot: whole, or that it is what the reader has."""
    said = b"Age: %d\r\nServer-Timing: age;dur=%d\r\n\r\n" % (age_s, age_s * 1000)
    known = request.headers.get(b"if-none-match")
    if known is not None and (snapshot.etag in known or known.strip() == b"*"):
        return b"HTTP/1.1 304 Not Modified\r\n" + snapshot.common + said
    coding = coding_of(request.headers.get(b"accept-encoding", b""))
    if coding not in snapshot.bodies:
        if b"" in snapshot.bodies:
            coding = b""
        elif not coding:
            body = snapshot.plain()
            head = b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n%s" % (snapshot.common, len(body), said)
            return head if request.method == b"HEAD" else head + body
    if request.method == b"HEAD":
        return snapshot.heads[coding] + said
    return b"".join((snapshot.heads[coding], said, snapshot.bodies[coding]))


@recent(512)
def coding_of(header: bytes) -> bytes:
    """The coding that a client is answered in: brotli, gzip, or none."""
    weights: dict[bytes, float] = {}
    for part in header[:300].lower().split(b","):
        name, _, parameters = part.partition(b";")
        weight = parameters.replace(b" ", b"").removeprefix(b"q=")
        try:
            weights[name.strip()] = float(weight) if weight else 1.0
        except ValueError:
            continue
    for coding in (b"br", b"gzip"):
        if weights.get(coding, weights.get(b"*", 0.0)) > 0:
            return coding
    return b""


def written(snapshot: Snapshot) -> bytes:
    """A snapshot as a file holds it, packed by zlib."""
    head = b"%f\n%s\r\n%d\n" % (snapshot.made_at, snapshot.common, len(snapshot.bodies))
    return zlib.compress(head + b"\0" + snapshot.plain(), 1)


def read(data: bytes, *, now_s: float, now_at: float) -> Snapshot:
    """The snapshot that a file holds. Raises ValueError."""
    try:
        said, _, body = zlib.decompress(data).partition(b"\0")
        made, _, rest = said.partition(b"\n")
        common, _, codings = rest.rpartition(b"\r\n")
        made_at = float(made)
        kept = b"".join(
            line + b"\r\n"
            for line in common.split(b"\r\n")
            if line and not line.lower().startswith((b"etag:", b"last-modified:", b"x-accel-expires:"))
        )
        is_page = b"content-type: text/html" in kept.lower()
        is_packable = int(codings) > 1
    except (zlib.error, ValueError) as error:
        raise ValueError("this is no snapshot") from error
    made_s = now_s - max(now_at - made_at, 0.0)
    return _pack(kept, body, is_page=is_page, is_packable=is_packable, made_s=made_s, made_at=made_at)
