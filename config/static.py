"""How static files are stored: named by their content, compressed before anybody asks for them."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

NOT_COMPRESSED = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")  # no page asks for a source map


class OnceCompressor(Compressor):  # type: ignore[misc]
    """Compresses each content once, however many names it has: every file is stored with and without its hash."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._done: dict[tuple[str, bytes], bytes] = {}
        self._locks: dict[tuple[str, bytes], threading.Lock] = {}

    def compress_brotli(self, data: bytes) -> bytes:
        return self._once("br", data)

    def compress_gzip(self, data: bytes) -> bytes:
        return self._once("gz", data)

    def _once(self, kind: str, data: bytes) -> bytes:
        key = (kind, hashlib.sha256(data).digest())
        with self._locks.setdefault(key, threading.Lock()):
            if key not in self._done:
                compress = Compressor.compress_brotli if kind == "br" else Compressor.compress_gzip
                self._done[key] = compress(data)
            return self._done[key]


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage, with less work at the first start."""

    def create_compressor(self, **options: Any) -> OnceCompressor:
        return OnceCompressor(**{**options, "extensions": NOT_COMPRESSED})
