"""Whom we may call: the public Internet, only this machine, or nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from outages.signals.outbound.addresses import Address, parse, special_purpose
from outages.signals.outbound.errors import AddressRefusedError, OutboundOffError


class Mode(StrEnum):
    """The setting OUTBOUND."""

    ON = "on"
    LOOPBACK = "loopback"
    OFF = "off"


USUAL_PORTS = (80, 443)


def is_local_name(host: str) -> bool:
    """Whether the name means this machine by itself (RFC 6761), without asking anybody."""
    host = host.rstrip(".").lower()
    return host == "localhost" or host.endswith(".localhost")


@dataclass(frozen=True, slots=True)
class Policy:
    """Decides before a look-up, and again for each address that a look-up brings."""

    mode: Mode

    def check_target(self, host: str, port: int, *, ports: Collection[int] = ()) -> None:
        """Before any look-up. `ports` are allowed beside 80 and 443. Raises OutboundOffError or AddressRefusedError."""
        if self.mode is Mode.OFF:
            raise OutboundOffError("calls to the outside are switched off (OUTBOUND=off)")
        if not host:
            raise AddressRefusedError("the address names no host")
        if self.mode is Mode.LOOPBACK:
            if parse(host) is None and not is_local_name(host):
                raise AddressRefusedError(f"{host} is not this machine, and OUTBOUND=loopback")
        elif port not in USUAL_PORTS and port not in ports:
            raise AddressRefusedError(f"port {port} is not allowed; only 80, 443 and what the catalogue names")

    def permitted(self, host: str, found: Sequence[Address]) -> list[Address]:
        """Those of the found addresses that may be called, in their order. Raises AddressRefusedError if none may."""
        permitted = [address for address in found if self._refusal(address) is None]
        if not permitted:
            shown = ", ".join(f"{address} ({self._refusal(address)})" for address in found[:3])
            raise AddressRefusedError(f"{host} leads to an address that we never call: {shown}")
        return permitted

    def _refusal(self, address: Address) -> str | None:
        if self.mode is Mode.LOOPBACK:
            return None if address.is_loopback and address.version in (4, 6) else "not this machine"
        return special_purpose(address)
