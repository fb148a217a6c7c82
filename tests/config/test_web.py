"""The web server as a process: what its workers are born with."""

import subprocess
import sys
from pathlib import Path

import pytest
from granian.cli import cli

from config.local import web_server

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


def test_the_front_reaches_the_web_server_s_socket_as_an_ordinary_account(tmp_path: Path):
    """Root reaches any socket; whoever else runs this needs the bits of its owner, as the server itself reads them."""
    read = cli.make_context("granian", web_server.web_command(tmp_path / "web.sock")[3:])
    assert oct(read.params["uds_permissions"]) == "0o600"
    assert read.params["backpressure"] == read.params["blocking_threads"], "else one process takes all connections"
