"""What can go wrong with an outside call. Each says so in a plain sentence."""

from __future__ import annotations


class OutboundError(Exception):
    """An outside call that brought no usable answer. `status` is what the last hop before the failure answered.

    `unanswered`: the request went out whole, and no status came. The other side may have done what it asks for.
    """

    unanswered = False

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class OutboundOffError(OutboundError):
    """Calls to the outside are switched off by the operator. Nothing was looked up or sent."""


class AddressRefusedError(OutboundError):
    """The address, port or scheme is one that we never call."""


class DnsError(OutboundError):
    """The name has no address, or could not be looked up."""


class ConnectError(OutboundError):
    """No connection: refused, unreachable, or reset."""


class TlsError(OutboundError):
    """The connection stands, but no trusted encryption: certificate, name, or handshake."""


class OutboundTimeoutError(OutboundError):
    """The call did not end within its time."""


class TooLargeError(OutboundError):
    """The answer is larger than allowed, as sent or as unpacked."""


class TooManyRedirectsError(OutboundError):
    """The answer keeps pointing elsewhere."""


class ProtocolError(OutboundError):
    """What came back is not HTTP, or ends in the middle."""
