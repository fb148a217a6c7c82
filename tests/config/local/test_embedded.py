"""The embedded servers: where they live, that they come up, and that they lose nothing."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import psycopg
import pytest
import redis

from config.local import embedded, processes
from config.local.embedded.folders import LONGEST_SOCKET_PATH, POSTGRES_SOCKET, VALKEY_SOCKET, locate

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def data_dir():
    """A folder that the servers' account can reach, also as root; the servers in it are ended afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="brownout-embedded-"))
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


def rows(data_dir):
    with psycopg.connect(embedded.database_url(data_dir)) as connection:
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


def write_rows(data_dir, count):
    with psycopg.connect(embedded.database_url(data_dir), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (number integer)")
        for number in range(count):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])


def test_the_addresses_are_known_before_anything_runs(tmp_path):
    folder = tmp_path / "data"
    assert embedded.database_url(folder).startswith("postgresql://brownout@/brownout?host=/")
    assert embedded.redis_url(folder).startswith("unix:///")
    assert not folder.exists()


def test_libpq_reads_the_database_address(tmp_path):
    parts = psycopg.conninfo.conninfo_to_dict(embedded.database_url(tmp_path))
    assert parts == {"user": "brownout", "dbname": "brownout", "host": str(locate(tmp_path).sockets)}


@pytest.mark.parametrize("name", ["plain", "d" * 90, "with space", "ünïcödé", "per%cent?and=more"])
def test_a_socket_path_is_always_short_and_plain(name):
    sockets = locate(Path("/tmp") / name / name).sockets
    assert len(os.fsencode(sockets / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH
    assert str(sockets).isascii()
    assert " " not in str(sockets)
    assert "%" not in str(sockets)


def test_two_deep_folders_do_not_share_their_sockets():
    deep = Path("/tmp") / ("d" * 100)
    assert locate(deep / "one").sockets != locate(deep / "two").sockets


@pytest.mark.skipif(not AS_ROOT, reason="only root runs the servers as another account")
def test_root_keeps_the_data_where_the_servers_account_can_reach_them():
    closed = Path(tempfile.mkdtemp())  # 0700, root's
    try:
        inside = locate(closed / "data")
        assert inside.home.parent == Path("/var/lib")
        assert inside == locate(closed / "data")
        assert locate(closed).home == closed, "the given folder itself may be opened; its parents may not"
    finally:
        closed.rmdir()


@pytest.mark.skipif(not AS_ROOT, reason="only root can give a folder away")
def test_root_runs_the_servers_as_the_owner_of_the_folder():
    folder = Path(tempfile.mkdtemp())
    try:
        nobody = processes.Account.by_name("nobody")
        os.chown(folder, nobody.uid, nobody.gid)
        assert locate(folder / "data").account == nobody
        assert locate(folder / "data").home == folder / "data"
    finally:
        folder.rmdir()


@pytest.mark.skipif(not AS_ROOT, reason="only root can give a folder away")
def test_root_in_somebodys_closed_folder_runs_the_servers_as_that_account():
    closed = Path(tempfile.mkdtemp())  # 0700
    try:
        nobody = processes.Account.by_name("nobody")
        os.chown(closed, nobody.uid, nobody.gid)
        (closed / "project").mkdir()  # root's own, as after a clone by root
        before = locate(closed / "project" / "data")
        assert before.account == nobody
        (closed / "project" / "data").mkdir()
        assert locate(closed / "project" / "data") == before
    finally:
        shutil.rmtree(closed)


@pytest.mark.skipif(not AS_ROOT, reason="only root can put a folder of somebody else there")
def test_a_socket_folder_that_somebody_else_has_made_is_refused(data_dir):
    sockets = locate(data_dir).sockets
    sockets.mkdir()
    os.chown(sockets, 12345, 12345)
    with pytest.raises(embedded.EmbeddedError, match="belongs to another account"):
        embedded.start(data_dir)


def test_a_socket_folder_that_is_a_link_is_refused(data_dir, tmp_path):
    locate(data_dir).sockets.symlink_to(tmp_path)
    with pytest.raises(embedded.EmbeddedError):
        embedded.start(data_dir)


def test_both_servers_start_answer_and_stop(data_dir):
    assert embedded.status(data_dir) == {"PostgreSQL": None, "Valkey": None}
    servers = embedded.start(data_dir)
    assert servers.started == ("PostgreSQL", "Valkey")
    assert all(embedded.status(data_dir).values())
    with psycopg.connect(servers.database_url) as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
    with redis.Redis.from_url(servers.redis_url) as client:
        assert client.ping()
    assert embedded.start(data_dir).started == (), "they run already"
    embedded.stop(data_dir)
    assert embedded.status(data_dir) == {"PostgreSQL": None, "Valkey": None}


def test_nobody_else_can_reach_the_sockets(data_dir):
    embedded.start(data_dir)
    assert locate(data_dir).sockets.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_the_callers_locale_and_postgres_variables_change_nothing(data_dir, monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("PGDATA", "/nonexistent")
    monkeypatch.setenv("PGOPTIONS", "")
    embedded.start(data_dir, broker=False)
    with psycopg.connect(embedded.database_url(data_dir)) as connection:
        assert connection.execute("SHOW lc_messages").fetchone() == ("C",)


@pytest.mark.slow
def test_every_committed_row_is_there_after_a_kill_of_everything(data_dir):
    embedded.start(data_dir)
    write_rows(data_dir, 300)
    with redis.Redis.from_url(embedded.redis_url(data_dir)) as client:
        client.set("hint", "there")
        client.execute_command("WAITAOF", 1, 0, 5000)
    for pid in embedded.status(data_dir).values():
        os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: not any(embedded.status(data_dir).values()), 10)
    assert embedded.start(data_dir).started == ("PostgreSQL", "Valkey")
    assert rows(data_dir) == 300
    with redis.Redis.from_url(embedded.redis_url(data_dir)) as client:
        assert client.get("hint") == b"there"


@pytest.mark.slow
def test_a_left_pid_file_that_names_somebody_else_is_no_obstacle(data_dir):
    embedded.start(data_dir, broker=False)
    write_rows(data_dir, 3)
    embedded.stop(data_dir)
    place = locate(data_dir)
    account = place.account or processes.Account.by_uid(os.geteuid())
    # The number of the dead server now belongs to another program of the same account.
    with subprocess.Popen(["sleep", "60"], **processes.as_account(place.account)) as stranger:
        try:
            for file in (place.postgres / "postmaster.pid", place.sockets / f"{POSTGRES_SOCKET}.lock"):
                file.write_text(f"{stranger.pid}\n{place.postgres}\n1700000000\n5432\n{place.sockets}\n")
                os.chown(file, account.uid, account.gid)
            assert embedded.status(data_dir)["PostgreSQL"] is None
            assert embedded.start(data_dir, broker=False).started == ("PostgreSQL",)
            assert rows(data_dir) == 3
            assert stranger.poll() is None
        finally:
            stranger.kill()


@pytest.mark.slow
def test_two_starters_at_once_make_one_pair_of_servers(data_dir):
    started = []
    starters = [threading.Thread(target=lambda: started.extend(embedded.start(data_dir).started)) for _ in range(3)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert sorted(started) == ["PostgreSQL", "Valkey"]


@pytest.mark.slow
def test_an_interrupted_making_of_the_database_is_made_anew(data_dir):
    unfinished = data_dir / "postgres.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    embedded.start(data_dir, broker=False)
    assert embedded.status(data_dir)["PostgreSQL"]
    assert not unfinished.exists()


@pytest.mark.slow
def test_data_of_another_version_are_not_touched_and_the_message_says_why(data_dir):
    embedded.start(data_dir, broker=False)
    embedded.stop(data_dir)
    (locate(data_dir).postgres / "PG_VERSION").write_text("12\n")
    with pytest.raises(embedded.EmbeddedError, match="made by PostgreSQL 12"):
        embedded.start(data_dir, broker=False)


@pytest.mark.slow
def test_a_broker_log_that_cannot_be_read_is_set_aside(data_dir):
    embedded.start(data_dir, database=False)
    embedded.stop(data_dir)
    log = locate(data_dir).valkey / "appendonlydir"
    for file in log.glob("*.rdb"):
        file.write_bytes(b"this is no snapshot")
    said = []
    assert embedded.start(data_dir, database=False, say=said.append).started == ("Valkey",)
    assert any("empty" in line for line in said)
    assert log.with_name("appendonlydir.damaged").exists()


@pytest.mark.slow
def test_a_dead_socket_file_is_no_obstacle(data_dir):
    place = locate(data_dir)
    embedded.start(data_dir, database=False)
    embedded.stop(data_dir)
    address = place.sockets / VALKEY_SOCKET
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(address))
    assert embedded.start(data_dir, database=False).started == ("Valkey",)


@pytest.mark.slow
def test_the_command_starts_tells_and_stops(data_dir):
    def command(word):
        return subprocess.run(
            [sys.executable, "-m", "config.local.embedded", word],
            env={**os.environ, "DATA_DIR": str(data_dir)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert command("status").returncode == 1
    assert f"DATABASE_URL={embedded.database_url(data_dir)}" in command("start").stdout
    assert embedded.kept(data_dir)
    assert command("status").returncode == 0
    assert command("stop").returncode == 0
    assert command("status").returncode == 1
    assert not embedded.kept(data_dir)


def test_a_dead_server_s_file_is_written_over_in_place_so_that_a_full_disk_does_not_cut_it(tmp_path, monkeypatch):
    from config.local.embedded import postgres

    place = locate(tmp_path)
    place.postgres.mkdir(parents=True)
    file = place.postgres / "postmaster.pid"
    file.write_text("4194303\n/data\n1700000000\n")
    before = file.stat().st_ino
    postgres._forget_dead_postmaster(place)
    assert file.read_text() == f"{postgres.NO_PROCESS}\n/data\n1700000000\n"
    assert file.stat().st_ino == before

    def full(*_arguments, **_words):
        raise OSError(28, "No space left on device")

    file.write_text("4194303\n/data\n1700000000\n")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", full)  # it would have emptied the file first
        postgres._forget_dead_postmaster(place)
    assert file.read_text().endswith("/data\n1700000000\n")
    file.write_text("")
    postgres._forget_dead_postmaster(place)
    assert not file.exists(), "an empty one keeps PostgreSQL from starting for good"
