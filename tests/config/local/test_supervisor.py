"""The supervisor: children that end are started again, and nothing of them is left at the end."""

import contextlib
import json
import os
import signal
import subprocess
import sys

import pytest

from config.local import processes
from config.local.supervisor import Child, Stop, Supervisor, end_leftovers

SLEEPS = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, subprocess, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "subprocess.Popen(['sleep', '60']); print('up', flush=True); time.sleep(60)",
)


@pytest.fixture
def supervise(tmp_path, capfd):
    made = []

    def make(*children):
        made.append(Supervisor(children, tmp_path / "processes.json"))
        return made[-1]

    yield make
    for each in made:
        each.kill()
        each.end()


def printed(capfd, words):
    seen = []

    def there():
        seen.append(capfd.readouterr().out)
        return words in "".join(seen)

    return processes.wait_until(there, 10)


def test_lines_carry_the_name_of_their_process(supervise, capfd):
    supervise(Child("web", SLEEPS), Child("worker", SLEEPS)).start()
    assert printed(capfd, "worker | up\n")


def test_a_killed_child_is_started_again_at_once(supervise, capfd):
    child = Child("web", SLEEPS)
    supervisor = supervise(child)
    supervisor.start()
    first = child.process.pid
    os.kill(first, signal.SIGKILL)

    def again():
        supervisor.look()
        return child.process is not None and child.process.pid != first

    assert processes.wait_until(again, 10)
    assert printed(capfd, "web was killed by SIGKILL; starting it again")


def test_the_first_start_again_is_at_once_and_the_pause_grows_up_to_five_seconds():
    child = Child("web", SLEEPS)
    pauses = []
    for failures in range(1, 9):
        child.failures = failures
        pauses.append(child.pause_s())
    assert pauses == [0, 1, 2, 4, 5, 5, 5, 5]


def test_at_the_end_nothing_is_left_even_of_those_who_do_not_obey(supervise, capfd, monkeypatch):
    monkeypatch.setattr("config.local.supervisor.END_STEPS", ((signal.SIGTERM, 0.3), (signal.SIGKILL, 5.0)))
    supervisor = supervise(Child("stubborn", STUBBORN), Child("web", SLEEPS))
    supervisor.start()
    assert printed(capfd, "stubborn | up")
    groups = [child.process.pid for child in supervisor.children]
    supervisor.end()
    assert [processes.group_commands(group) for group in groups] == [[], []]
    assert not supervisor.record.exists()


def test_the_next_run_ends_what_a_killed_one_has_left(tmp_path):
    record = tmp_path / "processes.json"
    with subprocess.Popen(SLEEPS, start_new_session=True, stdout=subprocess.DEVNULL) as left:
        record.write_text(json.dumps([left.pid]))
        assert end_leftovers(record, lambda command: "time.sleep" in command) == 1
        assert not processes.is_alive(left.pid)
    assert not record.exists()


def test_a_strangers_process_that_has_got_the_same_number_is_left_alone(tmp_path):
    record = tmp_path / "processes.json"
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        record.write_text(json.dumps([stranger.pid]))
        assert end_leftovers(record, lambda command: "granian" in command) == 0
        assert processes.is_alive(stranger.pid)
        stranger.kill()


@pytest.mark.parametrize("content", [None, "", "{", "7", '["x"]'])
def test_a_missing_or_damaged_record_is_no_obstacle(tmp_path, content):
    record = tmp_path / "processes.json"
    if content is not None:
        record.write_text(content)
    assert end_leftovers(record, lambda command: True) == 0


def test_a_child_that_cannot_be_started_is_tried_again_and_the_others_run(supervise, capfd, monkeypatch):
    monkeypatch.setattr(Child, "pause_s", lambda child: 0.0)
    tried = []

    def fails_twice():
        tried.append(1)
        if len(tried) < 3:
            raise OSError(28, "No space left on device")

    child, other = Child("web", SLEEPS, before=fails_twice), Child("worker", SLEEPS)
    supervisor = supervise(child, other)
    supervisor.start()
    assert child.process is None
    assert other.process is not None

    def started():
        supervisor.look()
        return child.process is not None

    assert processes.wait_until(started, 10)
    assert len(tried) == 3
    assert printed(capfd, "web cannot be started ([Errno 28] No space left on device); trying again in 0 s")


def test_a_record_that_cannot_be_written_is_no_reason_to_end(tmp_path, capfd):
    supervisor = Supervisor([Child("web", SLEEPS)], tmp_path / "missing" / "processes.json")
    supervisor.start()
    try:
        assert printed(capfd, "processes.json cannot be written")
        assert supervisor.children[0].process.poll() is None
    finally:
        supervisor.end()


SAYS = (
    "import sys; from config.local.output import Output, write\n"
    "output = Output(most_lines=50, patience_s=0.2)\n"
    "write('first')\n"
    "for number in range(1500): output.say(f'{number} ' + 'x' * 100)\n"
    "sys.stderr.write('True\\n'); sys.stderr.flush()"
)


def test_an_output_that_is_full_closed_or_paused_holds_nobody_up():
    command = [sys.executable, "-c", SAYS]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"True\n")
    paused = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert paused.wait(60) == 0  # a pipe takes 64 kB, and nobody reads it
    read, told = paused.communicate()
    assert told == b"True\n"
    assert read.startswith(b"first\n0 xxx")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"True\n")


def test_what_was_left_out_while_the_output_was_paused_is_told():
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", SAYS + "\nsys.stdin.readline()"],
        stdout=writer,
        stderr=subprocess.PIPE,
        stdin=subprocess.PIPE,
    )
    os.close(writer)
    assert process.stderr.readline() == b"True\n"  # all has been said, and little of it was taken
    os.set_blocking(reader, False)
    read = bytearray()

    def told():
        with contextlib.suppress(BlockingIOError):
            read.extend(os.read(reader, 65536))
        return b"lines were left out" in read

    assert processes.wait_until(told, 30)
    process.communicate(b"\n", timeout=30)
    os.close(reader)


def test_a_signal_may_come_at_any_step_of_a_wait():
    """With an Event the first of them waits for ever, for the lock of the wait that it has interrupted."""
    step = reached = 0

    def count(frame, event, _argument):
        nonlocal reached
        frame.f_trace_opcodes = True
        if event == "opcode":
            reached += 1
            if reached == step:
                stop.set()
        return count

    while reached == step:
        step, reached = step + 1, 0
        stop = Stop()
        sys.settrace(count)
        try:
            stop.wait(0.001)
        finally:
            sys.settrace(None)
        assert stop.is_set() == (reached >= step)
        reached = min(reached, step)
    assert step > 10
