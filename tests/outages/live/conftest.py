"""The process of live streams, as `make run` starts it, and clients that somebody else wrote."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import httpx_sse
import pytest
from django.conf import settings
from django.utils import timezone

from config.local import processes, run

PROJECT = Path(__file__).resolve().parents[3]
PATIENCE_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    """The tests' database, as another process reaches it."""
    given = settings.DATABASES["default"]
    words = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return "postgresql:///?" + urlencode({word: given[name] for word, name in words.items() if given[name]})


class Clock:
    """The clock of the world."""

    def __call__(self) -> Any:
        return timezone.now()

    def move(self, **_span: float) -> Any:
        return timezone.now()


class Process:
    """One process of live streams; it can be killed and started again on the same port."""

    def __init__(self, **environment: str) -> None:
        self.port = free_port()
        self.environment = environment
        self.start()

    def settings(self) -> dict[str, str]:
        """The environment of the process."""
        return {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "SECRET_KEY": settings.SECRET_KEY,
            "OUTBOUND": "off",
            "LIVE_PORT": str(self.port),
            **self.environment,
        }

    def start(self) -> None:
        self.process = subprocess.Popen(run.live_command(), cwd=PROJECT, env=self.settings(), stderr=sys.stderr)
        assert processes.wait_until(self.is_up, PATIENCE_S, 0.05)

    def is_up(self) -> bool:
        try:
            with httpx.stream("GET", self.url("/api/v1/stream"), timeout=5) as answer:
                return answer.status_code != 503
        except httpx.HTTPError:
            return False

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(PATIENCE_S)


class Listener:
    """Listens in a thread, and connects again with the last id whenever it is cut off, as EventSource does."""

    def __init__(self, process: Process, path: str, last: str = "") -> None:
        self.process, self.path, self.last = process, path, last
        self.events: list[httpx_sse.ServerSentEvent] = []
        self.connects = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self._ending.is_set():
            with contextlib.suppress(httpx.HTTPError, httpx_sse.SSEError), httpx.Client(timeout=30) as client:
                self._hear(client)
            time.sleep(0.1)

    def _hear(self, client: httpx.Client) -> None:
        headers = {"Last-Event-ID": self.last} if self.last else {}
        with httpx_sse.connect_sse(client, "GET", self.process.url(self.path), headers=headers) as source:
            self.connects += source.response.status_code == 200
            for event in source.iter_sse():
                if self._ending.is_set():
                    return
                self.events.append(event)
                self.last = event.id

    def of(self, name: str) -> list[Any]:
        """What came under a name, as (id, data)."""
        return [(int(event.id), event.json()) for event in list(self.events) if event.event == name]

    def hears(self, count: int, name: str) -> bool:
        return processes.wait_until(lambda: len(self.of(name)) >= count, PATIENCE_S, 0.02)

    def end(self) -> None:
        self._ending.set()


@pytest.fixture
def live(transactional_db: None) -> Iterator[Any]:
    """Starts processes of live streams; they end with the test."""
    started: list[Process] = []

    def start(**environment: str) -> Process:
        started.append(Process(**environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def listen() -> Iterator[Any]:
    """Starts listeners; they end with the test."""
    started: list[Listener] = []

    def start(process: Process, path: str = "/api/v1/stream", last: str = "") -> Listener:
        started.append(Listener(process, path, last))
        return started[-1]

    yield start
    for listener in started:
        listener.end()
