"""PostgreSQL and Valkey for a machine that has neither.

Both run out of wheels, on unix sockets only, with their data in a folder of the project. `database_url` and
`redis_url` say where they are to be found, `start` brings them up or finds them up, `stop` ends them.

PostgreSQL refuses to run as root. Started by root, both servers run as the account that owns the data folder, else
as `postgres`, else as `nobody`. Where that account cannot reach the folder, the data lie in /var/lib/brownout-<hash>.

    python -m config.local.embedded start | stop | status
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.local import processes
from config.local.embedded import postgres, valkey
from config.local.embedded.folders import LONGEST_START_S, VALKEY_SOCKET, EmbeddedError, Folders, locate, make_folders
from config.local.embedded.postgres import DATABASE, client_binaries

__all__ = [
    "EmbeddedError",
    "Servers",
    "client_binaries",
    "database_url",
    "keep",
    "kept",
    "redis_url",
    "start",
    "status",
    "stop",
]


@dataclass(frozen=True)
class Servers:
    """What runs after `start`."""

    database_url: str
    redis_url: str
    started: tuple[str, ...]
    """Names of the servers that this call has started; the others ran already or are not ours."""


def database_url(data_dir: Path) -> str:
    """The address of this data folder's PostgreSQL, whether it runs or not."""
    return f"postgresql://{DATABASE}@/{DATABASE}?host={quote(str(locate(data_dir).sockets), safe='/')}"


def redis_url(data_dir: Path) -> str:
    """The address of this data folder's Valkey, whether it runs or not."""
    return f"unix://{locate(data_dir).sockets / VALKEY_SOCKET}"


def start(
    data_dir: Path, *, database: bool = True, broker: bool = True, say: Callable[[str], None] = lambda _: None
) -> Servers:
    """Brings the servers up, or finds them up. Safe to call from several processes at once.

    `say` hears of what takes time. Raises EmbeddedError.
    """
    place = locate(data_dir)
    if place.home != Path(os.path.abspath(data_dir)) and not place.home.exists():
        say(f"The database's account cannot reach {data_dir}; its data go to {place.home}")
    make_folders(Path(data_dir), place)
    started = []
    with _locked(place):
        if database and postgres.start(place, say):
            started.append("PostgreSQL")
        if broker and valkey.start(place, say):
            started.append("Valkey")
    return Servers(database_url(data_dir), redis_url(data_dir), tuple(started))


def stop(data_dir: Path, *, say: Callable[[str], None] = lambda _: None) -> None:
    """Ends the servers of this data folder in order; without complaint where none run."""
    place = locate(data_dir)
    if not place.home.exists():
        return
    with _locked(place):
        place.keep_mark.unlink(missing_ok=True)
        valkey.stop(place, say)
        postgres.stop(place, say)


def status(data_dir: Path) -> dict[str, int | None]:
    """The process numbers of the servers; None for one that does not run."""
    place = locate(data_dir)
    return {"PostgreSQL": postgres.pid_of(place), "Valkey": valkey.pid_of(place)}


def kept(data_dir: Path) -> bool:
    """Whether the servers were started by hand, to outlive `make run`."""
    return locate(data_dir).keep_mark.exists()


def keep(data_dir: Path) -> None:
    """Marks the servers as started by hand."""
    locate(data_dir).keep_mark.touch()


def _locked(place: Folders) -> contextlib.AbstractContextManager[None]:
    return processes.exclusive(
        place.home / "embedded.lock",
        timeout_s=LONGEST_START_S,
        holder=f"Another process has been starting the servers of {place.home} for {LONGEST_START_S} s.",
    )
