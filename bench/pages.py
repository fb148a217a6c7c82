"""Pages after a day with 2 million reports: the service, its map, the frames that play, the dashboards.

`python -m bench pages`. Works in a database of its own (DATA_DIR, else a temporary one). The counts are made in the
database as a scan leaves them: one row a minute, part and region, and their sums by the hour. Each page is asked cold
(nothing kept) and warm; the time is the whole answer in this process, as a browser's Accept-Encoding gets it. The time
on processors, this process's and its database connection's together, says the same on a machine that others use too.
"""

from __future__ import annotations

import os
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench._servers import servers

REPORTS = 2_000_000
RUNS = 5
REGIONS = 500
END = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
AT = f"at={END:%Y-%m-%dT%H:%MZ}"
PAGES = {
    "service": f"/tesla/?{AT}",
    "map, 24 hours": f"/tesla/map?{AT}",
    "map, times the usual": f"/tesla/map?metric=excess&{AT}",
    "map of one country": f"/tesla/map?country=US&{AT}",
    "map, 30 minutes": f"/tesla/map?window=30m&{AT}",
    "frames, 6 hours": f"/tesla/map/frames.json?window=6h&{AT}",
    "frames, 24 hours": f"/tesla/map/frames.json?{AT}",
    "frames, 7 days": f"/tesla/map/frames.json?window=7d&{AT}",
    "dashboards, 1 hour": f"/tesla/dashboards?window=1h&{AT}",
    "dashboards, 6 hours": f"/tesla/dashboards?window=6h&{AT}",
    "dashboards, 24 hours": f"/tesla/dashboards?{AT}",
    "dashboards, 7 days": f"/tesla/dashboards?window=7d&{AT}",
}

_MINUTES = """
INSERT INTO outages_minutecount (service_id, minute, component_id, country, region, raw, effective, working, recovered,
                                 networks, cuts, perturbed, perturbed_effective, perturbed_working, perturbed_recovered)
SELECT %(service)s, %(since)s::timestamptz + (i %% 1440) * interval '1 minute', c.id, left(p.place, 2), p.place,
       count(*), count(*), 0, 0, (array_agg(DISTINCT hashint8(i)::bigint))[1:3], '{}',
       count(*), count(*), 0, 0
FROM generate_series(1, %(reports)s) AS i
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS of FROM reports_component
      WHERE service_id = %(service)s) c ON c.n = abs(hashint8(i * 7)) %% c.of
JOIN unnest(%(places)s::text[]) WITH ORDINALITY AS p(place, n)
  ON p.n - 1 = floor(power((abs(hashint8(i * 13)) %% 10000) / 10000.0, 2) * cardinality(%(places)s::text[]))
GROUP BY 2, 3, 4, 5
"""
_HOURS = """
INSERT INTO outages_hourcount (service_id, hour, component_id, country, region, raw, effective, working, recovered,
                               networks, perturbed, perturbed_effective, perturbed_working, perturbed_recovered)
SELECT service_id, date_trunc('hour', minute, 'UTC'), component_id, country, region, sum(raw), sum(effective), 0, 0,
       (array_agg(networks[1]))[1:3], sum(perturbed), sum(perturbed_effective), 0, 0
FROM outages_minutecount WHERE service_id = %(service)s GROUP BY 1, 2, 3, 4, 5
"""
_SERVICE = """
INSERT INTO outages_serviceminute (service_id, minute, raw, effective, working, recovered, expected, dispersion,
                                   expected_by_component, cuts, vantages)
SELECT service_id, minute, sum(raw), sum(effective), 0, 0, 20, 0.1, '{}', '{}', '{}'
FROM outages_minutecount WHERE service_id = %(service)s GROUP BY 1, 2
"""
_SYMPTOMS = """
INSERT INTO outages_symptomcount (service_id, minute, component_id, symptom_id, raw, perturbed)
SELECT m.service_id, m.minute, m.component_id, s.id, sum(m.raw), sum(m.raw)
FROM outages_minutecount m JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM reports_symptom
                                 WHERE service_id = %(service)s LIMIT 5) s ON s.n = ascii(right(m.region, 1)) %% 5 + 1
WHERE m.service_id = %(service)s GROUP BY 1, 2, 3, 4
"""


def main() -> None:
    with servers():
        import django

        django.setup()
        _measure()


def _measure() -> None:
    from django.conf import settings
    from django.core.cache import cache
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from outages.pipeline.reset import wipe_derived
    from reports import places
    from reports.catalog.loader import read
    from reports.catalog.store import store
    from reports.models import Service

    call_command("migrate", verbosity=0)
    store(read(Path(__file__).parents[1] / "catalog" / "tesla.toml"))
    service = Service.objects.get(slug="tesla")
    codes = [place.code for country in places.countries() for place in places.regions(country.code)][:REGIONS]
    values: dict[str, Any] = {
        "service": service.pk,
        "since": END - timedelta(days=1),
        "reports": REPORTS,
        "places": codes,
    }
    wipe_derived(service)
    with connection.cursor() as cursor:
        for sql in (_MINUTES, _HOURS, _SERVICE, _SYMPTOMS):
            cursor.execute(sql, values)
        cursor.execute("SELECT count(*) FROM outages_minutecount WHERE service_id = %s", [service.pk])
        rows = cursor.fetchone()[0]
        for table in ("minutecount", "hourcount", "serviceminute", "symptomcount"):
            cursor.execute(f"VACUUM ANALYZE outages_{table}")
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(headers={"accept-encoding": "gzip"})
    print(f"{REPORTS:,} reports in a day, {rows:,} rows by the minute")
    print(
        f"{'page':<22} {'cold, median ms':>16} {'warm, median ms':>16} {'on processors':>14} {'queries':>8} {'kB':>7}"
    )
    for name, address in PAGES.items():
        asked: list[str] = []

        def counted(execute: Any, sql: str, *rest: Any, asked: list[str] = asked) -> Any:
            asked.append(sql)
            return execute(sql, *rest)

        cache.clear()
        with connection.execute_wrapper(counted):
            answer = client.get(address)  # the first one also fills what the process keeps
        assert answer.status_code == 200, (name, answer.status_code)
        cold = [once(client, address, cache.clear) for _ in range(RUNS)]
        warm = [once(client, address) for _ in range(RUNS)]
        busy = [_busy(client, address) for _ in range(RUNS)]
        took = f"{statistics.median(cold):>16,.0f} {statistics.median(warm):>16,.0f} {statistics.median(busy):>14,.0f}"
        print(f"{name:<22} {took} {len(asked):>8} {len(answer.content) / 1000:>7,.0f}")


def once(client: object, address: str, before: object = None) -> float:
    if callable(before):
        before()
    began = time.perf_counter()
    client.get(address)  # type: ignore[attr-defined]
    return (time.perf_counter() - began) * 1000


def _busy(client: object, address: str) -> float:
    """Milliseconds on processors for a cold page; NaN where the database's are not to be had."""
    from django.core.cache import cache
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        status = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    cache.clear()
    before, began = _ticks(status), time.process_time()
    client.get(address)  # type: ignore[attr-defined]
    return (time.process_time() - began + _ticks(status) - before) * 1000


def _ticks(status: Path) -> float:
    """Seconds that a process has spent on processors, by Linux's proc(5)."""
    if not status.exists():
        return float("nan")
    user, system = status.read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
