"""Reports at half of what can be taken in: whether each is stored and judged in its own minute.

`python -m bench drain`. Starts `make run` on a database of its own, asks for as much as there is, then sends half of
that for BENCH_MINUTES (10). Twice a second it looks how far behind the scan is: how long ago the last scanned minute
ended, less the minute that is still running.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import psycopg

from bench import overload
from config.local import embedded
from tools.gameday.site import Site, free_port

MINUTES = float(os.environ.get("BENCH_MINUTES", "10"))
LOOK_EVERY_S = 0.5
BEHIND = """
SELECT extract(epoch FROM clock_timestamp() - d.minute) - 120 FROM outages_detectorstate d
JOIN reports_service s ON s.id = d.service_id WHERE s.slug = 'tesla'
"""


def _look(url: str, ends: threading.Event, found: list[float]) -> None:
    """Note every half second how many seconds after its end the newest complete minute is still not scanned."""
    with psycopg.connect(url, autocommit=True) as connection:
        while not ends.wait(LOOK_EVERY_S):
            row = connection.execute(BEHIND).fetchone()
            if row is not None:
                found.append(max(0.0, float(row[0])))


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="brownout-bench-"))
    folder.chmod(0o755)  # the database may run as another account
    site = Site(folder, free_port(), free_port(), {"RATE_LIMIT_PAGES_A_MINUTE": "0"})
    behind: list[float] = []
    ends = threading.Event()
    try:
        site.start()
        most = 0.0
        for _ in range(2):  # the first requests import what they need
            most = asyncio.run(overload.most_stored(site.port, overload.PROBE_S))
        time.sleep(70)  # the minutes of the probe are scanned
        looker = threading.Thread(target=_look, args=(embedded.database_url(site.data_dir), ends, behind))
        looker.start()
        seen = asyncio.run(overload.send(site.port, most / 2, 60 * MINUTES, 0))
        ends.set()
        looker.join()
        overload.tell(f"{most / 2:,.0f} a second for {MINUTES:g} minutes", seen)
        behind.sort()
        print(
            f"a minute is scanned {behind[len(behind) // 2]:.1f} s (median), {behind[int(len(behind) * 0.99)]:.1f} s "
            f"(p99), {behind[-1]:.1f} s (longest) after its end; load of the machine {os.getloadavg()[0]:.1f}"
        )
    finally:
        ends.set()
        site.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
