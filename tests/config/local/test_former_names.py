"""The commands under the names that units and compose files written before have."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
COMMANDS = {
    "config.run": "config.local.run",
    "config.prepare": "config.local.prepare",
    "config.backup": "config.local.backup",
    "config.embedded": "config.local.embedded.__main__",
}


@pytest.mark.parametrize("former", COMMANDS)
def test_a_former_name_is_the_same_command(former: str) -> None:
    assert importlib.import_module(former).main is importlib.import_module(COMMANDS[former]).main


def test_a_former_name_can_be_called() -> None:
    command = [sys.executable, "-m", "config.run", "probe"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "probe wants the name of a vantage" in done.stderr) == (2, True)
