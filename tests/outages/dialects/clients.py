"""Other people's clients that cannot live in this project's environment, each in a folder of its own outside of it.

statuscheck wants an httpx of 2020, the MCP SDK a pydantic of its own; the others are npm packages. They are installed
once and kept.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

NPM_PACKAGES = {
    "statuspage.io": "3.3.8",
    "@statuspage/status-widget": "1.0.5",
    "@modelcontextprotocol/sdk": "1.32.2",
    "ical.js": "2.2.1",
}
STATUSCHECK = "statuscheck==3.11.0"
INSTALL_S = 600


def folder(name: str) -> Path:
    """Where a client is kept: BROWNOUT_CLIENTS, else the user's cache."""
    kept = os.environ.get("BROWNOUT_CLIENTS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    made = (Path(kept) if kept else cache / "brownout-clients") / name
    made.mkdir(parents=True, exist_ok=True)
    return made


def statuscheck() -> Path:
    """A Python that has statuscheck."""
    return python_with(STATUSCHECK)


def python_with(requirement: str) -> Path:
    """A Python that has a package. Skips the test where it cannot be installed; in CI that fails it."""
    name = requirement.partition("==")[0]
    home = folder(f"{name}-{sys.version_info.major}.{sys.version_info.minor}")
    python = home / "bin" / "python"
    done = home / "installed"
    if not done.exists() or done.read_text(encoding="ascii") != requirement:
        venv.create(home, with_pip=True, clear=True)
        _install([str(python), "-m", "pip", "install", "--quiet", requirement], home)
        done.write_text(requirement, encoding="ascii")
    return python


def npm(package: str) -> Path:
    """The folder in which `node` finds the npm package. Skips the test where npm is absent or cannot install it."""
    node()
    if shutil.which("npm") is None:
        _unable("npm is not installed")
    wanted = f"{package}@{NPM_PACKAGES[package]}"
    home = folder(wanted.replace("/", "-").removeprefix("@"))
    done = home / "installed"
    if not done.exists():
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(home), wanted]
        _install(command, home)
        done.write_text(wanted, encoding="ascii")
    return home


def node() -> str:
    """The path of Node.js. Skips the test where there is none; in CI that fails it."""
    found = shutil.which("node")
    if found is None:
        _unable("node is not installed")
    return str(found)


def _install(command: list[str], home: Path) -> None:
    try:
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        _unable(f"{command[-1]} could not be installed in {INSTALL_S} seconds")
    if done.returncode != 0:
        _unable(f"{command[-1]} could not be installed: {done.stderr.strip()[-300:]}")


def _unable(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
