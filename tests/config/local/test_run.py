"""`make run` as a person meets it: it comes up, says where, survives what happens, and leaves nothing behind."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

import psycopg
import pytest

from config import VERSION
from config.local import embedded, processes, run, web_server
from tests import network

PATIENCE_S = 300  # the first start makes a database, tables and compressed files, perhaps beside other tests
pytestmark = pytest.mark.slow(30)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """One running Brownout with its own data folder and port."""

    def __init__(self, data_dir, port, **settings):
        self.data_dir, self.port = data_dir, port
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.local.run"],
            env={
                **os.environ,
                "DATA_DIR": str(data_dir),
                "PORT": str(port),
                "LIVE_PORT": str(free_port()),
                "OUTBOUND": "off",
                "DATABASE_URL": "",
                "REDIS_URL": "",
                **settings,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def said(self, words):
        return any(words in line for line in self.lines)

    def is_up(self):
        def told():
            return self.said("Brownout is at") or self.process.poll() is not None

        assert processes.wait_until(told, PATIENCE_S, 0.1), "".join(self.lines)
        assert self.process.poll() is None, "".join(self.lines)
        return self

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status

    def report(self, address):
        """Sends one report from that forwarded address. Gives its id once it is answered with 201, else None."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/reports",
            data=json.dumps({"service": "tesla", "symptom": "login-failed", "country": "NL"}).encode(),
            headers={"Content-Type": "application/json", "X-Forwarded-For": address},
        )
        with contextlib.suppress(OSError, ValueError), urllib.request.urlopen(request, timeout=10) as answer:
            if answer.status == 201:
                return json.load(answer)["id"]
        return None

    def groups(self):
        return json.loads((self.data_dir / "processes.json").read_text())

    def kill_everything(self):
        """kill -9 of every process, as when the machine loses its power."""
        groups, servers = self.groups(), embedded.status(self.data_dir)
        self.process.kill()
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        for pid in servers.values():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        assert processes.wait_until(lambda: not any(embedded.status(self.data_dir).values()), 10)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(60)


def children(pid):
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def forked(pid, name):
    return [one for one in children(pid) if Path(f"/proc/{one}/comm").read_text().strip() == name]


@pytest.fixture(scope="module")
def folder():
    """One data folder for all of them, as for a person who starts and ends it day after day."""
    made = Path(tempfile.mkdtemp(prefix="brownout-run-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def site(folder):
    started = []

    def start(**settings):
        started.append(Site(folder, settings.pop("port", None) or free_port(), **settings))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                each.stop()
            each.process.kill()
    embedded.stop(folder)


def test_it_comes_up_says_where_and_ends_cleanly(site):
    first = site().is_up()
    assert first.get("/livez") == 200
    assert first.get("/api/v1/services/tesla/status") == 200

    def streams():
        with contextlib.suppress(OSError):
            return first.get("/api/v1/services/tesla/stream") == 200
        return False

    assert processes.wait_until(streams, PATIENCE_S, 0.1), "the web server leads on to the process of live streams"
    assert first.said(f"Brownout is at http://localhost:{first.port}/")
    groups, servers = first.groups(), embedded.status(first.data_dir)
    assert first.stop(signal.SIGINT) == 0
    assert groups
    assert not any(processes.group_commands(group) for group in groups)
    assert not any(processes.is_alive(pid) for pid in servers.values())
    assert not (first.data_dir / "processes.json").exists()


def test_every_report_answered_with_201_is_there_after_a_kill_of_everything(site):
    first = site(TRUSTED_PROXIES="127.0.0.1/32").is_up()
    answered = []
    killed = threading.Event()

    def send(lane):
        number = 0
        while not killed.is_set():
            number += 1
            answered.append(first.report(f"20.{lane}.{number % 250}.{number // 250}"))

    senders = [threading.Thread(target=send, args=(lane,)) for lane in range(4)]
    for sender in senders:
        sender.start()
    assert processes.wait_until(lambda: len([report for report in answered if report]) > 200, PATIENCE_S)
    first.kill_everything()  # in the middle of the surge
    killed.set()
    for sender in senders:
        sender.join()

    second = site().is_up()
    with psycopg.connect(embedded.database_url(second.data_dir)) as connection:
        kept = {str(row[0]) for row in connection.execute("SELECT id FROM reports_report")}
    promised = {report for report in answered if report}
    assert len(promised) > 200
    assert promised <= kept


def test_a_run_whose_supervisor_was_killed_is_taken_over(site):
    first = site().is_up()
    left = first.groups()
    first.process.kill()
    first.process.wait()
    second = site(port=first.port).is_up()
    assert second.said(f"Ended {len(left)} processes that an earlier run had left")
    assert left
    assert not any(processes.group_commands(group) for group in left)
    assert second.get("/livez") == 200


def test_a_killed_server_and_a_killed_web_process_come_back(site):
    running = site().is_up()
    (web,) = forked(running.groups()[0], "web")
    database = embedded.status(running.data_dir)["PostgreSQL"]
    os.killpg(web, signal.SIGKILL)
    os.kill(database, signal.SIGKILL)

    def well():
        with contextlib.suppress(OSError):
            return running.get("/api/v1/services/tesla/status") == 200
        return False

    assert processes.wait_until(lambda: running.said("web was killed"), PATIENCE_S, 0.1)
    assert processes.wait_until(lambda: running.said("A server has ended; starting it again"), PATIENCE_S, 0.1)
    assert processes.wait_until(well, PATIENCE_S, 0.1), "".join(running.lines)


def test_when_the_process_that_all_are_forked_from_is_killed_nothing_of_it_stays_and_all_come_back(site):
    running = site().is_up()
    product = running.groups()[0]

    def family():
        mains = [pid for name in ("web", "worker") for pid in forked(product, name)]
        return [*mains, *(pid for one in mains for pid in children(one))]  # with Granian's and Celery's own

    assert processes.wait_until(lambda: len(family()) >= 6, PATIENCE_S, 0.1)
    left = family()
    os.kill(product, signal.SIGKILL)
    assert processes.wait_until(lambda: not any(map(processes.is_alive, left)), PATIENCE_S), left
    assert processes.wait_until(lambda: running.report("20.1.2.3"), PATIENCE_S, 0.1), "".join(running.lines)


def test_two_runs_do_not_share_a_folder_or_a_port(site):
    first = site().is_up()
    same_folder = site()
    assert same_folder.process.wait(PATIENCE_S) == 1
    assert same_folder.said("Brownout already runs with the data in")
    with tempfile.TemporaryDirectory() as other:
        same_port = Site(Path(other), first.port)
        assert same_port.process.wait(PATIENCE_S) == 1
        assert same_port.said(f"Port {first.port} on 127.0.0.1 is taken")
    assert first.get("/livez") == 200


def test_a_signal_while_it_is_still_starting_ends_it_too(site):
    starting = site()
    assert processes.wait_until(lambda: starting.said("Looking after tables"), PATIENCE_S)
    assert starting.stop(signal.SIGHUP) == 0
    assert not any(embedded.status(starting.data_dir).values())


def test_a_wrong_setting_is_named_and_nothing_starts(site):
    wrong = site(OUTBOUND="sometimes")
    assert wrong.process.wait(PATIENCE_S) == 1
    assert wrong.said("OUTBOUND='sometimes': expected one of on, off, loopback")


def test_servers_started_by_hand_stay(site):
    running = site().is_up()
    embedded.keep(running.data_dir)
    assert running.stop() == 0
    assert all(embedded.status(running.data_dir).values())


def test_servers_that_are_given_are_used_and_none_of_our_own_start(site):
    elsewhere = Path(tempfile.mkdtemp(prefix="brownout-given-"))
    try:
        given = embedded.start(elsewhere)
        running = site(DATABASE_URL=given.database_url, REDIS_URL=given.redis_url).is_up()
        assert running.get("/api/v1/services/tesla/status") == 200
        assert embedded.status(running.data_dir) == {"PostgreSQL": None, "Valkey": None}
        assert running.stop() == 0
        assert all(embedded.status(elsewhere).values()), "what is not ours is not ended"
    finally:
        embedded.stop(elsewhere)
        shutil.rmtree(elsewhere)


def test_with_outbound_off_no_process_calls_anything_outside(site, tmp_path):
    log = tmp_path / "sockets"
    watch = str(Path(__file__).parent / "watched")
    running = site(PYTHONPATH=watch, SOCKET_LOG=str(log)).is_up()

    def a_minute_was_judged():
        with psycopg.connect(embedded.database_url(running.data_dir)) as connection:
            (judged,) = connection.execute(
                "SELECT count(*) FROM outages_serviceminute WHERE minute > now() - interval '3 minutes'"
            ).fetchone()
        return judged > 0

    assert processes.wait_until(a_minute_was_judged, PATIENCE_S, 1), "".join(running.lines)
    running.stop()
    lines = log.read_text().splitlines()
    for program in (
        "config.local.prepare",
        "config.front",
        "config.local.background web live worker notices beat",
    ):
        assert any(line.startswith("watched") and program in line for line in lines), program
    called = {tuple(line.split(" ", 1)) for line in lines if line.startswith("socket.")}
    assert called, "the broker at least is called"
    outside = {(event, host) for event, host in called if not (network.is_local(host) or host.startswith("/"))}
    assert outside == set()


@pytest.mark.parametrize("name", ["web", "worker", "notices", "beat", "probe"])
def test_each_process_can_run_alone(name, tmp_path):
    web = web_server.web_command(tmp_path / "web.sock")
    command = web if name == "web" else run.one_process(name, "paris")
    shown = subprocess.run([*command, "--help"], capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr


def test_a_process_alone_says_what_it_is_and_ends_where_its_port_is_taken(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        own = {"DATA_DIR": str(tmp_path), "LIVE_PORT": str(port), "LOG_FORMAT": "json", "REDIS_URL": ""}
        own["DATABASE_URL"] = "postgresql://u:geheim@127.0.0.1:1/x?password=geheim"
        ended = subprocess.run(
            [sys.executable, "-m", "config.local.run", "live"],
            env={**os.environ, **own}, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    other = port + 10 if port < 65000 else port - 10
    lines = [json.loads(line)["message"] for line in ended.stderr.splitlines()]
    assert ended.returncode == 1
    assert lines[0].startswith(f"Brownout {VERSION}: live, on 127.0.0.1:{port}, DATABASE_URL='postgresql://…@")
    assert lines[1] == f"Port {port} on 127.0.0.1 is taken by another program. Choose another: LIVE_PORT={other}"
    assert "geheim" not in ended.stderr


def test_a_probe_worker_hears_only_its_own_vantage():
    command = run.probe_command("paris")
    assert command[command.index("--queues") + 1] == "probes.paris"


def test_a_web_server_starts_beside_the_socket_of_a_killed_one(tmp_path, monkeypatch):
    monkeypatch.setattr(web_server, "socket_path", lambda data_dir, port: tmp_path / "web" / "web.sock")
    (tmp_path / "web").mkdir()
    web = web_server.web(tmp_path, 8000, {})
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "web" / "web.sock"))
    web.before()
    assert not (tmp_path / "web" / "web.sock").exists()


def test_servers_are_tried_again_however_they_fail(tmp_path, monkeypatch, capsys):
    """A full disk shows as a wrong server, a file that cannot be written, or a lock that nobody gives back."""
    monkeypatch.setattr(run, "SERVERS_EVERY_S", 0.01)
    monkeypatch.setattr(web_server, "socket_path", lambda data_dir, port: tmp_path / "web" / "web.sock")
    running = run.Run(tmp_path, "127.0.0.1", 8000, 8001, "http://localhost:8000")
    errors = [embedded.EmbeddedError("ends at its start"), OSError(28, "No space left"), TimeoutError("locked"), None]
    seen = []

    def look():
        seen.append(errors[len(seen)])
        if seen[-1] is None:
            running.supervisor.stopping.set()
        else:
            raise seen[-1]

    monkeypatch.setattr(running, "_look_after_servers", look)
    running._keep_servers()
    assert seen == errors
    assert "No space left" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("host", "proxies", "warns"),
    [("127.0.0.1", "", False), ("::1", "", False), ("0.0.0.0", "", True), ("0.0.0.0", "127.0.0.1/32", False)],
)
def test_who_lets_others_in_hears_of_trusted_proxies(tmp_path, monkeypatch, capsys, host, proxies, warns):
    monkeypatch.setattr(web_server, "socket_path", lambda data_dir, port: tmp_path / "web" / "web.sock")
    monkeypatch.setenv("TRUSTED_PROXIES", proxies)
    run.Run(tmp_path, host, 8000, 8001, "http://localhost:8000")._welcome()
    assert ("TRUSTED_PROXIES is not set" in capsys.readouterr().out) is warns


def test_a_process_alone_is_one_interpreter_so_that_no_signal_falls_between_two(tmp_path):
    """Python tells of a KeyboardInterrupt that comes while it starts, and goes on."""
    (tmp_path / "sitecustomize.py").write_text("print('an interpreter', flush=True)\n")
    (tmp_path / "program.py").write_text(
        "import os, sys; print(os.getpid(), __name__, sys.argv, flush=True); os.kill(os.getpid(), 2)"
    )
    code = (
        "import os, sys; from config.local import alone; print(os.getpid(), flush=True)\n"
        "alone.end_by_signals(); alone.become([sys.executable, '-m', 'program', '--loud'])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": f"{tmp_path}:{run.PROJECT}"},
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    interpreter, process, program = ended.stdout.splitlines()
    assert interpreter == "an interpreter"
    assert program == f"{process} __main__ ['{tmp_path / 'program.py'}', '--loud']"
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")
