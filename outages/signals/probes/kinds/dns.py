"""DNS: whether the name has an address, by this machine's own name servers."""

from __future__ import annotations

import time

from outages.signals.outbound.client import Client
from outages.signals.outbound.connection import ms_since
from outages.signals.outbound.errors import OutboundError
from outages.signals.probes.kinds.errors import outcome_of
from outages.signals.probes.outcome import MOST_DETAIL, Outcome
from reports.catalog.schema import Probe


class DnsProbe:
    """Looks a name up."""

    async def run(self, probe: Probe, client: Client) -> Outcome:
        start = time.perf_counter()
        try:
            found, timings = await client.aresolve(probe.host, total_s=probe.patience_s, family=probe.family)
        except OutboundError as error:
            return outcome_of(error, ms_since(start))
        shown = ", ".join(str(address) for address in found)
        return Outcome(
            address=str(found[0]), detail=shown[:MOST_DETAIL], dns_ms=timings.dns_ms, total_ms=timings.total_ms
        )
