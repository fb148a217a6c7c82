"""How far a call has come: what one that failed may have done on the other side all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpcore
import httpx

from outages.signals.outbound import heads
from outages.signals.outbound.connection import PinnedBackend, Timings
from outages.signals.outbound.datatypes import Response

_LAST_WRITE: Final = {
    "http11": 1,
    "http2": 2,
}  # of a body that fits into one; HTTP/2 says its end in a frame of its own


@dataclass(slots=True)
class Progress:
    """Follows one call by the events of its transport. `on_sent` is called when the last of a request is going out."""

    on_sent: Callable[[], None] | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers)  # of the answer
    _backend: PinnedBackend | None = None
    _status: int | None = None
    _writes_before: int | None = None
    _last_write: int = 1
    _is_broken: bool = False

    def begins(self, backend: PinnedBackend) -> None:
        """Note that a request begins on a connection of its own."""
        self._backend, self._status, self._writes_before, self._is_broken = backend, None, None, False

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Note an event of the transport."""
        protocol, _, step = event.partition(".")
        if self._backend is None:
            return
        if step == "send_request_body.started":
            self._writes_before = self._backend.writes
            self._last_write = _LAST_WRITE.get(protocol, 1)
            self._is_broken = not self._backend.stands()
            if self.on_sent is not None:
                # The next thing that happens is the write; after it other calls have their turn before "complete".
                self.on_sent()
        elif step == "send_request_body.failed" and isinstance(info.get("exception"), httpcore.WriteError):
            self._is_broken = True

    def answered(self, status: int, headers: httpx.Headers) -> None:
        """Note that the head of the answer has come."""
        self._status, self.headers = status, headers

    @property
    def status(self) -> int | None:
        """The status that came, also in a head that has not ended; None where none did."""
        if self._status is not None or self._backend is None:
            return self._status
        found = heads.status_of(self._backend.first_bytes)
        return found if found is not None and found >= 200 else None

    def response(self, url: str, *, flaw: str) -> Response:
        """Return the answer as far as it came: its status, without a body."""
        address, timings = (str(self._backend.address), self._backend.timings) if self._backend else ("", Timings())
        return Response(url, self.status or 0, self.headers, b"", True, "", address, timings, flaw=flaw)

    @property
    def is_unanswered(self) -> bool:
        """Whether the request went out whole and no status came: the other side may have done what it asks for."""
        if self._backend is None or self._writes_before is None or self._is_broken:
            return False
        return self._backend.writes - self._writes_before >= self._last_write and self.status is None
