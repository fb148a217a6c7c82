"""Finds a Chromium for the browser tests, and installs one where apt-get is at hand.

python tools/browser.py             prints its path
python tools/browser.py --install   installs one if there is none; says how to get one if it cannot
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
ELSEWHERE = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
APT_PACKAGES = ("chromium", "fonts-dejavu-core")
HOW_TO_GET_ONE = (
    "There is no Chromium for the browser tests. Install one (Debian, Ubuntu: apt-get install chromium; "
    "Fedora: dnf install chromium; macOS: brew install --cask chromium), or set CHROMIUM to its path."
)


def find() -> Path | None:
    """The path of a Chromium or a relative of it: that of CHROMIUM, else the first that is installed."""
    given = os.environ.get("CHROMIUM")
    if given:
        return Path(given)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return next((path for path in ELSEWHERE if path.exists()), None)


def install() -> bool:
    """Installs Chromium by apt-get, if we may. True when there is one afterwards."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    print("Installing Chromium for the browser tests", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *APT_PACKAGES],
    ):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(done.stdout[-2000:] + done.stderr[-2000:], file=sys.stderr)
            return False
    return find() is not None


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--install", action="store_true", help="install one if there is none")
    wanted = parser.parse_args().install
    if wanted:
        if find() is None and not install():
            print(HOW_TO_GET_ONE, file=sys.stderr)
        return 0  # without a browser its tests are skipped, and say why
    print(find() or HOW_TO_GET_ONE)
    return 0 if find() else 1


if __name__ == "__main__":
    sys.exit(main())
