"""Makes what belongs to a release, in dist/: the sources, the list of all parts, and their checksums.

python tools/release.py lock       requirements*.lock: each library of each platform with its hashes; asks the index
python tools/release.py sbom       CycloneDX, of what is installed in the virtual environment
python tools/release.py audit      known advisories of the pinned libraries; asks the index, so it needs the internet
python tools/release.py release    sources (zip) of the last commit, SBOM and SHA256SUMS, from a clean clone
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DIST = PROJECT / "dist"
OWN = PROJECT / ".cache" / "release"  # an environment apart, so that the list holds the product and nothing else
DEADLINE_S = 600
LOCKED = ("requirements", "requirements-embedded")
LOCK_HEAD = """\
# Made by `make lock` from the .txt file beside it: every library of every platform, with the hashes of its files.
# `make run HASHES=1` installs from here.
"""


def tool(name: str) -> Path:
    """Return a program of requirements-release.txt, installed where it is not yet."""
    program = OWN / "bin" / name
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", OWN], check=True, timeout=DEADLINE_S)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements-release.txt"]
        subprocess.run([OWN / "bin" / "python", *install], cwd=PROJECT, check=True, timeout=DEADLINE_S)
    return program


def lock() -> list[Path]:
    """Write the files of requirements with hashes. What is locked already stays as it is where it still fits."""
    options = [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-annotate",
        "--no-header",
        "--quiet",
    ]
    made = []
    for name in LOCKED:
        file = PROJECT / f"{name}.lock"
        command: list[str | Path] = [tool("uv"), "pip", "compile", *options, f"{name}.txt", "--output-file", file.name]
        subprocess.run(command, cwd=PROJECT, check=True, timeout=DEADLINE_S)
        file.write_text(LOCK_HEAD + file.read_text(encoding="utf-8"), encoding="utf-8")
        made.append(file)
    return made


def sbom() -> Path:
    """Write the list of all libraries with versions and licences, as installed in the environment that runs this."""
    from config import VERSION

    DIST.mkdir(exist_ok=True)
    file = DIST / f"brownout-{VERSION}.cdx.json"
    options = ["environment", sys.executable, "--output-reproducible", "--of", "JSON", "-o", str(file)]
    subprocess.run([tool("cyclonedx-py"), *options], check=True, timeout=DEADLINE_S)
    return file


def audit() -> int:
    """Ask for known advisories. Return 0 where there are none, 1 where there are, 2 where nobody could be asked."""
    options = ["--disable-pip", "--no-deps", "--progress-spinner", "off", "-r", "requirements-embedded.txt"]
    done = subprocess.run(
        [tool("pip-audit"), *options], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=DEADLINE_S
    )
    sys.stdout.write(done.stdout)
    unreachable = ("Traceback", "ConnectionError", "ServiceError")
    if done.returncode and any(word in done.stderr for word in unreachable):
        sys.stderr.write("The index of advisories cannot be reached from here; nothing is known.\n")
        return 2
    sys.stderr.write(done.stderr)
    return done.returncode


def release() -> int:
    """Write sources, SBOM and checksums. Refuses a tree with changes: what is released is what was committed."""
    from config import VERSION

    changed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    if changed.strip():
        sys.stderr.write(f"There are changes that are not committed:\n{changed}")
        return 1
    DIST.mkdir(exist_ok=True)
    sources = DIST / f"brownout-{VERSION}.zip"
    subprocess.run(
        ["git", "archive", "--format=zip", f"--prefix=brownout-{VERSION}/", "-o", sources, "HEAD"],
        cwd=PROJECT, check=True, timeout=DEADLINE_S,
    )  # fmt: skip
    files = [sources, sbom()]
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (DIST / "SHA256SUMS").write_text("".join(lines), encoding="ascii")
    for file in [*files, DIST / "SHA256SUMS"]:
        print(file.relative_to(PROJECT), f"{file.stat().st_size:,} bytes")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=["lock", "sbom", "audit", "release"])
    what = parser.parse_args().what
    sys.path.insert(0, str(PROJECT))
    os.chdir(PROJECT)
    if what == "lock":
        print(*(file.name for file in lock()), sep="\n")
        return 0
    if what == "sbom":
        print(sbom().relative_to(PROJECT))
        return 0
    return audit() if what == "audit" else release()


if __name__ == "__main__":
    sys.exit(main())
