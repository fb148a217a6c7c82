"""What a log line may say: no secret of an address, no row of the database, and not the same thing without end.

A receipt or a link to keys stands in the path of an address; whoever reads logs must not get it by that.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

WINDOW_S = 60.0
MOST_KEYS = 1000
LONGEST_SEGMENT = 24  # slugs are shorter; ids, receipts and tokens are longer
LONGEST_PATH = 120
SAMPLED = ("django.request", "django.security")
# PostgreSQL quotes the row or the key that was refused: a report, with its note.
_ROW = re.compile(r"(?<!\s)\s*+(?:DETAIL|CONTEXT|STATEMENT):[^\n]*|Failing row contains[^\n]*")
_LIKE_A_SECRET = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|\d[^.]{11}|[A-Za-z0-9_-]{25}", re.IGNORECASE)


def safe_path(path: str) -> str:
    """Return an address's path without the parts that may be secrets."""
    parts = [
        "…" if len(part) > LONGEST_SEGMENT or _LIKE_A_SECRET.search(part) else part
        for part in path[: 4 * LONGEST_PATH].partition("?")[0].split("/")
    ]
    return "".join(c if c.isprintable() else "?" for c in "/".join(parts))[:LONGEST_PATH]


def survive_odd_terminals() -> None:
    """Let a line with marks that the terminal's encoding lacks be told with others in their place, not be lost."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class Sampler:
    """Lets the first of many alike pass in each window. Safe among threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, every_s: float = WINDOW_S) -> None:
        self._clock = clock
        self._every_s = every_s
        self._lock = threading.Lock()
        self._seen: dict[tuple[Any, ...], tuple[float, int]] = {}

    def held_back(self, key: tuple[Any, ...]) -> int | None:
        """Return None where this one is not to be told; else how many were not told before it."""
        now = self._clock()
        with self._lock:
            until, count = self._seen.get(key, (0.0, 0))
            if now < until:
                self._seen[key] = (until, count + 1)
                return None
            if len(self._seen) >= MOST_KEYS:
                self._seen = {one: entry for one, entry in self._seen.items() if entry[0] > now}
                if len(self._seen) >= MOST_KEYS:
                    self._seen.clear()
            self._seen[key] = (now + self._every_s, 0)
            return count


class RequestFilter(logging.Filter):
    """Names the route of a bad request instead of its path, and tells of many alike once a minute."""

    def __init__(self, sampler: Sampler | None = None) -> None:
        super().__init__()
        self._sampler = sampler or Sampler()

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(SAMPLED):
            return True
        status = int(getattr(record, "status_code", 400))
        where = _route(getattr(record, "request", None))
        what = str(record.args[0]) if isinstance(record.args, tuple) and len(record.args) == 2 else record.name
        if not record.name.startswith("django.request"):
            what = record.name.removeprefix("django.security.")  # its message quotes what was sent
        # Without the logger's name: what is suspicious is logged as such, and as a bad request once more.
        before = self._sampler.held_back((status, where))
        if before is None:
            return False
        more = f" (and {before} more like it before)" if before else ""
        record.msg, record.args = "%s %s: %s%s", (status, what, where, more)
        if status < 500:
            record.exc_info = record.exc_text = record.stack_info = None
        return True


def _route(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    if match is not None and match.route:
        return f"/{match.route}"
    return safe_path(str(getattr(request, "path", "")))


class Formatter(logging.Formatter):
    """One line a record. A traceback follows once a minute for each place that it comes from, without rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sampler = Sampler()

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler's, with all that it quotes
        text = super().format(record)
        return _ROW.sub("", text)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return " ".join(super().formatMessage(record).splitlines())

    def formatException(self, ei: Any) -> str:
        kind, error, trace = ei
        last = trace
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        place = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last is not None else ""
        if self._sampler.held_back((kind, place)) is None:
            return f"{getattr(kind, '__name__', kind)} again, at {place}"
        return super().formatException((kind, error, trace))


class JsonFormatter(Formatter):
    """One JSON object a record, under the same rules."""

    def format(self, record: logging.LogRecord) -> str:
        message = _ROW.sub("", " ".join(record.getMessage().splitlines()))
        said = {"time": _moment(record.created), "level": record.levelname, "logger": record.name, "message": message}
        if record.exc_info:
            said["exception"] = _ROW.sub("", self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False, default=str)


def as_json(line: str, process: str = "") -> str:
    """Return a line of output as one JSON object with the process that it comes from; one that is one keeps its own."""
    said: Any = None
    if line.startswith("{"):
        with contextlib.suppress(ValueError):
            said = json.loads(line)
    if not isinstance(said, dict):
        said = {"time": _moment(time.time()), "level": "INFO", "message": line.strip()}
    return json.dumps(said | ({"process": process} if process else {}), ensure_ascii=False)


def _moment(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds")
