"""A zoo of servers: odd answers, what a probe makes of each, whether readers can read it, and what is said."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from tests.servers import misbehaving as bad

READS, REFUSED = "reads", "refused"
BOMB_BYTES: Final = 12_000_000
MOST_SENT: Final = 12_000_000  # of an endless answer: whoever reads on is stopped here, and the test fails
STEP_S: Final = 0.05


class Animal(NamedTuple):
    """What is sent for a body. `probe` is how a probe classifies it, `read` whether others can read it.

    `said` is a part of the sentence that a probe or a reader gives as its reason, "" where nothing is wrong.
    """

    handler: Callable[[bytes], bad.Handler]
    probe: str
    read: str
    said: str = ""


def sends(raw: bytes) -> bad.Handler:
    """A server that sends these bytes, says that it has ended, and waits a moment for the other side."""

    def handler(connection: socket.socket) -> None:
        bad.read_request(connection)
        connection.sendall(raw)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(0.2)
            connection.recv(1024)

    return handler


def head(*lines: str, status: str = "HTTP/1.1 200 OK", length: bool = True) -> Callable[[bytes], bytes]:
    """Answers with these lines of a head before the body."""

    def answer(body: bytes) -> bytes:
        sizes = [f"Content-Length: {len(body)}"] if length else []
        return "\r\n".join([status, *lines, *sizes]).encode("latin-1") + b"\r\n\r\n" + body

    return answer


def packed(encoding: str, pack: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Answers with a body that is packed in this way."""
    return lambda body: head(f"Content-Encoding: {encoding}")(pack(body))


@lru_cache(maxsize=4)
def _bomb(layers: int) -> bytes:
    """A body that unpacks to far more than anybody reads."""
    return gzip.compress(_bomb(layers - 1)) if layers else b"a" * BOMB_BYTES


def _of(answer: Callable[[bytes], bytes], probe: str, read: str, said: str = "") -> Animal:
    return Animal(lambda body: sends(answer(body)), probe, read, said)


def _endless(first: bytes, piece: bytes) -> Callable[[bytes], bad.Handler]:
    """Sends a beginning, then the same piece for as long as anybody listens."""

    def handler(connection: socket.socket) -> None:
        bad.read_request(connection)
        connection.sendall(first)
        sent = 0
        while sent < MOST_SENT:
            connection.sendall(piece)
            sent += len(piece)

    return lambda _body: handler


def _dripping(first: bytes) -> Callable[[bytes], bad.Handler]:
    """Sends a beginning, then a byte at a time, for a minute."""

    def handler(connection: socket.socket) -> None:
        bad.read_request(connection)
        connection.sendall(first)
        asleep = threading.Event()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            connection.sendall(b"x")
            asleep.wait(STEP_S)

    return lambda _body: handler


ANIMALS: Final[dict[str, Animal]] = {
    "plain": _of(head(), "up", READS),
    "charset undefined": _of(head("Content-Type: text/html; charset=undefined"), "up", READS),
    "charset that is a codec": _of(head("Content-Type: text/html; charset=rot13"), "up", READS),
    "charset of zeros": _of(head("Content-Type: text/html; charset=\x00"), "up", READS),
    "packed as UTF-8": _of(head("Content-Encoding: UTF-8"), "up", READS),
    "packed as none": _of(head("Content-Encoding: none"), "up", READS),
    "said to be gzip": _of(head("Content-Encoding: gzip"), "up", READS),
    "said to be br": _of(head("Content-Encoding: br"), "degraded", REFUSED, "cannot be unpacked"),
    "gzip twice": _of(packed("gzip, gzip", lambda b: gzip.compress(gzip.compress(b))), "up", READS),
    "gzip cut": _of(packed("gzip", lambda b: gzip.compress(b)[:-9]), "degraded", REFUSED, "ends in the middle"),
    "a space before the colon": _of(head("X-Foo : bar"), "up", READS),
    "a line without a colon": _of(head("nonsense"), "up", READS),
    "letters of another alphabet": _of(head("X-F\xf6\xf6: b\xe4r"), "up", READS),
    "Retry-After of no number": _of(head("Retry-After: \xb2"), "up", READS),
    "a limit that never ends": _of(head("x-rate-limit-reset: 99999999999"), "up", READS),
    "no length": _of(head(length=False), "up", READS),
    "two lengths": _of(head("Content-Length: 5"), "up", READS),
    "a length below zero": _of(head("Content-Length: -5", length=False), "up", READS),
    "HTTP/2 in words": _of(head(status="HTTP/2 200"), "up", READS),
    "an early hint": _of(lambda body: b"HTTP/1.1 103 Early\r\nLink : x\r\n\r\n" + head()(body), "up", READS),
    "longer than it is": _of(
        lambda body: head("Content-Length: 9999", length=False)(body),
        "degraded",
        REFUSED,
        "without sending complete message body",
    ),
    "a mark before it": _of(lambda body: head()(b"\xef\xbb\xbf" + body), "up", READS),
    "another language": _of(
        lambda body: b"220 mail ready\r\n", "down", REFUSED, "not HTTP: it begins with '220 mail ready'"
    ),
    "nothing": _of(lambda body: b"", "down", REFUSED, "closed without an answer"),
    "an error": _of(head(status="HTTP/1.1 503 No"), "down", REFUSED, "503"),
    "refused": _of(
        head("Retry-After: 99999999999999999999", status="HTTP/1.1 429 Wait"), "blocked", REFUSED, "429|limit"
    ),
    "a redirect to nowhere": _of(
        head("Location: http://[::1/\t", status="HTTP/1.1 302 F"), "degraded", REFUSED, "not an address"
    ),
    "a redirect to no port": _of(
        head("Location: http://a:99999/", status="HTTP/1.1 302 F"), "degraded", REFUSED, "names no host or port"
    ),
    "a redirect to no name": _of(
        head("Location: http://xn--\xfc/", status="HTTP/1.1 302 F"), "degraded", REFUSED, "not an address"
    ),
    "a redirect for ever": _of(
        head("Location: /", status="HTTP/1.1 302 F"), "degraded", REFUSED, "more than 5 redirects"
    ),
    "a redirect to a private address": _of(
        head("Location: http://10.0.0.1/", status="HTTP/1.1 302 F"), "degraded", REFUSED, "10.0.0.1"
    ),
    "a redirect to a cloud's keys": _of(
        head("Location: http://169.254.169.254/latest", status="HTTP/1.1 302 F"), "degraded", REFUSED, "169.254.169.254"
    ),
    "a redirect to a name": _of(
        head("Location: http://internal.example/", status="HTTP/1.1 302 F"), "degraded", REFUSED, "internal.example"
    ),
    "a redirect to a file": _of(
        head("Location: file:///etc/passwd", status="HTTP/1.1 302 F"), "degraded", REFUSED, "only http and https"
    ),
    "a redirect with a password": _of(
        head("Location: http://a:b@127.0.0.1/", status="HTTP/1.1 302 F"), "degraded", REFUSED, "user name or password"
    ),
    "a redirect without a place": _of(head(status="HTTP/1.1 302 F"), "degraded", REFUSED, "302"),
    "not changed, unasked": _of(head(status="HTTP/1.1 304 Same", length=False), "degraded", REFUSED, "304"),
    "a page instead": _of(
        lambda _: head("Content-Type: text/html")(b"<!doctype html><title>Hi</title><p>Sign in"),
        "up",
        REFUSED,
        "neither RSS nor Atom|not JSON|no heading",
    ),
    "nothing at all in it": _of(lambda _: head()(b""), "up", REFUSED, "neither RSS nor Atom|not JSON|no heading"),
    "zeros": _of(lambda _: head()(b"\0" * 400), "up", REFUSED, "neither RSS nor Atom|not JSON|no heading"),
    "a bomb": _of(lambda _: head("Content-Encoding: gzip")(_bomb(1)), "up", REFUSED, r"more than \d+ bytes"),
    "a bomb in a bomb": _of(
        lambda _: head("Content-Encoding: gzip, gzip")(_bomb(2)), "up", REFUSED, r"more than \d+ bytes"
    ),
    "lines without returns": _of(lambda body: b"HTTP/1.1 200 OK\nX: y\n\n" + body, "up", READS),
    "no reason": _of(head(status="HTTP/1.1 200"), "up", READS),
    "a radio": _of(head(status="ICY 200 OK", length=False), "up", READS),
    "no head": _of(lambda body: body, "down", REFUSED, "not HTTP: it begins with"),
    "a status that is none": _of(head(status="HTTP/1.1 0 OK"), "down", REFUSED, "not HTTP: it begins with"),
    "a status beyond": _of(head(status="HTTP/1.1 999 OK"), "down", REFUSED, "999"),
    "chunks that lie": _of(
        lambda body: head("Transfer-Encoding: chunked", length=False)(b"zz\r\n" + body),
        "degraded",
        REFUSED,
        "chunk|illegal|cut off",
    ),
    "chunks without end": _of(
        lambda body: head("Transfer-Encoding: chunked", length=False)(b"%x\r\n%s\r\n" % (len(body), body)),
        "degraded",
        REFUSED,
        "incomplete chunked|cut off",
    ),
    "a length of 20 digits": _of(head("Content-Length: 99999999999999999999", length=False), "up", READS),
    "a date of 1970": _of(head("Date: Thu, 01 Jan 1970 00:00:00 GMT", "Age: -5", "Expires: never"), "up", READS),
    "a mark that is too long": _of(head(f'ETag: "{"x" * 4000}"', "Last-Modified: yesterday"), "up", READS),
    "a hundred cookies": _of(head(*(f"Set-Cookie: c{n}={'v' * 300}; Path=/" for n in range(100))), "up", READS),
    "hints without end": Animal(
        _endless(b"", b"HTTP/1.1 103 Early\r\n\r\n" * 500), "down", REFUSED, "answers in between"
    ),
    "a head without end": Animal(_endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 2000), "degraded", REFUSED, "too long"),
    "a body without end": Animal(
        _endless(b"HTTP/1.1 200 OK\r\n\r\n", b"y" * 65_536), "up", REFUSED, "more than \\d+ bytes"
    ),
}

# These take all the time that they are given.
SLOW: Final[dict[str, Animal]] = {
    "a byte at a time": Animal(_dripping(b"HTTP/1.1 200 OK\r\n\r\n"), "down", REFUSED, "no whole answer within"),
    "a head a byte at a time": Animal(_dripping(b"HTTP/1.1 200 OK\r\nX: "), "down", REFUSED, "no whole answer within"),
    "a status a byte at a time": Animal(_dripping(b"HTTP/1.1 2"), "down", REFUSED, "not HTTP|no whole answer within"),
}
