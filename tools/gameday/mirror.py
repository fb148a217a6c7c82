"""Kills Django, then all of the product, then its whole host under readers: `python -m tools.gameday.mirror`.

The shipped nginx stands before the product and a second one, with deploy/mirror.conf, before a copy that `push_site`
or `export_site` brought (another address of this machine plays the second host). Prints what readers were answered in
each phase, how long they waited and how old the answers said they were; ends with 1 where any answer was not 200, a
page did not say when it is from, or somebody waited for longer than is promised.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from config.local import processes
from tools.gameday import proxy
from tools.gameday.readers import Place, Readers, Seen, warm
from tools.gameday.site import PROJECT, Site, free_port, small_disk

PATHS = ("/", "/tesla/", "/tesla/map", "/tesla/history", "/api/v1/services/tesla/status")
SECOND_HOST, NAME = "127.0.0.2", "copy.example.net"
PROMISED_S = 3.0
CONNECTIONS = 60  # of one address; the shipped file allows 100
KILLS_EVERY_S = 0.1
WARM_WITHIN_S = 120.0
PHASES = ("all is well", "Django dead", "the product dead", "the host dead: the copy")


def paths_in(languages: str) -> tuple[str, ...]:
    """Return what readers ask for: pages that a copy in these languages has."""
    return (*PATHS, *(f"/{language}/tesla/" for language in languages.split(",") if language != "en"))


def mirror_configuration(folder: Path, copy: Path, port: int) -> Path:
    """Write the shipped file of the second host with another address and path, inside the least that nginx wants."""
    site = (PROJECT / "deploy" / "mirror.conf").read_text(encoding="utf-8")
    site = site.replace("    listen 80;\n", f"    listen {SECOND_HOST}:{port};\n").replace("    listen [::]:80;\n", "")
    site = site.replace("/srv/brownout", str(copy))
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    types = "types { text/html html; application/json json; text/css css; image/svg+xml svg; image/png png; }\n"
    whole = folder / "nginx.conf"
    whole.write_text(
        f"{user}pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\ndaemon off;\nworker_processes 1;\n"
        f"events {{ worker_connections 512; }}\nhttp {{\n{types}{temporary}{site}}}\n",
        encoding="utf-8",
    )
    return whole


@contextlib.contextmanager
def second_host(copy: Path) -> Iterator[Place]:
    """The shipped nginx of the second host before a copy."""
    if proxy.NGINX is None:
        raise RuntimeError("There is no nginx here: apt-get install nginx.")
    with tempfile.TemporaryDirectory(prefix="brownout-mirror-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        file = mirror_configuration(folder, copy, port)
        process = subprocess.Popen([proxy.NGINX, "-e", str(folder / "error.log"), "-c", str(file)])
        place = Place(SECOND_HOST, port, NAME, tls=False)
        try:
            if not processes.wait_until(lambda: process.poll() is not None or _answers(place), 20, 0.1):
                raise RuntimeError("nginx of the second host does not start.")
            yield place
        finally:
            process.terminate()
            process.wait(20)


def _answers(place: Place) -> bool:
    connection = http.client.HTTPConnection(place.address, place.port, timeout=2)
    try:
        connection.request("GET", "/", headers={"Host": place.host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def bring(site: Site, folder: Path, languages: str) -> tuple[Path, float]:
    """Bring a copy to the second host's folder as its operator does. Return where it is, and the seconds it took."""
    there = folder / "second-host"
    own = {"DATA_DIR": str(site.data_dir), "SITE_URL": f"http://localhost:{site.port}", "OUTBOUND": "off"}
    own |= {"DATABASE_URL": "", "REDIS_URL": "", "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "manage.py"]
    if shutil.which("rsync"):
        command += ["push_site", str(folder / "copy"), f"{there}{os.sep}", "--rounds", "1"]
    else:
        print("There is no rsync here: the copy is made where it is served from.")
        command += ["export_site", str(there)]
    began_s = time.monotonic()
    done = subprocess.run(
        [*command, "--languages", languages], cwd=PROJECT, env={**os.environ, **own}, capture_output=True, text=True,
        check=False, timeout=900,
    )  # fmt: skip
    took_s = time.monotonic() - began_s
    if done.returncode or not (there / "manifest.json").is_file():
        raise RuntimeError(f"The copy was not brought:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return there, took_s


@contextlib.contextmanager
def _no_django(site: Site) -> Iterator[None]:
    """Django's processes are killed whenever the supervisor has started them again."""
    ends = threading.Event()

    def kill() -> None:
        while not ends.is_set():
            with contextlib.suppress(OSError, RuntimeError, ValueError):
                os.killpg(site.child("config.web"), signal.SIGKILL)
            ends.wait(KILLS_EVERY_S)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        ends.set()
        killer.join()


def kill_product(site: Site) -> None:
    """Kill all of the product at once, with its database and its broker: the supervisor first."""
    process = site.process
    if process is None:
        return
    family = site.family(process.pid)
    for name in ("PostgreSQL", "Valkey"):
        with contextlib.suppress(RuntimeError):
            family += site.family(site.server(name))
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(10)


def broken(phase: str, seen: Seen, slack: float) -> list[str]:
    """Return what of the promise was not kept in a phase."""
    said = []
    if set(seen.statuses) != {200}:
        said.append(f"{phase}: answers {dict(sorted(seen.statuses.items()))}")
    if seen.longest_s > PROMISED_S * slack:
        said.append(f"{phase}: somebody waited {seen.longest_s:.1f} s, promised {PROMISED_S:.0f} s")
    ageless = {path: count for path, count in seen.ageless.items() if not path.startswith("/api/")}
    if ageless:
        said.append(f"{phase}: pages that do not say when they are from: {ageless}")
    return said


def play(per_second: float, phase_s: float, languages: str, slack: float) -> int:
    """Go through the phases. Return 1 where a promise was broken."""
    with small_disk(900) as (folder, _why_not), contextlib.ExitStack() as rooms:
        site = Site(folder / "data", free_port(), free_port(), {"RATE_LIMIT_PAGES_A_MINUTE": "0"})
        site.data_dir.mkdir()
        site.data_dir.chmod(0o755)
        try:
            site.start()
            there, brought_s = bring(site, folder, languages)
            count = sum(1 for file in there.rglob("*") if file.is_file())
            print(f"{count} files brought to the second host in {brought_s:.1f} s", flush=True)
            second = rooms.enter_context(second_host(there))
            front = rooms.enter_context(contextlib.ExitStack())
            front.enter_context(proxy.nginx(site, connections=8 * CONNECTIONS))
            first = Place("127.0.0.1", site.door.port, "localhost", tls=True)
            warm(first, paths_in(languages), WARM_WITHIN_S)
            readers = Readers([first, first, first, second], paths_in(languages), per_second, CONNECTIONS)
            durations = _play(site, readers, phase_s, front.close)
            seen = readers.end()
        finally:
            site.stop()
    print(f"\n| {'phase':<24} | reads a second | answers | longest wait, s | oldest answer, s |\n|---|--:|---|--:|--:|")
    for phase, one, seconds in zip(PHASES, seen, durations, strict=True):
        answers = ", ".join(f"{status or 'none'}: {count:,}" for status, count in sorted(one.statuses.items()))
        rate = one.statuses.total() / seconds
        print(f"| {phase:<24} | {rate:,.0f} | {answers} | {one.longest_s:.2f} | {one.oldest_s:.0f} |")
    print(
        f"asked for {per_second:,.0f} a second; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    failures = [said for phase, one in zip(PHASES, seen, strict=True) for said in broken(phase, one, slack)]
    for said in failures:
        print(f"BROKEN {said}")
    return 1 if failures else 0


def _play(site: Site, readers: Readers, phase_s: float, end_front: Callable[[], None]) -> list[float]:
    """Put the load on and kill one thing after the other. Return how long each phase lasted, in seconds."""
    durations = []

    def last() -> None:
        began_s = time.monotonic()
        time.sleep(phase_s)
        durations.append(time.monotonic() - began_s)

    readers.start()
    last()
    readers.phase.value = 1
    with _no_django(site):
        last()
        readers.phase.value = 2
        kill_product(site)
        last()
    readers.phase.value = 3  # people go to the other name; whom the first host's end cuts off is not asked
    end_front()
    last()
    return durations


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.gameday.mirror", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--reads", type=float, default=3000, help="a second")
    parser.add_argument("--seconds", type=float, default=20, help="of each phase")
    parser.add_argument("--languages", default="en,de", help="of the copy")
    parser.add_argument("--slack", type=float, default=1.0, help="multiplies the promised seconds, for busy machines")
    given = parser.parse_args()
    if proxy.NGINX is None:
        parser.error("there is no nginx here: apt-get install nginx")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended in any case
    return play(given.reads, given.seconds, given.languages, given.slack)


if __name__ == "__main__":
    sys.exit(main())
