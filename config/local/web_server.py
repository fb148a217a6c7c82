"""The web server and the front before it: their commands, the socket between them, and both by themselves."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
from functools import partial
from pathlib import Path
from types import FrameType

from config import env, sizes
from config.front import socket_path
from config.local import supervisor
from config.local.embedded.folders import make_private

LOOK_EVERY_S = 0.25
PATIENCE_S = 2.0
FAILURES_BEFORE_GIVING_UP = 5  # of a web server that has never answered


def web_command(socket_file: Path) -> list[str]:
    """Return the command of the web server on the front's socket."""
    return [sys.executable, "-m", "config.web", *arguments(socket_file)]


def arguments(socket_file: Path) -> list[str]:
    """Return Granian's arguments for the web server on the front's socket.

    A process takes no more connections than it has threads: left to themselves one takes nearly all of them, and what
    is sent on them waits for its threads while those of the others have nothing to do. One is for who asks whether it
    lives.
    """
    workers, threads = sizes.web_workers(), sizes.web_threads() + 1
    return [
        *("config.wsgi:behind_front", "--interface", "wsgi", "--no-ws"),
        *("--uds", str(socket_file), "--uds-permissions", "0600", "--http", "1"),  # decimal without the 0
        *("--http1-header-read-timeout", "60000"),  # longer than the front leaves a connection idle
        *("--workers", str(workers), "--blocking-threads", str(threads), "--backpressure", str(threads)),
        *("--respawn-failed-workers", "--respawn-interval", "1", "--workers-kill-timeout", "3"),
        *("--log-level", "warning" if threads <= 2 * (os.cpu_count() or 1) + 1 else "error"),  # it warns of threads
    ]


def clear_socket(data_dir: Path, port: int) -> Path:
    """Return where the socket between front and web server is to be, with its folder and without that of a killed web
    server: the next one does not start beside it. Raises EmbeddedError, OSError.
    """
    file = socket_path(data_dir, port)
    make_private(file.parent, None)
    file.unlink(missing_ok=True)
    return file


def web(data_dir: Path, port: int, environment: dict[str, str]) -> supervisor.Child:
    """Return the web server as a process by itself."""
    command = web_command(socket_path(data_dir, port))
    return supervisor.Child("web", command, environment, partial(clear_socket, data_dir, port))


def front(environment: dict[str, str]) -> supervisor.Child:
    """Return the front, which listens to people."""
    return supervisor.Child("front", [sys.executable, "-m", "config.front"], environment)


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, file: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self.file = file

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.file))


def answers(host: str, port: int, data_dir: Path) -> bool:
    """Return whether both say that they live: the web server on its socket, and the front where people come."""
    nearest = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    web = UnixConnection(socket_path(data_dir, port), PATIENCE_S)
    return _lives(web) and _lives(http.client.HTTPConnection(nearest, port, timeout=PATIENCE_S))


def _lives(connection: http.client.HTTPConnection) -> bool:
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def run_alone(data_dir: Path, host: str, port: int, environment: dict[str, str]) -> int:
    """Run both until SIGTERM or SIGINT, for containers and process managers; start again what ends."""
    env.usable("DATA_DIR", data_dir)
    children = [web(data_dir, port, environment), front(environment)]
    pair = supervisor.Supervisor(children, record=data_dir / f"web-{port}.json")

    def stop(_number: int, _frame: FrameType | None) -> None:
        pair.stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    supervisor.end_leftovers(pair.record, lambda command: "config.web" in command or "config.front" in command)
    pair.start()
    is_ready = False
    try:
        while not pair.stopping.wait(LOOK_EVERY_S):
            pair.look()
            is_ready = is_ready or answers(host, port, data_dir)
            if not is_ready and max(child.failures for child in pair.children) >= FAILURES_BEFORE_GIVING_UP:
                pair.say("The web server does not start; the reason is above.")
                return 1
        return 0
    finally:
        pair.end()
