"""Backups: what was saved comes back, whole or not at all."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import psycopg
import pytest

from config.local import backup, embedded
from tests.servers import debian_postgres

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).resolve().parents[3]


def tables(url, folder):
    """Every table that Brownout has."""
    environment = os.environ | {"DATABASE_URL": url, "DATA_DIR": str(folder), "OUTBOUND": "off"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=PROJECT, env=environment, check=True, timeout=300
    )


@pytest.fixture(scope="module")
def database():
    """A database on the embedded server."""
    folder = Path(tempfile.mkdtemp(prefix="brownout-backup-"))
    url = embedded.start(folder, broker=False).database_url
    tables(url, folder)
    yield url
    embedded.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def older():
    """A database on the oldest server that is supported."""
    if not debian_postgres.is_here:
        pytest.skip(f"there is no PostgreSQL {debian_postgres.VERSION}: apt-get install postgresql-15")
    folder = Path(tempfile.mkdtemp(prefix="brownout-older-"))
    with debian_postgres.server() as url:
        tables(url, folder)
        yield url
    shutil.rmtree(folder)


def names(url):
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall()
    return {name for (name,) in found}


def count(url, table):
    with psycopg.connect(url) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_a_saved_database_comes_back_where_it_came_from(database, tmp_path):
    file, binaries, said = tmp_path / "brownout.dump", embedded.client_binaries(), []
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("INSERT INTO auth_group (name) SELECT 'group ' || n FROM generate_series(1, 50) n")
    before = count(database, "auth_group")
    backup.save(database, file, binaries)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DELETE FROM auth_group WHERE name LIKE 'group %'")
        connection.execute("DROP TABLE reports_report CASCADE")
    for _ in range(2):  # and once more, over what the first one left behind
        backup.load(database, file, binaries, said.append)
        assert count(database, "auth_group") == before
        assert count(database, "reports_report") == 0
    with psycopg.connect(database, autocommit=True) as connection:  # the sequence goes on where it stood
        connection.execute("INSERT INTO auth_group (name) VALUES ('one more')")
    assert any("are as they were saved" in line for line in said)
    assert names(database) == {"postgres", "brownout", "brownout_before_restore"}


def contents(url):
    """The rows of every table and where every sequence stands."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT c.oid::regclass::text, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'S')"
        ).fetchall()
        tables = {
            name: sorted(connection.execute(f"SELECT t::text FROM {name} t").fetchall())
            for name, kind in found
            if kind in ("r", b"r")
        }
        sequences = {
            name: connection.execute(f"SELECT last_value, is_called FROM {name}").fetchone()
            for name, kind in found
            if kind in ("S", b"S")
        }
    return tables, sequences


def test_wrecked_and_restored_on_the_oldest_server(older, tmp_path):
    file = tmp_path / "brownout.dump"
    with psycopg.connect(older, autocommit=True) as connection:
        connection.execute("INSERT INTO auth_group (name) SELECT 'group ' || n FROM generate_series(1, 50) n")
    before = contents(older)
    backup.save(older, file, embedded.client_binaries())
    with psycopg.connect(older, autocommit=True) as connection:
        connection.execute("DELETE FROM auth_group WHERE name LIKE 'group %'")
        connection.execute("DROP TABLE reports_report CASCADE")
    for _ in range(2):
        backup.load(older, file, embedded.client_binaries(), lambda line: None)
        assert contents(older) == before


def test_a_site_moves_to_the_oldest_server_and_back(database, older, tmp_path):
    there, back = tmp_path / "there.dump", tmp_path / "back.dump"
    before = contents(database)
    backup.save(database, there, embedded.client_binaries())
    backup.load(older, there, embedded.client_binaries(), lambda line: None)
    assert contents(older) == before
    backup.save(older, back, embedded.client_binaries())
    backup.load(database, back, embedded.client_binaries(), lambda line: None)
    assert contents(database) == before


@pytest.mark.parametrize(
    ("statement", "taken"),
    [
        (b"SET transaction_timeout = 0;\n", b""),
        (b"ALTER TABLE ONLY public.t ALTER COLUMN a SET (pg_attver=22158952);\n", b""),
        (
            b"ALTER TABLE ONLY public.t ALTER COLUMN a SET (pg_attver=22158952, n_distinct=5);\n",
            b"ALTER TABLE ONLY public.t ALTER COLUMN a SET (n_distinct=5);\n",
        ),
        (
            b"ALTER TABLE ONLY public.t ALTER COLUMN a SET (n_distinct=5, pg_attver=22158952);\n",
            b"ALTER TABLE ONLY public.t ALTER COLUMN a SET (n_distinct=5);\n",
        ),
        (b"ALTER TABLE ONLY public.t ALTER COLUMN a SET NOT NULL;\n",) * 2,
    ],
)
def test_what_a_newer_server_notes_for_itself_is_left_out(statement, taken):
    assert backup.for_any_server(statement) == taken


def test_a_backup_is_its_owners_alone(database, tmp_path):
    file = tmp_path / "brownout.dump"
    backup.save(database, file, embedded.client_binaries())
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert {path.name for path in tmp_path.iterdir()} == {"brownout.dump", "brownout.dump.json"}


def test_a_restore_waits_for_brownout_to_end(database, tmp_path):
    file = tmp_path / "brownout.dump"
    backup.save(database, file, embedded.client_binaries())
    before = names(database)
    with (
        psycopg.connect(database, autocommit=True),
        pytest.raises(backup.BackupError, match="end Brownout first"),
    ):
        backup.load(database, file, embedded.client_binaries())
    assert names(database) == before


def test_a_restore_waits_for_a_connection_that_is_just_closing(database, tmp_path):
    file = tmp_path / "brownout.dump"
    backup.save(database, file, embedded.client_binaries())
    last = psycopg.connect(database, autocommit=True)
    closing = threading.Timer(0.5, last.close)
    closing.start()
    backup.load(database, file, embedded.client_binaries(), lambda line: None)
    closing.join()


def test_a_drill_touches_nothing(database, tmp_path):
    file, said = tmp_path / "brownout.dump", []
    backup.save(database, file, embedded.client_binaries())
    before = names(database)
    with psycopg.connect(database):  # Brownout may run
        backup.drill(database, file, embedded.client_binaries(), said.append)
    assert "It can be restored" in said[-1]
    assert names(database) == before


def test_what_is_written_during_a_backup_does_not_make_it_useless(database, tmp_path, monkeypatch):
    """Sequences stand outside of transactions: what is dumped of them may be further on than the rows."""
    file, said, dump = tmp_path / "brownout.dump", [], subprocess.run

    def meanwhile(*arguments, **options):
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("INSERT INTO auth_group (name) SELECT 'meanwhile ' || n FROM generate_series(1, 9) n")
        done = dump(*arguments, **options)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("INSERT INTO auth_group (name) VALUES ('afterwards')")
        return done

    monkeypatch.setattr(backup.subprocess, "run", meanwhile)
    backup.save(database, file, embedded.client_binaries())
    monkeypatch.undo()
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DELETE FROM auth_group WHERE name LIKE 'meanwhile %' OR name = 'afterwards'")
    backup.drill(database, file, embedded.client_binaries(), said.append)
    assert "It can be restored" in said[-1]

    with psycopg.connect(database, autocommit=True) as connection:  # numbers would be given twice
        connection.execute("INSERT INTO auth_group (id, name) VALUES (99999, 'by hand')")
    backup.save(database, file, embedded.client_binaries())
    with pytest.raises(backup.BackupError, match="auth_group_id_seq differ"):
        backup.drill(database, file, embedded.client_binaries(), said.append)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DELETE FROM auth_group WHERE id = 99999")


def test_a_backup_that_was_cut_off_changes_nothing(database, tmp_path):
    file = tmp_path / "brownout.dump"
    backup.save(database, file, embedded.client_binaries())
    file.write_bytes(file.read_bytes()[:-100])
    before = names(database), count(database, "auth_group")
    with pytest.raises(backup.BackupError, match="cut off"):
        backup.load(database, file, embedded.client_binaries())
    backup.manifest_of(file).unlink()  # without it, pg_restore notices or the rows are not there
    with pytest.raises(subprocess.CalledProcessError):
        backup.load(database, file, embedded.client_binaries())
    assert (names(database), count(database, "auth_group")) == before


def test_rows_that_are_missing_are_noticed_before_the_swap(database, tmp_path):
    file = tmp_path / "brownout.dump"
    backup.save(database, file, embedded.client_binaries())
    manifest = backup.manifest_of(file)
    rows = count(database, "django_migrations")
    changed = manifest.read_text().replace(f'"django_migrations": {rows}', f'"django_migrations": {rows + 1}')
    manifest.write_text(changed)
    before = names(database)
    with pytest.raises(backup.BackupError, match="django_migrations differ"):
        backup.load(database, file, embedded.client_binaries())
    assert names(database) == before


def test_a_backup_that_fails_leaves_the_older_one(tmp_path):
    file = tmp_path / "brownout.dump"
    file.write_bytes(b"the older one")
    nowhere = f"postgresql://brownout@/brownout?host={tmp_path}"
    with pytest.raises(backup.BackupError, match="cannot be reached"):
        backup.save(nowhere, file, embedded.client_binaries())
    assert file.read_bytes() == b"the older one"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_is_no_backup_changes_nothing(database, tmp_path):
    file = tmp_path / "brownout.dump"
    file.write_bytes(b"no backup")
    before = names(database)
    with pytest.raises(subprocess.CalledProcessError):
        backup.load(database, file, embedded.client_binaries())
    assert names(database) == before
