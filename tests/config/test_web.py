"""The web server as a process: what its workers are born with."""

import subprocess
import sys
from pathlib import Path

import pytest

LOADED = """
import os
from config import web
web.load()
from django.db import connections
opened = [one for one in connections.all() if one.connection is not None]
print("threads", len(os.listdir("/proc/self/task")), "connections", len(opened))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks the workers")
def test_the_loaded_application_can_be_forked():
    loaded = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert loaded.stdout.strip() == "threads 1 connections 0", loaded.stdout + loaded.stderr
