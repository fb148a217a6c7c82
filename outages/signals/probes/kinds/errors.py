"""How a failed outside call reads as an outcome."""

from __future__ import annotations

from outages.signals.outbound import errors
from outages.signals.probes.outcome import MOST_DETAIL, ErrorKind, Outcome

_KINDS: dict[type[errors.OutboundError], ErrorKind] = {
    errors.DnsError: "dns",
    errors.ConnectError: "connect",
    errors.ProtocolError: "connect",
    errors.TlsError: "tls",
    errors.OutboundTimeoutError: "timeout",
}


def outcome_of(error: errors.OutboundError, elapsed_ms: float) -> Outcome:
    """The outcome of a call that failed."""
    detail = str(error)[:MOST_DETAIL]
    if isinstance(error, errors.OutboundOffError) or (
        isinstance(error, errors.AddressRefusedError) and error.status is None
    ):
        return Outcome(unasked=detail)
    if isinstance(error, errors.AddressRefusedError | errors.TooManyRedirectsError):
        return Outcome(http_status=error.status, problem="redirect", detail=detail, total_ms=elapsed_ms)
    return Outcome(error=_KINDS.get(type(error), "connect"), detail=detail, total_ms=elapsed_ms)
