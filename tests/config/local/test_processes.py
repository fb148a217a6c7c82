"""Tools for processes: who lives, who is a zombie, and how to end a whole group."""

import os
import signal
import subprocess
import sys

import pytest

from config.local import processes


def test_a_process_is_alive_until_it_ends_and_a_zombie_is_not():
    child = subprocess.Popen(["sleep", "60"])
    assert processes.is_alive(child.pid)
    assert processes.wait_until(lambda: "sleep" in processes.command_line(child.pid), 5)  # empty until it has begun
    child.kill()
    # Nobody has collected it yet: the number still exists, the process does not.
    assert processes.wait_until(lambda: not processes.is_alive(child.pid), 5)
    os.kill(child.pid, 0)
    child.wait()


def test_no_process_has_the_numbers_zero_and_minus_one():
    assert not processes.is_alive(0)
    assert not processes.is_alive(-1)


def test_ending_insists_when_a_process_does_not_obey():
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        assert processes.end(child.pid, [(signal.SIGTERM, 0.3), (signal.SIGKILL, 5)])


def test_ending_a_group_ends_what_its_leader_has_started():
    code = "import subprocess, time; subprocess.Popen(['sleep', '60']); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True) as child:
        child.stdout.readline()
        assert len(processes.group_commands(child.pid)) == 2
        assert processes.end_group(child.pid, [(signal.SIGTERM, 5), (signal.SIGKILL, 5)])
        assert processes.group_commands(child.pid) == []


def test_a_group_whose_leader_is_dead_is_still_seen():
    code = "import subprocess; subprocess.Popen(['sleep', '60'])"
    with subprocess.Popen([sys.executable, "-c", code], start_new_session=True) as child:
        child.wait()
        assert processes.group_commands(child.pid) == ["sleep 60"]
        assert processes.end_group(child.pid, [(signal.SIGKILL, 5)])


def test_a_lock_has_one_holder_and_dies_with_it(tmp_path):
    file = tmp_path / "lock"
    code = (
        "import sys, time; from pathlib import Path; from config.local import processes\n"
        "with processes.exclusive(Path(sys.argv[1]), timeout_s=1, holder=''):\n    print(1, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, file], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        with pytest.raises(TimeoutError, match="taken"), processes.exclusive(file, timeout_s=0.1, holder="taken"):
            pass
        child.kill()
    with processes.exclusive(file, timeout_s=5, holder="taken"):
        pass


def test_waiting_gives_up_in_the_end():
    assert not processes.wait_until(lambda: False, 0.1)
