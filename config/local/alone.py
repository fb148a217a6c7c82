"""One process of ours that runs alone, for containers and process managers: what it says, and how it begins."""

from __future__ import annotations

import contextlib
import os
import runpy
import signal
import sys
import time
import warnings
from types import ModuleType

from config import VERSION, env, logs

OF_ROOT = "You're running the worker with superuser"  # six lines of Celery's; whoever has started us as root knows it


def introduction(process: str, vantage: str, settings: ModuleType) -> str:
    """Return the line by which a process that runs alone says what it is, and where it looks for what it needs."""
    ports = {"web": settings.PORT, "live": settings.LIVE_PORT}
    parts = [
        f"Brownout {VERSION}: {process}{f' {vantage}' * bool(vantage)}",
        f"on {settings.HOST}:{ports[process]}" if process in ports else "",
    ]
    if process != "probe":
        parts.append(env.shown("DATABASE_URL", settings.DATABASE_URL))
    if process != "live":
        parts.append(env.shown("REDIS_URL", settings.REDIS_URL))
    if process in ("worker", "probe"):
        parts.append(f"TASK_PROCESSES={settings.TASK_PROCESSES}")
    return ", ".join([*filter(None, parts), f"OUTBOUND={settings.OUTBOUND}", f"pid {os.getpid()}"])


def say(line: str) -> None:
    """Tell one line of a process that has no supervisor above it."""
    is_json = env.choice("LOG_FORMAT", "plain", ("plain", "json")) == "json"
    with contextlib.suppress(OSError):
        sys.stderr.write((logs.as_json(line) if is_json else line) + "\n")


def wait_for_broker(url: str, *, every_s: float = 2.0, told_every_s: float = 60.0) -> None:
    """Waits until the broker answers; says so once and then every minute. A worker would wait for it in silence."""
    import redis  # 6 MB, which the supervisor, who never waits for one, does without

    told_at_s = -told_every_s
    while True:
        client = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        try:
            client.ping()
            return
        except redis.RedisError as error:
            if time.monotonic() - told_at_s >= told_every_s:
                told_at_s = time.monotonic()
                said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
                say(f"Waiting for the broker, {env.shown('REDIS_URL', url)}: {said}")
            time.sleep(every_s)
        finally:
            client.close()


def end_by_signals() -> None:
    """End at once by Ctrl-C or SIGTERM, until the program has handlers of its own."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def become(command: list[str]) -> None:
    """Run one of our commands in this very process, which ends with it.

    In a second interpreter a Ctrl-C could be lost: while Python starts, it tells of a KeyboardInterrupt and goes on.
    """
    if os.geteuid() == 0:
        warnings.filterwarnings("ignore", OF_ROOT)
    _python, _option, module, *arguments = command
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
