"""Backups: what was saved comes back, whole or not at all."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from config.local import backup, embedded

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def database():
    folder = Path(tempfile.mkdtemp(prefix="brownout-backup-"))
    yield embedded.start(folder, broker=False).database_url
    embedded.stop(folder)
    shutil.rmtree(folder)


def test_a_saved_database_comes_back_as_it_was(database, tmp_path):
    file, binaries = tmp_path / "brownout.dump", embedded.client_binaries()
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (number integer) PARTITION BY RANGE (number)")
        connection.execute("CREATE TABLE kept_1 PARTITION OF kept FOR VALUES FROM (0) TO (100)")
        connection.execute("INSERT INTO kept SELECT generate_series(0, 99)")
        backup.save(database, file, binaries)
        connection.execute("DELETE FROM kept WHERE number > 9")
        backup.load(database, file, binaries)
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (100,)


def test_a_backup_that_fails_leaves_the_older_one(tmp_path):
    file = tmp_path / "brownout.dump"
    file.write_bytes(b"the older one")
    nowhere = f"postgresql://brownout@/brownout?host={tmp_path}"
    with pytest.raises(subprocess.CalledProcessError):
        backup.save(nowhere, file, embedded.client_binaries())
    assert file.read_bytes() == b"the older one"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_is_no_backup_changes_nothing(database, tmp_path):
    file = tmp_path / "brownout.dump"
    file.write_bytes(b"no backup")
    with psycopg.connect(database, autocommit=True) as connection:
        before = connection.execute("SELECT count(*) FROM pg_class").fetchone()
        with pytest.raises(subprocess.CalledProcessError):
            backup.load(database, file, embedded.client_binaries())
        assert connection.execute("SELECT count(*) FROM pg_class").fetchone() == before
