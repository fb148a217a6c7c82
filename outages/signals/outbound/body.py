"""Reading a body no further than allowed, as sent and as unpacked."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable

from outages.signals.outbound.errors import ProtocolError, TooLargeError

ACCEPTED_ENCODINGS = "gzip, deflate"


class _Unpacker:
    """Undoes gzip or deflate, never making more than is asked for."""

    def __init__(self, encoding: str) -> None:
        self._deflate = encoding == "deflate"
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS if self._deflate else zlib.MAX_WBITS | 16)

    def unpack(self, data: bytes, most: int) -> bytes:
        try:
            return self._inflater.decompress(data, most)
        except zlib.error:
            if not self._deflate:
                raise
            # Some servers send "deflate" without its zlib wrapping (RFC 9110, 8.4.1.2).
            self._deflate = False
            self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._inflater.decompress(data, most)


async def read(chunks: AsyncIterable[bytes], encoding: str, most: int, *, truncate: bool) -> tuple[bytes, bool]:
    """The unpacked body and whether it was cut at `most` bytes.

    Raises TooLargeError where it may not be cut, and ProtocolError where it cannot be unpacked.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        unpacker = None
    elif encoding in ("gzip", "x-gzip", "deflate"):
        unpacker = _Unpacker(encoding)
    else:
        raise ProtocolError(f"the answer is packed as {encoding[:40]!r}, which nobody asked for")
    body = bytearray()
    async for chunk in chunks:
        room = most - len(body) + 1
        try:
            body += chunk[:room] if unpacker is None else unpacker.unpack(chunk, room)
        except zlib.error as error:
            raise ProtocolError("the answer cannot be unpacked") from error
        if len(body) > most:
            if not truncate:
                raise TooLargeError(f"the answer has more than {most} bytes")
            return bytes(body[:most]), True
    return bytes(body), False
