"""One clock for all processes: the server's, where ours is apart from it."""

import pytest

from config.database import clock
from config.database.clock import APART_S, ServerClock


class Clocks:
    """Our two clocks, and the server's."""

    def __init__(self):
        self.wall_s, self.monotonic_s, self.server_s, self.asked = 1e9, 500.0, 1e9, 0

    def time(self):
        return self.wall_s

    def monotonic(self):
        return self.monotonic_s

    def ask(self):
        self.asked += 1
        return self.server_s

    def pass_s(self, seconds, *, asleep=False):
        self.wall_s += seconds
        self.server_s += seconds
        self.monotonic_s += 0 if asleep else seconds


@pytest.fixture
def clocks(monkeypatch):
    made = Clocks()
    monkeypatch.setattr(clock, "time", made)
    return made


def test_a_clock_that_agrees_is_taken_at_its_word_and_one_that_is_stepped_is_not(clocks, caplog):
    server = ServerClock()
    server.compare(clocks.ask())
    clocks.asked = 0
    clocks.pass_s(3600)
    assert (server.ahead_s(clocks.ask), clocks.asked) == (0.0, 0)
    for step_s in (-3600.0, 90_000.0):
        clocks.wall_s += step_s
        clocks.pass_s(60)
        assert clocks.wall_s + server.ahead_s(clocks.ask) == clocks.server_s
        clocks.wall_s -= step_s
        assert server.ahead_s(clocks.ask) == 0.0
    clocks.wall_s += 86_400
    for _ in range(5):
        assert server.ahead_s(clocks.ask) == -86_400
    assert clocks.asked <= 3
    assert caplog.text.count("off the database's") == 1


def test_after_a_sleep_of_the_machine_and_a_step_of_the_server_it_is_asked_anew(clocks):
    server = ServerClock()
    server.compare(clocks.ask())
    clocks.pass_s(8 * 3600, asleep=True)
    assert server.ahead_s(clocks.ask) == 0.0
    clocks.wall_s += 100
    clocks.server_s += 100
    clocks.pass_s(60)
    assert server.ahead_s(clocks.ask) == 0.0
    clocks.wall_s += APART_S - 1
    assert server.ahead_s(clocks.ask) == 0.0
