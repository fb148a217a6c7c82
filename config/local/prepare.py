"""Makes the database and the static files ready for this version: tables, catalogues, compressed files.

Run before the processes start, by `make run` and by the container alike: python -m config.local.prepare
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import time
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, override, pgettext

from config.front.refusals import UNAVAILABLE
from config.local.output import write
from reports.languages import LANGUAGES


def make_tables() -> None:
    """Applies the migrations that are missing."""
    executor = MigrationExecutor(connection)
    ours = executor.loader.migrated_apps
    newer = sorted(f"{app}.{name}" for app, name in executor.loader.applied_migrations if app in ours)
    newer = [name for name in newer if tuple(name.split(".", 1)) not in executor.loader.graph.nodes]
    newer = [name for name in newer if not _is_replaced(executor, name)]
    if newer:
        raise CommandError(
            f"The database is of a newer version than this ({', '.join(newer[:3])}). Take that version (git pull), or "
            "go back to a backup of this one: make restore FILE=…"
        )
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        write(f"Making the tables ({len(missing)} steps)")
        call_command("migrate", interactive=False, verbosity=0)


def _is_replaced(executor: MigrationExecutor, name: str) -> bool:
    """Return whether a migration was squashed into another since."""
    key = tuple(name.split(".", 1))
    return any(key in migration.replaces for migration in executor.loader.disk_migrations.values())


def make_partitions() -> None:
    """Makes the days' partitions of what comes in without end, so that the first hour has them too."""
    from outages.signals.probes import rollup
    from reports import tasks

    now = timezone.now()
    tasks.make_partitions(now)
    rollup.make_partitions(now.date())


def load_catalogues() -> None:
    """Brings the services of the catalogue files into the database; says what changed."""
    told = io.StringIO()
    call_command("load_catalog", stdout=told)
    if told.getvalue().strip():
        write(told.getvalue().rstrip())


def collect_static_files() -> None:
    """Compresses the static files where one has changed since the last time."""
    stamp = settings.STATIC_ROOT.with_name("static.stamp")
    wanted = _static_fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted and settings.STATIC_ROOT.is_dir():
        return
    write("Compressing the static files")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted, encoding="ascii")


def _static_fingerprint() -> str:
    """Changes with every static file's name, size or time, and with the way they are stored."""
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]["BACKEND"]).encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: str(found[0])):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def write_unavailable_pages() -> None:
    """Writes the page that the front gives in each language while nothing else can answer."""
    folder = Path(settings.DATA_DIR) / UNAVAILABLE
    folder.mkdir(parents=True, exist_ok=True)
    for tag in LANGUAGES:
        with override(tag):
            detail = gettext("We can't answer right now. Please try again in a few seconds.")
            page = render_to_string(
                "error.html", {"title": pgettext("title of an error page", "Temporarily unavailable"), "detail": detail}
            )
        unfinished = folder / f"{tag}.new"
        unfinished.write_text(page, encoding="utf-8")
        unfinished.replace(folder / f"{tag}.html")


def wait_for_database(patience_s: float = 60) -> None:
    """Waits for a database that is still starting, as it may be on another machine."""
    deadline = time.monotonic() + patience_s
    told = False
    while True:
        try:
            connection.ensure_connection()
            return
        except OperationalError as error:
            if time.monotonic() > deadline:
                raise
            if not told:
                told = True
                write(f"Waiting for the database: {str(error).strip().splitlines()[0]}")
            time.sleep(0.5)


def plain(error: Exception) -> str:
    """What is wrong in one line, and what to type where that is known."""
    said = str(error).strip() or type(error).__name__
    if isinstance(error, OSError):
        where = error.filename or settings.DATA_DIR
        return f"{where}: {error.strerror or said}. This account must be allowed to write in DATA_DIR."
    if not isinstance(error, DatabaseError):
        return said
    said = said.splitlines()[0]
    cause = error.__cause__
    if isinstance(cause, (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)):
        return f"The tables are not those of this version: {said}. Type: .venv/bin/python -m config.local.prepare"
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        user, name = settings.DATABASES["default"]["USER"], settings.DATABASES["default"]["NAME"]
        return f'The database refuses: {said}. As its owner type: GRANT ALL ON SCHEMA public TO "{user}"; in "{name}".'
    return f"The database cannot be used: {said}"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    try:
        wait_for_database()
        make_tables()
        make_partitions()
        load_catalogues()
        collect_static_files()
        write_unavailable_pages()
    except (CommandError, DatabaseError, OSError) as error:
        sys.stderr.write(f"{plain(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
