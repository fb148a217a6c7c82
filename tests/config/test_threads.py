"""An account that may start no thread more (`ulimit -u`): what can do without goes on, what cannot says so."""

import threading

import pytest

from config import live, memory, threads
from config.database.deadlines import Breaker
from config.local.output import Output
from config.local.supervisor import Child, Supervisor
from tests.config.local.test_supervisor import SLEEPS


@pytest.fixture
def none_left(monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)


def test_who_needs_a_thread_is_told_why_there_is_none(none_left):
    for wanted in (lambda: threads.begin(print), lambda: threads.one_beside("x")):
        with pytest.raises(OSError, match="ulimit -u"):
            wanted()


def test_a_database_is_not_given_up_for_good_where_nobody_can_look_after_it(none_left):
    breaker = Breaker()
    breaker.trip(lambda: False)
    assert not breaker.is_open, "nobody would ever close it again"


def test_a_request_is_answered_by_a_process_that_cannot_be_tidied(none_left, monkeypatch):
    monkeypatch.setattr(memory, "_tidied_by", 0)
    memory.keep_tidy()
    assert memory._tidied_by == 0, "it is tried again"


def test_a_child_whose_lines_nobody_can_read_is_tried_again_later(none_left, tmp_path, capfd):
    one = Supervisor([Child("one", SLEEPS)], tmp_path / "processes.json")
    one.start()
    assert one.children[0].process is None
    assert one.children[0].failures == 1
    told = capfd.readouterr().out
    assert "one | cannot be started" in told or "one cannot be started" in told, told
    assert "ulimit -u" in told
    one.end()


def test_a_line_is_written_even_without_a_thread_for_it(none_left, capfd):
    Output().say("said all the same")
    assert capfd.readouterr().out == "said all the same\n"


@pytest.mark.parametrize(("files", "connections"), [(64, 32), (400, 200), (8392, 8192), (1, 1)])
def test_some_connections_are_let_in_however_few_files_may_be_open(files, connections):
    assert live.room(files) == connections
