"""What one run of a probe found, and what that says of the target."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from outages.detection.datatypes import ProbeResult
from outages.detection.estimators.probes import classified
from outages.signals.outbound.client import Client
from reports.catalog.schema import Probe

ErrorKind = Literal["", "timeout", "connect", "dns", "tls"]
Classification = Literal["up", "degraded", "down", "blocked"]

MOST_DETAIL, MOST_HINT = 300, 200


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a probe found. Plain values: a vantage sends them through the broker.

    `error` says which step failed; then `http_status` is None. `unasked` says why nothing was asked at all: our own
    policy or switch, no sign of anything. `own_error` says what our own program failed at, which says nothing of the
    target either. `problem` is a fault of an answer that did come. `hint` is a line of what the
    page says, `fingerprint` is the same for error pages that differ only in numbers and times.
    `certificate_expires_at` is in epoch seconds. Times are in milliseconds.
    """

    http_status: int | None = None
    error: ErrorKind = ""
    unasked: str = ""
    own_error: str = ""
    problem: str = ""
    detail: str = ""
    hint: str = ""
    fingerprint: str = ""
    http_version: str = ""
    address: str = ""
    retry_after_s: int | None = None
    certificate_expires_at: float | None = None
    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float | None = None


def says_nothing(outcome: Outcome) -> bool:
    """Return whether an outcome is no sign of how its target is."""
    return bool(outcome.unasked or outcome.own_error)


class OutcomeKind(Protocol):
    """One kind of probe."""

    async def run(self, probe: Probe, client: Client) -> Outcome:
        """Asks once, within `probe.patience_s`. Never raises for what the target does."""


def classify(outcome: Outcome, probe: Probe) -> Classification:
    """What an outcome says of its target. docs/signals.md has the table.

    What the catalogue expects is up; what it does not know is judged by the detector's rule for bare results.
    """
    if not outcome.error:
        status = outcome.http_status
        if status is None or status in probe.expect or status in probe.reachable:
            return "degraded" if outcome.problem or _is_slow(outcome, probe) else "up"
    judged = classified(
        ProbeResult(
            at=0,
            probe=probe.slug,
            vantage="",
            component=probe.component or "",
            http_status=outcome.http_status,
            error=outcome.error or None,
            body=outcome.hint,
        )
    )
    if judged == "blocked":
        return "blocked"
    if judged == "down":
        return "down"
    is_odd = outcome.http_status is not None and outcome.http_status < 400
    return "degraded" if is_odd or outcome.problem or _is_slow(outcome, probe) else "up"


def _is_slow(outcome: Outcome, probe: Probe) -> bool:
    return outcome.total_ms is not None and outcome.total_ms > probe.slow_ms
