"""Probes and reads a zoo of misbehaving servers on this machine for some minutes, and counts what came of it.

No result may be lost, the expected of each cell must come each time with the reason that is true, and memory may not
grow. Run it with `make zoo`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import resource
import sys
import time
from collections import Counter
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from outages.signals.announcements.datatypes import SourceError
from outages.signals.outbound.errors import OutboundError
from outages.signals.probes.outcome import classify
from outages.signals.probes.runner import BATCH_S, Job, arun
from reports.catalog.schema import Probe
from tests.outages.signals.outbound.test_zoo import BODIES, asker, client
from tests.servers import misbehaving as bad
from tests.servers.zoo import ANIMALS, READS, REFUSED, SLOW

PROBED = ANIMALS | SLOW
READERS = ("feed", "statuspage", "changelog", "json", "x")
PAUSE_S = 2.0
TIMEOUT_S = 8.0  # of a probe: the machine may be busy with other things
MOST_GROWTH_MB = 100


def main() -> int:
    """Run the zoo for the minutes asked for. Return 1 if anything was lost, wrong or too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    minutes = parser.parse_args().minutes
    counts: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    began = time.monotonic()
    grown = first = 0.0
    with contextlib.ExitStack() as stack:
        probed = {name: stack.enter_context(bad.serve(PROBED[name].handler(BODIES["probe"]))) for name in PROBED}
        read = {
            (name, who): stack.enter_context(bad.serve(ANIMALS[name].handler(BODIES[who])))
            for name in ANIMALS
            for who in READERS
        }
        while time.monotonic() - began < minutes * 60:
            _probe(probed, counts, wrong)
            for (name, who), server in read.items():
                _read(name, who, server.url(), counts, wrong)
            counts["rounds"] += 1
            grown = _peak_mb() - first if first else 0.0
            first = first or _peak_mb()  # after the first round: what is loaded once is no growth
            time.sleep(PAUSE_S)
    print(f"{time.monotonic() - began:.0f} s: {', '.join(f'{name} {count}' for name, count in counts.items())}")
    print(f"peak of memory {_peak_mb():.0f} MB, {grown:.0f} MB more than after the first round")
    print("\n".join(f"WRONG {count} x {what}" for what, count in wrong.items()) or "nothing was lost or wrong")
    return 1 if wrong or grown > MOST_GROWTH_MB else 0


def _probe(servers: dict[str, bad.Server], counts: Counter[str], wrong: Counter[str]) -> None:
    """Probe every server at once, and hold each result against what is expected."""
    jobs = {
        name: Job(id=name, service=1, probe=Probe(slug="p", kind="http", url=server.url(), timeout_s=TIMEOUT_S))
        for name, server in servers.items()
    }
    start = time.monotonic()
    found = {finding.job.id: finding for finding in asyncio.run(arun(list(jobs.values()), client()))}
    counts["probes"] += len(jobs)
    counts["results"] += len(found)
    if time.monotonic() - start > BATCH_S:
        wrong["a batch of probes over its time"] += 1
    for name, job in jobs.items():
        if name not in found:
            wrong[f"probe of {name!r}: no result"] += 1
            continue
        outcome = found[name].outcome
        said = "our own error" if outcome.own_error else classify(outcome, job.probe)
        why = f"{outcome.http_status} {outcome.detail or outcome.own_error}"
        if said != PROBED[name].probe:
            wrong[f"probe of {name!r}: {said} instead of {PROBED[name].probe} ({why})"] += 1
        elif said != "up" and not re.search(PROBED[name].said, why):
            wrong[f"probe of {name!r}: {said} because of {why!r}"] += 1


def _read(name: str, who: str, url: str, counts: Counter[str], wrong: Counter[str]) -> None:
    """Let a reader read a server, and hold what happens against what is expected."""
    counts["reads"] += 1
    said, why = READS, ""
    try:
        asker(who, url)()
    except (SourceError, OutboundError) as error:
        said, why = REFUSED, str(error)
    if said != ANIMALS[name].read:
        wrong[f"{who} of {name!r}: {said} instead of {ANIMALS[name].read} ({why})"] += 1
    elif said == REFUSED and not re.search(ANIMALS[name].said, why):
        wrong[f"{who} of {name!r}: {said} because of {why!r}"] += 1


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.exit(main())
