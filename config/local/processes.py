"""Small tools for starting, watching and ending processes of the operating system. Standard library only."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    """An account of this machine."""

    uid: int
    gid: int
    name: str

    @classmethod
    def of(cls, entry: pwd.struct_passwd) -> Account:
        return cls(entry.pw_uid, entry.pw_gid, entry.pw_name)

    @classmethod
    def by_uid(cls, uid: int) -> Account | None:
        """The account with this number; None where the number has no name."""
        try:
            return cls.of(pwd.getpwuid(uid))
        except KeyError:
            return None

    @classmethod
    def by_name(cls, name: str) -> Account | None:
        try:
            return cls.of(pwd.getpwnam(name))
        except KeyError:
            return None

    def groups(self) -> set[int]:
        return set(os.getgrouplist(self.name, self.gid))


def command_line(pid: int) -> str | None:
    """What a living process was started as; None where there is no such process or only its zombie is left."""
    if pid <= 0:
        return None
    proc = Path("/proc") / str(pid)
    if proc.parent.joinpath("self").exists():
        try:
            state = (proc / "stat").read_text().rpartition(")")[2].split()[0]
            arguments = (proc / "cmdline").read_bytes()
        except (OSError, IndexError):
            return None
        return None if state in "ZX" else arguments.replace(b"\0", b" ").decode(errors="replace").strip()
    shown = subprocess.run(["ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, command = shown.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else command.strip()


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    return command_line(pid) is not None


def reap(pid: int) -> None:
    """Collects the process if it is an ended child of ours, so that no zombie stays."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def wait_until(condition: Callable[[], bool], timeout_s: float, pause_s: float = 0.02) -> bool:
    """Looks again and again until the condition holds; False when the time is over."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(pause_s)
    return True


def end(pid: int, steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Sends the signals one after the other, each with its seconds to obey. True once the process is gone."""

    def gone() -> bool:
        reap(pid)
        return not is_alive(pid)

    for number, patience_s in steps:
        if gone():
            return True
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_until(gone, patience_s):
            return True
    return gone()


def spawn(
    command: Sequence[str | Path], *, account: Account | None, cwd: Path, env: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    """Starts a program in a session of its own, its output appended to a log file. `account` None means our own."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,
            umask=0o077,
            **as_account(account),
        )


def as_account(account: Account | None) -> dict[str, Any]:
    """What `subprocess` wants in order to run a program as that account."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": sorted(account.groups())}


@contextlib.contextmanager
def exclusive(file: Path, *, timeout_s: float, holder: str) -> Iterator[None]:
    """Holds a lock file; waits for others. Raises TimeoutError with what `holder` says. The lock dies with us."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:

        def taken() -> bool:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        if not wait_until(taken, timeout_s, 0.05):
            raise TimeoutError(holder)
        yield
    finally:
        os.close(descriptor)


def group_commands(group: int) -> list[str]:
    """The command lines of the living members of a process group."""
    members = []
    if Path("/proc/self/stat").exists():
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError, IndexError, ValueError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[2]) == group:
                    members.append(command_line(int(entry.name)))
    else:
        shown = subprocess.run(["ps", "-A", "-o", "pgid=,stat=,command="], capture_output=True, text=True, check=False)
        for line in shown.stdout.splitlines():
            found, state, command = [*line.split(None, 2), "", ""][:3]
            if found == str(group) and not state.startswith("Z"):
                members.append(command)
    return [command for command in members if command is not None]


def end_group(group: int, steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Sends the signals to a whole process group, each with its seconds to obey. True once nobody is left in it."""
    return end_groups([group], steps)


def end_groups(groups: Sequence[int], steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Sends the signals to several groups at once, each with its seconds to obey. True once nobody is left in them."""

    def left() -> list[int]:
        for group in groups:
            reap(group)
        return [group for group in groups if group_commands(group)]

    for number, patience_s in steps:
        remaining = left()
        if not remaining:
            return True
        for group in remaining:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)
        if wait_until(lambda: not left(), patience_s, 0.05):
            return True
    return not left()
