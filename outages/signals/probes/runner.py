"""Runs many probes at once, each within its time, and few at once on one host."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Sequence

import httpx
import msgspec

from outages.signals.outbound.client import Client
from outages.signals.probes.kinds import KINDS
from outages.signals.probes.outcome import MOST_DETAIL, Outcome
from reports.catalog.schema import Probe

log = logging.getLogger(__name__)
AT_ONCE = 64
AT_ONCE_A_HOST = 2
GRACE_S = 1.0
BATCH_S = 70.0  # below the time limit of a task


class Job(msgspec.Struct, frozen=True):
    """One probe to run. `id` names this run: the result of a run is stored once, however often it is run."""

    id: str
    service: int
    probe: Probe


class Finding(msgspec.Struct, frozen=True):
    """What came of a job."""

    job: Job
    outcome: Outcome


def host_of(probe: Probe) -> str:
    """The host that a probe asks."""
    if probe.kind != "http":
        return probe.host.lower()
    try:
        return httpx.URL(probe.url).raw_host.decode("ascii", "replace")
    except (httpx.InvalidURL, TypeError, ValueError):
        return ""


async def run_one(probe: Probe, client: Client) -> Outcome:
    """One probe, never longer than its time and a second of grace."""
    try:
        async with asyncio.timeout(probe.patience_s + GRACE_S):
            return await KINDS[probe.kind].run(probe, client)
    except TimeoutError:
        return Outcome(error="timeout", detail=f"no end within {probe.patience_s:g} s")
    except Exception as error:  # whatever a target answers, it is one probe's trouble, and is said and counted
        log.exception("the probe %s failed in our own program", probe.slug)
        return Outcome(own_error=f"our own error: {type(error).__name__}: {error}"[:MOST_DETAIL])


async def arun(
    jobs: Sequence[Job], client: Client, *, at_once: int = AT_ONCE, batch_s: float = BATCH_S
) -> list[Finding]:
    """Runs the jobs. One whose turn does not come within `batch_s` is left out of the answer."""
    places = asyncio.Semaphore(at_once)
    hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE_A_HOST))
    last_start = time.monotonic() + batch_s

    async def run(job: Job) -> Finding | None:
        async with hosts[host_of(job.probe)], places:
            if time.monotonic() + job.probe.patience_s > last_start:
                return None
            return Finding(job, await run_one(job.probe, client))

    found = await asyncio.gather(*(run(job) for job in jobs))
    return [finding for finding in found if finding is not None]


def run(jobs: Sequence[Job], client: Client) -> list[Finding]:
    """`arun` for callers without an event loop."""
    return asyncio.run(arun(jobs, client))
