"""Runs the drill of many machines: `python -m tools.machines`, or with the names of single faults such as `db1-dead`.

Starts two of everything (nginx, web, workers with beats, PostgreSQL with fail-over) and one Valkey as hosts of their
own, puts reports and reads on them, and has each host die and be cut off in turn. Ends with 1 where a report that was
answered is lost or doubled, a notification is lost or goes out under a second id, nothing could be read, or writes were
away for longer than is promised. docs/scaling.md has a table.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tools.gameday.load import Report, Tally, back_after, longest_gap
from tools.machines import network
from tools.machines.costs import tell_costs
from tools.machines.load import REPORTS_S, Load, once
from tools.machines.network import NetworkError
from tools.machines.sink import heard
from tools.machines.site import ADDRESSES, DATABASES, SERVICES, Machines, missing

BEFORE_S = 4.0
LASTS_S = 10.0
DATABASE_LASTS_S = 45.0
BROKER_LASTS_S = 60.0
BACK_WITHIN_S = 90.0
STEADY_S = 3.0
WRITES_AWAY_S = 60.0  # promised where a database dies; elsewhere what a dead host's connections take to be given up
OTHER_WRITES_AWAY_S = 10.0
READS_AWAY_S = 3.0
SETTLES_S = 180.0
KINDS = ("dead", "cut off")
PACKAGES = ("postgresql-15", "patroni", "python3-etcd", "etcd-server", "pgbouncer", "nginx")


@dataclass(frozen=True)
class Fault:
    """What happens to which host."""

    host: str
    kind: str

    @property
    def name(self) -> str:
        return f"{self.host}-{self.kind.replace(' ', '-')}"

    @property
    def lasts_s(self) -> float:
        if self.host in DATABASES:
            return DATABASE_LASTS_S
        return BROKER_LASTS_S if self.host == "valkey" and self.kind in KINDS else LASTS_S


FAULTS = [Fault(host, kind) for kind in KINDS for host in ADDRESSES] + [Fault("valkey", "wiped")]


@dataclass
class Outcome:
    """What one fault did."""

    fault: Fault
    primary: str
    tally: Tally
    reads_away_s: float
    writes_away_s: float
    whole_after_s: float
    counts: Counter[str] = field(default_factory=Counter)

    def broken(self, slack: float) -> list[str]:
        """What of the promise was not kept."""
        is_primary = self.fault.host == self.primary
        away_s = WRITES_AWAY_S if self.fault.host in DATABASES else OTHER_WRITES_AWAY_S
        counted = ", ".join(f"{self.counts[word]} {word}" for word in ("lost", "doubled") if self.counts[word])
        said = [counted] if counted else []
        if math.isinf(self.whole_after_s):
            said.append("the replica did not come back")
        for what, found_s, promised_s in (
            ("without reads", self.reads_away_s, READS_AWAY_S),
            (f"without writes{' (the primary)' * is_primary}", self.writes_away_s, away_s),
        ):
            if found_s > promised_s * slack:
                said.append(f"{what}: {found_s:.1f} s, promised {promised_s:.0f} s")
        return said


async def try_one(fault: Fault, machines: Machines, load: Load) -> Outcome:
    """Put the load on, let the host die or be cut off, bring it back, and wait until all is whole."""
    host = machines.hosts[fault.host]
    primary = await asyncio.to_thread(machines.primary)
    load.start()
    await asyncio.sleep(BEFORE_S)
    load.target = (load.target + 1) % SERVICES  # an outage begins with the fault
    began_s = time.monotonic()
    if fault.kind == "wiped":
        await asyncio.to_thread(_wipe)
    else:
        await asyncio.to_thread(host.cut)
        if fault.kind == "dead":
            await asyncio.to_thread(host.kill)
    await asyncio.sleep(fault.lasts_s)
    if fault.kind != "wiped":
        await asyncio.to_thread(host.heal)
        if fault.kind == "dead":
            await asyncio.to_thread(machines.start, fault.host)
    ended_s = time.monotonic()
    while time.monotonic() - ended_s < BACK_WITHIN_S:
        await asyncio.sleep(0.2)
        tally = load.tally
        back_s = back_after(tally.good_writes_s, tally.bad_writes_s, ended_s)
        if back_s is not None and time.monotonic() - ended_s - back_s > STEADY_S:
            break
    over_s = time.monotonic()
    tally = await load.end()
    try:
        await asyncio.to_thread(machines.await_, machines.is_whole, "the replica is not synchronous")
        whole_after_s = time.monotonic() - ended_s
    except RuntimeError:
        whole_after_s = math.inf
    return Outcome(
        fault,
        primary,
        tally,
        longest_gap(tally.good_reads_s, began_s, over_s),
        longest_gap(tally.good_writes_s, began_s, over_s),
        whole_after_s,
    )


def _wipe() -> None:
    import redis

    broker = redis.Redis(ADDRESSES["valkey"], socket_timeout=5)
    broker.flushall()
    broker.close()


async def count(outcomes: list[Outcome], machines: Machines, load: Load) -> None:
    """Compare what was answered with what is stored; what was not answered is asked for once more by its key."""
    unanswered = [one for outcome in outcomes for one in outcome.tally.reports if one.answered_s is None and one.key]
    gate = asyncio.Semaphore(20)

    async def again(report: Report) -> None:
        async with gate:
            status, body = await once(load.requests[report.note], report.address, REPORTS_S)
        if status in (200, 201):
            load.take(report, body)

    await asyncio.gather(*map(again, unanswered))
    rows = await asyncio.to_thread(machines.query, "SELECT id::text, note FROM reports_report")
    stored = {str(number) for number, _ in rows}
    notes = Counter(str(note) for _, note in rows)  # under pressure they are not kept, and the report is
    for outcome in outcomes:
        for report in outcome.tally.reports:
            is_stored = load.ids.get(report.note) in stored
            outcome.counts["sent"] += 1
            outcome.counts["answered"] += report.answered_s is not None
            outcome.counts["stored"] += is_stored
            outcome.counts["doubled"] += max(0, notes[report.note] - 1)
            outcome.counts["lost"] += report.answered_s is not None and not is_stored
            outcome.counts["ghosts"] += report.answered_s is None and report.refused and notes[report.note] > 0
    extra = len(stored - set(load.ids.values()))
    print(f"\n{len(rows)} reports are stored; {extra} of them had no answer, or were refused and sent without a key")


SIZES = """
    SELECT (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'reports_report'::regclass),
        (SELECT count(*) FROM reports_report), pg_total_relation_size('reports_idempotencykey'),
        (SELECT count(*) FROM reports_idempotencykey), pg_current_wal_lsn() - '0/0'::pg_lsn
"""


def tell_sizes(machines: Machines) -> None:
    """Print what reports take on the disk."""
    (sizes,) = machines.query(SIZES)
    table, reports, keys_table, keys, log = (float(str(one)) for one in sizes)
    if reports and keys:
        print(
            f"{reports:.0f} reports take {table / reports:.0f} bytes each with their indexes, {keys:.0f} keys "
            f"{keys_table / keys:.0f} bytes each; {log / 1e6:.0f} MB of write-ahead log since the cluster was made"
        )


DELIVERIES = """
    SELECT d.id::text, d.kind, d.incident_id, d.outage, d.state FROM outages_delivery d WHERE d.incident_id IS NOT NULL
"""


@dataclass
class Told:
    """What was told of all incidents."""

    incidents: int
    due: int
    heard: int
    lost: list[str]
    second_ids: list[str]
    is_complete: bool

    @property
    def repeated(self) -> int:
        return self.heard - self.due


async def told(machines: Machines) -> Told:
    """Wait for a while until all is told, and compare what was heard with who is to be told of what.

    Every subscriber is to hear once of each incident's opening or confirmation, and of each kind of news at most under
    one id.
    """
    began_s = time.monotonic()
    while True:
        found = await asyncio.to_thread(_told_by_now, machines)
        if found.is_complete or time.monotonic() - began_s > SETTLES_S:
            return found
        await asyncio.sleep(2)


def _told_by_now(machines: Machines) -> Told:
    rows = machines.query(DELIVERIES)
    incidents = machines.query(
        "SELECT i.id, s.slug FROM outages_incident i JOIN reports_service s ON s.id = i.service_id"
    )
    subscribers = Counter(
        str(slug)
        for (slug,) in machines.query(
            "SELECT s.slug FROM outages_subscription u JOIN reports_service s ON s.id = u.service_id"
        )
    )
    came = heard(machines.heard)
    ids: defaultdict[tuple[str, str, int, int], set[str]] = defaultdict(set)
    told_of: defaultdict[int, set[str]] = defaultdict(set)
    for one in came:
        ids[one.subscriber, one.kind, one.incident, one.outage].add(one.id)
        told_of[one.incident].add(one.subscriber)
    known = {one.id for one in came}
    lost = [
        f"{kind} of incident {incident}: {state}, not heard"
        for id_, kind, incident, _, state in rows
        if id_ not in known
    ]
    for incident, slug in incidents:
        silent = subscribers[str(slug)] - len(told_of[int(str(incident))])
        if silent:
            lost.append(f"{silent} subscribers of {slug} never heard of incident {incident}")
    return Told(
        len(incidents),
        len(rows),
        len(came),
        lost,
        [f"{key}: {found}" for key, found in ids.items() if len(found) > 1],
        is_complete=bool(rows) and not lost and all(state == "sent" for *_, state in rows),
    )


def tell(outcomes: list[Outcome], found: Told, load: Load) -> None:
    """Print the table."""
    print(
        "\n| host | fault | sent | answered | stored | lost | doubled | refused, yet stored | reads | not 200 "
        "| reads away s | writes away s | longest answer s | whole again after s |"
    )
    print("|---|---" + "|--:" * 12 + "|")
    for one in outcomes:
        name = one.fault.host + " (primary)" * (one.fault.host == one.primary)
        print(
            f"| {name} | {one.fault.kind} | "
            + " | ".join(str(one.counts[word]) for word in ("sent", "answered", "stored", "lost", "doubled", "ghosts"))
            + f" | {one.tally.reads} | {one.tally.bad_reads} | {one.reads_away_s:.1f} | {one.writes_away_s:.1f} "
            f"| {one.tally.longest_s:.1f} | {one.whole_after_s:.0f} |"
        )
    print(
        f"\n{found.incidents} incidents, {found.due} notifications due, {found.heard} heard "
        f"({found.repeated} of them again, under the same id), {len(found.lost)} lost, {len(found.second_ids)} under a "
        f"second id\n{load.reports_a_second:g} reports and {load.reads_a_second:g} reads a second; load of the machine "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


async def play(faults: list[Fault], folder: Path, load: Load, slack: float, costs_s: float) -> int:
    """Go through the faults, or with `costs_s` measure what is asked for. Returns 1 where a promise was broken."""
    machines = Machines(folder)
    print("Starting ten hosts", flush=True)
    await asyncio.to_thread(machines.make)
    load.start()  # what is kept for need has been asked for before
    await asyncio.sleep(BEFORE_S * 2)
    await load.end()
    if costs_s:
        await tell_costs(machines, load, costs_s)
        await asyncio.to_thread(tell_sizes, machines)
        return 0
    outcomes = []
    for fault in faults:
        outcome = await try_one(fault, machines, load)
        outcomes.append(outcome)
        answers = ", ".join(f"{status or 'none'}: {n}" for status, n in sorted(outcome.tally.statuses.items()))
        print(
            f"{fault.name}: reads away {outcome.reads_away_s:.1f} s, writes {outcome.writes_away_s:.1f} s ({answers})",
            flush=True,
        )
    await count(outcomes, machines, load)
    found = await told(machines)
    tell(outcomes, found, load)
    await asyncio.to_thread(tell_sizes, machines)
    failures = [f"{one.fault.name}: {said}" for one in outcomes for said in one.broken(slack)]
    failures += [f"notification lost: {one}" for one in found.lost] + [f"second id: {one}" for one in found.second_ids]
    if not found.incidents:
        failures.append("no incident began: nothing was to be told")
    for one in failures:
        print(f"BROKEN {one}")
    return 1 if failures else 0


def main() -> int:
    names = [fault.name for fault in FAULTS]
    parser = argparse.ArgumentParser(prog="python -m tools.machines", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help=f"faults; all where none is named: {' '.join(names)}")
    parser.add_argument("--reports", type=float, default=200, help="a second")
    parser.add_argument("--reads", type=float, default=500, help="a second")
    parser.add_argument("--slack", type=float, default=1.0, help="multiplies the promised seconds, for busy machines")
    parser.add_argument("--folder", type=Path, default=None, help="where the hosts' disks and logs are, and stay")
    parser.add_argument(
        "--costs", type=float, default=0, help="measure for so many seconds what is asked for, no fault"
    )
    given = parser.parse_args()
    if unknown := set(given.names) - set(names):
        parser.error(f"no fault {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    if lacks := missing():
        parser.error(f"there is no {', '.join(lacks)} here: apt install {' '.join(PACKAGES)}")
    try:
        network.go_inside()
        network.make()
    except NetworkError as error:
        parser.error(str(error))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    folder = given.folder or Path(tempfile.mkdtemp(prefix="brownout-machines-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    load = Load(given.reports, given.reads)
    chosen = [fault for fault in FAULTS if fault.name in (given.names or names)]
    status = asyncio.run(play(chosen, folder, load, given.slack, given.costs))
    if not given.folder and not status:
        shutil.rmtree(folder, ignore_errors=True)
    return status


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # with this process all hosts end
