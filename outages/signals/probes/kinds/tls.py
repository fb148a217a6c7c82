"""TLS: whether the certificate is trusted, names the host, and lasts some days more."""

from __future__ import annotations

import time

import msgspec

from outages.signals.probes.kinds.tcp import TcpProbe
from outages.signals.probes.outcome import Outcome

LAST_DAYS = 7


class TlsProbe(TcpProbe):
    """Shakes hands and looks at the certificate's end; one that is near is a problem, not a failure."""

    with_tls = True

    def judge(self, outcome: Outcome) -> Outcome:
        if outcome.certificate_expires_at is None:
            return outcome
        days = (outcome.certificate_expires_at - time.time()) / 86_400
        if days >= LAST_DAYS:
            return outcome
        return msgspec.structs.replace(outcome, problem="expiry", detail=f"the certificate ends in {days:.1f} days")
