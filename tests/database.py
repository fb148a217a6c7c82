"""The tests' own PostgreSQL: quick rather than safe, and migrated once for each state of the migrations.

A migrated cluster is kept below `.cache` and copied by each process that runs tests; a copy takes a fraction of a
second, making one some ten.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import psycopg

from config.local import embedded, processes
from config.local.embedded import postgres
from config.local.embedded.folders import locate, make_folders

PROJECT = Path(__file__).resolve().parent.parent
CACHE = PROJECT / ".cache" / "test-databases"
NAME = "test_brownout"
KEPT = 2
"""Clusters that stay in the cache: that of the work at hand, and the one before it."""
LONGEST_MAKING_S = 300
# Whatever decides what is in a migrated database: migrations, permissions, groups, and the server itself.
MADE_OF = (
    "*/migrations/**/*.py",
    "*/models.py",
    "*/models/**/*.py",
    "**/groups.py",
    "config/**/*.py",
    "requirements.txt",
    "requirements-embedded.txt",
)
# What these servers hold dies with the tests: nothing of it has to survive a crash.
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
}


def start(data_dir: Path) -> None:
    """Bring up a server in the data folder, with the migrated database NAME in it."""
    place = locate(data_dir)
    if not (place.postgres / "PG_VERSION").exists():
        make_folders(data_dir, place)
        with processes.exclusive(
            _cache() / "lock", timeout_s=LONGEST_MAKING_S, holder="Another process has been making the tests' database."
        ):
            template = _made()
            _copy(template, place.postgres)
        if place.account is not None:
            _own(place.postgres, place.account)
    _start_quick(data_dir)


def fingerprint() -> str:
    """Return what changes with everything that a migrated database is made of."""
    digest = hashlib.sha256(sys.version.encode())
    for pattern in MADE_OF:
        for file in sorted(PROJECT.glob(pattern)):
            digest.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _cache() -> Path:
    CACHE.mkdir(parents=True, exist_ok=True)
    return CACHE


def _made() -> Path:
    """Return the folder of the migrated cluster, made where it is missing."""
    template = CACHE / fingerprint()
    if template.exists():
        template.touch()
        return template
    with tempfile.TemporaryDirectory(prefix="brownout-database-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        _start_quick(home)
        try:
            address = embedded.database_url(home)
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {NAME}")
            _migrate(home, address.replace("@/brownout?", f"@/{NAME}?"))
        finally:
            embedded.stop(home)
        unfinished = CACHE / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        _copy(locate(home).postgres, unfinished)
        unfinished.rename(template)
    for old in sorted((path for path in CACHE.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)[
        :-KEPT
    ]:
        shutil.rmtree(old, ignore_errors=True)
    return template


def _migrate(home: Path, address: str) -> None:
    environment = {**os.environ, "DATA_DIR": str(home), "DATABASE_URL": address, "OUTBOUND": "off"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    made = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST_MAKING_S
    )
    if made.returncode:
        raise RuntimeError(f"The migrations fail:\n{made.stderr[-3000:]}")


def _start_quick(data_dir: Path) -> None:
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(postgres.SETTINGS, QUICK))
        stack.enter_context(mock.patch.object(postgres, "INITDB_OPTIONS", (*postgres.INITDB_OPTIONS, "--no-sync")))
        embedded.start(data_dir, broker=False)


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    _each(target, lambda path: path.chmod(0o700 if path.is_dir() else 0o600))


def _own(folder: Path, account: processes.Account) -> None:
    _each(folder, lambda path: os.chown(path, account.uid, account.gid))


def _each(folder: Path, change: Callable[[Path], None]) -> None:
    for path in (folder, *folder.rglob("*")):
        change(path)
