"""The game day: its arithmetic, and a short one on the real thing."""

import argparse
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tools.gameday import growth
from tools.gameday.load import back_after, longest_gap

PROJECT = Path(__file__).resolve().parent.parent.parent


def test_the_longest_time_without_an_answer():
    assert longest_gap([1.0, 2.0, 5.0], 0.0, 6.0) == 3.0
    assert longest_gap([], 0.0, 6.0) == 6.0
    assert longest_gap([-1.0, 7.0], 0.0, 6.0) == 6.0


def test_writes_are_back_with_the_first_success_that_no_failure_follows():
    assert back_after([1.0, 11.0, 13.0], [10.5, 12.0], 10.0) == 3.0
    assert back_after([1.0, 10.2], [9.0], 10.0) == pytest.approx(0.2)
    assert back_after([1.0], [11.0], 10.0) is None


@pytest.mark.slow(77)
def test_a_short_game_day_loses_nothing_doubles_nothing_and_hangs_nowhere():
    """Loss and doubles are counted strictly; the promised seconds are stretched, for machines that are busy."""
    command = [sys.executable, "-m", "tools.gameday", "--short", "--slack", "5", "--reports", "6", "--reads", "10"]
    with subprocess.Popen(
        command, cwd=PROJECT, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as day:
        try:
            said, _ = day.communicate(timeout=420)
        except subprocess.TimeoutExpired:
            day.send_signal(signal.SIGTERM)  # it ends what it has started
            said, _ = day.communicate(timeout=90)
    assert day.returncode == 0, said[-6000:]


def test_memory_that_does_not_come_back_is_told(capsys):
    given = argparse.Namespace(runs=1, requests=20_000, at_once=64, seed=1, rest=60.0)

    def told(*processes, statuses=()):
        requests = growth.Requests(random.Random(1), Counter(statuses))
        status = growth.tell(requests, list(processes), 1.0, given)
        return status, [line for line in capsys.readouterr().out.splitlines() if line.startswith("BROKEN")]

    def grown(name, highest, after):
        return growth.Memory(name, before=100.0, highest=highest, after=[after] if after else [], was_warm=True)

    assert told(grown("web", 149, 104), grown("postgres: brownout", 120, 120)) == (0, [])
    status, lines = told(grown("web", 120, 106), grown("front", 151, 100), statuses=[500])
    assert status == 1
    assert [line.split()[1] for line in lines] == ["front", "web", "1"]
    assert told(grown("web", 110, 0))[1] == ["BROKEN web has ended in between"]
    assert len(set(growth.pages())) > len(growth.PATHS) * len(growth.OURS)  # each in each language, known and unknown
