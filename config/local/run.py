"""Runs Brownout on this machine: the servers it needs, the web server, the tasks and their clock.

`python -m config.local.run` runs everything until Ctrl-C. With `web`, `live`, `worker`, `notices`, `beat` or
`probe NAME` it runs that one process alone, for containers and process managers; they bring their own servers.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

from config import addresses, env, logs, metrics, sizes, threads
from config.local import alone, background, embedded, processes, supervisor, web_server

PROJECT = Path(__file__).resolve().parent.parent.parent
LOOK_EVERY_S = 0.25
SERVERS_EVERY_S = 2.0
SAYS_AFTER_S = 60.0  # of a web server that is not up yet
ADDRESS_FILE = "address"  # of the running site; `make demo` in another terminal names it
OUR_PROGRAMS = ("config.web", "celery", "config.front", "config.local.background")
READ_ELSEWHERE = ("EMAIL_URL",)  # settings that have no variable of their name
ALONE = ("web", "live", "worker", "notices", "beat", "probe")


def live_command() -> list[str]:
    """The process of live streams, on a port of its own."""
    return [sys.executable, "-m", "config.live"]


def worker_command() -> list[str]:
    """A Celery worker on every queue of this machine but that of notices."""
    return [*_worker("worker"), *_processes(), "--exclude-queues", "notices"]


def notices_command() -> list[str]:
    """A Celery worker that does nothing but send notices: hundreds at once, from one process."""
    return [*_worker("notices"), "--pool", "solo", "--queues", "notices"]


def beat_command() -> list[str]:
    """Celery's clock. It may run only once for each database; a second one does no harm but wakes tasks in vain."""
    return _celery("beat", "--pidfile=")


def probe_command(vantage: str) -> list[str]:
    """A Celery worker that does nothing but one vantage's probes."""
    return [*_worker(f"probe-{vantage}"), *_processes(), "--queues", f"probes.{vantage}"]


def one_process(name: str, vantage: str) -> list[str]:
    """The command of the process that is to run alone: live, worker, notices, beat or probe."""
    if name == "probe":
        return probe_command(vantage)
    commands = {"live": live_command, "worker": worker_command, "notices": notices_command, "beat": beat_command}
    return commands[name]()


def _worker(name: str) -> list[str]:
    """A hint may be lost, so a worker needs no gossip with others."""
    return _celery("worker", "--hostname", f"{name}@%h", "--without-gossip", "--without-mingle")


def _processes() -> list[str]:
    return ["--concurrency", str(sizes.task_processes())]


def _celery(*arguments: str) -> list[str]:
    level = celery_log_level()
    return [sys.executable, "-m", "celery", "--quiet", "-A", "config.celery", *arguments, "--loglevel", level]


def celery_log_level() -> str:
    """Return the level that Celery's own lines must have to be told: it says much at INFO."""
    level = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
    return "WARNING" if level == "INFO" else level


def _product(data_dir: Path, port: int, environment: dict[str, str], *, metrics: bool) -> list[supervisor.Child]:
    """All but the front, the web server first: forked from one process where that is safe, else each by itself."""
    if background.is_possible():
        return [supervisor.Child("product", background.command(metrics=metrics), environment)]
    alone = [supervisor.Child(name, one_process(name, ""), environment) for name in background.NAMES]
    return [web_server.web(data_dir, port, environment), *alone]


def _child_environment() -> dict[str, str]:
    """Celery warns against root in six lines; whoever has started us as root knows it."""
    if os.geteuid() != 0:
        return {}
    known = os.environ.get("PYTHONWARNINGS", "")
    return {"PYTHONWARNINGS": ",".join(filter(None, [known, f"ignore:{alone.OF_ROOT}"]))}


def not_free(host: str, setting: str, port: int) -> str:
    """Return why we cannot listen there and what to type; "" where we can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except PermissionError:
            return (
                f"Port {port} is for root alone. Choose another: {setting}=8000, with a proxy at port {port} before it"
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                other = port + 10 if port < 65000 else port - 10
                return f"Port {port} on {host} is taken by another program. Choose another: {setting}={other}"
            return f"HOST={host} is no address of this machine. Take HOST=127.0.0.1 for it alone, HOST=0.0.0.0 for all"
    return ""


def _is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class StopRequestedError(Exception):
    """A signal came while we were still starting."""


class Run:
    """One `make run`, from the first line to the last."""

    def __init__(
        self, data_dir: Path, host: str, port: int, live_port: int, site_url: str, metrics_port: int = 0
    ) -> None:
        self.data_dir, self.host, self.port, self.live_port = data_dir, host, port, live_port
        self.site_url = site_url
        # The same rule as in config.settings: an address that is given means a server that is not ours.
        self.own_database = not env.text("DATABASE_URL")
        self.own_broker = not env.text("REDIS_URL")
        environment = _child_environment()
        if metrics_port:
            environment |= metrics.share(data_dir / "metrics")
        self.supervisor = supervisor.Supervisor(
            [
                *_product(data_dir, port, environment, metrics=bool(metrics_port)),
                web_server.front(environment),
            ],
            record=data_dir / "processes.json",
        )
        self.say = self.supervisor.say

    def __call__(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup wants us to go on
            signal.signal(signal.SIGHUP, self._stop)
        env.usable("DATA_DIR", self.data_dir)
        lock = processes.exclusive(
            self.data_dir / "run.lock",
            timeout_s=3,
            holder=f"Brownout already runs with the data in {self.data_dir}. End that one, or set DATA_DIR to another.",
        )
        with lock:
            return self._run()

    def _run(self) -> int:
        left = supervisor.end_leftovers(
            self.supervisor.record,
            lambda command: any(word in command for word in (*OUR_PROGRAMS, sys.prefix)),
        )
        if left:
            self.say(f"Ended {left} processes that an earlier run had left")
        if not (self._finds_free("PORT", self.port, left) and self._finds_free("LIVE_PORT", self.live_port, left)):
            return 1
        try:
            self._start_servers()
            if not self._prepare():
                self.say("Brownout cannot start; the reason is above.")
                return 1
            self.say(f"Starting {sizes.described()}")
            self.supervisor.start()
            return self._watch()
        except StopRequestedError:
            return 0
        except (embedded.EmbeddedError, OSError) as error:
            self.say(str(error))
            return 1
        finally:
            self._end()

    def _finds_free(self, setting: str, port: int, left: int) -> bool:
        """Whether a port is free for us, perhaps after those that an earlier run had left have let it go."""
        if processes.wait_until(lambda: not not_free(self.host, setting, port), 3 if left else 0):
            return True
        self.say(not_free(self.host, setting, port))
        return False

    def _start_servers(self) -> None:
        if self.own_database or self.own_broker:
            embedded.start(self.data_dir, database=self.own_database, broker=self.own_broker, say=self.say)
        self._check_stop()

    def _prepare(self) -> bool:
        """Tables, catalogues and static files; in a process of its own, which can be ended half-way."""
        self.say("Looking after tables, catalogues and static files")
        work = subprocess.Popen([sys.executable, "-m", "config.local.prepare"], cwd=PROJECT, start_new_session=True)
        while work.poll() is None:
            if self.supervisor.stopping.wait(0.05):
                processes.end_group(work.pid, supervisor.END_STEPS)
        self._check_stop()
        return work.returncode == 0

    def _check_stop(self) -> None:
        if self.supervisor.stopping.is_set():
            raise StopRequestedError

    def _watch(self) -> int:
        web, front = self.supervisor.children[0], self.supervisor.children[-1]
        ready, waits_until = False, time.monotonic() + SAYS_AFTER_S
        threads.begin(self._keep_servers)
        while not self.supervisor.stopping.wait(LOOK_EVERY_S):
            self.supervisor.look()
            if not ready and web.process is not None and web_server.answers(self.host, self.port, self.data_dir):
                ready = True
                self._welcome()
            if not ready and time.monotonic() > waits_until:
                waits_until += SAYS_AFTER_S
                self.say(f"The web server does not answer yet, {SAYS_AFTER_S:.0f} s after the last line; still waiting")
            failures = max(web.failures, front.failures)
            if not ready and (failures >= web_server.FAILURES_BEFORE_GIVING_UP or web.code == background.GIVEN_UP):
                self.say("The web server does not start; the reason is above.")
                return 1
        return 0

    def _keep_servers(self) -> None:
        """Starts the servers again when they end, for as long as we run. Beside the rest: a start may take minutes."""
        told = ""
        while not self.supervisor.stopping.wait(SERVERS_EVERY_S):
            try:
                self._look_after_servers()
                told = ""
            except StopRequestedError:
                return
            # A full disk shows itself in many ways, and none of them is a reason to leave the children alone.
            except (embedded.EmbeddedError, OSError) as error:
                if str(error) != told:
                    told = str(error)
                    self.say(f"{told}\nTrying again every {SERVERS_EVERY_S:.0f} s")

    def _look_after_servers(self) -> None:
        running = embedded.status(self.data_dir)
        if (self.own_database and not running["PostgreSQL"]) or (self.own_broker and not running["Valkey"]):
            self.say("A server has ended; starting it again")
            self._start_servers()

    def _warn_of_strangers(self) -> None:
        """Says what is missing where others can reach us and nobody has said whether a proxy stands before us."""
        if not _is_loopback(self.host) and not env.networks("TRUSTED_PROXIES"):
            self.say(
                f"HOST={self.host} lets others in and TRUSTED_PROXIES is not set. Behind a reverse proxy set it, or "
                "all visitors count as one network; without a proxy no traffic is encrypted. See docs/operation.md."
            )

    def _welcome(self) -> None:
        self._warn_of_strangers()
        with contextlib.suppress(OSError):  # a full disk: then the demo names the address of its own settings
            (self.data_dir / ADDRESS_FILE).write_text(self.site_url)
        self.say(f"\nBrownout is at {self.site_url}/\nIts data are in {self.data_dir}. Ctrl-C ends it.\n")

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self.supervisor.stopping.is_set() and number == signal.SIGINT:
            self.supervisor.kill()  # a second Ctrl-C: no more waiting
        self.supervisor.stopping.set()

    def _end(self) -> None:
        self.supervisor.stopping.set()
        self.say("Ending")
        self.supervisor.end()
        if (self.own_database or self.own_broker) and not embedded.kept(self.data_dir):
            embedded.stop(self.data_dir)
        self.say("Everything has ended; the data stay.")


def _warn_of_hosts(site_url: str, allowed: list[str]) -> None:
    for host in addresses.host_of(site_url):
        if not addresses.is_host_allowed(host, allowed):
            alone.say(
                f"SITE_URL names {host}, and ALLOWED_HOSTS does not: people get 400. Add it: ALLOWED_HOSTS={host}"
            )


def _warn_of_misspelt_settings(known: Iterable[str]) -> None:
    for wrong, right in sorted(env.misspelt(os.environ, {*known, *READ_ELSEWHERE}).items()):
        alone.say(f"{wrong} is no setting and changes nothing; did you mean {right}?")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.local.run", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("process", nargs="?", default="all", choices=["all", *ALONE])
    parser.add_argument("vantage", nargs="?", default="", help="the name of the vantage, for probe")
    given = parser.parse_args(arguments)
    if (given.process == "probe") != bool(given.vantage):
        parser.error("probe wants the name of a vantage, as in: probe amsterdam")
    os.chdir(PROJECT)
    logs.survive_odd_terminals()
    # Django's checks import every page, and with them pandas and plotly: 100 MB that no worker needs.
    os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
    try:
        if given.vantage:
            os.environ["VANTAGE"] = given.vantage  # the worker knows only the queues of its own vantage
        from config import settings

        _warn_of_hosts(settings.SITE_URL, settings.ALLOWED_HOSTS)
        _warn_of_misspelt_settings(name for name in dir(settings) if name.isupper())
        if given.process == "all":
            ports = settings.PORT, settings.LIVE_PORT
            return Run(settings.DATA_DIR, settings.HOST, *ports, settings.SITE_URL, settings.METRICS_PORT)()
        alone.end_by_signals()
        alone.say(alone.introduction(given.process, given.vantage, settings))
        listens = {"web": ("PORT", settings.PORT), "live": ("LIVE_PORT", settings.LIVE_PORT)}
        if given.process in listens and (fault := not_free(settings.HOST, *listens[given.process])):
            alone.say(fault)
            return 1
        if given.process == "web":
            return web_server.run_alone(settings.DATA_DIR, settings.HOST, settings.PORT, _child_environment())
        if given.process != "live":
            alone.wait_for_broker(settings.REDIS_URL)
        alone.become(one_process(given.process, given.vantage))
        return 0
    except (env.SettingError, embedded.EmbeddedError, TimeoutError) as error:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
