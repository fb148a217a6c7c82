"""What an outside call may take, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from outages.signals.outbound.charset import text_of
from outages.signals.outbound.connection import Timings


@dataclass(frozen=True, slots=True)
class Limits:
    """`total_s` covers look-up, all hops and the body. `body_bytes` counts the unpacked body; it is cut there if
    `truncate`, else refused. With `status_counts` an answer whose body takes too long is its status alone."""

    total_s: float = 20.0
    body_bytes: int = 5_000_000
    redirects: int = 5
    truncate: bool = False
    status_counts: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. `url` is where it came from in the end, `address` who gave it, `timings` those of the last hop.

    `certificate_expires_at` is in epoch seconds; None without TLS. `flaw` says what was wrong with the body, where the
    status alone was asked for (`Limits.truncate`).
    """

    url: str
    status: int
    headers: httpx.Headers
    body: bytes
    truncated: bool
    http_version: str
    address: str
    timings: Timings
    redirects: tuple[str, ...] = field(default=())
    certificate_expires_at: float | None = None
    flaw: str = ""

    @property
    def text(self) -> str:
        """The body as text, in the charset that it or its header names; what cannot be read is replaced."""
        return text_of(self.body, self.headers.get("content-type", ""))


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection that stood. `certificate_expires_at` is in epoch seconds; None without TLS."""

    address: str
    timings: Timings
    certificate_expires_at: float | None = None
