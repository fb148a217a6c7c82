"""Reads of the API in a second: a status as Django gives it, the 304 of who has it, and the same out of nginx.

`python -m bench reads`. Starts the product's own web server as `make run` does (2 workers of 8 threads) on its own
database (DATA_DIR, else a temporary one), nginx with deploy/nginx.conf in front where it is installed, and asks over 16
connections from the same machine: wrk where it is installed, else our own generator, which takes more of the processor
for itself. Beside it in the same run: a WSGI application that says hello, on the same server. Trust the ratios.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import _load
from bench._servers import servers

SECONDS = int(os.environ.get("BENCH_SECONDS", "8"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2"))
CONNECTIONS = 16
PORT = int(os.environ.get("BENCH_PORT", "8759"))
HELLO_PORT, NGINX_PORT = PORT + 2, PORT + 3
PROJECT = Path(__file__).resolve().parent.parent
STATUS = "/api/v1/services/tesla/status"
PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"
WRK, NGINX = shutil.which("wrk", path=PLACES), shutil.which("nginx", path=PLACES)
HELLO = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]
"""


@dataclass(frozen=True)
class Measured:
    """Answers a second, and the milliseconds of the processor that the server took for each."""

    name: str
    per_second: float
    cpu_ms: float
    wrong: int


def main() -> None:
    with servers(
        TRUSTED_PROXIES="127.0.0.1/32",
        LOG_LEVEL="ERROR",
        PORT=str(PORT),
        RATE_LIMIT_READS_A_MINUTE="1000000000",  # counted and told as ever, but never reached
    ) as data_dir:
        _measure(data_dir)


def _measure(data_dir: Path) -> None:
    import django

    django.setup()
    subprocess.run([sys.executable, "-m", "config.local.prepare"], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    (data_dir / "bench_hello.py").write_text(HELLO, encoding="utf-8")
    best: dict[str, Measured] = {}
    with web() as running, _hello(data_dir) as hello:
        tag = _get(PORT, STATUS)["ETag"]
        with nginx(data_dir) as proxy:
            for _ in range(ROUNDS):
                cases = [
                    ("hello, plain WSGI", hello, HELLO_PORT, "/", {}, 200),
                    ("status", running, PORT, STATUS, {}, 200),
                    ("status, 304", running, PORT, STATUS, {"If-None-Match": tag}, 304),
                ]
                if proxy:
                    cases.append(("status out of nginx", proxy, NGINX_PORT, STATUS, {}, 200))
                for name, process, port, path, headers, status in cases:
                    if status == 304:  # the moment of the answer moves on, and its tag with it
                        headers = {"If-None-Match": _get(port, path)["ETag"]}
                    found = asked(name, process, port, path, headers)
                    if name not in best or found.per_second > best[name].per_second:
                        best[name] = found
        _tell(list(best.values()))
        _pollers()


def _tell(found: list[Measured]) -> None:
    hello = found[0].per_second
    print(f"{'best of ' + str(ROUNDS):24} {'a second':>9} {'of hello':>9} {'CPU ms':>8}   wrong answers")
    for one in found:
        share, wrong = one.per_second / hello, one.wrong
        print(f"{one.name:24} {one.per_second:9,.0f} {share:9.2f} {one.cpu_ms:8.3f}   {wrong:,}")
    if NGINX is None:
        print("nginx is not installed here: what it gives out of its cache was not measured")
    print(f"asked by {'wrk' if WRK else 'our own generator'}; load of the machine {os.getloadavg()[0]:.1f}")


def asked(name: str, process: subprocess.Popen[bytes], port: int, path: str, headers: dict[str, str]) -> Measured:
    """Asks for some seconds, after a short time of warming up."""
    _run(port, path, headers, 1)
    before = cpu_s(process.pid)
    per_second, wrong = _run(port, path, headers, SECONDS)
    used = cpu_s(process.pid) - before
    return Measured(name, per_second, 1000 * used / max(per_second * SECONDS, 1), wrong)


def _run(port: int, path: str, headers: dict[str, str], seconds: int) -> tuple[float, int]:
    """Answers a second, and how many were errors."""
    if WRK is None:
        words = {name.replace("-", "_"): value for name, value in headers.items()}
        request = _load.request("GET", path, b"", **words)
        load = _load.run(port, lambda _number: request, seconds=seconds, connections=CONNECTIONS)
        wrong = sum(count for status, count in load.statuses.items() if status not in (200, 304))
        return load.per_second, wrong
    said = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    command = [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", *said, f"http://127.0.0.1:{port}{path}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", text)
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    assert per_second is not None, text
    return float(per_second[1]), int(errors[1]) if errors else 0


def _pollers() -> None:
    """A thousand who poll for some seconds: how often the database is read for them."""
    if WRK is None:
        print("wrk is not installed here: a thousand at once were not measured")
        return
    before = _scans()
    _get(PORT, STATUS)
    of_one = _scans() - before
    command = [WRK, "-t1", "-c1000", "-d4", f"http://127.0.0.1:{PORT}{STATUS}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    answered = re.search(r"(\d+) requests in", text)
    readings = (_scans() - before - of_one) / max(of_one, 1)
    print(f"1,000 who poll for 4 s: {int(answered[1]) if answered else 0:,} answers cost {readings:.0f} readings")


def _scans() -> int:
    """How often PostgreSQL has looked into the minutes, which each status does some times."""
    from django.db import connection

    time.sleep(11)  # a connection hands its counts over within ten seconds
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE relname = 'outages_serviceminute'")
        return int(cursor.fetchone()[0])


def _get(port: int, path: str) -> dict[str, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return dict(answer.headers.items()) | {"ETag": answer.headers["ETag"]}


@contextlib.contextmanager
def web() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "config.local.run", "web"]
    with serving(command, PORT, STATUS, dict(os.environ)) as process:
        yield process


@contextlib.contextmanager
def _hello(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "granian", "bench_hello:application", "--interface", "wsgi", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(HELLO_PORT), "--workers", "2", "--blocking-threads", "8"]
    with serving(command, HELLO_PORT, "/", {**os.environ, "PYTHONPATH": str(folder)}) as process:
        yield process


@contextlib.contextmanager
def nginx(data_dir: Path) -> Iterator[subprocess.Popen[bytes] | None]:
    """nginx as shipped, but for its ports, its paths and TLS; None where it is not installed."""
    if NGINX is None:
        yield None
        return
    folder = data_dir / "nginx"
    folder.mkdir(exist_ok=True)
    site = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    site = re.sub(r"\n\s*ssl_certificate\S* .*", "", site).replace("listen 443 ssl http2", f"listen {NGINX_PORT}")
    site = site.replace("    listen [::]:443 ssl http2;\n", "").replace("/var/cache/", f"{folder}/")
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{PORT}").replace("$scheme", "http")
    site = site.replace("proxy_set_header Host $host;", f"proxy_set_header Host 127.0.0.1:{PORT};")
    site = site.replace("    listen 80;\n", "").replace("    listen [::]:80;\n", f"    listen {NGINX_PORT + 5};\n")
    with nginx_with(folder, site, NGINX_PORT, STATUS) as process:
        yield process


@contextlib.contextmanager
def nginx_with(folder: Path, site: str, port: int, path: str) -> Iterator[subprocess.Popen[bytes]]:
    """nginx with this inside of its http block."""
    assert NGINX is not None
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    whole = folder / "nginx.conf"
    whole.write_text(
        f"{user}pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\ndaemon off;\nworker_processes 2;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{\n{temporary}{site}}}\n",
        encoding="utf-8",
    )
    command = [NGINX, "-e", str(folder / "error.log"), "-c", str(whole)]
    with serving(command, port, path, dict(os.environ)) as process:
        yield process


@contextlib.contextmanager
def serving(command: list[str], port: int, path: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError(f"{command[0]} does not answer")
        yield process
    finally:
        process.terminate()
        process.wait(20)


def cpu_s(pid: int) -> float:
    """Seconds of the processor that a process and its children have used so far."""
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        waiting += [
            int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text(encoding="ascii").split()
        ]
    return total


if __name__ == "__main__":
    main()
