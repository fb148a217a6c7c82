"""All processes that hold the product, forked from one: python -m config.local.background web live worker notices beat

What they all need is loaded once and shared, so that a small machine holds them. Each is a process of its own with a
group of its own, is started again when it ends, and ends with us, however we end. Only where forking is safe: Linux.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from config import env, sizes
from config import web as web_process
from config.database.deadlines import deadlines
from config.local import processes, web_server
from config.local.output import write
from config.local.supervisor import Restarted, Stop

WEB = "web"
NAMES = ("live", "worker", "notices", "beat")
METRICS = "metrics"  # where METRICS_PORT is set
GIVEN_UP = 69  # our code where the web server does not stay; EX_UNAVAILABLE of sysexits.h
FAILURES_BEFORE_GIVING_UP = 5
LOOK_EVERY_S = 0.25
END_STEPS = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 1.0))  # within the time that our own supervisor leaves us
SHARED = (
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "celery.concurrency.solo",
    "celery.worker.consumer",
    "config.live",
    "config.stream_server",
    "kombu.transport.redis",
    "outages.live.application",
    "uvloop",
)
SET_DEATH_SIGNAL, SET_NAME = 1, 15  # of prctl(2)


def is_possible() -> bool:
    """Return whether processes can be forked from a loaded one here."""
    return sys.platform == "linux"


def command(*, metrics: bool) -> list[str]:
    """Return the command that runs them all."""
    return [sys.executable, "-m", "config.local.background", WEB, *NAMES, *([METRICS] if metrics else [])]


def load(*, web: bool = False) -> None:
    """Load what all have in common, and the pages for a web server. It must leave no thread and no connection behind.

    A process that never draws loses nothing by pages that are loaded before it: it never writes there.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy starts them when it is loaded; forking wants none
    os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # they import every page, and with them pandas and plotly
    from config.celery import app

    app.loader.import_default_modules()
    for module in SHARED:
        importlib.import_module(module)
    if web:
        importlib.import_module("granian.cli")
        web_process.load()
        deadlines.clear()  # those of the web server; each process sets its own
    gc.collect()
    gc.freeze()  # so that the collector's rounds do not copy what is shared


def _worker(name: str, **options: Any) -> Callable[[], None]:
    """Return a Celery worker's program: the same as of Celery's command line, without what that loads beside."""

    def run() -> None:
        from celery.concurrency import get_implementation
        from celery.utils.nodenames import default_nodename, host_format

        from config.celery import app

        worker = app.Worker(
            hostname=host_format(default_nodename(f"{name}@%h")),
            pool_cls=get_implementation(options.pop("pool")),
            loglevel=_log_level(),
            quiet=True,
            without_gossip=True,  # a hint may be lost
            without_mingle=True,
            **options,
        )
        worker.start()
        sys.exit(worker.exitcode)

    return run


def _log_level() -> str:
    from config.local import run

    return run.celery_log_level()


def _beat() -> None:
    from config.celery import app

    app.Beat(pidfile="", loglevel=_log_level(), quiet=True).run()


def _web() -> None:
    from config import settings, wsgi

    wsgi.bound_database()
    sys.argv = ["granian", *web_server.arguments(web_server.clear_socket(settings.DATA_DIR, settings.PORT))]
    web_process.serve()


def _keep_children() -> None:
    """Have what this process forks from now on die with it.

    Nobody else ends Granian's own, or Celery's, when it is killed with the process that it was forked from.
    """
    own, forks = os.getpid(), [0]

    def note() -> None:
        forks[0] = os.getpid()  # what it forks may fork too, and what they do is theirs

    os.register_at_fork(before=note, after_in_child=lambda: die_with(own) if forks[0] == own else None)


def _live() -> None:
    from config import live

    sys.exit(live.main())


def _metrics() -> None:
    from django.core.management import call_command

    call_command("serve_metrics")


def programs() -> dict[str, Callable[[], None]]:
    """Return what each process does, by its name."""
    return {
        WEB: _web,
        "live": _live,
        "worker": _worker("worker", pool="prefork", concurrency=sizes.task_processes(), exclude_queues=["notices"]),
        "notices": _worker("notices", pool="solo", queues=["notices"]),
        "beat": _beat,
        METRICS: _metrics,
    }


@dataclass
class Forked(Restarted):
    """One process to keep running."""

    name: str
    program: Callable[[], None]
    pid: int = 0
    """0 while it does not run."""
    is_vital: bool = False
    """Whether all end with it where it ends again and again, so that whoever runs us hears of it."""


class Family:
    """The forked processes, until told to stop."""

    def __init__(self, members: list[Forked]) -> None:
        self.members = members
        self.stopping = Stop()

    def run(self) -> int:
        """Run them. Returns a code for this process to end with."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            while not self.stopping.is_set():
                self.look()
                if any(one.is_vital and one.failures >= FAILURES_BEFORE_GIVING_UP for one in self.members):
                    return GIVEN_UP
                self.stopping.wait(LOOK_EVERY_S)
        finally:
            self.end()
        return 0

    def look(self) -> None:
        """Start what does not run, after a pause that grows; note what has ended."""
        now_s = time.monotonic()
        for member in self.members:
            if member.pid and (code := _ended(member.pid)) is not None:
                processes.end_group(member.pid, ((signal.SIGKILL, 2.0),))  # what it has started ends with it
                member.pid = 0
                write(f"{member.name} {member.note_end(code, now_s)}")
            if not member.pid and now_s >= member.again_s:
                self._start(member, now_s)

    def end(self) -> None:
        """End all at once; insist after some seconds."""
        groups = [member.pid for member in self.members if member.pid]
        processes.end_groups(groups, END_STEPS)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()

    def _start(self, member: Forked, now_s: float) -> None:
        member.started_s = now_s
        parent = os.getpid()
        try:
            member.pid = os.fork()
        except OSError as error:  # no memory, no processes left: others may give some back
            write(f"{member.name} {member.note_failure(error)}")
            return
        if member.pid == 0:
            _become(member, parent)


def _ended(pid: int) -> int | None:
    """Return the code that a child ended with, negative for a signal; None while it runs."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if found else None


def _become(member: Forked, parent: int) -> None:
    """Run a member's program in the process that was forked for it. Does not return."""
    code = 1
    try:
        die_with(parent)
        os.setpgid(0, 0)
        name_process(member.name)
        _keep_children()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        member.program()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # what the parent means to do at its end is not ours to do


def die_with(parent: int) -> None:
    """Have this process killed as soon as its parent is gone. For its main thread, whose parent forks in its own."""
    ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def name_process(name: str) -> None:
    """Name this process for `ps -o comm` and `top`: its command line is that of all."""
    ctypes.CDLL(None).prctl(SET_NAME, name.encode()[:15])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m config.local.background", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("names", nargs="+", choices=[WEB, *NAMES, METRICS])
    given = parser.parse_args(arguments)
    load(web=WEB in given.names)
    known = programs()
    return Family([Forked(name, known[name], is_vital=name == WEB) for name in given.names]).run()


if __name__ == "__main__":
    try:
        status = main()
    except env.SettingError as error:
        sys.stderr.write(f"{error}\n")
        status = 1
    sys.stdout.flush()
    sys.exit(status)
