"""Under pressure things are left out one after the other, and come back one after the other."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
import json
from pathlib import Path
from typing import Any

import pytest

from config import front_requests
from config.front import STEP_FILE
from config.front.__main__ import write_step
from config.front.admission import FairQueue, Network, RequestQueue
from config.front.pressure import DOWN_S, HIGH, LOW, UP_S, WORDS, Pressure, Step
from config.front.proof_of_work import HEADER, VALID_S, WINDOW_S, Challenges, Senders
from outages.management import operator_metrics
from tests.config.front.servers import ask, get

READS = b"/api/v1/services/tesla/status"


def steps(levels: list[tuple[float, float]], changes: float = 1.0) -> list[int]:
    """Return the step at the end of each (level, seconds), looked at ten times a second."""
    one, now_s, found = Pressure(), 100.0, []
    for level, seconds in levels:
        for _ in range(round(seconds * 10)):
            now_s += 0.1
            one.look(level, changes, now_s)
        found.append(int(one.step))
    return found


def networks(address: str) -> list[Network]:
    return [ipaddress.ip_network(address)]


def solve(puzzle: dict[str, Any]) -> int:
    """Return the number that solves a puzzle, as a client of the API finds it."""
    tries = range(puzzle["maxnumber"] + 1)
    return next(n for n in tries if hashlib.sha256(f"{puzzle['salt']}{n}".encode()).hexdigest() == puzzle["challenge"])


def post(path: str, *lines: str) -> bytes:
    said = [f"POST {path} HTTP/1.1", "Host: a", "Connection: close", "Content-Length: 2", *lines, "", "hi"]
    return "\r\n".join(said).encode()


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([(1.0, UP_S / 2)], [0]),
        ([(1.0, UP_S + 0.2)], [1]),
        ([(HIGH, 8 * UP_S + 1)], [8]),
        ([(1.0, 60.0)], [8]),
        ([(1.0, UP_S + 0.2), (HIGH - 0.01, 60.0), (LOW + 0.01, 60.0)], [1, 1, 1]),  # in between it stays
        ([(1.0, 60.0), (0.0, DOWN_S + 0.2), (0.0, DOWN_S + 0.2)], [8, 7, 6]),
        ([(1.0, 60.0), (LOW, 17.0)], [8, 0]),  # all of it is back within seventeen seconds
        ([(1.0, UP_S / 2), (0.0, 0.2), (1.0, UP_S / 2)], [0, 0, 0]),  # a moment is no surge
        ([(1.0, UP_S + 0.2), (0.0, DOWN_S / 2), (0.5, 0.2), (0.0, DOWN_S / 2)], [1, 1, 1, 1]),
    ],
)
def test_it_goes_on_and_back_by_what_lasts(levels: list[tuple[float, float]], expected: list[int]) -> None:
    assert steps(levels) == expected


def test_it_takes_one_step_after_the_other_up_and_back() -> None:
    up = steps([(1.0, UP_S + 0.2), *[(1.0, UP_S + 0.1)] * 7])
    assert up == list(range(1, 9))
    both = steps([(1.0, 60.0), (0.0, DOWN_S + 0.2), *[(0.0, DOWN_S + 0.1)] * 8])
    assert both == [8, 7, 6, 5, 4, 3, 2, 1, 0, 0]


def test_nothing_of_reports_is_left_out_while_few_of_them_wait() -> None:
    assert steps([(1.0, 60.0)], changes=HIGH - 0.01) == [4]
    queue: RequestQueue[int] = RequestQueue(20)
    for number in range(10):
        queue.put(number, str(number), 10.0, is_read=True)
    assert queue.filled == 1.0
    assert queue.changes_filled == 0.0, "readers cost no report"


def test_what_is_left_out_grows_from_step_to_step() -> None:
    asked = [
        b"/tesla/dashboards/volume.json",
        b"/de/tesla/map/figure.json?window=6h",
        b"/tesla/history.csv",
        b"/api/v1/services/tesla/reports?format=csv",
        READS,
    ]
    asked += [b"/tesla/", b"/tesla/dashboards", b"/tesla/map", b"/revision/tesla"]
    one, left_out = Pressure(), []
    for step in Step:
        one.step = step
        left_out.append([target for target in asked if one.leaves_out(b"GET", target)])
        assert not one.leaves_out(b"POST", b"/api/v1/reports")
        assert WORDS[step]
    for name in ("CHARTS_PLAIN", "NOTES_DROPPED", "REPEATS_COUNTED"):
        assert getattr(front_requests, name) == Step[name]
    assert left_out == [[], asked[:2], asked[:2], asked[:4], *[asked[:5]] * 5]


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


def test_the_front_leaves_out_and_tells_the_workers(fronted, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    async def test(web, front, port) -> None:  # type: ignore[no-untyped-def]
        told: list[Step] = []
        front.tell_step = told.append
        look, now_s = front._look_at_pressure, 100.0
        front._look_at_pressure = lambda *_: None  # the sweep's own looks have no say here
        front.pressure = Pressure()
        for _ in range(25):
            now_s += 0.5
            look(now_s, 60.0)
        assert told == [1, 2, 3, 4]
        front.pressure.step = Step.NOTES_DROPPED
        status, data = await ask(port, get(READS.decode()))
        assert status == 503
        assert b"Retry-After: " in data
        assert web.asked == [], "no worker is asked"
        assert (await ask(port, get("/page", "X-Brownout-Step: 0")))[0] == 200
        assert b"x-brownout-step: 5\r\n" in web.asked[-1][1]
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
    assert (tmp_path / STEP_FILE).read_text() == "4\n"
    assert operator_metrics.STEP == STEP_FILE


def problem(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data.partition(b"\r\n\r\n")[2])
    return found


def solution(puzzle: dict[str, Any]) -> str:
    said = {name: puzzle[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**said, "number": solve(puzzle)}).encode()).decode()


def test_only_who_sends_far_more_than_others_is_asked_for_work(fronted) -> None:  # type: ignore[no-untyped-def]
    async def test(web, front, port) -> None:  # type: ignore[no-untyped-def]
        front.trusted = networks("127.0.0.1")
        front._look_at_pressure = lambda *_: None

        async def send(sender: str, *lines: str, path: str = "/api/v1/reports") -> tuple[int, bytes]:
            return await ask(port, post(path, f"X-Forwarded-For: {sender}", *lines))

        front.pressure.step = Step.READS_OFF
        for number in range(30):
            assert (await send(f"198.51.{number}.7"))[0] == 200
            assert (await send("203.0.113.9"))[0] == 200, "nobody is asked while little is left out"
        front.pressure.step = Step.NOTES_DROPPED
        assert (await send("203.0.113.9"))[0] == 200
        front.pressure.step = Step.WORK_ASKED
        before = len(web.asked)
        status, data = await send("203.0.113.9")
        assert status == 429
        assert len(web.asked) == before, "no worker is asked"
        asked = problem(data)
        assert (asked["type"], asked["status"], asked["header"]) == ("/api/problems/proof-of-work", 429, HEADER)
        assert b"Retry-After: " in data
        assert (await send("198.51.3.7"))[0] == 200, "others are not asked"
        assert (await send("203.0.113.9", "Authorization: Bearer bo_key"))[0] == 200, "the workers know its key"
        assert (await send("203.0.113.9", path="/tesla/report"))[0] == 200, "a form without a script cannot answer"
        assert (await send("203.0.113.9", path="/api/v1/reports/batch"))[0] == 429
        solved = solution(asked["challenge"])
        assert (await send("203.0.113.9", f"{HEADER}: {solved}"))[0] == 200
        assert (await send("203.0.113.9", f"{HEADER}: {solved}"))[0] == 429, "a solution counts once"
        assert (await send("203.0.113.9", f"{HEADER}: nonsense"))[0] == 429
        front.pressure.step = Step.NOTES_DROPPED
        assert (await send("203.0.113.9"))[0] == 200, "and nobody is once it is over"

    fronted(test)


def test_at_last_changes_are_refused_that_would_wait_for_long(fronted) -> None:  # type: ignore[no-untyped-def]
    async def test(web, front, port) -> None:  # type: ignore[no-untyped-def]
        front._look_at_pressure = lambda *_: None
        front.trusted = networks("127.0.0.1")

        async def sent(step: Step) -> list[int]:
            front.pressure.step = step
            before = len(web.asked)
            first = [asyncio.create_task(ask(port, post("/slow"))) for _ in range(6)]
            while len(web.asked) - before < 6:
                await asyncio.sleep(0.01)
            answers = await asyncio.gather(*first, *(ask(port, post("/slow")) for _ in range(10)))
            assert len(web.asked) - before == sum(status == 200 for status, _ in answers)
            assert all(b"Retry-After: " in data for status, data in answers if status == 503)
            return sorted(status for status, _ in answers)

        assert (await sent(Step.REPEATS_COUNTED)) == [200] * 16
        refused = await sent(Step.WRITES_REFUSED)
        assert refused == [200] * 14 + [503] * 2  # six at work, eight of the twenty places for changes
        assert (await ask(port, get("/page")))[0] == 200, "readers are not refused"

    fronted(test, workers=6, queue=40, queue_s=12.0, request_s=15.0)


def test_who_has_nothing_waiting_is_taken_even_then() -> None:
    queue: RequestQueue[int] = RequestQueue(20)
    for number in range(4):
        queue.put(number, "a", 10.0, is_read=False)
    assert queue.is_long_for("a")
    assert not queue.is_long_for("b")


@pytest.mark.parametrize(
    "changed",
    [
        {"number": -1},
        {"number": True},
        {"number": "7"},
        {"number": 10**400},
        {"salt": "00?expires=9999999999&"},
        {"salt": None},
        {"signature": "00" * 32},
        {"signature": "\ud800"},
        {"challenge": "\ud800"},
        {"algorithm": "MD5"},
    ],
)
def test_what_solves_no_puzzle_of_ours_is_refused(changed: dict[str, Any]) -> None:
    challenges = Challenges(b"key")
    puzzle = challenges.new(1000.0)
    right = {**puzzle, "number": solve(puzzle)}
    wrong = base64.b64encode(json.dumps({**right, **changed}).encode())
    assert not challenges.redeem(wrong, 1000.0)
    said = base64.b64encode(json.dumps(right).encode())
    assert not Challenges(b"another key").redeem(said, 1000.0)
    assert not challenges.redeem(said, 1000.0 + VALID_S + 2), "too late"
    assert not challenges.redeem(base64.b64encode(b"[" * 600), 1000.0)
    assert challenges.redeem(said, 1000.0)
    assert not challenges.redeem(said, 1000.0)
    moved = {
        **right,
        "salt": f"{puzzle['salt']}{str(right['number'])[:1]}",
        "number": int(str(right["number"])[1:] or 0),
    }
    assert not challenges.redeem(base64.b64encode(json.dumps(moved).encode()), 1000.0), "no digit goes over to the salt"


def test_far_more_is_measured_by_what_others_send() -> None:
    senders = Senders()
    for number in range(100):
        for _ in range(30):
            senders.add(str(number), 10.0)
    assert not any(senders.sends_far_more(str(number)) for number in range(100)), "alike they are a crowd"
    for _ in range(301):
        senders.add("one", 10.0)
    assert senders.sends_far_more("one")
    senders.add("two", 10.0 + 2 * WINDOW_S)
    assert not senders.sends_far_more("one"), "it is forgotten within a minute"
