"""The processes behind the pages: forked from one, light, back when they end, gone when it goes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config import sizes
from config.local import processes

PROJECT = Path(__file__).parents[3]
DRAWING = ("pandas", "plotly", "scipy", "PIL", "prompt_toolkit")
LOADED = """
import os, sys
from config.local import background
background.load({load})
background.programs()
from django.db import connections
print("threads", len(os.listdir("/proc/self/task")))
print("connections", sum(one.connection is not None for one in connections.all()))
from config.database.deadlines import deadlines
print("bounds", deadlines.statement_s)
print("loaded", *(name for name in {drawing} if name in sys.modules))
"""
SPARSE = """
import sys
import config.{module}
print("loaded", *(name for name in ("django.db", "celery", "rest_framework", *{drawing}) if name in sys.modules))
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks the processes")


def printed(code):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@linux
@pytest.mark.slow
def test_what_the_processes_share_draws_nothing_and_can_be_forked():
    own = printed(LOADED.format(load="", drawing=DRAWING))
    assert own == ["threads 1", "connections 0", "bounds None", "loaded"]


@linux
@pytest.mark.slow
def test_with_the_pages_too_it_can_be_forked_and_bounds_nobody_s_statements():
    told = printed(LOADED.format(load="web=True", drawing=DRAWING))
    assert told[:3] == ["threads 1", "connections 0", "bounds None"]
    assert "pandas" in told[3], "else each web process would load it for itself"


@pytest.mark.parametrize("module", ["local.run", "front.__main__"])
def test_the_processes_that_wait_for_others_hold_no_product(module):
    assert printed(SPARSE.format(module=module, drawing=DRAWING)) == ["loaded"]


FAMILY = """
import sys, time
from config.local import background
def ends():
    time.sleep(0.2)
    sys.exit(3)
background.Family([background.Forked("stays", lambda: time.sleep(60)), background.Forked("ends", ends)]).run()
"""


def comms(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {Path(f"/proc/{child}/comm").read_text().strip(): int(child) for child in children}


@linux
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_ends_is_started_again_and_all_end_with_the_one_they_come_from(number):
    family = subprocess.Popen([sys.executable, "-c", FAMILY], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        assert processes.wait_until(lambda: "stays" in comms(family.pid), 20)
        stays = comms(family.pid)["stays"]
        assert family.stdout.readline() == "ends ended with code 3; starting it again\n"
        os.kill(stays, signal.SIGKILL)
        assert processes.wait_until(lambda: comms(family.pid).get("stays", stays) != stays, 20)
        again = comms(family.pid)["stays"]
        family.send_signal(number)
        assert family.wait(20) in (0, -signal.SIGKILL)
        assert processes.wait_until(lambda: not processes.is_alive(again), 5)
    finally:
        family.kill()
        family.stdout.close()


GIVING_UP = """
import sys, time
from config.local import background
members = [background.Forked("stays", lambda: time.sleep(60)), background.Forked("web", lambda: sys.exit(3))]
members[1].is_vital = True
background.Forked.pause_s = lambda one: 0.0
print(background.Family(members).run() == background.GIVEN_UP)
"""


@linux
@pytest.mark.slow
def test_where_the_web_server_ends_again_and_again_all_end_with_it():
    *failed, last = printed(GIVING_UP)
    assert [line.partition(";")[0] for line in failed] == ["web ended with code 3"] * 5
    assert last == "True"


def test_sizes_follow_the_machine_and_its_container(tmp_path, monkeypatch):
    for name in ("WEB_WORKERS", "WEB_THREADS", "TASK_PROCESSES"):
        monkeypatch.delenv(name, raising=False)
    small, usual, large = sizes.Machine(1, 1000), sizes.Machine(2, 4000), sizes.Machine(64, 256_000)
    assert [sizes.web_workers(one) for one in (small, usual, large)] == [2, 2, 16]
    assert [sizes.task_processes(one) for one in (small, usual, large)] == [2, 3, 16]
    assert sizes.task_processes(sizes.Machine(2, 1000)) == 2, "a third has no room in 1 GB"
    assert sizes.connections() >= 60
    monkeypatch.setenv("WEB_WORKERS", "5")
    assert sizes.web_workers(small) == 5
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    (tmp_path / "memory.max").write_text(f"{700 * 2**20}\n")
    assert sizes.Machine.here(tmp_path) == sizes.Machine(1, 700)
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert sizes.Machine.here(tmp_path).cores >= 1
