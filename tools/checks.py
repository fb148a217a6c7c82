"""Runs the checks and sums them up: `fast` for every day, `all` as CI does.

One after the other, the slow ones beside the tests. A check that fails does not keep the others from running.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]
    only_all: bool = False
    is_beside: bool = False
    """Takes long and may run while the tests wait for their servers; its output is shown after theirs."""


MOST_LANES = 8


def lanes() -> tuple[str, ...]:
    """Return the options that run tests side by side, one process for each core, where each may have own servers."""
    if os.environ.get("REDIS_URL"):
        return ()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return ("-n", str(min(cores, MOST_LANES)), "--dist", "loadfile", "--no-loadscope-reorder")


CHECKS = (
    Check("style", (str(BIN / "ruff"), "check", ".")),
    Check("format", (str(BIN / "ruff"), "format", "--check", ".")),
    Check("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run"), only_all=True),
    Check("texts", (sys.executable, str(PROJECT / "tools" / "texts.py"))),
    Check("requirements", (sys.executable, "-m", "pip", "check"), only_all=True),
    Check("types", (sys.executable, "-m", "mypy"), is_beside=True),
    Check("import rules", (str(BIN / "lint-imports"), "--cache-dir", ".cache/import-linter"), is_beside=True),
)
FAST_TESTS = Check("tests", (sys.executable, "-m", "pytest", "-q", "-m", "not slow and not browser", *lanes()))
ALL_TESTS = Check("tests", (sys.executable, "-m", "pytest", "--durations=15", *lanes()))


@dataclass(frozen=True)
class Outcome:
    check: Check
    has_passed: bool
    took_s: float


def run(check: Check, environment: dict[str, str], output: IO[bytes] | None = None) -> Outcome:
    """Run one check with its output passed through, or kept in the file."""
    if output is None:
        print(f"\n── {check.name}", flush=True)
    began = time.monotonic()
    code = subprocess.run(
        check.command, cwd=PROJECT, env=environment, check=False, stdout=output, stderr=output
    ).returncode
    return Outcome(check, code == 0, time.monotonic() - began)


def run_all(checks: Sequence[Check], environment: dict[str, str]) -> list[Outcome]:
    """Run checks one after the other, and beside the last, the tests, those that may."""
    *first, tests = [check for check in checks if not check.is_beside]
    outcomes = [run(check, environment) for check in first]
    with ThreadPoolExecutor(1) as beside:
        waiting = []
        for check in checks:
            if check.is_beside:
                output = tempfile.TemporaryFile()  # noqa: SIM115  (closed when it has been shown)
                waiting.append((check, output, beside.submit(run, check, environment, output)))
        tested = run(tests, environment)
        for check, output, running in waiting:
            outcomes.append(running.result())
            output.seek(0)
            print(f"\n── {check.name}\n{output.read().decode(errors='replace').rstrip()}", flush=True)
            output.close()
    return [*outcomes, tested]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("extent", choices=["fast", "all"])
    extent = parser.parse_args().extent
    checks = [check for check in CHECKS if extent == "all" or not check.only_all]
    checks.append(ALL_TESTS if extent == "all" else FAST_TESTS)

    # The checks have a data folder of their own and never reach the outside.
    data_dir = tempfile.mkdtemp(prefix="brownout-checks-")
    environment = {**os.environ, "DATA_DIR": data_dir, "OUTBOUND": "off", "PYTHONPATH": str(PROJECT)}
    # Dozens of processes are started: each would compile everything anew where nothing compiled may be kept.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        sys.path.insert(0, str(PROJECT))
        from config.local import embedded

        if extent == "all" and not environment.get("DATABASE_URL"):
            embedded.start(Path(data_dir), broker=False)  # for the check of the migrations
        outcomes = run_all(checks, environment)
        embedded.stop(Path(data_dir))
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)
    print("\n── summary")
    for outcome in outcomes:
        print(f"{outcome.check.name:<14} {'passed' if outcome.has_passed else 'FAILED'}  {outcome.took_s:6.1f} s")
    return 0 if all(outcome.has_passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
