"""Pages in a second out of snapshots: beside an empty Django view, and out of nginx beside a static file of that size.

`python -m bench snapshots`. Starts the product's own web server as `make run` does on its own database (DATA_DIR, else
a temporary one), nginx with deploy/nginx.conf in front where it is installed, and asks over 16 connections from this
machine: wrk where it is installed, else our own generator, which takes more of the processor for itself. In the same
run: a Django view that does nothing, without middleware, on the same server with as many processes. Trust the ratios.
"""

from __future__ import annotations

import contextlib
import os
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, Popen, run

from bench import reads
from bench._servers import servers

PORT = reads.PORT + 10
EMPTY_PORT, NGINX_PORT, STATIC_PORT = PORT + 2, PORT + 3, PORT + 4
PAGES = {"service page": "/tesla/", "front page": "/", "map": "/tesla/map", "service page, German": "/de/tesla/"}
ASKED_WITH = {"Accept": "text/html", "Accept-Encoding": "br, gzip", "Accept-Language": "en"}


def main() -> None:
    reads.PORT, reads.NGINX_PORT = PORT, NGINX_PORT
    with servers(
        TRUSTED_PROXIES="127.0.0.1/32",
        LOG_LEVEL="ERROR",
        PORT=str(PORT),
        RATE_LIMIT_PAGES_A_MINUTE="1000000000",  # counted as ever, but never reached
    ) as data_dir:
        _measure(data_dir)


def _measure(data_dir: Path) -> None:
    run([sys.executable, "-m", "config.local.prepare"], cwd=reads.PROJECT, check=True, stdout=DEVNULL)
    best: dict[str, reads.Measured] = {}
    with contextlib.ExitStack() as stack:
        web = stack.enter_context(reads.web())
        empty = stack.enter_context(_empty())
        size = len(_fetch(PORT, PAGES["service page"]))
        proxy = stack.enter_context(reads.nginx(data_dir))
        static = stack.enter_context(_static(data_dir, size))
        for _ in range(reads.ROUNDS):
            cases = [("empty Django view", empty, EMPTY_PORT, "/")]
            cases += [(name, web, PORT, path) for name, path in PAGES.items()]
            if proxy and static:
                cases.append(("static file out of nginx", static, STATIC_PORT, "/page"))
                cases.append(("service page out of nginx", proxy, NGINX_PORT, PAGES["service page"]))
            for name, process, port, path in cases:
                found = reads.asked(name, process, port, path, ASKED_WITH)
                if name not in best or found.per_second > best[name].per_second:
                    best[name] = found
    _tell(best, size)


def _tell(best: dict[str, reads.Measured], size: int) -> None:
    print(f"{'best of ' + str(reads.ROUNDS):28} {'a second':>9} {'ratio':>7} {'CPU ms':>8}   wrong answers")
    for name, one in best.items():
        beside = best["static file out of nginx" if name.endswith("out of nginx") else "empty Django view"]
        ratio = one.per_second / beside.per_second
        print(f"{name:28} {one.per_second:9,.0f} {ratio:7.2f} {one.cpu_ms:8.3f}   {one.wrong:,}")
    print(f"a service page has {size:,} bytes, packed; asked by {'wrk' if reads.WRK else 'our own generator'}; "
          f"load of the machine {os.getloadavg()[0]:.1f}")  # fmt: skip


def _fetch(port: int, path: str) -> bytes:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=ASKED_WITH)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


@contextlib.contextmanager
def _empty() -> Iterator[Popen[bytes]]:
    command = [sys.executable, "-m", "granian", "bench._empty_django:application", "--interface", "wsgi", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(EMPTY_PORT), "--workers", "2", "--blocking-threads", "8"]
    with reads.serving(command, EMPTY_PORT, "/", dict(os.environ)) as process:
        yield process


@contextlib.contextmanager
def _static(data_dir: Path, size: int) -> Iterator[Popen[bytes] | None]:
    """nginx that serves a file of the page's size, and does nothing else; None where it is not installed."""
    if reads.NGINX is None:
        yield None
        return
    folder = data_dir / "nginx-static"
    folder.mkdir(exist_ok=True)
    (folder / "page").write_bytes(os.urandom(size))
    server = f"server {{ listen {STATIC_PORT}; access_log off; location / {{ root {folder}; }} }}"
    with reads.nginx_with(folder, server, STATIC_PORT, "/page") as process:
        yield process


if __name__ == "__main__":
    main()
