"""The memory of everything that `make run` starts, at rest and after some minutes of use.

`python -m bench memory`. Proportional set sizes (PSS): a page that several processes share counts once. BENCH_MINUTES
(3) says how long it is then used: BENCH_REPORTS (50) reports and BENCH_PAGES (20) pages a second. Linux only.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tools.gameday.site import Site, free_port

MINUTES = float(os.environ.get("BENCH_MINUTES", "3"))
REPORTS_A_SECOND, PAGES_A_SECOND = int(os.environ.get("BENCH_REPORTS", "50")), int(os.environ.get("BENCH_PAGES", "20"))
SETTLED_S = 75  # each process has done its first work
PAGES = ("/", "/tesla/", "/tesla/map", "/api/v1/services/tesla/status", "/tesla/history")


def memory_mb(site: Site) -> dict[str, float]:
    """Return the megabytes of each kind of process."""
    found: Counter[str] = Counter()
    seen: set[int] = set()
    assert site.process is not None
    servers = [site.server("PostgreSQL"), site.server("Valkey")]
    for root, kind in [*((pid, "PostgreSQL, Valkey") for pid in servers), (site.process.pid, "")]:
        for pid in set(site.family(root)) - seen:
            seen.add(pid)
            with suppress(OSError, AttributeError):  # it has just ended
                sizes = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
                kib = int(re.search(r"^Pss:\s+(\d+)", sizes, re.M)[1])  # type: ignore[index]
                found[kind or _kind(pid)] += kib
    return {kind: kib / 1024 for kind, kib in found.most_common()}


def _kind(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    name = Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip()
    program = re.search(r"config\.[a-z_.]+", words)
    return program[0] if program and name.startswith("python") else name


def _say(when: str, site: Site) -> None:
    found = memory_mb(site)
    parts = ", ".join(f"{kind} {size:.0f}" for kind, size in found.items())
    print(f"  {when:<22} {sum(found.values()):7.0f} MB  ({parts})", flush=True)


def _use(site: Site, end_s: float) -> Counter[str]:
    """Ask and report at the rates until then; what is refused is not asked for again. Return what was answered."""
    answers: Counter[str] = Counter()

    def drive(each_s: float, send: object) -> None:
        due_s, number = time.monotonic(), 0
        while (due_s := due_s + each_s) < end_s:
            time.sleep(max(0.0, due_s - time.monotonic()))
            number += 1
            try:
                send(number)  # type: ignore[operator]
                answers["good"] += 1
            except urllib.error.HTTPError as refused:
                answers[str(refused.code)] += 1
            except (OSError, ValueError):
                answers["none"] += 1

    def report(number: int) -> None:
        body = json.dumps({"service": "tesla", "symptom": "login-failed", "country": "NL"}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Forwarded-For": f"20.{number % 200}.{number // 200 % 250}.{number // 50_000 % 250}",
        }
        urllib.request.urlopen(
            urllib.request.Request(f"http://127.0.0.1:{site.port}/api/v1/reports", data=body, headers=headers),
            timeout=10,
        ).read()

    def page(number: int) -> None:
        urllib.request.urlopen(f"http://127.0.0.1:{site.port}{PAGES[number % len(PAGES)]}", timeout=10).read()

    lanes = 4
    drivers = [
        threading.Thread(target=drive, args=(lanes / rate, send))
        for rate, send in ((REPORTS_A_SECOND, report), (PAGES_A_SECOND, page))
        for _ in range(lanes)
        if rate
    ]
    for driver in drivers:
        driver.start()
    for driver in drivers:
        driver.join()
    return answers


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="brownout-bench-"))
    folder.chmod(0o755)  # the database may run as another account
    site = Site(folder, free_port(), free_port())
    try:
        site.start()
        time.sleep(SETTLED_S)
        _say("at rest", site)
        end_s = time.monotonic() + 60 * MINUTES
        step_s = max(60.0, 10 * MINUTES)
        while (now_s := time.monotonic()) < end_s:
            answers = _use(site, min(end_s, now_s + step_s))
            _say(f"after {MINUTES - (end_s - time.monotonic()) / 60:.0f} minutes of use", site)
            print(f"    answers: {dict(answers)}", flush=True)
    finally:
        site.stop()
        shutil.rmtree(folder, ignore_errors=True)
