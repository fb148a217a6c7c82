"""Lines on their way to a terminal, a file or a pipe, none of which may hold us up: it can be full, gone or paused."""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import queue
import sys
import threading
from typing import Final

from config import threads

MOST_LINES: Final = 2000  # that wait for an output which takes none; more are counted and left out
PATIENCE_S: Final = 2.0  # so long a line is waited for; once, until the output takes lines again


class Output:
    """Writes lines in their order, by a thread of its own. Safe among threads."""

    def __init__(self, most_lines: int = MOST_LINES, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._lines: queue.Queue[tuple[str, threading.Event]] = queue.Queue(most_lines)
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None
        self._is_stuck = False
        self._left_out = 0

    def say(self, line: str) -> None:
        """Write a line. Returns when it is written, or will be when the output takes lines again."""
        try:
            self._start()
        except OSError:  # no thread can be had: then we wait ourselves
            write(line)
            return
        written = threading.Event()
        try:
            self._lines.put_nowait((line, written))
        except queue.Full:
            self._left_out += 1
            return
        if not self._is_stuck and not written.wait(self._patience_s):
            self._is_stuck = True

    def drain(self) -> None:
        """Wait until all is written, unless nothing is being taken."""
        written = threading.Event()
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(("", written))
            written.wait(0.0 if self._is_stuck else self._patience_s)

    def _start(self) -> None:
        with self._lock:
            if self._writer is None:
                self._writer = threads.begin(self._write_for_ever, name="output")
                atexit.register(self.drain)

    def _write_for_ever(self) -> None:
        while True:
            line, written = self._lines.get()
            left_out, self._left_out = self._left_out, 0
            if line:
                write(line)
            self._is_stuck = False
            if left_out:
                write(f"({left_out} lines were left out: nothing was taken)")
            written.set()


def write(line: str) -> None:
    """Write one line to the standard output, whole. An output that is full or gone is no reason to fail."""
    stream = sys.stdout
    with contextlib.suppress(OSError, ValueError, AttributeError):
        try:
            number = stream.fileno()
        except io.UnsupportedOperation:
            stream.write(f"{line}\n")
            return
        stream.flush()
        # Not by way of the stream: what it has not got rid of it would keep, and wait for it at our end.
        data = f"{line}\n".encode(stream.encoding or "utf-8", "backslashreplace")
        while data:
            data = data[os.write(number, data) :]
