"""How many processes this machine is good for, where the settings do not say."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from config import env

CGROUP = Path("/sys/fs/cgroup")
MEGABYTES_A_PROCESS = 400  # with its share of PostgreSQL, of what a busy hour adds and of the files that Linux keeps
CONNECTIONS_BESIDE = 41  # live streams, notifications, commands, an operator
MOST_PROCESSES = 16  # of a kind; more is said by hand


@dataclass(frozen=True)
class Machine:
    """What there is for us, as the operating system or the container's limits say."""

    cores: int
    megabytes: int

    @classmethod
    def here(cls, cgroup: Path = CGROUP) -> Machine:
        """Return what this machine has."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        quota, _, period = _word(cgroup / "cpu.max").partition(" ")
        if quota.isdigit() and period.isdigit():
            cores = min(cores, max(1, -(-int(quota) // int(period))))
        allowed = _word(cgroup / "memory.max")
        if allowed.isdigit():
            memory = min(memory, int(allowed))
        return cls(max(1, cores), memory // 2**20)

    def processes(self, wanted: int) -> int:
        """Return how many of a kind that would use `wanted` of them: two at least, so that one may end."""
        return max(2, min(wanted, MOST_PROCESSES, self.megabytes // MEGABYTES_A_PROCESS))


def _word(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


HERE = Machine.here()


def web_workers(machine: Machine = HERE) -> int:
    """Return the number of the web server's processes: one a core."""
    return env.integer("WEB_WORKERS", machine.processes(machine.cores), least=1, most=1024)


def web_threads() -> int:
    """Return the number of threads in each of them."""
    return env.integer("WEB_THREADS", 8, least=1, most=1024)


def task_processes(machine: Machine = HERE) -> int:
    """Return the number of Celery's processes: one a core, and one that may wait for slow targets meanwhile."""
    return env.integer("TASK_PROCESSES", machine.processes(machine.cores + 1), least=1, most=1024)


def connections() -> int:
    """Return how many connections our own PostgreSQL must allow: one a thread and task, and some for all the rest."""
    return web_workers() * (web_threads() + 1) + task_processes() + CONNECTIONS_BESIDE


def described() -> str:
    """Return the sizes in words, and how to have others."""
    return (
        f"{web_workers()} web processes of {web_threads()} threads and {task_processes()} for tasks; this machine has "
        f"{HERE.cores} cores and {HERE.megabytes:,} MB. WEB_WORKERS, WEB_THREADS and TASK_PROCESSES change them."
    )
