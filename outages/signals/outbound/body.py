"""Reading a body no further than allowed, as sent and as unpacked, however it says that it is packed."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable, Iterator, Sequence
from typing import Final, Protocol

import brotli
import zstandard

from outages.signals.outbound.errors import ProtocolError, TooLargeError

ACCEPTED_ENCODINGS: Final = "gzip, deflate, br, zstd"
_PIECE: Final = 65_536
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_ZSTD_WINDOW: Final = 8 * 2**20  # the most that HTTP allows (RFC 9659)
_ZSTD_SLICE: Final = 256  # a frame of repeated bytes unpacks thirty thousandfold: little goes in at a time
_MOST_LAYERS: Final = 3


class _Layer(Protocol):
    """One packing to be undone. Pieces come in any size and go out bounded."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Give what comes of some more bytes."""

    def is_whole(self) -> bool:
        """Return whether nothing is missing at the end."""


class _Gzip:
    """Gzip with all its members. What does not look packed, whatever was said of it, goes through as it is."""

    def __init__(self) -> None:
        self._head = b""
        self._inflater: zlib._Decompress | None = None
        self._is_plain = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._inflater is None and not self._is_plain:
            data = self._head + data
            if len(data) < len(_GZIP):
                self._head = data
                return
            self._head = b""
            if data.startswith(_GZIP):
                self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
            else:
                self._is_plain = True
        if self._is_plain:
            yield data
            return
        while data and self._inflater is not None:
            if self._inflater.eof:  # another member follows, or padding
                rest = data.lstrip(b"\0")
                if not rest or not rest.startswith(_GZIP[: len(rest)]):
                    return
                self._inflater, data = zlib.decompressobj(zlib.MAX_WBITS | 16), rest
            yield self._inflater.decompress(data, _PIECE)
            data = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail

    def is_whole(self) -> bool:
        return not self._head if self._inflater is None else self._inflater.eof


class _Deflate:
    """Deflate with or without its zlib wrapping (RFC 9110, 8.4.1.2: some servers leave it out)."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj()
        self._is_first = True

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data and not self._inflater.eof:
            try:
                piece = self._inflater.decompress(data, _PIECE)
            except zlib.error:
                if not self._is_first:
                    raise
                self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
                piece = self._inflater.decompress(data, _PIECE)
            self._is_first = False
            yield piece
            data = self._inflater.unconsumed_tail

    def is_whole(self) -> bool:
        return self._is_first or self._inflater.eof


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()
        self._is_empty = True

    def pieces(self, data: bytes) -> Iterator[bytes]:
        self._is_empty = False
        yield self._decompressor.process(data, output_buffer_limit=_PIECE)
        while not self._decompressor.can_accept_more_data():
            yield self._decompressor.process(b"", output_buffer_limit=_PIECE)

    def is_whole(self) -> bool:
        return self._is_empty or bool(self._decompressor.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._object = self._decompressor.decompressobj()
        self._is_empty = True

    def pieces(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_SLICE):
            part = data[start : start + _ZSTD_SLICE]
            while part:
                if self._object.eof:  # another frame follows
                    self._object = self._decompressor.decompressobj()
                self._is_empty = False
                yield self._object.decompress(part)
                part = self._object.unused_data if self._object.eof else b""

    def is_whole(self) -> bool:
        return self._is_empty or self._object.eof


_LAYERS: Final[dict[str, type[_Layer]]] = {
    "gzip": _Gzip, "x-gzip": _Gzip, "deflate": _Deflate, "br": _Brotli, "zstd": _Zstd,
}  # fmt: skip
_ERRORS: Final = (zlib.error, brotli.error, zstandard.ZstdError)


def _layers(encoding: str) -> list[_Layer]:
    """What has to be undone, the last packing first. Words that name no packing, such as "none" or "utf-8", are passed
    over; a page that is packed once more than it says is unpacked all the same."""
    named = [word.strip().lower() for word in encoding.split(",")]
    layers = [_LAYERS[word]() for word in reversed(named) if word in _LAYERS][:_MOST_LAYERS]
    return [*layers, _Gzip()]


def _through(layers: Sequence[_Layer], data: bytes) -> Iterator[bytes]:
    if not layers:
        yield data
        return
    for piece in layers[0].pieces(data):
        if piece:
            yield from _through(layers[1:], piece)


async def read(chunks: AsyncIterable[bytes], encoding: str, most: int, *, truncate: bool) -> tuple[bytes, bool]:
    """The unpacked body and whether it was cut at `most` bytes.

    Raises TooLargeError where it may not be cut, and ProtocolError where it cannot be unpacked, or ends in the middle.
    """
    layers = _layers(encoding)
    body = bytearray()
    try:
        async for chunk in chunks:
            for piece in _through(layers, chunk):
                body += piece[: most - len(body) + 1]
                if len(body) > most:
                    if not truncate:
                        raise TooLargeError(f"the answer has more than {most} bytes")
                    return bytes(body[:most]), True
    except _ERRORS as error:
        raise ProtocolError("the answer cannot be unpacked") from error
    if not all(layer.is_whole() for layer in layers):
        raise ProtocolError("the packed answer ends in the middle")
    return bytes(body), False
