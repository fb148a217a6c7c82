"""Under pressure things are left out one after the other, and come back one after the other."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from config import front_requests
from config.front import STEP_FILE
from config.front.__main__ import write_step
from config.front.admission import FairQueue, RequestQueue
from config.front.pressure import DOWN_S, HIGH, LOW, UP_S, WORDS, Pressure, Step
from outages.management import operator_metrics
from tests.config.front.test_front import ask, fronted, get  # noqa: F401

READS = b"/api/v1/services/tesla/status"


def steps(levels: list[tuple[float, float]], filled: float = 1.0) -> list[int]:
    """Return the step at the end of each (level, seconds), looked at ten times a second."""
    one, now_s, found = Pressure(), 100.0, []
    for level, seconds in levels:
        for _ in range(round(seconds * 10)):
            now_s += 0.1
            one.look(level, filled, now_s)
        found.append(int(one.step))
    return found


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([(1.0, UP_S / 2)], [0]),
        ([(1.0, UP_S + 0.2)], [1]),
        ([(HIGH, 4 * UP_S + 1)], [4]),
        ([(1.0, 60.0)], [4]),
        ([(1.0, UP_S + 0.2), (HIGH - 0.01, 60.0), (LOW + 0.01, 60.0)], [1, 1, 1]),  # in between it stays
        ([(1.0, 60.0), (0.0, DOWN_S + 0.2), (0.0, DOWN_S + 0.2)], [4, 3, 2]),
        ([(1.0, 60.0), (LOW, 10.0)], [4, 0]),  # all of it is back within ten seconds
        ([(1.0, UP_S / 2), (0.0, 0.2), (1.0, UP_S / 2)], [0, 0, 0]),  # a moment is no surge
        ([(1.0, UP_S + 0.2), (0.0, DOWN_S / 2), (0.5, 0.2), (0.0, DOWN_S / 2)], [1, 1, 1, 1]),
    ],
)
def test_it_goes_on_and_back_by_what_lasts(levels: list[tuple[float, float]], expected: list[int]) -> None:
    assert steps(levels) == expected


def test_notes_are_kept_while_few_wait_however_long() -> None:
    assert steps([(1.0, 60.0)], filled=HIGH - 0.01) == [3]


def test_what_is_left_out_grows_from_step_to_step() -> None:
    asked = [b"/tesla/history.csv", b"/api/v1/services/tesla/reports?format=csv", READS, b"/tesla/", b"/revision/tesla"]
    one, left_out = Pressure(), []
    for step in Step:
        one.step = step
        left_out.append([target for target in asked if one.leaves_out(b"GET", target)])
        assert not one.leaves_out(b"POST", b"/api/v1/reports")
        assert WORDS[step]
    assert front_requests.NOTES_DROPPED == Step.NOTES_DROPPED
    assert left_out == [[], [], asked[:2], asked[:3], asked[:3]]


def test_one_network_that_asks_for_much_is_no_surge() -> None:
    queue: RequestQueue[int] = RequestQueue(20)
    for number in range(20):
        queue.put(number, "a", 10.0, is_read=True)
    queue.put(100, "b", 10.0, is_read=True)
    assert queue.wait_s(15.0) == 0.0
    assert queue.filled <= HIGH
    queue.put(101, "c", 14.0, is_read=True)
    assert queue.wait_s(15.0) == 1.0
    behind_a_proxy: FairQueue[int] = FairQueue(10, 5)
    behind_a_proxy.put(1, "", 10.0)
    assert behind_a_proxy.wait_s(15.0) == 5.0


def test_the_front_leaves_out_and_tells_the_workers(fronted, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    async def test(web, front, port) -> None:  # type: ignore[no-untyped-def]
        told: list[Step] = []
        front.tell_step = told.append
        look, now_s = front._look_at_pressure, 100.0
        front._look_at_pressure = lambda *_: None  # the sweep's own looks have no say here
        front.pressure = Pressure()
        for _ in range(25):
            now_s += 0.5
            look(now_s, 60.0)
        assert told == [1, 2, 3]
        front.pressure.step = Step.NOTES_DROPPED
        status, data = await ask(port, get(READS.decode()))
        assert status == 503
        assert b"Retry-After: " in data
        assert web.asked == [], "no worker is asked"
        assert (await ask(port, get("/page", "X-Brownout-Step: 0")))[0] == 200
        assert b"x-brownout-step: 4\r\n" in web.asked[-1][1]
        assert b"X-Brownout-Step" not in web.asked[-1][1]
        front.pressure.step = Step.NOTHING
        assert (await ask(port, get(READS.decode())))[0] == 200
        assert b"x-brownout-step" not in web.asked[-1][1]
        front.pressure.step = Step.READS_OFF
        assert (await ask(port, get(READS.decode())))[0] == 200, "what is kept is given on"
        assert len(web.asked) == 2
        await asyncio.sleep(0)

    fronted(test)
    write_step(tmp_path, Step.READS_OFF)
    assert (tmp_path / STEP_FILE).read_text() == "3\n"
    assert operator_metrics.STEP == STEP_FILE
