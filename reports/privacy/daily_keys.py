"""The random key of each day, under which networks and reporters are hashed.

Without its key a hash cannot be tried against addresses. Keys are files of DAY_KEYS_DIR: they are in no database and in
no backup of one. A key is deleted two days after its day; the hashes that stay behind then only say which reports of
one day came from one network.
"""

from __future__ import annotations

import logging
import os
import secrets
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

from config.process_cache import Shelf

log = logging.getLogger(__name__)

KEY_BYTES = 32
KEPT_DAYS = 2

_cached: Shelf[date, bytes] = Shelf("daily keys")
_KEY_OF_THIS_PROCESS = secrets.token_bytes(KEY_BYTES)


def key_of(day: date) -> bytes:
    """Return the day's key; made on first demand. All processes that share the folder get the same one.

    Where the folder cannot be used, a key of this process stands in: reports count, but the same network looks like
    another one to other processes.
    """
    key = _cached.get(day)
    if key is None:
        try:
            key = _stored(day)
        except OSError as error:
            log.error("the key of %s cannot be kept in %s: %s", day, settings.DAY_KEYS_DIR, error)
            return _KEY_OF_THIS_PROCESS
        _drop_before(day - timedelta(days=1))
        _cached.put(day, key)
    return key


def _stored(day: date) -> bytes:
    """The key in the day's file, made where there is none. Of several that make one at once the first one wins."""
    folder = Path(settings.DAY_KEYS_DIR)
    file = folder / day.isoformat()
    with suppress(FileNotFoundError):
        if len(key := file.read_bytes()) == KEY_BYTES:
            return key
        file.unlink(missing_ok=True)  # the machine stopped while it was written
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = folder / f".{day.isoformat()}.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing:
            writing.write(secrets.token_bytes(KEY_BYTES))
            writing.flush()
            os.fsync(writing.fileno())
        with suppress(FileExistsError):
            file.hardlink_to(new)
    finally:
        new.unlink(missing_ok=True)
    return file.read_bytes()


def days() -> list[date]:
    """Return the days of which there are keys, oldest first."""
    found = []
    for file in Path(settings.DAY_KEYS_DIR).glob("*-*-*"):
        with suppress(ValueError):
            found.append(date.fromisoformat(file.name))
    return sorted(found)


def delete_old(today: date) -> int:
    """Delete the keys of days more than KEPT_DAYS ago. Return how many there were."""
    first_kept = today - timedelta(days=KEPT_DAYS)
    _drop_before(first_kept)
    old_days = [day for day in days() if day < first_kept]
    for day in old_days:
        (Path(settings.DAY_KEYS_DIR) / day.isoformat()).unlink(missing_ok=True)
    return len(old_days)


def _drop_before(first: date) -> None:
    """Drop what this process keeps of the days before."""
    for day in _cached.all_keys():
        if day < first:
            _cached.drop(day)
