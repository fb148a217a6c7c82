"""A day of very many reports: how far the scan is behind, what cold pages take, and what it leaves on the disk.

`python -m bench day`. Puts BENCH_REPORTS (1,700,000) through intake's own store, in batches as a busy process writes
them, minute by minute of a day in the past, and scans each minute as the worker does, in this process and in a database
of its own (DATA_DIR, else a temporary one). The lag is a sum: each minute begins with what the ones before left undone,
its writes and its scans come one after the other as if one processor did both, and what that takes is measured. The
early looks into running minutes are left out. Only the loud part of the day (BENCH_LOUD_MINUTES, 480) goes minute by
minute; of the rest an hour is written and scanned at once, and has no lag. In the end comes one minute with ten times
the reports of the busiest: the busiest of a day ten times as large.
"""

from __future__ import annotations

import itertools
import math
import os
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import pages
from bench._servers import servers

REPORTS = int(os.environ.get("BENCH_REPORTS", "1700000"))
LARGEST_DAY = 17_000_000  # the most that any tracker has told of one day
DAY_MINUTES = 1440
LOUD_MINUTES = max(1, int(os.environ.get("BENCH_LOUD_MINUTES", "480")))
QUIET_SPAN = 60
OUTAGE_AT, RISE_MINUTES, FALL_MINUTES = 420, 12, 150  # an outage at 7:00, all aware after 12 minutes, fading
LOUD_FROM = OUTAGE_AT - 10
OUTAGE_SHARE = 0.9  # of the day's reports; the others come by the time of day
SHARES = (0.5, 0.2, 0.15, 0.1, 0.05)  # of the services that it hits
NETWORKS_A_REPORT = 0.3
BATCH = 100
TIMES = 10
RUNS = 3
DAY = datetime(2026, 3, 7, tzinfo=UTC)
ASKED = {
    "front page": "/",
    "service": "/{slug}/?at={at}",
    "map, 24 hours": "/{slug}/map?at={at}",
    "dashboards, 24 hours": "/{slug}/dashboards?at={at}",
}
_SIZES = """
SELECT sum(pg_total_relation_size(c.oid)) FILTER (WHERE c.relname LIKE 'reports_report%'),
       sum(pg_total_relation_size(c.oid)) FILTER (WHERE c.relname LIKE 'outages_%'),
       pg_current_wal_lsn() - '0/0'::pg_lsn
FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""


def shape(reports: int) -> list[int]:
    """Return how many of a day's reports come in each of its minutes: an outage upon a quiet day's rise and fall."""
    quiet = [1 + 0.6 * math.sin(2 * math.pi * (minute / DAY_MINUTES - 0.4)) for minute in range(DAY_MINUTES)]
    loud = [
        min(1.0, max(0, since + 1) / RISE_MINUTES) * math.exp(-max(0, since - RISE_MINUTES) / FALL_MINUTES)
        for since in (minute - OUTAGE_AT for minute in range(DAY_MINUTES))
    ]
    parts = [
        OUTAGE_SHARE * of_outage / sum(loud) + (1 - OUTAGE_SHARE) * of_day / sum(quiet)
        for of_outage, of_day in zip(loud, quiet, strict=True)
    ]
    until = [round(reports * part) for part in itertools.accumulate(parts, initial=0.0)]
    return [later - earlier for earlier, later in itertools.pairwise(until)]


def busiest_hour(counts: list[int]) -> int:
    """Return the most reports of sixty minutes in a row."""
    return max(sum(counts[first : first + 60]) for first in range(len(counts) - 59))


def behind(busy_s: list[float], begins_after_s: float) -> list[float]:
    """Return how many seconds after its end each minute is scanned, where each takes so long and waits for the last."""
    lags, free_s = [], 0.0
    for number, took_s in enumerate(busy_s):
        ended_s = 60.0 * (number + 1)
        free_s = max(free_s, ended_s + begins_after_s) + took_s
        lags.append(free_s - ended_s)
    return lags


@dataclass
class Spent:
    """Seconds that each minute took to write and to scan."""

    writes_s: list[float] = field(default_factory=list)
    scans_s: list[float] = field(default_factory=list)

    @property
    def busy_s(self) -> list[float]:
        return [write + scan for write, scan in zip(self.writes_s, self.scans_s, strict=True)]


class Crowd:
    """Reports of made-up people on some services: where they are, by which network, and what they see."""

    def __init__(self, services: list[Any], reports: int) -> None:
        from reports import places
        from reports.intake import service_cache

        self.services = services
        self._known = {service.slug: service_cache.service(service.slug) for service in services}
        self._symptoms = {service.slug: [one.slug for one in service.symptoms.all()] for service in services}
        codes = [place.code for country in places.countries() for place in places.regions(country.code)]
        self._places = codes[: pages.REGIONS]
        self._networks = max(1, int(reports * NETWORKS_A_REPORT))
        self._random = random.Random(4)

    def entries(self, minute: datetime, count: int) -> Iterator[Any]:
        """Make a minute's reports, one after the other."""
        from reports.intake.group_commit import Entry
        from reports.intake.rows import Door, Row
        from reports.intake.submissions import Submission
        from reports.privacy.origin import Origin

        draw = self._random
        for number in range(count):
            (service,) = draw.choices(self.services, SHARES[: len(self.services)])
            now = minute + timedelta(seconds=60 * number / count)
            network = draw.randrange(self._networks) + 1
            said = Submission(
                service=service.slug,
                symptom=draw.choice(self._symptoms[service.slug]),
                region=self._places[int(draw.random() ** 2 * len(self._places))],
                platform="ios",
            )
            origin = Origin(network << 20 | 7, network >> 6 << 20 | 7, network % 900 + 1)
            yield Entry(Row.of(said, origin, self._known[service.slug], now=now, door=Door.API), now)

    def write(self, minute: datetime, count: int) -> float:
        """Store a minute's reports by batches. Return the seconds that it took, making them up not included."""
        from reports.intake import group_commit

        took_s, stored, entries = 0.0, 0, self.entries(minute, count)
        while batch := list(itertools.islice(entries, BATCH)):
            began_s = time.perf_counter()
            group_commit.write(batch)
            took_s += time.perf_counter() - began_s
            stored += sum(entry.receipt is not None for entry in batch)
        if stored != count:
            raise RuntimeError(f"{count - stored} reports of {minute:%H:%M} were not stored")
        return took_s

    def scan(self, minute: datetime) -> float:
        """Scan a minute of all services. Return the seconds that it took."""
        from django.conf import settings

        from outages.clock import MINUTE
        from outages.pipeline import scan

        began_s = time.perf_counter()
        for service in self.services:
            scan.run(service, now=minute + MINUTE + timedelta(seconds=settings.SCAN_DELAY_S + 0.5))
        return time.perf_counter() - began_s


def main() -> None:
    with servers():
        import django

        django.setup()
        _measure()


def _sizes() -> tuple[float, float, float]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_SIZES)
        reports, derived, log = cursor.fetchone()
    return float(reports), float(derived), float(log)


def _services() -> list[Any]:
    import msgspec

    from bench.services import catalogues
    from reports.catalog.schema import Catalog
    from reports.catalog.store import store_all
    from reports.models import Service

    list(store_all([msgspec.convert(one, Catalog) for one in catalogues(len(SHARES))]))
    return list(Service.objects.filter(slug__startswith="made-").order_by("pk"))


def _measure() -> None:
    from django.conf import settings
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import Client

    from reports import partitions

    call_command("migrate", verbosity=0)
    partitions.ensure("reports_report", "at", DAY.date(), (DAY + timedelta(days=1)).date())
    crowd = Crowd(_services(), REPORTS)
    counts = shape(REPORTS)
    hour = busiest_hour(counts)
    print(
        f"{REPORTS:,} reports on {len(SHARES)} services; the busiest hour has {hour:,} ({hour / REPORTS:.0%} of the "
        f"day, {24 * hour / REPORTS:.1f} times an hour's mean), the busiest minute {max(counts):,}",
        flush=True,
    )
    crowd.scan(DAY - timedelta(minutes=1))
    before, spent, written_s = _sizes(), Spent(), 0.0
    number = 0
    while number < DAY_MINUTES:
        is_loud = LOUD_FROM <= number < LOUD_FROM + LOUD_MINUTES
        until = number + 1 if is_loud else (number // QUIET_SPAN + 1) * QUIET_SPAN
        if number < LOUD_FROM:
            until = min(until, LOUD_FROM)
        write_s = sum(crowd.write(DAY + timedelta(minutes=one), counts[one]) for one in range(number, until))
        written_s += write_s
        scan_s = crowd.scan(DAY + timedelta(minutes=until - 1))
        if is_loud:
            spent.writes_s.append(write_s)
            spent.scans_s.append(scan_s)
        if until % QUIET_SPAN == 0:
            print(f"  {until // 60:02}:00: {sum(counts[:until]):,} written in {written_s:.0f} s", flush=True)
        number = until
    reports, derived, log = (after - first for after, first in zip(_sizes(), before, strict=True))
    begins_after_s = settings.SCAN_DELAY_S + 0.5
    _tell_lags(f"{REPORTS:,} reports", behind(spent.busy_s, begins_after_s))
    rate = REPORTS / written_s
    print(f"written at {rate:,.0f} a second by one process; load of the machine {os.getloadavg()[0]:.1f}")
    for what, size in (("reports", reports), ("counts and incidents", derived), ("write-ahead log", log)):
        # Counts are by minute and place, and have a bound: theirs is the most that it can be.
        a_million = size / REPORTS  # bytes a report are megabytes a million
        print(f"{what}: {a_million:,.0f} MB a million reports, {a_million * LARGEST_DAY / 1e9:,.1f} GB for "
              f"{LARGEST_DAY:,}")  # fmt: skip

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(headers={"accept-encoding": "gzip"})
    peak = DAY + timedelta(minutes=counts.index(max(counts)) + 30)
    for name, address in ASKED.items():
        path = address.format(slug=crowd.services[0].slug, at=f"{peak:%Y-%m-%dT%H:%MZ}")
        answer = client.get(path)  # the first one also fills what the process keeps
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        cold_ms = statistics.median(pages.once(client, path, cache.clear) for _ in range(RUNS))
        print(f"{name}: {cold_ms:,.0f} ms cold (median of {RUNS})")

    loud = counts[LOUD_FROM : LOUD_FROM + LOUD_MINUTES]
    busiest = loud.index(max(loud))
    minute, largest = DAY + timedelta(minutes=DAY_MINUTES), TIMES * max(counts)
    write_s, scan_s = crowd.write(minute, largest), crowd.scan(minute)
    print(f"a minute of {largest:,}: written in {write_s:.1f} s by one process, scanned in {scan_s:.1f} s")
    grows_s = (write_s - spent.writes_s[busiest]) / max(1, largest - max(counts))
    scans_s = (scan_s - spent.scans_s[busiest]) / max(1, largest - max(counts))
    sums = [busy_s + (TIMES - 1) * count * scans_s for busy_s, count in zip(spent.scans_s, loud, strict=True)]
    _tell_lags(f"{TIMES * REPORTS:,} reports, by that minute's growth, scans on a core of their own",
               behind(sums, begins_after_s))  # fmt: skip
    print(f"its writes take {TIMES * max(counts) * grows_s / 60:.1f} cores in the busiest minute")


def _tell_lags(name: str, lags: list[float]) -> None:
    ordered = sorted(lags)
    print(f"{name}: a minute is scanned {ordered[len(ordered) // 2]:.1f} s (median), "
          f"{ordered[int(len(ordered) * 0.99)]:.1f} s (p99), {ordered[-1]:.1f} s (longest) after its end")  # fmt: skip


if __name__ == "__main__":
    main()
