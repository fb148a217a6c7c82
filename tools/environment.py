"""Makes the virtual environment in `.venv` and installs the pinned requirements; does nothing when they are there.

    python3 tools/environment.py                 what the product needs, with servers where none are named
    python3 tools/environment.py --development   and what its checks need

With HASHES=1 the product's libraries are taken only as the files whose hashes stand in requirements*.lock.
Runs before anything is installed, and says so if this Python is too old: nothing newer than Python 3.7 in here.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.abspath(os.path.join(PROJECT, os.environ.get("VENV") or ".venv"))
PYTHON = os.path.join(FOLDER, "bin", "python")
OLDEST = (3, 11)
SERVERS = ("DATABASE_URL", "REDIS_URL")
SAY_EVERY_S = 5.0


class SetupError(Exception):
    """The environment cannot be made; the message says what to do."""


def product() -> str:
    """The requirements of the product: with the embedded servers unless DATABASE_URL and REDIS_URL both name others.
    Some machines have no wheels of those servers."""
    named = {name for name in SERVERS if os.environ.get(name, "").strip()}
    try:
        with open(os.path.join(PROJECT, ".env"), encoding="utf-8") as file:
            text = file.read()
        named |= {
            name for name in SERVERS if re.search(r"^\s*(export )?" + name + r"\s*=\s*[^\s#]", text, re.MULTILINE)
        }
    except (OSError, ValueError):
        pass  # the product itself says what is wrong with it
    return ("requirements" if named == set(SERVERS) else "requirements-embedded") + suffix()


def suffix() -> str:
    """The kind of file that libraries are installed from: with hashes, or pinned alone."""
    wanted = os.environ.get("HASHES", "").strip().lower()
    return ".txt" if wanted in ("", "0", "false", "no", "off") else ".lock"


def included_in(file_name: str) -> list[str]:
    """The files that a file of requirements includes, the innermost first."""
    with open(os.path.join(PROJECT, file_name), encoding="utf-8") as file:
        names = re.findall(r"^-r\s+(\S+)", file.read(), re.MULTILINE)
    return [each for name in names for each in [*included_in(name), name]]


def fingerprint(file_name: str) -> str:
    """Changes with the requirements, with the files they include, and with this Python."""
    digest = hashlib.sha256(sys.version.encode() + sys.prefix.encode() + FOLDER.encode())
    with open(os.path.join(PROJECT, file_name), "rb") as file:
        content = file.read()
    digest.update(content)
    for included in re.findall(rb"^-r\s+(\S+)", content, re.MULTILINE):
        digest.update(fingerprint(included.decode()).encode())
    return digest.hexdigest()


def stamp_of(file_name: str) -> str:
    return os.path.join(FOLDER, "installed-" + file_name)


def is_installed(file_name: str) -> bool:
    """Whether the last installation of these requirements ended well and nothing has changed since."""
    try:
        with open(stamp_of(file_name), encoding="ascii") as stamp:
            return stamp.read() == fingerprint(file_name) and os.path.exists(PYTHON)
    except FileNotFoundError:
        return False


def write_stamp(file_name: str) -> None:
    with open(stamp_of(file_name), "w", encoding="ascii") as stamp:
        stamp.write(fingerprint(file_name))


def check_python() -> None:
    if sys.version_info < OLDEST:
        raise SetupError(
            f"Brownout needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is {sys.version.split()[0]}. "
            "If you have a newer one under another name, say so: make run PYTHON=python3.12"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise SetupError(
            f"This Python cannot make virtual environments: the module {error.name} is missing.\n"
            f"On Debian and Ubuntu install it with: apt-get install {package}"
        ) from None


def is_usable() -> bool:
    """Whether the folder is an environment of this Python, with pip, made at this place."""
    try:
        with open(os.path.join(FOLDER, "pyvenv.cfg"), encoding="utf-8") as file:
            made_by = re.search(r"^command = (.*)$", file.read(), re.MULTILINE)
    except FileNotFoundError:
        return False
    if not os.path.exists(PYTHON) or (made_by and not made_by.group(1).strip().endswith(FOLDER)):
        return False
    version = tuple(sys.version_info[:2])
    question = f"import sys, pip; sys.exit(sys.version_info[:2] != {version!r})"
    return subprocess.run([PYTHON, "-c", question], stderr=subprocess.DEVNULL, check=False).returncode == 0


def make_folder() -> None:
    """Makes the environment, anew where there is none that can be used."""
    if is_usable():
        return
    print(f"Making the virtual environment in {os.path.relpath(FOLDER)}", flush=True)
    if os.path.exists(FOLDER) and not os.path.exists(os.path.join(FOLDER, "pyvenv.cfg")) and os.listdir(FOLDER):
        raise SetupError(f"{FOLDER} is in the way: it is no virtual environment. Move it or set VENV.")
    shutil.rmtree(FOLDER, ignore_errors=True)
    command = [sys.executable, "-m", "venv", FOLDER]
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if made.returncode:
        raise SetupError("The virtual environment cannot be made:\n" + made.stdout.decode(errors="replace"))


def install(file_name: str) -> None:
    """Installs one file of requirements and tells how far it is."""
    print(f"Installing the libraries of {file_name}; the first time takes a minute or so", flush=True)
    command = [PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    command += ["-r", os.path.join(PROJECT, file_name)]
    if file_name.endswith(".lock"):
        command.append("--require-hashes")
    began = said = time.monotonic()
    log = os.path.join(FOLDER, "install.log")
    found = 0
    with open(log, "w", encoding="utf-8") as kept:
        pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        for line in pip.stdout or ():
            kept.write(line)
            if line.startswith("Collecting "):
                found += 1
                if time.monotonic() - said > SAY_EVERY_S:
                    said = time.monotonic()
                    print(f"  {found} libraries found so far, at {line.split()[1]}", flush=True)
            elif line.startswith("Installing collected packages"):
                said = time.monotonic()
                print(f"  all found; unpacking {line.count(',') + 1} libraries", flush=True)
    if pip.wait():
        with open(log, encoding="utf-8") as kept:
            last = [line for line in kept if not line.startswith("WARNING")][-15:]
        hint = ""
        if any("DO NOT MATCH THE HASHES" in line for line in last):
            hint = (
                "The file above is not the one that this version was tried with, and was not installed. If "
                + file_name
                + " is as git has it, ask whoever runs your package index."
            )
        elif file_name.startswith("requirements-embedded."):
            hint = (
                "Where there are no wheels of the embedded servers, set DATABASE_URL and REDIS_URL: docs/platforms.md"
            )
        raise SetupError(f"The installation failed; {log} has all of it. It ended with:\n{''.join(last)}{hint}")
    print(f"  installed in {time.monotonic() - began:.0f} s", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--development", action="store_true", help="install what the checks need, too")
    wanted = "requirements-dev.txt" if parser.parse_args().development else product()
    try:
        check_python()
        if is_installed(wanted):
            return 0
        os.makedirs(os.path.dirname(FOLDER), exist_ok=True)
        # Two commands at once in one folder: the second waits, and finds the work done.
        with open(FOLDER + ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_installed(wanted):
                make_folder()
                install(wanted)
                for file_name in [*included_in(wanted), wanted]:
                    write_stamp(file_name)
    except SetupError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the next start goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
