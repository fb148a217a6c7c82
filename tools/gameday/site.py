"""The thing itself: `make run` in a process of its own, on a disk of its own where that can be had."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from config.local import embedded, processes

PROJECT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 180.0


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[tuple[Path, str]]:
    """A folder on a file system of its own, and "" or why it is not on one."""
    folder = Path(tempfile.mkdtemp(prefix="brownout-gameday-"))
    folder.chmod(0o755)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        why_not = "" if done.returncode == 0 else done.stderr.strip() or "mount refused"
    except OSError as error:
        why_not = str(error)
    try:
        yield folder, why_not
    finally:
        if not why_not:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        subprocess.run(["rm", "-rf", str(folder)], check=False)


@dataclass(frozen=True)
class Door:
    """Where people come in: Brownout's own port or, with `tls`, that of the proxy in front of it."""

    port: int
    tls: ssl.SSLContext | None = None


class Site:
    """One running Brownout."""

    def __init__(self, data_dir: Path, port: int, live_port: int, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir, self.port, self.live_port = data_dir, port, live_port
        self.door = Door(port)
        self.proxy: subprocess.Popen[bytes] | None = None
        self.settings = dict(settings or {})
        self.lines: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError with what it said."""
        own = {
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "LIVE_PORT": str(self.live_port),
            "SITE_URL": f"http://localhost:{self.port}",
            "OUTBOUND": "off",
            "TRUSTED_PROXIES": "127.0.0.1/32",
            "RATE_LIMIT_READS_A_MINUTE": "0",
            "RATE_LIMIT_WRITES_A_MINUTE": "0",
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "LOG_LEVEL": "WARNING",
            **self.settings,
        }
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.local.run"],
            cwd=PROJECT,
            env={**os.environ, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        process = self.process

        def up() -> bool:
            return self.said("Brownout is at") or process.poll() is not None

        if not processes.wait_until(up, PATIENCE_S, 0.1) or process.poll() is not None:
            raise RuntimeError("It does not start:\n" + "".join(self.lines[-40:]))

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.lines.append(line)

    def said(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        with contextlib.suppress(embedded.EmbeddedError, OSError):
            embedded.stop(self.data_dir)

    def child(self, words: str) -> int:
        """The process group of the child that is forked under this name, else of that whose command has these words."""
        groups = [int(one) for one in json.loads((self.data_dir / "processes.json").read_text(encoding="ascii"))]
        for pid in (one for group in groups for one in self.family(group)):
            with contextlib.suppress(OSError):
                if Path(f"/proc/{pid}/comm").read_text().strip() == words:
                    return os.getpgid(pid)
        for group in groups:
            if any(words in command for command in processes.group_commands(group)):
                return group
        raise RuntimeError(f"there is no process {words}")

    def server(self, name: str) -> int:
        """The process number of PostgreSQL or Valkey."""
        pid = embedded.status(self.data_dir)[name]
        if pid is None:
            raise RuntimeError(f"{name} does not run")
        return pid

    def family(self, pid: int) -> list[int]:
        """A process with all that it has started."""
        found, waiting = [], [pid]
        while waiting:
            one = waiting.pop()
            found.append(one)
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{one}/task").iterdir():
                    waiting += [int(child) for child in (task / "children").read_text(encoding="ascii").split()]
        return found

    def notes(self) -> Counter[str]:
        """How often each report of a game day is stored, by its note."""
        url = embedded.database_url(self.data_dir)
        with psycopg.connect(url, connect_timeout=10) as connection:
            rows = connection.execute("SELECT note FROM reports_report WHERE note LIKE 'gameday %'").fetchall()
        return Counter(str(note) for (note,) in rows)
