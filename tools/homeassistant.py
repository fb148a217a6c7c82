"""Runs the tests of the Home Assistant integration in Home Assistant's own harness: `make homeassistant`.

It wants a Python of its own (3.13), and the internet the first time; nothing of it is installed into .venv.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "clients" / "homeassistant"
REQUIREMENTS = FOLDER / "tests" / "requirements.txt"
HOME = PROJECT / ".cache" / "homeassistant"
INSTALL_S, TESTS_S = 1800, 600


def main() -> int:
    python = shutil.which(os.environ.get("HOMEASSISTANT_PYTHON", "python3.13"))
    if python is None:
        print("This needs Python 3.13; say where it is: HOMEASSISTANT_PYTHON=/path/to/python3.13", file=sys.stderr)
        return 1
    own, done = HOME / "bin" / "python", HOME / "installed"
    wanted = REQUIREMENTS.read_text("utf-8")
    if not done.exists() or done.read_text("utf-8") != wanted:
        print("Installing Home Assistant and its test harness; this takes some minutes", flush=True)
        subprocess.run([python, "-m", "venv", "--clear", str(HOME)], check=True)
        pip = [str(own), "-m", "pip", "install", "--quiet", "--prefer-binary", "-r", str(REQUIREMENTS)]
        subprocess.run(pip, check=True, timeout=INSTALL_S)
        done.write_text(wanted, encoding="utf-8")
    tests = [str(own), "-m", "pytest", "-q", "-c", "pytest.ini", "-p", "no:cacheprovider"]
    return subprocess.run(tests, cwd=FOLDER, check=False, timeout=TESTS_S).returncode


if __name__ == "__main__":
    sys.exit(main())
