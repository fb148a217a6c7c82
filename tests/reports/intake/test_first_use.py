"""Sixteen threads of a fresh web worker may use a type for the first time at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]

# Each child starts with what was worked out at the import and nothing more, like a fresh worker.
HERD = """
import os, sys, threading, tomllib
import msgspec
{imports}
sys.setswitchinterval(1e-9)
for _ in range(15):
    child = os.fork()
    if child == 0:
        gate = threading.Barrier(48)
        def use():
            gate.wait()
            {use}
        threads = [threading.Thread(target=use) for _ in range(48)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status: sys.exit(f"a worker ended with {{status}}")
"""
CATALOG = (
    "from reports.catalog.schema import Catalog; raw = tomllib.load(open('catalog/tesla.toml', 'rb'))",
    "msgspec.convert(raw, Catalog)",
)
SUBMISSION = (
    "from reports.intake.submissions import Correction, Submission, decode",
    """decode(b'{"service": "tesla"}', Submission); decode(b'{"kind": "working"}', Correction)""",
)


@pytest.mark.slow
@pytest.mark.parametrize(("imports", "use"), [CATALOG, SUBMISSION], ids=["catalogue", "submission"])
def test_many_threads_that_begin_at_once_end_no_worker(imports: str, use: str) -> None:
    program = HERD.format(imports=imports, use=use)
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
