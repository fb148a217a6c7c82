"""A database that stands still, is slow or comes back: nobody waits beyond the deadline, and nothing comes late."""

import itertools
import math
import os
import re
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import DEFAULT_DB_ALIAS, InternalError, OperationalError, connections
from psycopg.conninfo import conninfo_to_dict

from config.database.base import DatabaseWrapper, hosts
from config.database.deadlines import Deadlines, breaker, deadlines, request_s
from config.database.hosts import Hosts
from config.local import embedded, processes
from tools.gameday.proxy import SHIPPED

DEADLINE_S = 0.6


@pytest.fixture(scope="module")
def server():
    """PostgreSQL of its own: it is going to be stopped."""
    folder = Path(tempfile.mkdtemp(prefix="brownout-frozen-"))
    embedded.start(folder, broker=False)
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture
def connect(server, django_db_blocker):
    """Gives new connections as the web server has them."""
    opened = []
    parts = conninfo_to_dict(embedded.database_url(server))
    known = {"NAME": parts["dbname"], "USER": parts["user"], "HOST": parts["host"], "PASSWORD": "", "PORT": ""}
    settings = {**connections.databases[DEFAULT_DB_ALIAS], **known}
    deadlines.set(DEADLINE_S)

    def make():
        opened.append(DatabaseWrapper(settings, "frozen"))
        return opened[-1]

    with django_db_blocker.unblock():
        yield make
        deadlines.__init__()
        for one in opened:
            one.close()
        assert processes.wait_until(lambda: not breaker.is_open, 10)


@pytest.fixture
def frozen(server):
    """Stops the server with all its processes; the returned function lets it go on."""
    stopped = []

    def freeze():
        pid = embedded.status(server)["PostgreSQL"]
        stopped.extend([pid, *(int(child) for child in children(pid))])
        for one in stopped:
            os.kill(one, signal.SIGSTOP)
        return thaw

    def thaw():
        while stopped:
            os.kill(stopped.pop(), signal.SIGCONT)

    yield freeze
    thaw()


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def run(connection, statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0] if cursor.description else cursor.rowcount


def fails_in(connection, statement, *values):
    began = time.monotonic()
    with pytest.raises(OperationalError):
        run(connection, statement, *values)
    return time.monotonic() - began


def test_a_frozen_server_is_waited_for_once_and_found_again(connect, frozen):
    used, other, unknown = connect(), connect(), connect()
    assert run(used, "SELECT 1") == run(other, "SELECT 1") == 1
    thaw = frozen()
    deadlines.begin_request(time.monotonic() + DEADLINE_S / 2)
    assert fails_in(unknown, "SELECT 1") < 1.9, "libpq's own least are two seconds"
    assert breaker.is_open
    breaker.__init__(breaker._look_every_s)
    deadlines.begin_request(math.inf)
    assert fails_in(used, "SELECT 1") < DEADLINE_S + 0.5
    assert breaker.is_open
    assert fails_in(other, "SELECT 1") < 0.2, "the whole process knows by now"
    assert fails_in(connect(), "SELECT 1") < 0.2, "a new connection is not even tried"
    thaw()
    assert processes.wait_until(lambda: not breaker.is_open, 5)
    other.close()
    assert run(other, "SELECT 1") == 1
    assert run(connect(), "SELECT 1") == 1


def test_a_connection_that_was_answered_a_moment_ago_is_tried_only_where_the_server_has_ended_it(connect, monkeypatch):
    used, other, tried = connect(), connect(), []
    is_usable = DatabaseWrapper.is_usable
    monkeypatch.setattr(DatabaseWrapper, "is_usable", lambda self: tried.append(self) or is_usable(self))

    def next_request(connection):
        connection.health_check_enabled, connection.health_check_done = True, False
        return run(connection, "SELECT 1")

    assert run(used, "SELECT 1") == 1
    monkeypatch.setattr("config.database.base.LATELY_S", 3600.0)
    assert next_request(used) == 1
    assert tried == []
    run(other, "SELECT pg_terminate_backend(%s)", used.connection.info.backend_pid)
    assert processes.wait_until(lambda: not used.connection.was_answered_lately, 5)
    assert next_request(used) == 1, "a request does not suffer from a connection that has gone since the last one"
    assert tried == [used]
    monkeypatch.setattr("config.database.base.LATELY_S", -1.0)
    assert next_request(used) == 1
    assert tried == [used, used]


def test_a_connection_whose_server_takes_no_writes_any_more_is_not_used_again(connect):
    """As where a pooler keeps it while the server behind it becomes the replica of another."""
    used, reader = connect(), connect()
    deadlines.set(20)  # a busy machine is no silent server
    assert run(used, "SELECT 1") == 1
    assert used.is_usable()
    run(used, "SET default_transaction_read_only = on")
    with pytest.raises(InternalError):
        run(used, "CREATE TABLE refused ()")
    assert used.errors_occurred
    used.close_if_unusable_or_obsolete()
    assert used.connection is None
    assert run(used, "SHOW transaction_read_only") == "off", "a new connection"
    reader.settings_dict["OPTIONS"] = reader.settings_dict["OPTIONS"] | {
        "options": "-c default_transaction_read_only=on"
    }
    assert run(reader, "SHOW transaction_read_only") == "on"
    assert reader.is_usable(), "one that never took writes is a reader's"


def test_of_several_servers_the_one_that_takes_writes_is_found_and_tried_first_from_then_on(connect, server):
    connection, reader = connect(), connect()
    deadlines.set(20)  # a busy machine is no silent server
    socket, settings = connection.settings_dict["HOST"], connection.settings_dict
    settings["HOST"] = f"/nowhere/a,{socket},/nowhere/b"
    settings["OPTIONS"] = settings["OPTIONS"] | {"target_session_attrs": "read-write"}
    parameters = connection.get_connection_params()
    assert hosts_of(parameters) == ["/nowhere/a", socket, "/nowhere/b"]
    assert run(connection, "SELECT 1") == 1
    assert not connection.connection.autocommit or connection.get_autocommit()
    assert hosts_of(parameters) == [socket, "/nowhere/a", "/nowhere/b"]
    settings["OPTIONS"] = settings["OPTIONS"] | {"options": "-c default_transaction_read_only=on"}
    with pytest.raises(OperationalError):
        run(reader, "SELECT 1")
    assert not breaker.is_open, "each of them has said something"
    assert run(connection, "SELECT 1") == 1


def hosts_of(parameters):
    return [one["host"] for one in hosts.each(parameters)]


@pytest.mark.parametrize(
    ("given", "ordered"),
    [
        ({"host": "a,b,c", "port": "1,2,3"}, ["b:2", "a:1", "c:3"]),
        ({"host": "a,b", "port": "2"}, ["b:2", "a:2"]),
        ({"host": "a,b", "port": ""}, ["a:", "b:"]),
        ({"host": "a,b", "port": "1,3"}, ["a:1", "b:3"]),
        ({"host": "b", "port": "2"}, ["b:2"]),
        ({"host": "a,b", "port": "1,2", "hostaddr": "::1,::2"}, ["a,b:1,2"]),
        ({"host": "a,b,c", "port": "1,2"}, ["a,b,c:1,2"]),
        ({"host": "a,b", "port": "1,2", "target_session_attrs": "any"}, ["a,b:1,2"]),
    ],
)
def test_servers_keep_their_ports_in_another_order(given, ordered):
    known = Hosts()
    known.note({"host": "b", "port": "2"})
    found = known.each({"target_session_attrs": "read-write"} | given)
    assert [f"{one['host']}:{one['port']}" for one in found] == ordered


@pytest.mark.slow
def test_what_a_frozen_server_was_sent_too_late_is_not_carried_out_when_it_wakes(connect, frozen):
    connection = connect()
    run(connection, "CREATE TABLE late (said text)")
    moment = connection.too_late_at()
    assert run(connection, "INSERT INTO late SELECT 'in time' WHERE clock_timestamp() < %s", moment) == 1
    thaw = frozen()
    fails_in(connection, "INSERT INTO late SELECT 'too late' WHERE clock_timestamp() < %s", connection.too_late_at())
    time.sleep(DEADLINE_S)
    thaw()
    assert processes.wait_until(lambda: not breaker.is_open, 5)
    time.sleep(0.5)
    assert run(connect(), "SELECT string_agg(said, ', ') FROM late") == "in time"


def test_a_statement_that_takes_too_long_is_ended_by_the_server_and_the_connection_stays(connect):
    connection = connect()
    backend = run(connection, "SELECT pg_backend_pid()")
    assert fails_in(connection, "SELECT pg_sleep(5)") < DEADLINE_S
    assert not breaker.is_open
    assert run(connection, "SELECT pg_backend_pid()") == backend


def test_a_lock_is_not_waited_for_longer_than_that(connect):
    holder, waiter = connect(), connect()
    run(holder, "CREATE TABLE held ()")
    holder.set_autocommit(False)
    run(holder, "LOCK TABLE held")
    assert fails_in(waiter, "SELECT count(*) FROM held") < DEADLINE_S
    holder.rollback()


def test_the_server_knows_the_deadlines_of_a_process_that_has_some(connect):
    connection = connect()
    assert run(connection, "SHOW statement_timeout") == "540ms"
    assert run(connection, "SHOW lock_timeout") == "270ms"
    assert run(connection, "SHOW idle_in_transaction_session_timeout") == "10s"
    deadlines.__init__()
    unbounded = connect()
    assert run(unbounded, "SHOW statement_timeout") == "0"
    assert unbounded.too_late_at() is None


def test_the_server_s_clock_counts_and_not_ours(connect):
    connection = connect()
    now = run(connection, "SELECT clock_timestamp()")
    too_late_at = connection.too_late_at()
    afterwards = run(connection, "SELECT clock_timestamp()")
    assert (too_late_at - now).total_seconds() > 0
    assert (too_late_at - afterwards).total_seconds() <= DEADLINE_S
    connection._server_clock += 3600  # the server's clock is an hour ahead of what ours would say
    assert (connection.too_late_at() - now).total_seconds() > 3599


@pytest.mark.parametrize(
    "name", ["connect_timeout", "tcp_user_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count"]
)
def test_every_connection_has_time_outs_of_its_own(name):
    assert int(connections.databases[DEFAULT_DB_ALIAS]["OPTIONS"][name]) > 0


def test_all_that_a_request_waits_for_is_never_more_than_what_is_promised(monkeypatch):
    """The sums, with the shipped settings: nobody who is told a number of single limits has to add them up."""
    locked_s = int(re.search(r"proxy_cache_lock_timeout (\d+)ms;", SHIPPED)[1]) / 1000
    connected_s = int(re.search(r"proxy_connect_timeout (\d+)s;", SHIPPED)[1])
    statement_s, queue_s = django_settings.DATABASE_DEADLINE_MS / 1000, django_settings.WEB_QUEUE_DEADLINE_S
    cache_s = django_settings.CACHE_DEADLINE_MS / 1000
    assert max(connected_s, locked_s + request_s(queue_s, statement_s)) <= 2.9, "some is left for the machine itself"
    bounds, clock_s = Deadlines(), [1000.0]
    bounds.set(statement_s)
    monkeypatch.setattr(time, "monotonic", lambda: clock_s[0])
    assert bounds.wait_s == statement_s, "who did not come through the front"
    swept_s = 0.1  # the front looks ten times a second
    for queued_s, connecting_s, is_cache_frozen in itertools.product(
        (0.0, queue_s / 2, queue_s + swept_s), (0.0, 0.5, 1.0, statement_s), (False, True)
    ):
        clock_s[0] = 1000.0 + queued_s
        bounds.begin_request(1000.0 + request_s(queue_s, statement_s))
        if is_cache_frozen:
            clock_s[0] += cache_s
            bounds.spend(cache_s)
        connecting_s = min(connecting_s, bounds.wait_s)
        clock_s[0] += connecting_s
        bounds.spend(connecting_s)
        waited_s = clock_s[0] - 1000.0 + bounds.wait_s
        assert locked_s + waited_s < 3.001, (queued_s, connecting_s, is_cache_frozen, waited_s)
        assert bounds.wait_s >= statement_s / 10
    bounds.begin_request(math.inf)
    with bounds.at_most(0.25):
        assert bounds.wait_s == 0.25
    assert bounds.wait_s == statement_s
