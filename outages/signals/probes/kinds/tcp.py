"""TCP: whether a port takes connections."""

from __future__ import annotations

import time

from outages.signals.outbound.client import Client
from outages.signals.outbound.connection import ms_since
from outages.signals.outbound.errors import OutboundError
from outages.signals.probes.kinds.errors import outcome_of
from outages.signals.probes.outcome import Outcome
from reports.catalog.schema import Probe


class TcpProbe:
    """Opens a connection and closes it."""

    default_port = 443
    with_tls = False

    async def run(self, probe: Probe, client: Client) -> Outcome:
        start = time.perf_counter()
        port = probe.port or self.default_port
        try:
            connected = await client.aconnect(
                probe.host, port, tls=self.with_tls, total_s=probe.patience_s, ports=(port,), family=probe.family
            )
        except OutboundError as error:
            return outcome_of(error, ms_since(start))
        timings = connected.timings
        return self.judge(
            Outcome(
                address=connected.address,
                certificate_expires_at=connected.certificate_expires_at,
                dns_ms=timings.dns_ms,
                connect_ms=timings.connect_ms,
                tls_ms=timings.tls_ms,
                total_ms=timings.total_ms,
            )
        )

    def judge(self, outcome: Outcome) -> Outcome:
        """A last look at a connection that stood."""
        return outcome
