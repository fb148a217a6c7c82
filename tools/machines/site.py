"""What runs on which host, and how it is started: the shipped files of deploy/, with this network's addresses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import psycopg

from config.local import processes
from config.local.embedded import valkey
from config.local.embedded.folders import locate
from tools.machines.network import Host, run

PROJECT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "of-this-drill"  # noqa: S105
NAME = "status.example.org"
SINK_PORT = 9900
ADDRESSES = {
    "nginx1": "10.99.0.11", "nginx2": "10.99.0.12",
    "web1": "10.99.0.21", "web2": "10.99.0.22",
    "work1": "10.99.0.31", "work2": "10.99.0.32",
    "valkey": "10.99.0.41",
    "db1": "10.99.0.51", "db2": "10.99.0.52", "etcd3": "10.99.0.53",
}  # fmt: skip
DATABASES = ("db1", "db2")
MEMBERS = (*DATABASES, "etcd3")
WEBS = ("web1", "web2")
WORKERS = ("work1", "work2")
DOORS = ("nginx1", "nginx2")
PROGRAMS = ("etcd", "patroni", "pgbouncer", "nginx", "setpriv")
SEARCHED = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin"
SERVICES = 12
SUBSCRIBERS = 3  # of each service
STARTS_S = 120.0


def missing() -> list[str]:
    """Return what this machine lacks."""
    found = [name for name in PROGRAMS if shutil.which(name, path=SEARCHED) is None]
    return found if _binaries() else [*found, "postgresql-15"]


def _binaries() -> str:
    """Return the folder with Debian's PostgreSQL; "" where there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return str(folders[-1].parent) if folders else ""


def _environment(database: str) -> dict[str, str]:
    """Return the settings that all machines share."""
    servers = ",".join(f"{ADDRESSES[name]}:{5432 if database == 'brownout' else 6432}" for name in DATABASES)
    return {
        "DATABASE_URL": f"postgresql://brownout:{PASSWORD}@{servers}/{database}",
        "REDIS_URL": f"redis://{ADDRESSES['valkey']}:6379/0",
        "SECRET_KEY": "a-key-of-the-drill-of-many-machines-that-nobody-else-uses",
        "SITE_URL": f"http://{NAME}",
        "HOST": "0.0.0.0",  # noqa: S104
        "PORT": "8000",
        "LIVE_PORT": "8001",
        "TRUSTED_PROXIES": ",".join(f"{ADDRESSES[door]}/32" for door in DOORS),
        "OUTBOUND": "loopback",
        "RATE_LIMIT_READS_A_MINUTE": "0",
        "RATE_LIMIT_PAGES_A_MINUTE": "0",
        "RATE_LIMIT_WRITES_A_MINUTE": "0",
        "WEB_WORKERS": "1",
        "TASK_PROCESSES": "1",
        "LOG_LEVEL": "WARNING",
        "PYTHONWARNINGS": "ignore",
    }


class Machines:
    """All hosts, and what is asked of them together. `folder` holds what each would have on its disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hosts = {name: Host(name, address) for name, address in ADDRESSES.items()}
        self.heard = folder / "heard.jsonl"

    def make(self) -> None:
        """Make the hosts and start everything. Raises NetworkError, and RuntimeError where something does not start."""
        for host in self.hosts.values():
            host.make()
            (self.folder / host.name).mkdir(mode=0o755)
        self._write_catalogue()
        for name in (*MEMBERS, "valkey"):
            self.start(name)
        self.await_(lambda: self.primary() != "", "no primary")
        self._make_database()
        self._prepare()
        for name in WORKERS:
            self._start_sink(self.hosts[name])
        for name in (*WEBS, *WORKERS, *DOORS):
            self.start(name)
        self.await_(lambda: all(self.answers(door) for door in DOORS), "nothing answers")
        self.await_(self.is_whole, "the replica is not synchronous")

    def start(self, name: str) -> None:
        """Start what belongs on a host, as its init would at the start of the machine."""
        host = self.hosts[name]
        if name in MEMBERS:
            self._start_etcd(host)
        if name in DATABASES:
            self._start_database(host)
        elif name == "valkey":
            self._start_valkey(host)
        elif name in WEBS:
            self._start_ours(host, "web", "brownout_web")
        elif name in WORKERS:
            for process in ("worker", "notices", "beat"):
                self._start_ours(host, process, "brownout_tasks")
        elif name in DOORS:
            self._start_nginx(host)

    def await_(self, condition: object, what: str, patience_s: float = STARTS_S) -> float:
        """Wait for a condition; return for how long. Raises RuntimeError with `what` where it takes too long."""
        began_s = time.monotonic()
        if not processes.wait_until(condition, patience_s, 0.25):  # type: ignore[arg-type]
            raise RuntimeError(f"{what} after {patience_s:.0f} s; the logs are in {self.folder}")
        return time.monotonic() - began_s

    # What is seen from outside

    def answers(self, door: str) -> bool:
        """Return whether a page comes out of one of the doors."""
        request = urllib.request.Request(f"http://{ADDRESSES[door]}/livez", headers={"Host": NAME})
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def _leader_by(self, name: str) -> str:
        """Return who takes writes in the eyes of one of the machines with a database; "" where it does not know."""
        try:
            with urllib.request.urlopen(f"http://{ADDRESSES[name]}:8008/cluster", timeout=2) as answer:
                members = json.load(answer)["members"]
        except (OSError, ValueError, KeyError):
            return ""
        leaders = [one for one in members if one.get("role") == "leader" and one.get("state") == "running"]
        return str(leaders[0]["name"]) if leaders else ""

    def primary(self) -> str:
        """Return which host's PostgreSQL takes writes; "" where none does, or they do not agree yet."""
        seen = {leader for name in DATABASES if (leader := self._leader_by(name))}
        return seen.pop() if len(seen) == 1 else ""

    def is_whole(self) -> bool:
        """Return whether both machines agree on the primary, and the replica has all that is answered."""
        leaders = {self._leader_by(name) for name in DATABASES}
        if len(leaders) != 1 or leaders == {""}:
            return False
        try:
            url = f"postgresql://postgres:{PASSWORD}@{ADDRESSES[leaders.pop()]}:5432/postgres"
            with psycopg.connect(url, connect_timeout=5) as connection:
                states = connection.execute("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'")
                return [state for (state,) in states.fetchall()] == ["sync"]
        except psycopg.Error:
            return False

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the primary."""
        with psycopg.connect(
            _environment("brownout")["DATABASE_URL"], target_session_attrs="read-write", connect_timeout=5
        ) as connection:
            return list(connection.execute(statement.encode()).fetchall())

    # How each is started

    def _spawn(self, host: Host, what: str, command: Sequence[str], settings: dict[str, str] | None = None) -> int:
        log = (self.folder / host.name / f"{what}.log").open("ab")
        environment = {"PATH": os.environ.get("PATH", "") + ":" + SEARCHED, "HOME": "/root", "LANG": "C.UTF-8"}
        process = subprocess.Popen(
            host.command(*command),
            cwd=PROJECT,
            env=environment | (settings or {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        return process.pid

    def _start_etcd(self, host: Host) -> None:
        members = ",".join(f"{name}=http://{ADDRESSES[name]}:2380" for name in MEMBERS)
        command = [
            *("etcd", "--name", host.name, "--data-dir", str(self.folder / host.name / "etcd")),
            *("--initial-cluster", members, "--initial-cluster-state", "new", "--initial-cluster-token", "brownout"),
            *("--listen-peer-urls", f"http://{host.address}:2380"),
            *("--initial-advertise-peer-urls", f"http://{host.address}:2380"),
            *("--listen-client-urls", f"http://{host.address}:2379"),
            *("--advertise-client-urls", f"http://{host.address}:2379"),
            *("--heartbeat-interval", "250", "--election-timeout", "2500", "--pre-vote=true", "--enable-v2=true"),
            *("--log-level", "warn"),
        ]
        self._spawn(host, "etcd", command)

    def _start_database(self, host: Host) -> None:
        folder = self.folder / host.name
        replaced = {
            "NODE": host.name, "ADDRESS": host.address, "SUPERUSER_PASSWORD": PASSWORD,
            "REPLICATION_PASSWORD": PASSWORD, "REWIND_PASSWORD": PASSWORD,
            "/var/lib/postgresql/15/brownout": str(folder / "postgres"), "/usr/lib/postgresql/15/bin": _binaries(),
            "/var/lib/postgresql/.pgpass-patroni": str(folder / "pgpass"), "/var/run/postgresql": str(folder),
        }  # fmt: skip
        file = folder / "patroni.yml"
        file.write_text(_shipped("patroni.yml", replaced), encoding="utf-8")
        users = folder / "userlist.txt"
        users.write_text(f'"brownout" "{PASSWORD}"\n', encoding="ascii")
        pool = folder / "pgbouncer.ini"
        pool.write_text(
            _shipped(
                "pgbouncer.ini", {"/etc/pgbouncer/userlist.txt": str(users), "host=127.0.0.1": f"host={host.address}"}
            ),
            encoding="utf-8",
        )
        run("chown", "-R", "postgres:postgres", str(folder))
        account = ("setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups")
        self._spawn(host, "patroni", [*account, "patroni", str(file)])
        self._spawn(host, "pgbouncer", [*account, "pgbouncer", str(pool)])

    def _start_valkey(self, host: Host) -> None:
        folder = self.folder / host.name
        server = valkey._binary(locate(folder))
        self._spawn(
            host,
            "valkey",
            [
                *(str(server), "--bind", host.address, "--protected-mode", "no", "--dir", str(folder)),
                *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
                *("--maxmemory", "256mb", "--maxmemory-policy", "volatile-lru"),
            ],
        )

    def _ours(self, host: Host, database: str) -> dict[str, str]:
        return _environment(database) | {
            "DATA_DIR": str(self.folder / host.name),
            "DAY_KEYS_DIR": str(self.folder / "day_keys"),
            "CATALOG_DIR": str(self.folder / "catalog"),
            "TMPDIR": str(self.folder / host.name),
        }

    def _start_ours(self, host: Host, process: str, database: str) -> None:
        command = [sys.executable, "-m", "config.local.run", process]
        self._spawn(host, process, command, self._ours(host, database))

    def _start_nginx(self, host: Host) -> None:
        folder = self.folder / host.name
        site = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        webs = "".join(f"    server {ADDRESSES[name]}:8000 max_fails=1 fail_timeout=5s;\n" for name in WEBS)
        lives = "".join(f"    server {ADDRESSES[name]}:8001 max_fails=1 fail_timeout=5s;\n" for name in WEBS)
        site = site.replace("    server 127.0.0.1:8000;\n", webs).replace("    server 127.0.0.1:8001;\n", lives)
        site = site.replace("/var/cache/", f"{folder}/")
        head, _, tail = site.partition("server {\n    listen 80;")  # what leads to https; TLS is left out here
        tail = tail.partition("\n}\n")[2]
        site = (head + tail).replace("    listen 443 ssl http2;\n", "    listen 80;\n")
        site = "".join(
            line + "\n" for line in site.splitlines() if not line.lstrip().startswith(("ssl_", "listen [::]"))
        )
        temporary = "".join(
            f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole = folder / "nginx.conf"
        whole.write_text(
            f"user root;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\ndaemon off;\nworker_processes 1;\n"
            f"events {{ worker_connections 4096; }}\nworker_rlimit_nofile 10000;\nhttp {{\n{temporary}{site}}}\n",
            encoding="utf-8",
        )
        self._spawn(host, "nginx", ["nginx", "-e", str(folder / "error.log"), "-c", str(whole)])

    def _start_sink(self, host: Host) -> None:
        """Begin to listen to what is told. Whoever is told is no host of ours, so it outlives the worker beside it."""
        command = [sys.executable, "-m", "tools.machines.sink", str(SINK_PORT), str(self.heard)]
        self._spawn(host, "sink", command)
        self.await_(lambda: bool(host.pids()), "nobody listens to webhooks")
        host.spared.update(host.pids())

    # What is there before anything starts

    def _write_catalogue(self) -> None:
        folder = self.folder / "catalog"
        folder.mkdir()
        for number in range(SERVICES):
            (folder / f"acme-{number}.toml").write_text(
                f'slug = "acme-{number}"\nname = "Acme {number}"\ndescription = "A service of the drill."\n'
                'homepage = "https://acme.example/"\ndefault_component = "web"\n'
                '[[components]]\nslug = "web"\nname = "Web"\nwords = ["web"]\n'
                '[[symptoms]]\nslug = "down"\nname = "Down"\nicon = "503"\ncomponent = "web"\ncommon = true\n',
                encoding="utf-8",
            )

    def _make_database(self) -> None:
        url = f"postgresql://postgres:{PASSWORD}@{ADDRESSES[self.primary()]}:5432/postgres"
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"CREATE ROLE brownout LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE brownout OWNER brownout")

    def _prepare(self) -> None:
        """Make tables, catalogue, static files and subscriptions, once; each web host has the files."""
        first = self.hosts[WEBS[0]]
        settings = {**os.environ, **self._ours(first, "brownout")}
        for command in (("-m", "config.local.prepare"), ("-m", "tools.machines.subscribers", str(SUBSCRIBERS))):
            done = subprocess.run(
                first.command(sys.executable, *command),
                cwd=PROJECT, env=settings, capture_output=True, text=True, check=False, timeout=300,
            )  # fmt: skip
            if done.returncode:
                raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        for name in WEBS[1:]:
            shutil.copytree(
                self.folder / first.name, self.folder / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.log")
            )


def _shipped(name: str, replaced: dict[str, str]) -> str:
    text = (PROJECT / "deploy" / "machines" / name).read_text(encoding="utf-8")
    for word, value in replaced.items():
        text = text.replace(word, value)
    return text
