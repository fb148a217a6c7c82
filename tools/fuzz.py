"""Plays the model of tests/flows/model.py for some minutes, from a seed on: `make fuzz MINUTES=30 SEED=1`.

Each seed is a run of its own; a failure prints the shortest way to it, and that becomes a plain test.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
TEST = "tests/flows/fuzz_model.py::test_for_as_long_as_one_likes"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10, help="at least so many")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    environment = os.environ | {"FUZZ_MINUTES": str(options.minutes), "FUZZ_SEED": str(options.seed), "OUTBOUND": "off"}
    command = [sys.executable, "-m", "pytest", "-q", "-s", TEST]
    return subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
