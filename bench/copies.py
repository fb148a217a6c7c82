"""A copy of the site for a second host: how long its rounds take, with many services in all languages.

`python -m bench copies`. Works in a database of its own (DATA_DIR, else a temporary one) on BENCH_SERVICES (40) ready
and shipped catalogues, each scanned once, in BENCH_LANGUAGES (all). Times four rounds of `manage.py push_site`: the
first, one in which nothing has changed, one after one service was scanned and one after all were; and, where there is
rsync, what bringing each to a folder takes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench._servers import servers

SERVICES = int(os.environ.get("BENCH_SERVICES", "40"))
CATALOG = Path(__file__).resolve().parent.parent / "catalog"
PROMISED_S = 30.0
LAG = timedelta(seconds=6)


def main() -> None:
    with servers(), tempfile.TemporaryDirectory(prefix="brownout-copy-") as place:
        import django

        django.setup()
        _measure(Path(place))


def _services() -> list[Any]:
    from reports.catalog.loader import read
    from reports.catalog.store import store
    from reports.models import Service

    files = [*sorted(CATALOG.glob("*.toml")), *sorted((CATALOG / "ready").glob("*.toml"))]
    for file in files[:SERVICES]:
        store(read(file))
    Service.objects.update(clock=Service.Clock.LIVE)
    return list(Service.objects.filter(is_active=True).order_by("pk"))


def _brought_s(folder: Path, there: Path) -> float:
    """Return how long bringing a copy to a folder takes; NaN without rsync."""
    from outages.management import mirror

    if not shutil.which("rsync"):
        return float("nan")
    began_s = time.perf_counter()
    for command in mirror.rsync_commands(folder, f"{there}{os.sep}"):
        subprocess.run(command, check=True, timeout=600, capture_output=True)
    return time.perf_counter() - began_s


def _measure(place: Path) -> None:
    from django.conf import settings
    from django.core.cache import cache
    from django.core.management import call_command

    from outages.management import mirror
    from outages.management.commands.push_site import MAKES_WITHIN_S
    from outages.pipeline import scan
    from reports.languages import LANGUAGES

    call_command("migrate", verbosity=0)
    services = _services()
    languages = [tag for tag in os.environ.get("BENCH_LANGUAGES", ",".join(LANGUAGES)).split(",") if tag]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.ALLOWED_HOSTS = ["*"]
    now = datetime.now(UTC)
    copy = mirror.Mirror(place / "copy", languages)
    print(f"{len(services)} services, {len(languages)} languages", flush=True)
    rounds = {
        "the first": services,
        "nothing changed": [],
        "one service scanned": services[:1],
        "all scanned": services,
    }
    for number, (name, scanned) in enumerate(rounds.items()):
        at = now + timedelta(minutes=number)
        for service in scanned:
            scan.run(service, now=at + LAG)
        cache.clear()  # what the web server's processes keep is not there for this one
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        changed = copy.round(at, within_s=MAKES_WITHIN_S)
        took_s, busy_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
        brought_s = _brought_s(copy.folder, place / "there")
        whole_s = took_s + (0.0 if brought_s != brought_s else brought_s)
        print(
            f"{name}: {changed:,} of {len(copy.hashes):,} files changed in {took_s:.1f} s ({busy_s:.1f} s of this "
            f"process's processor), brought in {brought_s:.1f} s: "
            f"{'within' if whole_s <= PROMISED_S else 'NOT within'} {PROMISED_S:.0f} s",
            flush=True,
        )
    size = sum(file.stat().st_size for file in copy.folder.rglob("*") if file.is_file())
    print(f"{size / 1e6:,.0f} MB; load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
