"""Kinds of probe, one file each. A new one is a line in `KINDS`."""

from __future__ import annotations

from typing import Final

from outages.signals.probes.kinds.dns import DnsProbe
from outages.signals.probes.kinds.http import HttpProbe
from outages.signals.probes.kinds.tcp import TcpProbe
from outages.signals.probes.kinds.tls import TlsProbe
from outages.signals.probes.outcome import OutcomeKind

KINDS: Final[dict[str, OutcomeKind]] = {"http": HttpProbe(), "dns": DnsProbe(), "tcp": TcpProbe(), "tls": TlsProbe()}
