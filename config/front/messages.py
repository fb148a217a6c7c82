"""HTTP/1.1 as the front must understand it: the head of a request, and where an answer ends. Pure.

What could be understood in two ways is refused: lengths that differ, folded lines, names with odd characters. A body
in chunks is read whole and handed on with its length. Names with an underscore are dropped, because WSGI cannot tell
them from those with a hyphen. What the workers' server would refuse without a word is refused here with one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from config.front.recent import recent

LONGEST_HEAD = 32 * 1024
LONGEST_TARGET = 8 * 1024
MOST_HEADERS = 90  # the workers' server takes a hundred, and the front adds some of its own
METHODS = frozenset({b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"})
OURS = b"x-brownout-"  # what only the front says to the workers
PEER_HEADER = OURS + b"peer"
SPENT_HEADER = OURS + b"spent"
STEP_HEADER = b"x-brownout-step"
DUE_HEADER = b"x-brownout-due"
# Said between two neighbours only; the front speaks for itself to the workers.
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"expect",
    }
)
MOST_CHUNKS = 4096  # each costs the front some work, however small it is
LONGEST_CHUNK_LINE = 256
LONGEST_TRAILERS = 8 * 1024

_REQUEST_LINE = re.compile(rb"([A-Z]{1,20}) ([\x21-\x7e\x80-\xff]+) HTTP/1\.([01])")
_ABSOLUTE = re.compile(rb"(?i:https?)://([^/?#@]+)((?:[/?#].*)?)")
_HOST = re.compile(rb"([a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])\.?(?::[0-9]{0,5})?")
_NAME = re.compile(rb"[!#$%&'*+.^`|~0-9A-Za-z_-]+")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[\x09\x20-\x7e\x80-\xff]*)?")
_NOT_IN_A_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class RequestError(ValueError):
    """A request that is refused before a worker hears of it: its status, a stable code and what is wrong."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request. `lines` are the header lines to pass on, each with its end; names in `headers` are
    lowercase."""

    method: bytes
    target: bytes
    minor: int
    headers: dict[bytes, bytes]
    lines: bytes
    length: int
    keep_alive: bool
    expects_continue: bool
    is_chunked: bool = False

    def head(self, peer: bytes, body_length: int, spent: int = 0, step: int = 0, due_s: float = 0.0) -> bytes:
        """The head as the workers get it: with the address that it came from, the snapshots that its network got, the
        step of the front's pressure, and the moment by which it is to be answered, by the monotonic clock that all
        processes of a machine share.
        """
        length = b"content-length: %d\r\n" % body_length if self.is_chunked else b""
        if spent:
            length += b"%s: %d\r\n" % (SPENT_HEADER, spent)
        if step:
            length += b"%s: %d\r\n" % (STEP_HEADER, step)
        if due_s:
            length += b"%s: %.3f\r\n" % (DUE_HEADER, due_s)
        said = (self.method, self.target, self.lines, length, PEER_HEADER, peer)
        return b"%s %s HTTP/1.1\r\n%s%s%s: %s\r\n\r\n" % said


def parse_request(head: bytes, largest_body: int) -> Request:
    """The request whose head this is, without the empty line at its end. Raises RequestError."""
    first, _, rest = head.partition(b"\r\n")
    found = _REQUEST_LINE.fullmatch(first)
    if found is None:
        raise RequestError(400, "bad-request", "We couldn’t read the request.")
    method, minor = found[1], int(found[3])
    if method not in METHODS:
        raise RequestError(501, "not-implemented", "This method is not understood.")
    target, authority = _origin_form(method, found[2])
    headers: dict[bytes, bytes] = {}
    lines = []
    said = rest.split(b"\r\n", MOST_HEADERS) if rest else []
    if len(said) > MOST_HEADERS:
        raise RequestError(431, "headers-too-large", f"A request may have at most {MOST_HEADERS} headers.")
    for line in said:
        name, colon, value = line.partition(b":")
        if not colon or _NAME.fullmatch(name) is None or _NOT_IN_A_VALUE.search(value):
            raise RequestError(400, "bad-request", "A header of the request could not be read.")
        if b"_" in name:
            continue
        name = name.lower()
        value = value.strip(b" \t")
        if name in headers:
            if name in (b"content-length", b"host", b"transfer-encoding"):
                raise RequestError(400, "bad-request", f"The header {name.decode()} was sent twice.")
            value = headers[name] + b", " + value
        headers[name] = value
        if name not in HOP_BY_HOP and not name.startswith(OURS) and not (authority and name == b"host"):
            lines.append(line)
            lines.append(b"\r\n")
    if authority:  # it counts instead of the header (RFC 9112, section 3.2.2)
        headers[b"host"] = authority
        lines.append(b"Host: %s\r\n" % authority)
    connection = headers.get(b"connection", b"").lower()
    return Request(
        method=method,
        target=target,
        minor=minor,
        headers=headers,
        lines=b"".join(lines),
        length=_body_length(headers, largest_body, minor),
        is_chunked=b"transfer-encoding" in headers,
        keep_alive=minor == 1 and b"close" not in connection,
        expects_continue=headers.get(b"expect", b"").lower() == b"100-continue",
    )


def _origin_form(method: bytes, target: bytes) -> tuple[bytes, bytes]:
    """Return a target as a path with its query, and the authority of one that was given whole. Raises RequestError."""
    if len(target) > LONGEST_TARGET:
        raise RequestError(414, "uri-too-long", f"An address may have at most {LONGEST_TARGET} bytes.")
    authority = b""
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is not None:
        authority, target = absolute[1], absolute[2]
        target = target if target.startswith(b"/") else b"/" + target
    target = target.partition(b"#")[0]
    if not target.startswith(b"/") and not (method == b"OPTIONS" and target == b"*"):
        raise RequestError(400, "bad-request", "The address of the request must begin with a slash.")
    try:
        target.decode()
    except UnicodeDecodeError:
        raise RequestError(400, "bad-request", "The address of the request is not UTF-8.") from None
    return target, authority


@recent(1024)
def canonical_host(host: bytes) -> bytes:
    """Return a host as all its spellings have it in common: in small letters, without port; b"" for what is none."""
    found = _HOST.fullmatch(host.lower())
    return found[1] if found is not None else b""


def _body_length(headers: dict[bytes, bytes], largest: int, minor: int) -> int:
    if b"transfer-encoding" in headers:
        if b"content-length" in headers:
            raise RequestError(400, "bad-request", "A request has a Content-Length or a Transfer-Encoding, not both.")
        if headers[b"transfer-encoding"].lower() != b"chunked" or not minor:
            raise RequestError(501, "not-implemented", "The only Transfer-Encoding that is read is chunked.")
        return 0
    said = headers.get(b"content-length")
    if said is None:
        return 0
    if not said.isdigit() or len(said) > 18:
        raise RequestError(400, "bad-request", "The Content-Length could not be read.")
    if int(said) > largest:
        raise RequestError(413, "too-large", f"The body may have at most {largest // 1024} kB.")
    return int(said)


class ChunkedBody:
    """Reads a body that comes in chunks (RFC 9112, section 7.1) to its end. Extensions and trailers are dropped."""

    __slots__ = ("_chunks", "_largest", "_left", "_trailers", "body", "is_whole")

    def __init__(self, largest: int) -> None:
        self.body = bytearray()
        self.is_whole = False
        self._largest = largest
        self._left = 0  # what is missing of a chunk and of the line end after it
        self._chunks = 0
        self._trailers: int | None = None  # the bytes of trailers so far, once the last chunk has come

    def feed(self, buffer: bytearray) -> None:
        """Takes what it can out of the buffer. Raises RequestError."""
        while not self.is_whole:
            if self._left > 2:
                taken = min(self._left - 2, len(buffer))
                self.body += buffer[:taken]
                del buffer[:taken]
                self._left -= taken
                if self._left > 2:
                    return
            if self._left:
                if len(buffer) < 2:
                    return
                if buffer[:2] != b"\r\n":
                    raise RequestError(400, "bad-request", "A chunk of the body is longer than it says.")
                del buffer[:2]
                self._left = 0
            line = self._line(buffer)
            if line is None:
                return
            if self._trailers is not None:
                self._trailers += len(line) + 2
                if self._trailers > LONGEST_TRAILERS:
                    raise RequestError(431, "headers-too-large", "The trailers of the request are too large.")
                self.is_whole = not line
            else:
                self._begin_chunk(line)

    def _line(self, buffer: bytearray) -> bytes | None:
        longest = LONGEST_CHUNK_LINE if self._trailers is None else LONGEST_TRAILERS
        end = buffer.find(b"\r\n", 0, longest + 2)
        if end < 0:
            if len(buffer) > longest:
                raise RequestError(400, "bad-request", "The size of a chunk of the body could not be read.")
            return None
        line = bytes(buffer[:end])
        del buffer[: end + 2]
        return line

    def _begin_chunk(self, line: bytes) -> None:
        found = _CHUNK_LINE.fullmatch(line)
        if found is None:
            raise RequestError(400, "bad-request", "The size of a chunk of the body could not be read.")
        size = int(found[1], 16)
        self._chunks += 1
        if len(self.body) + size > self._largest:
            raise RequestError(413, "too-large", f"The body may have at most {self._largest // 1024} kB.")
        if self._chunks > MOST_CHUNKS:
            raise RequestError(413, "too-large", f"The body may have at most {MOST_CHUNKS} chunks.")
        if size:
            self._left = size + 2
        else:
            self._trailers = 0


class AnswerError(ValueError):
    """The web server's answer cannot be understood."""


class AnswerReader:
    """Follows the bytes of one answer and knows where it ends. For a client of HTTP/1.0 it takes chunks apart."""

    __slots__ = ("_buffer", "_left", "_phase", "closes", "ended", "head", "is_head_request", "minor", "status")

    def __init__(self, *, is_head_request: bool, minor: int = 1) -> None:
        self.is_head_request, self.minor = is_head_request, minor
        self.status = 0
        self.head = b""
        self.closes = False
        self.ended = False
        self._buffer = b""
        self._left = 0
        self._phase = "head"

    def feed(self, data: bytes) -> bytes:
        """Takes the next bytes. Returns what of the body came with them, as it was sent. Raises AnswerError."""
        if self._phase == "head":
            self._buffer += data
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self._buffer) > LONGEST_HEAD * 4:
                    raise AnswerError("the head of an answer does not end")
                return b""
            self.head, data, self._buffer = self._buffer[:end], self._buffer[end + 4 :], b""
            self._read_head()
        if self.ended:
            if data:
                raise AnswerError("there are bytes after the end of an answer")
            return b""
        if self._phase == "length":
            if len(data) > self._left:
                raise AnswerError("an answer is longer than it says")
            self._left -= len(data)
            self.ended = self._left == 0
        elif self._phase == "chunks":
            content = self._read_chunks(data)
            return data if self.minor else content
        return data

    def end_of_input(self) -> bool:
        """Tells that the connection has ended. True where that is the end of the answer."""
        self.ended = self.ended or self._phase == "close"
        return self.ended

    def _read_head(self) -> None:
        if not (self.head.startswith(b"HTTP/1.") and self.head[9:12].isdigit()):
            raise AnswerError("this is no answer")
        self.status = int(self.head[9:12])
        lower = self.head.lower()
        self.closes = b"\r\nconnection: close" in lower
        if self.is_head_request or self.status in (204, 304):
            self.ended = True
            return
        at = lower.find(b"\r\ncontent-length:")
        if b"\r\ntransfer-encoding: chunked" in lower:
            self._phase = "chunks"
            if not self.minor:  # it ends with the connection
                lines = self.head.split(b"\r\n")
                self.head = b"\r\n".join(line for line in lines if not line.lower().startswith(b"transfer-encoding:"))
        elif at >= 0:
            self._left = int(lower[at + 17 :].split(b"\r\n", 1)[0])
            self._phase = "length"
            self.ended = self._left == 0
        else:
            self._phase = "close"
            self.closes = True

    def _read_chunks(self, data: bytes) -> bytes:
        """Go over size lines, chunks and the end, and return what the chunks hold.

        `_left` is what is missing of a chunk and its line end.
        """
        self._buffer += data
        content: list[bytes] = []
        while True:
            if self._left:
                taken = min(self._left, len(self._buffer))
                content.append(self._buffer[: max(min(taken, self._left - 2), 0)])
                self._buffer = self._buffer[taken:]
                self._left -= taken
                if self._left:
                    return b"".join(content)
            line, found, rest = self._buffer.partition(b"\r\n")
            if not found:
                if len(self._buffer) > 1024:
                    raise AnswerError("the size of a chunk cannot be read")
                return b"".join(content)
            try:
                size = int(line.partition(b";")[0], 16)
            except ValueError as error:
                raise AnswerError("the size of a chunk cannot be read") from error
            if size == 0:
                if len(rest) < 2:
                    return b"".join(content)
                if rest != b"\r\n":
                    raise AnswerError("there are bytes after the end of an answer")
                self._buffer, self.ended = b"", True
                return b"".join(content)
            self._buffer, self._left = rest, size + 2


def answer(status: int, reason: str, headers: dict[str, str], body: bytes, *, is_head_request: bool = False) -> bytes:
    """A whole answer of the front's own."""
    lines = [f"HTTP/1.1 {status} {reason}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (b"" if is_head_request else body)
