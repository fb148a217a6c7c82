"""Runs the checks one after the other and sums them up: `fast` for every day, `all` as CI does.

A check that fails does not keep the others from running.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]
    only_all: bool = False


CHECKS = (
    Check("style", (str(BIN / "ruff"), "check", ".")),
    Check("format", (str(BIN / "ruff"), "format", "--check", ".")),
    Check("types", (sys.executable, "-m", "mypy")),
    Check("import rules", (str(BIN / "lint-imports"), "--cache-dir", ".cache/import-linter")),
    Check("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run"), only_all=True),
    Check("requirements", (sys.executable, "-m", "pip", "check"), only_all=True),
)
FAST_TESTS = Check("tests", (sys.executable, "-m", "pytest", "-q", "-m", "not slow and not browser"))
# Side by side only where each process may have servers of its own.
LANES = () if os.environ.get("REDIS_URL") else ("-n", "2", "--dist", "loadfile")
ALL_TESTS = Check("tests", (sys.executable, "-m", "pytest", "--durations=15", *LANES))


def run(check: Check, environment: dict[str, str]) -> tuple[bool, float]:
    """Runs one check with its output passed through. Gives whether it passed, and its seconds."""
    print(f"\n── {check.name}", flush=True)
    began = time.monotonic()
    code = subprocess.run(check.command, cwd=PROJECT, env=environment, check=False).returncode
    return code == 0, time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("extent", choices=["fast", "all"])
    extent = parser.parse_args().extent
    checks = [check for check in CHECKS if extent == "all" or not check.only_all]
    checks.append(ALL_TESTS if extent == "all" else FAST_TESTS)

    # The checks have a data folder of their own and never reach the outside.
    data_dir = tempfile.mkdtemp(prefix="brownout-checks-")
    environment = {**os.environ, "DATA_DIR": data_dir, "OUTBOUND": "off", "PYTHONPATH": str(PROJECT)}
    try:
        sys.path.insert(0, str(PROJECT))
        from config.local import embedded

        if extent == "all" and not environment.get("DATABASE_URL"):
            embedded.start(Path(data_dir), broker=False)  # for the check of the migrations
        outcomes = [(check, *run(check, environment)) for check in checks]
        embedded.stop(Path(data_dir))
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)
    print("\n── summary")
    for check, passed, took_s in outcomes:
        print(f"{check.name:<14} {'passed' if passed else 'FAILED'}  {took_s:6.1f} s")
    return 0 if all(passed for _, passed, _ in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
