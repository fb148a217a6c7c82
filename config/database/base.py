"""The backend itself; Django finds it by this module's name."""

from __future__ import annotations

import math
import select
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar, cast

import psycopg
from django.db import connections
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from psycopg import errors
from psycopg.abc import PQGen, PQGenConn

from config.database.clock import server_clock
from config.database.deadlines import breaker, deadlines
from config.database.hosts import Hosts
from config.traces import process_traces, statement

RV = TypeVar("RV")
NO_ANSWER = "the database does not answer"
WRITABLE = "current_setting('transaction_read_only') = 'off'"
INTERVAL_S = 0.1
hosts = Hosts()
LATELY_S = 1.0  # a connection that was answered so lately, and that the server has not ended, is not tried before use


class _Connecting(threading.local):
    """Until when a thread tries to connect, whatever libpq's time-outs of whole seconds and several hosts add up to."""

    until_s = math.inf


_connecting = _Connecting()


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that waits for an answer as long as the process's deadline says, and is thrown away after that."""

    looks: Callable[[], bool] = staticmethod(lambda: True)
    """Tells whether the server answers to a new connection."""

    answered_at_s = -math.inf

    @property
    def was_answered_lately(self) -> bool:
        """Whether the server answered a moment ago and has neither ended the connection nor said anything since."""
        if self.closed or time.monotonic() - self.answered_at_s > LATELY_S:
            return False
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        return not poll.poll(0)

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn[Self]:
        steps = super()._connect_gen(conninfo)
        try:
            step = next(steps)
            while True:
                ready = yield step
                if time.monotonic() >= _connecting.until_s:
                    raise errors._WaitTimeout
                step = steps.send(ready)
        except StopIteration as done:
            return cast(Self, done.value)

    def wait(self, gen: PQGen[RV], interval: float = INTERVAL_S, timeout: float | None = None) -> RV:
        longest_s = deadlines.wait_s
        if timeout is not None or longest_s is None:
            return super().wait(gen, interval, timeout)
        if breaker.is_open:
            self.pgconn.finish()  # what it may still have to do is not waited for
            raise errors.OperationalError(NO_ANSWER)
        try:
            answer = super().wait(gen, interval, longest_s)
            self.answered_at_s = time.monotonic()
            return answer
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            breaker.trip(self.looks)
            raise errors.OperationalError(f"{NO_ANSWER} for {longest_s:g} s") from error


class LookingConnection(psycopg.Connection[Any]):
    """A connection that looks whether a server is back: it waits for an answer as long as for a connection."""

    longest_s: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = INTERVAL_S, timeout: float | None = None) -> RV:
        return super().wait(gen, interval, self.longest_s if timeout is None else timeout)


C = TypeVar("C", bound=psycopg.Connection[Any])


def connect(kind: type[C], conn_params: dict[str, Any], ready: Callable[[C], None]) -> C:
    """Return a connection to the server that takes writes, where several are named. Raises OperationalError.

    Each is asked, and not believed: a pooler says for ever what its server was when the two met. `ready` is called with
    a new connection before it is asked.
    """
    failed = errors.OperationalError("no server is named")
    several = hosts.each(conn_params)
    for parameters in several:
        try:
            connection = kind.connect(**parameters)
        except errors.OperationalError as error:
            failed = error
            continue
        ready(connection)
        if len(several) < 2:
            return connection
        failed = errors.OperationalError("none of the servers takes writes")
        try:
            connection.autocommit = True
            row = connection.execute(f"SELECT {WRITABLE}").fetchone()
            connection.autocommit = bool(conn_params.get("autocommit", False))
            if row and row[0]:
                hosts.note(parameters)
                return connection
        except errors.OperationalError as error:
            failed = error
        connection.close()
    raise failed


def answers(conn_params: dict[str, Any]) -> bool:
    """Return whether a new connection is answered, within the connection's own time-out."""

    def ready(connection: LookingConnection) -> None:
        connection.longest_s = float(conn_params.get("connect_timeout") or 0) or None

    try:
        with connect(LookingConnection, {**conn_params, "autocommit": True}, ready) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with deadlines for connections and statements."""

    health_check_enabled: bool
    health_check_done: bool
    _server_clock: float | None = None
    _takes_writes = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> BoundedConnection:
        if breaker.is_open:
            raise errors.OperationalError(NO_ANSWER)
        self.isolation_level = IsolationLevel.READ_COMMITTED
        began_s, longest_s = time.monotonic(), deadlines.wait_s
        _connecting.until_s = math.inf if longest_s is None else began_s + longest_s

        def ready(connection: BoundedConnection) -> None:
            connection.looks = lambda: answers(conn_params)

        try:
            connection = connect(BoundedConnection, conn_params, ready)
        except errors.OperationalError as error:
            # Of several servers the first may have said nothing, and the last that it takes no writes.
            longest_connect_s = float(conn_params.get("connect_timeout") or math.inf)
            was_silent = time.monotonic() - began_s >= min(longest_connect_s, longest_s or math.inf)
            if longest_s is not None and (was_silent or isinstance(error, errors.ConnectionTimeout)):
                breaker.trip(lambda: answers(conn_params))
            raise
        deadlines.spend(time.monotonic() - began_s)
        return connection

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if process_traces.is_on and statement not in self.execute_wrappers:
            self.execute_wrappers.append(statement)
        self._server_clock, self._takes_writes = None, False
        settings = deadlines.server_settings()
        if settings and self.connection is not None:
            given = [word for setting in settings.items() for word in setting]
            calls = ", set_config(%s, %s, false)" * len(settings)
            with self.connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT extract(epoch FROM clock_timestamp())::float8, {WRITABLE}{calls}",  # noqa: S608
                    given,
                )
                server_s, self._takes_writes = cursor.fetchone()[:2]
                self._server_clock = server_s - time.monotonic()
                server_clock.compare(server_s)
            if not self.get_autocommit():
                self.connection.commit()

    def close_if_health_check_failed(self) -> None:
        """Try the connection once a request, unless it was answered a moment ago."""
        if self.health_check_enabled and not self.health_check_done:
            connection = self.connection
            self.health_check_done = isinstance(connection, BoundedConnection) and connection.was_answered_lately
        super().close_if_health_check_failed()

    def is_usable(self) -> bool:
        """Return whether the server answers, and still takes writes if it did when the connection was made.

        A pooler keeps our connection while the server behind it becomes the replica of another.
        """
        if not self._takes_writes:
            return super().is_usable()
        if self.connection is None:
            return False
        try:
            row = self.connection.execute(f"SELECT {WRITABLE}").fetchone()
        except psycopg.Error:
            return False
        return bool(row and row[0])

    def too_late_at(self) -> datetime | None:
        """Return the moment of the server's clock after which a statement that is sent now is too late to be wanted.

        A frozen server carries out what it was sent once it wakes, though its client has long been told that nothing
        was stored. None in a process without deadlines.
        """
        self.ensure_connection()
        longest_s = deadlines.wait_s
        if self._server_clock is None or longest_s is None:
            return None
        now_s = time.monotonic() + self._server_clock
        return datetime.fromtimestamp(0, tz=UTC) + timedelta(seconds=now_s + longest_s)


def too_late_at() -> datetime | None:
    """Return `DatabaseWrapper.too_late_at` of Django's default connection; None where it is not one of ours."""
    wrapper = connections["default"]
    return wrapper.too_late_at() if isinstance(wrapper, DatabaseWrapper) else None
