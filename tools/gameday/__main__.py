"""Runs the game day: `python -m tools.gameday`, or `--short`, or with the names of single faults; `--nginx` puts the
shipped nginx in front.

Prints what each fault did, and ends with 1 where a report was lost or doubled, or where reads, writes or a single
request took longer than is promised. docs/reliability.md has the promise and a table.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import resource
import signal
import sys
import time
from dataclasses import dataclass

from tools.gameday.faults import BODIES, FAULTS, IDLE, Fault
from tools.gameday.load import Load, Report, Tally, ask, back_after, longest_gap, post
from tools.gameday.proxy import NGINX, nginx
from tools.gameday.site import Site, free_port, small_disk

DISK_MEGABYTES = 700
CONNECTIONS = 4 * (IDLE + BODIES)
BEFORE_S = 2.0
BACK_WITHIN_S = 60.0
STEADY_S = 3.0


@dataclass
class Outcome:
    """What one fault did."""

    name: str
    tally: Tally
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    ghosts: int = 0
    reads_away_s: float = 0.0
    writes_away_s: float = 0.0
    writes_back_s: float = 0.0
    skipped: str = ""

    def broken(self, fault: Fault, slack: float) -> list[str]:
        """What of the promise was not kept."""
        said = []
        if self.lost or self.doubled or self.ghosts:
            said.append(f"{self.lost} lost, {self.doubled} doubled, {self.ghosts} stored though refused")
        for what, found_s, promised_s in (
            ("without reads", self.reads_away_s, fault.reads_away_s),
            ("the longest answer", self.tally.longest_s, fault.waits_s),
            ("until writes were back", self.writes_back_s, fault.writes_back_s),
        ):
            if found_s > promised_s * slack:
                said.append(f"{what}: {found_s:.1f} s, promised {promised_s:.0f} s")
        return said


async def try_one(fault: Fault, site: Site, load: Load, lasts_s: float) -> Outcome:
    """Put the load on, begin and end the fault, wait until all is well, and count."""
    load.start()
    await asyncio.sleep(BEFORE_S)
    began_s = time.monotonic()
    async with fault.make(site, lasts_s):
        pass
    ended_s = time.monotonic()
    back_s: float | None = None
    while time.monotonic() - ended_s < BACK_WITHIN_S:
        await asyncio.sleep(0.2)
        back_s = back_after(load.tally.good_writes_s, load.tally.bad_writes_s, ended_s)
        if back_s is not None and time.monotonic() - ended_s - back_s > STEADY_S:
            break
    over_s = time.monotonic()
    tally = await load.end()
    outcome = Outcome(fault.name, tally)
    outcome.writes_back_s = BACK_WITHIN_S if back_s is None else back_s
    outcome.reads_away_s = longest_gap(tally.good_reads_s, began_s, over_s)
    outcome.writes_away_s = longest_gap(tally.good_writes_s, began_s, over_s)
    await _count(outcome, site)
    return outcome


async def _count(outcome: Outcome, site: Site) -> None:
    """Compare what was answered with what is stored; what was not answered is asked for once more by its key."""
    reports = outcome.tally.reports
    stored = await asyncio.to_thread(site.notes)
    for report in reports:
        if report.answered_s is None and report.key:
            await _ask_again(report, site)
    stored = await asyncio.to_thread(site.notes)
    for report in reports:
        times = stored[report.note]
        outcome.stored += times > 0
        outcome.doubled += max(0, times - 1)
        outcome.lost += report.answered_s is not None and times == 0
        outcome.ghosts += report.answered_s is None and not report.key and report.refused and times > 0


async def _ask_again(report: Report, site: Site) -> None:
    status, _ = await ask(site.door, post(report), report.address)
    if status in (200, 201):
        report.answered_s = time.monotonic()


def tell(outcomes: list[Outcome]) -> None:
    """Print the table."""
    print(
        f"\n| {'fault':20} | sent | answered | stored | lost | doubled | refused, yet stored | reads away s "
        "| writes away s | writes back after s | longest answer s |"
    )
    print("|---" + "|--:" * 10 + "|")
    for one in outcomes:
        if one.skipped:
            print(f"| {one.name:20} | skipped: {one.skipped} |" + " |" * 9)
            continue
        answered = sum(report.answered_s is not None for report in one.tally.reports)
        print(
            f"| {one.name:20} | {len(one.tally.reports)} | {answered} | {one.stored} | {one.lost} | {one.doubled} "
            f"| {one.ghosts} | {one.reads_away_s:.1f} | {one.writes_away_s:.1f} | {one.writes_back_s:.1f} "
            f"| {one.tally.longest_s:.1f} |"
        )


async def play(
    faults: list[Fault], lasts_s: float, rates: tuple[float, float], slack: float, *, is_proxied: bool = False
) -> int:
    """Go through the faults. Returns 1 where a promise was broken."""
    outcomes: list[Outcome] = []
    failures: list[str] = []
    with small_disk(DISK_MEGABYTES) as (folder, why_not):
        site = Site(folder, free_port(), free_port())
        proxy = contextlib.ExitStack()
        try:
            await asyncio.to_thread(site.start)
            if is_proxied:
                proxy.enter_context(nginx(site, connections=CONNECTIONS))
            load = Load(site.door, *rates)
            load.start()  # what is kept for need has been asked for before
            await asyncio.sleep(BEFORE_S * 2)
            await load.end()
            for fault in faults:
                if fault.needs_proxy and not is_proxied:
                    continue
                if fault.needs_small_disk and why_not:
                    outcomes.append(Outcome(fault.name, Tally(), skipped=f"no disk of its own here ({why_not})"))
                    continue
                outcome = await try_one(fault, site, load, lasts_s)
                outcomes.append(outcome)
                broken = outcome.broken(fault, slack)
                failures += [f"{fault.name}: {one}" for one in broken]
                answers = ", ".join(f"{status or 'none'}: {n}" for status, n in sorted(outcome.tally.statuses.items()))
                print(f"{fault.name}: {'; '.join(broken) or 'as promised'} ({answers})", flush=True)
        finally:
            proxy.close()
            await asyncio.to_thread(site.stop)
            if failures:
                print("".join(site.lines[-60:]))
    outcomes.append(Outcome("clock step", Tally(), skipped="libfaketime is not part of what is installed"))
    tell(outcomes)
    way = ", through nginx" if is_proxied else ""
    print(f"\n{rates[0]:g} reports and {rates[1]:g} reads a second{way}; load of the machine {os.getloadavg()[0]:.1f}")
    for one in failures:
        print(f"BROKEN {one}")
    return 1 if failures else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.gameday", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="faults; all where none is named")
    parser.add_argument("--short", action="store_true", help="a minute's choice of them")
    parser.add_argument("--seconds", type=float, default=0, help="how long what is frozen, full or flooded stays so")
    parser.add_argument("--reports", type=float, default=20, help="a second")
    parser.add_argument("--reads", type=float, default=50, help="a second")
    parser.add_argument("--slack", type=float, default=1.0, help="multiplies the promised seconds, for busy machines")
    parser.add_argument("--nginx", action="store_true", help="through deploy/nginx.conf, by TLS")
    given = parser.parse_args()
    unknown = set(given.names) - {fault.name for fault in FAULTS}
    if unknown:
        parser.error(f"no fault {', '.join(sorted(unknown))}; there are: {', '.join(fault.name for fault in FAULTS)}")
    if given.nginx and NGINX is None:
        parser.error("there is no nginx here: apt-get install nginx")
    chosen = [
        fault for fault in FAULTS if (fault.name in given.names if given.names else fault.is_short or not given.short)
    ]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard < 65536 or hard == soft else 65536, hard))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended in any case
    lasts_s = given.seconds or (4.0 if given.short else 20.0)
    rates = (given.reports, given.reads)
    return asyncio.run(play(chosen, lasts_s, rates, given.slack, is_proxied=given.nginx))


if __name__ == "__main__":
    sys.exit(main())
