"""Saves the database into one file, and puts it back: python -m config.local.backup save|load|drill FILE

A backup may be made while Brownout runs. A restore builds a fresh database beside the old one, compares it with what
the backup says of itself, and only then swaps their names; until then nothing has changed, and the old one is kept.
Both work on the embedded server and on that of DATABASE_URL.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config import LAST_BACKUP, env
from config.local import embedded

RESTORED, BEFORE, DRILL = "restored", "before_restore", "drill"
# pg_dump sets it from version 17 on; a server before that does not know it, and needs it for nothing.
NOT_FOR_OLDER_SERVERS = (b"SET transaction_timeout = 0;\n",)
# What servers from the fall of 2026 on note at each column for themselves, and only a pg_dump of that time leaves out.
_NOTE_OF_SERVER = re.compile(rb"(?<= SET \()pg_attver='?\d+'?(?:, )?|, pg_attver='?\d+'?(?=[,)])")
CONNECT_TIMEOUT_S = 10
CLOSING_S = 2.0  # a server process outlives its client's goodbye for a moment

Say = Callable[[str], object]


class BackupError(Exception):
    """What kept a backup or a restore from being made, in a line that says what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: its bytes' hash, rows by table, and where sequences stand."""

    sha256: str
    rows: dict[str, int]
    sequences: dict[str, int | None]


def manifest_of(file: Path) -> Path:
    """Where the manifest of a backup lies."""
    return file.with_name(file.name + ".json")


def save(database_url: str, file: Path, binaries: Path) -> None:
    """Writes everything as of one moment. File and manifest appear when they are whole.

    Raises CalledProcessError, BackupError.
    """
    unfinished = file.with_name(file.name + ".new")
    manifest = manifest_of(file)
    unfinished_manifest = manifest.with_name(manifest.name + ".new")
    try:
        # All reports and all sealed addresses lie in it: it is its owner's alone from the first byte on.
        for one in (unfinished, unfinished_manifest):
            os.close(os.open(one, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
            one.chmod(0o600)
        with _connected(database_url) as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            moment = connection.execute("SELECT pg_export_snapshot()").fetchone()
            assert moment is not None
            # They stand outside of transactions: while Brownout runs, what is dumped may be further on than this.
            sequences = _sequences(connection)
            subprocess.run(
                [
                    *(binaries / "pg_dump", "--format=custom", "--no-owner", f"--snapshot={moment[0]}"),
                    *(f"--file={unfinished}", f"--dbname={database_url}"),
                ],
                check=True,
            )
            rows = _rows(connection)
        said = Manifest(_hash(unfinished), rows, sequences)
        unfinished_manifest.write_text(json.dumps(asdict(said), indent=1, sort_keys=True), encoding="utf-8")
        unfinished.replace(file)
        unfinished_manifest.replace(manifest)
    finally:
        unfinished.unlink(missing_ok=True)
        unfinished_manifest.unlink(missing_ok=True)


def load(database_url: str, file: Path, binaries: Path, say: Say = print) -> None:
    """Puts the database back into the state of the file, all or nothing; the old one stays beside it.

    Raises CalledProcessError, BackupError; then nothing has changed.
    """
    name = _name(database_url)
    fresh, before = _beside(name, RESTORED), _beside(name, BEFORE)
    _check_hash(file)
    with _maintenance(database_url) as server:
        _refuse_while_used(server, name)
        _build(server, database_url, fresh, file, binaries, say)
        _drop(server, before)
        _refuse_while_used(server, name)
        with server.transaction():  # both names change, or none
            if _exists(server, name):
                server.execute(_rename(name, before))
            server.execute(_rename(fresh, name))
    say(f"The database as it was before is kept as {before}, until the next restore.")


def drill(database_url: str, file: Path, binaries: Path, say: Say = print) -> None:
    """Proves that a backup can be restored, without touching the site. Raises CalledProcessError, BackupError."""
    name = _beside(_name(database_url), DRILL)
    began = time.monotonic()
    _check_hash(file)
    with _maintenance(database_url) as server:
        try:
            _build(server, database_url, name, file, binaries, say)
            row = server.execute("SELECT pg_database_size(%s)", (name,)).fetchone()
        finally:
            _drop(server, name)
    assert row is not None
    say(f"It can be restored: {file.stat().st_size:,} bytes became {row[0]:,} in {time.monotonic() - began:.1f} s.")


def _build(server: psycopg.Connection, database_url: str, name: str, file: Path, binaries: Path, say: Say) -> None:
    """Restores into a new database of this name, in place of one that a restore left unfinished, and compares it."""
    _drop(server, name)
    try:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupError("The account of DATABASE_URL may not create databases: ALTER ROLE … CREATEDB.") from error
    target = make_conninfo(database_url, dbname=name)
    say(f"Restoring into {name} …")
    try:
        _restore(target, file, binaries)
        with _connected(target) as connection:
            _compare(connection, file, say)
            connection.execute("ANALYZE")
    except BaseException:
        _drop(server, name)
        raise


def _restore(target: str, file: Path, binaries: Path) -> None:
    """Lets pg_restore write the statements, and psql carry them out in one transaction."""
    reader: list[str | Path] = [binaries / "pg_restore", "--no-owner", "--file=-", file]
    writer: list[str | Path] = [
        binaries / "psql",
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--single-transaction",
        target,
    ]
    with (
        subprocess.Popen(reader, stdout=subprocess.PIPE) as statements,
        subprocess.Popen(writer, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as session,
    ):
        assert statements.stdout is not None
        assert session.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # psql has said why it ended
            in_head = True
            for line in statements.stdout:
                in_head = in_head and not line.startswith(b"COPY ")
                session.stdin.write(for_any_server(line) if in_head else line)
        with contextlib.suppress(BrokenPipeError):
            session.stdin.close()
        statements.stdout.close()
    for process, command in ((session, writer), (statements, reader)):
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)


def for_any_server(line: bytes) -> bytes:
    """Return a statement of a dump's head as servers of all supported versions take it; empty where it is for none."""
    if line in NOT_FOR_OLDER_SERVERS:
        return b""
    if not line.startswith(b"ALTER TABLE ONLY "):
        return line
    line = _NOTE_OF_SERVER.sub(b"", line)
    return b"" if line.endswith(b" SET ();\n") else line


def _check_hash(file: Path) -> None:
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    said = _manifest(file)
    if said is not None and said.sha256 != _hash(file):
        raise BackupError(f"{file} is not what {manifest_of(file).name} beside it was written for; it may be cut off.")


def _compare(connection: psycopg.Connection, file: Path, say: Say) -> None:
    """Compares rows and sequences with the manifest. Raises BackupError where they differ."""
    said = _manifest(file)
    if said is None:
        say(f"There is no {manifest_of(file).name} beside the backup, so its rows could not be counted again.")
        return
    rows, sequences = _rows(connection), _sequences(connection)
    differ = sorted(
        {key for key, _ in rows.items() ^ said.rows.items()}
        | (sequences.keys() ^ said.sequences.keys())
        | _behind(connection, sequences)
    )
    if differ:
        raise BackupError(f"What was restored is not what was saved: {', '.join(differ)} differ. Nothing was changed.")
    say(f"{sum(rows.values()):,} rows in {len(rows)} tables are as they were saved.")


def _manifest(file: Path) -> Manifest | None:
    try:
        return Manifest(**json.loads(manifest_of(file).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise BackupError(f"{manifest_of(file)} cannot be read.") from error


def _hash(file: Path) -> str:
    digest = sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _rows(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of each table; partitions count by themselves."""
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
    ).fetchall()
    counted = {}
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", name))).fetchone()
        assert row is not None
        counted[name] = row[0]
    return counted


def _behind(connection: psycopg.Connection, sequences: Mapping[str, int | None]) -> set[str]:
    """Return the sequences that would give a number once more that a row has."""
    owners = connection.execute(
        "SELECT s.relname, t.relname, a.attname FROM pg_depend d "
        "JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' "
        "JOIN pg_class t ON t.oid = d.refobjid "
        "JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid "
        "WHERE d.deptype IN ('a', 'i') AND s.relnamespace = 'public'::regnamespace"
    ).fetchall()
    behind = set()
    for sequence, table, column in owners:
        largest = sql.SQL("SELECT max({}) FROM {}").format(sql.Identifier(column), sql.Identifier("public", table))
        row = connection.execute(largest).fetchone()
        if row is not None and row[0] is not None and row[0] > (sequences.get(sequence) or 0):
            behind.add(sequence)
    return behind


def _sequences(connection: psycopg.Connection) -> dict[str, int | None]:
    found = connection.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
    return dict(found.fetchall())


def _refuse_while_used(server: psycopg.Connection, name: str) -> None:
    """Raise BackupError while clients use a database. One that is just closing its connection is waited for."""
    until = time.monotonic() + CLOSING_S
    while users := _users(server, name):
        if time.monotonic() > until:
            raise BackupError(f"{users} connections use the database: end Brownout first, then restore again.")
        time.sleep(0.1)


def _users(server: psycopg.Connection, name: str) -> int:
    """The clients of a database. PostgreSQL's own workers, such as a vacuum, leave by themselves."""
    row = server.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'", (name,)
    ).fetchone()
    return int(row[0]) if row else 0


def _exists(server: psycopg.Connection, name: str) -> bool:
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _rename(old: str, new: str) -> sql.Composed:
    return sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))


def _name(database_url: str) -> str:
    parts = conninfo_to_dict(database_url)
    return str(parts.get("dbname") or parts.get("user") or "brownout")


def _beside(name: str, what: str) -> str:
    """The name of a database beside another; PostgreSQL cuts names at 63 bytes."""
    return f"{name[: 62 - len(what)]}_{what}"


@contextlib.contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    try:
        connection = psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S, autocommit=True)
    except psycopg.OperationalError as error:
        raise BackupError(f"PostgreSQL cannot be reached: {str(error).strip().splitlines()[0]}") from error
    with connection:
        yield connection


@contextlib.contextmanager
def _maintenance(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection to the server, and to none of our databases."""
    with _connected(make_conninfo(database_url, dbname="postgres")) as connection:
        yield connection


def _note(data_dir: Path, file: Path) -> None:
    """Leave a note of the last backup for the doctor, who says when it gets old."""
    try:
        (data_dir / LAST_BACKUP).write_text(f"{file}\n", encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        sys.stderr.write(f"{data_dir / LAST_BACKUP}: {error.strerror}; the doctor will not know of this backup.\n")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m config.local.backup", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("command", choices=["save", "load", "drill"])
    parser.add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    file = given.file.absolute()
    started_here = False
    try:
        from config import settings

        try:
            if not env.text("DATABASE_URL"):
                started_here = bool(embedded.start(settings.DATA_DIR, broker=False).started)
            {"save": save, "load": load, "drill": drill}[given.command](
                settings.DATABASE_URL, file, embedded.client_binaries()
            )
            if given.command == "save":
                _note(settings.DATA_DIR, file)
        finally:
            if started_here:
                embedded.stop(settings.DATA_DIR)
    except (BackupError, env.SettingError, embedded.EmbeddedError, TimeoutError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename or file}: {error.strerror or error}. Name a file that can be written.\n")
        return 1
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"{Path(error.cmd[0]).name} failed; its reason is above.\n")
        return 1
    done = {"save": f"Saved to {given.file}", "load": f"Restored from {given.file}"}
    if given.command in done:
        sys.stdout.write(f"{done[given.command]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
