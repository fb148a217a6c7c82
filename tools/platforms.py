"""Asks the package index on which platforms every requirement has a wheel, and prints the table of docs/platforms.md.

python tools/platforms.py                ask for all; a minute or two
python tools/platforms.py --quick NAME   ask for one of them
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT = Path(__file__).resolve().parent.parent
LONGEST_S: Final = 300
PRODUCT, EMBEDDED = "requirements.txt", "requirements-embedded.txt"


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform: what people call it, and the tags whose wheels it takes."""

    name: str
    tags: tuple[str, ...]


def _linux(kind: str, versions: Sequence[str], machine: str) -> tuple[str, ...]:
    return tuple(f"{kind}_{version}_{machine}" for version in versions)


_GLIBC = ("2_34", "2_31", "2_28", "2_27", "2_26", "2_24", "2_17", "2_12", "2_5")
_MUSL = ("1_2", "1_1")
_OLD = ("manylinux2014", "manylinux2010", "manylinux1")
PLATFORMS: Final = (
    Platform(
        "Linux with glibc (Debian, Ubuntu, Fedora), x86-64",
        _linux("manylinux", _GLIBC, "x86_64") + tuple(f"{tag}_x86_64" for tag in _OLD),
    ),
    Platform("Linux with glibc, ARM64", (*_linux("manylinux", _GLIBC, "aarch64"), "manylinux2014_aarch64")),
    Platform("Alpine Linux (musl), x86-64", _linux("musllinux", _MUSL, "x86_64")),
    Platform("Alpine Linux (musl), ARM64", _linux("musllinux", _MUSL, "aarch64")),
    Platform(
        "macOS 14, Apple silicon",
        tuple(f"macosx_{major}_0_{kind}" for major in (14, 13, 12, 11) for kind in ("arm64", "universal2")),
    ),
    Platform(
        "macOS 14, Intel",
        tuple(f"macosx_{major}_0_{kind}" for major in (14, 13, 12, 11) for kind in ("x86_64", "universal2"))
        + tuple(
            f"macosx_10_{minor}_{kind}" for minor in range(15, 8, -1) for kind in ("x86_64", "universal2", "intel")
        ),
    ),
)
PYTHONS: Final = ("3.11", "3.12", "3.13")


def missing(platform: Platform, python: str, requirements: str) -> str:
    """The first requirement that has no wheel there; "" where all have."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--disable-pip-version-check"]
        command += ["--ignore-installed", "--target", folder, "--only-binary=:all:", "--python-version", python]
        command += [part for tag in platform.tags for part in ("--platform", tag)]
        command += ["-r", str(PROJECT / requirements)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    if done.returncode == 0:
        return ""
    found = re.search(r"No matching distribution found for ([\w.-]+)", done.stderr)
    found = found or re.search(r"Cannot install ([\w.-]+)", done.stderr)
    return found[1] if found else done.stderr.strip().splitlines()[-1]


def row(platform: Platform) -> str:
    """A line of the table: the Pythons for which the product, and the embedded servers with it, can be installed."""
    cells = []
    for requirements in (PRODUCT, EMBEDDED):
        gaps = {python: missing(platform, python, requirements) for python in PYTHONS}
        good = [python for python, gap in gaps.items() if not gap]
        lacking = sorted({gap for gap in gaps.values() if gap})
        said = ", ".join(good) if good else "no"
        cells.append(f"{said} ({', '.join(lacking)} has none)" if lacking else said)
    return f"| {platform.name} | {cells[0]} | {cells[1]} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", metavar="NAME", default="", help="only platforms whose name has this in it")
    wanted = parser.parse_args().quick.lower()
    print("| platform | Brownout | with the embedded servers |\n|---|---|---|")
    for platform in PLATFORMS:
        if wanted in platform.name.lower():
            print(row(platform), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
