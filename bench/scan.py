"""A scan of one minute with 1, 1,000 and 60,000 reports, database included.

`python -m bench scan`. Works in a database of its own (DATA_DIR, else a temporary one). Beside each minute stands the
same minute counted by a plain `GROUP BY` in PostgreSQL: the least that any scan must do.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench._servers import servers

SIZES = (1, 1_000, 60_000)
RUNS = 5
START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)

_FILL = """
INSERT INTO reports_report (id, at, received_at, occurred_at, service_id, component_id, symptom_id, network,
                            wide_network, asn, reporter, country, region, door, receipt_hash)
SELECT gen_random_uuid(), m.at, m.at, m.at, %(service)s, c.id, s.id, hashint8(i + %(salt)s)::bigint + 2147483649,
       (i + %(salt)s) %% 5000 + 1, i %% 900 + 1, i + %(salt)s::bigint * 1000 + 1, left(p.place, 2), p.place, 'api', ''
FROM generate_series(1, %(size)s) AS i
CROSS JOIN LATERAL (SELECT %(at)s::timestamptz + (i %% 60) * interval '1 second' AS at) m
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS of FROM reports_component
      WHERE service_id = %(service)s) c ON c.n = i %% c.of
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS of FROM reports_symptom
      WHERE service_id = %(service)s) s ON s.n = i %% s.of
JOIN unnest(%(places)s::text[]) WITH ORDINALITY AS p(place, n) ON p.n - 1 = (i / 7) %% cardinality(%(places)s::text[])
"""
_GROUP = """
SELECT component_id, region, symptom_id, network, count(*) FROM reports_report
WHERE service_id = %s AND at >= %s AND at < %s GROUP BY 1, 2, 3, 4
"""


def main() -> None:
    with servers():
        import django

        django.setup()
        _measure()


def _measure() -> None:
    from django.core.management import call_command
    from django.db import connection, transaction

    from outages.pipeline import scan
    from outages.pipeline.reset import wipe_derived
    from reports import places
    from reports.catalog.loader import read
    from reports.catalog.store import store
    from reports.models import Service

    call_command("migrate", verbosity=0)
    store(read(Path(__file__).parents[1] / "catalog" / "tesla.toml"))
    service = Service.objects.get(slug="tesla")
    codes = [place.code for country in places.countries() for place in places.regions(country.code)][:500]
    print(f"{'reports':>8} {'scan, median ms':>16} {'plain GROUP BY, ms':>19} {'ratio':>7}")
    for size in SIZES:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM reports_report WHERE service_id = %s", [service.pk])
            wipe_derived(service)
            for run in range(RUNS + 1):
                at = START + timedelta(minutes=run)
                values: dict[str, Any] = {
                    "service": service.pk,
                    "salt": run * size,
                    "size": size,
                    "at": at,
                    "places": codes,
                }
                cursor.execute(_FILL, values)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE reports_report")
        scan.catch_up(service, START + timedelta(minutes=1), start=START)  # the first minute makes room for all cells
        scans, groups = [], []
        for run in range(1, RUNS + 1):
            at = START + timedelta(minutes=run)
            began = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.execute(_GROUP, [service.pk, at, at + timedelta(minutes=1)])
                cursor.fetchall()
            groups.append(time.perf_counter() - began)
            began = time.perf_counter()
            scan.catch_up(service, at + timedelta(minutes=1))
            scans.append(time.perf_counter() - began)
        scanned, grouped = statistics.median(scans) * 1000, statistics.median(groups) * 1000
        print(f"{size:>8,} {scanned:>16,.0f} {grouped:>19,.1f} {scanned / grouped:>7.1f}")


if __name__ == "__main__":
    main()
