"""Keeps a handful of processes running: starts them, passes their lines on, starts them again, ends them together."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config import env, logs, threads
from config.local import processes
from config.local.output import Output

LONGEST_PAUSE_S = 5.0  # so that all is well soon after what was wrong has gone, such as a full disk
STEADY_AFTER_S = 60.0  # a process that has lived this long begins again with a short pause
END_STEPS = ((signal.SIGTERM, 6.0), (signal.SIGKILL, 2.0))


class Stop:
    """Whether to stop, and a wait for that. For signal handlers to set.

    An Event would not do: its lock may be held by the very code that the signal interrupts, and nobody gives it back.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._process = os.getpid()
        self._read, self._write = os.pipe()

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        self._is_set = True
        if os.getpid() == self._process:  # one that was forked shares the pipe, and is told to stop by itself
            os.write(self._write, b"!")  # is never read, so that all who wait are woken, and whoever will

    def wait(self, timeout_s: float) -> bool:
        """Return whether it is set, as soon as it is or after so many seconds."""
        poll = select.poll()
        poll.register(self._read, select.POLLIN)
        poll.poll(timeout_s * 1000)
        return self._is_set

    def __del__(self) -> None:
        os.close(self._read)
        os.close(self._write)


@dataclass(kw_only=True)
class Restarted:
    """What is started again when it ends, after a pause that grows."""

    started_s: float = 0.0
    failures: int = 0
    code: int = 0
    """What it has ended with the last time, negative for a signal."""
    again_s: float = 0.0
    """When to start it the next time, by the monotonic clock."""

    def pause_s(self) -> float:
        """How long to wait before the next start: none at first, then 1, 2, 4 … seconds."""
        return min(LONGEST_PAUSE_S, 2.0 ** (self.failures - 2)) if self.failures > 1 else 0.0

    def note_end(self, code: int, now_s: float) -> str:
        """Set the time of the next start. Return in words how it ended and when it is started again."""
        self.code = code
        self.failures = 1 if now_s - self.started_s > STEADY_AFTER_S else self.failures + 1
        self.again_s = now_s + self.pause_s()
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        again = f" in {self.pause_s():.0f} s" if self.pause_s() else ""
        return f"{how}; starting it again{again}"

    def note_failure(self, error: OSError) -> str:
        """Set the time of the next try. Return in words that it could not be started."""
        self.failures += 1
        self.again_s = self.started_s + self.pause_s()
        return f"cannot be started ({error}); trying again in {self.pause_s():.0f} s"


@dataclass
class Child(Restarted):
    """One process to keep running."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None
    """What is done before each start, such as clearing away what a killed one has left. May raise OSError."""
    process: subprocess.Popen[bytes] | None = None


class Supervisor:
    """Runs children until told to stop.

    `record` is a file that names the children's process groups, so that the next run can end what a killed one left.
    """

    def __init__(self, children: Sequence[Child], record: Path) -> None:
        self.children = list(children)
        self.record = record
        self.stopping = Stop()
        self._width = max((len(child.name) for child in children), default=0)
        self._output = Output()
        self._is_json = env.choice("LOG_FORMAT", "plain", ("plain", "json")) == "json"

    def say(self, line: str, name: str = "") -> None:
        """Prints one line, whole. A terminal that is paused or has gone is no reason to wait or to fail."""
        plain = f"{name:<{self._width}} | {line}" if name else line
        self._output.say(logs.as_json(line, name) if self._is_json else plain)

    def start(self) -> None:
        for child in self.children:
            self._start(child)

    def look(self) -> None:
        """Starts again what has ended, after a pause that grows. To be called a few times a second."""
        now_s = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now_s >= child.again_s:
                    self._start(child)
            elif child.process.poll() is not None:
                self._note_end(child, child.process.returncode, now_s)

    def end(self) -> None:
        """Ends all children at once, with whatever they have started; waits for some seconds, then insists."""
        groups = [child.process.pid for child in self.children if child.process is not None]
        processes.end_groups(groups, END_STEPS)
        with contextlib.suppress(OSError):
            self.record.unlink(missing_ok=True)

    def kill(self) -> None:
        """Ends all children without asking."""
        for child in self.children:
            if child.process is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.process.pid, signal.SIGKILL)

    def _start(self, child: Child) -> None:
        child.started_s = time.monotonic()
        try:
            child.before()
            child.process = subprocess.Popen(
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **child.env},
                start_new_session=True,
            )
        except OSError as error:  # no memory, no open files, no processes left: others may give some back
            self.say(f"{child.name} {child.note_failure(error)}")
            return
        try:
            threads.begin(self._pass_on, child.name, child.process)
        except OSError as error:  # nobody would read what it says, and it would stand still before long
            processes.end_group(child.process.pid, ((signal.SIGKILL, 2.0),))
            child.process = None
            self.say(f"{child.name} {child.note_failure(error)}")
            return
        self._write_record()

    def _pass_on(self, name: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip():
                self.say(line.decode(errors="replace").rstrip(), name)

    def _note_end(self, child: Child, code: int, now_s: float) -> None:
        assert child.process is not None
        processes.end_group(child.process.pid, ((signal.SIGKILL, 2.0),))  # what it has started ends with it
        child.process = None
        self.say(f"{child.name} {child.note_end(code, now_s)}")

    def _write_record(self) -> None:
        groups = [child.process.pid for child in self.children if child.process is not None]
        unfinished = self.record.with_suffix(".new")
        try:
            unfinished.write_text(json.dumps(groups), encoding="ascii")
            unfinished.replace(self.record)
        except OSError as error:  # the record helps the next run; this one goes on without
            self.say(f"{self.record} cannot be written: {error}")


def end_leftovers(record: Path, is_ours: Callable[[str], bool]) -> int:
    """Ends the children that a killed run has left, by its record. Gives the number of groups ended.

    `is_ours` is asked of command lines, since a group's number may belong to somebody else by now.
    """
    try:
        groups = [int(group) for group in json.loads(record.read_text(encoding="ascii"))]
    except (FileNotFoundError, ValueError, TypeError):
        return 0
    left = [group for group in groups if any(is_ours(command) for command in processes.group_commands(group))]
    for group in left:
        processes.end_group(group, END_STEPS)
    record.unlink(missing_ok=True)
    return len(left)
