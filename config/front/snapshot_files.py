"""Snapshots in files, so that they are there after a start, whatever else is not."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from config.front import snapshots
from config.front.snapshots import Key, Snapshot

log = logging.getLogger(__name__)

SUFFIX = ".page"
LARGEST_FILE = 4 * 1024 * 1024


class SnapshotFiles:
    """A folder with a file for each snapshot. Its methods block: call them beside the event loop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._is_told = False

    def write(self, key: Key, snapshot: Snapshot) -> None:
        """Write a file anew, at once or not at all. A disk that is full costs the files, never an answer."""
        head = b"%s\n%d\n%s\n" % (key.host, key.is_secure, key.target)
        file = self._file(key)
        unfinished = file.with_suffix(f".{os.getpid()}")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished.write_bytes(head + snapshots.written(snapshot))
            unfinished.replace(file)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            if not self._is_told:
                log.warning("pages are not kept in %s: %s", self.folder, error)
            self._is_told = True
            return
        self._is_told = False

    def drop(self, key: Key) -> None:
        """Remove a file, where there is one."""
        try:
            self._file(key).unlink(missing_ok=True)
        except OSError as error:
            log.warning("an old page could not be removed: %s", error)

    def read(self, most_bytes: int, *, now_s: float, now_at: float) -> Iterator[tuple[Key, Snapshot]]:
        """The snapshots of all files, the newest first, within a bound. What cannot be read is removed."""
        try:
            files = sorted(self.folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
        except OSError:
            return
        read = 0
        for file in files:
            try:
                size = file.stat().st_size
                read += size
                if file.suffix != SUFFIX or size > LARGEST_FILE or read * 4 > most_bytes:
                    file.unlink(missing_ok=True)
                    continue
                host, is_secure, target, data = file.read_bytes().split(b"\n", 3)
                yield Key(host, is_secure == b"1", target), snapshots.read(data, now_s=now_s, now_at=now_at)
            except (OSError, ValueError) as error:
                log.warning("a kept page could not be read: %s: %s", file.name, error)
                file.unlink(missing_ok=True)

    def _file(self, key: Key) -> Path:
        named = b"\0".join((key.host, b"%d" % key.is_secure, key.target))
        return self.folder / (hashlib.sha256(named).hexdigest()[:40] + SUFFIX)
