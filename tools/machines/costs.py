"""What a report and a page cost the processors of each kind of host: `python -m tools.machines --costs SECONDS`."""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

from tools.machines.load import Load
from tools.machines.network import Host
from tools.machines.site import Machines

RESTS_S = 5.0
NEARLY_NONE = 0.001  # a second
TICKS = os.sysconf("SC_CLK_TCK")


def processor_s(host: Host) -> float:
    """Return for how long a host's processes have used a processor, with those of their children that have ended."""
    ticks = 0
    for pid in host.pids():
        with suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / TICKS


async def _phase(machines: Machines, reports: float, reads: float, seconds: float) -> tuple[int, int, dict[str, float]]:
    """Put a load on for some seconds; return how many reports and reads were answered, and what it took by kind."""
    load = Load(reports, reads)
    before = {name: processor_s(host) for name, host in machines.hosts.items()}
    load.start()
    await asyncio.sleep(seconds)
    tally = await load.end()
    taken: defaultdict[str, float] = defaultdict(float)
    for name, host in machines.hosts.items():
        taken[name.rstrip("0123456789")] += processor_s(host) - before[name]
    await asyncio.sleep(RESTS_S)
    return len(tally.good_writes_s), len(tally.good_reads_s), dict(taken)


async def tell_costs(machines: Machines, load: Load, seconds: float) -> None:
    """Print what nothing, reports alone and reads alone cost."""
    _, _, idle = await _phase(machines, NEARLY_NONE, NEARLY_NONE, seconds)
    reports, _, writing = await _phase(machines, load.reports_a_second, NEARLY_NONE, seconds)
    _, reads, reading = await _phase(machines, NEARLY_NONE, load.reads_a_second, seconds)
    print("| hosts | idle, % of a core | a report, ms | a page, ms |\n|---|--:|--:|--:|")
    for kind, base in idle.items():
        a_report = max(0.0, writing[kind] - base) * 1000 / max(1, reports)
        a_page = max(0.0, reading[kind] - base) * 1000 / max(1, reads)
        print(f"| {kind} | {base / seconds * 100:.1f} | {a_report:.3f} | {a_page:.3f} |")
    print(f"{reports} reports and {reads} pages in {seconds:.0f} s each; load of the machine {os.getloadavg()[0]:.1f}")
