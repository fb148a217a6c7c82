"""How a failed outside call reads as an outcome."""

from __future__ import annotations

from outages.outbound import errors
from outages.outbound.connection import Timings
from outages.probes.outcome import MOST_DETAIL, ErrorKind, Outcome

_KINDS: dict[type[errors.OutboundError], ErrorKind] = {
    errors.DnsFailed: "dns",
    errors.ConnectFailed: "connect",
    errors.ProtocolFailed: "connect",
    errors.TlsFailed: "tls",
    errors.TimedOut: "timeout",
}


def outcome_of(error: errors.OutboundError, elapsed_ms: float, timings: Timings | None = None) -> Outcome:
    """The outcome of a call that failed."""
    detail = str(error)[:MOST_DETAIL]
    if isinstance(error, errors.OutboundOff) or (isinstance(error, errors.AddressRefused) and error.status is None):
        return Outcome(unasked=detail)
    if isinstance(error, errors.AddressRefused | errors.TooManyRedirects):
        return Outcome(http_status=error.status, problem="redirect", detail=detail, total_ms=elapsed_ms)
    return Outcome(error=_KINDS[type(error)], detail=detail, total_ms=elapsed_ms)
