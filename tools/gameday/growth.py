"""Throws requests with random headers, languages, queries and paths at a running site, and watches every process.

`python -m tools.gameday.growth` warms every process first, as any day does: each page in each language, and some random
requests. Then it throws the random ones, and prints each process's memory (PSS) before, at its highest, and some time
after each run. It ends with 1 where one has grown by more than is promised, where one is not back after a rest, or
where a request failed on our side.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import string
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from config.local import background
from reports.languages import DEFAULT_LANGUAGE
from reports.languages import LANGUAGES as OURS
from tools.gameday.load import ask
from tools.gameday.site import Site, free_port, small_disk

MOST_GROWTH_MB = 50
MOST_LEFT_MB = 5  # after a rest, above what it took when it was warm
KEPT_S = 20  # in the place of an hour: what was kept for need is over when memory is looked at
WARM_AT_ONCE, WARM_TRIES = 12, 4
WARM_ROUNDS = 4  # each page in each language so often, so that each of two workers has very likely made it
LOOK_EVERY_S = 1.0
DISK_MEGABYTES = 900

PATHS = (
    *(
        "/",
        "/board",
        "/board.json",
        "/tesla/",
        "/tesla/map",
        "/tesla/map.svg",
        "/tesla/map/frames.json",
        "/tesla/history",
    ),
    *(
        "/tesla/dashboards",
        "/tesla/history.csv",
        "/tesla/map.csv",
        "/tesla/errors/",
        "/tesla/is-it-me",
        "/tesla/report",
    ),
    *("/tesla/badge.svg", "/tesla/badge.json", "/tesla/api/v2/summary.json", "/tesla/feeds/atom.xml", "/feeds/rss.xml"),
    *("/tesla/subscribe", "/embed/tesla", "/de/tesla/", "/ja/", "/about", "/sources", "/oembed", "/developers", "/mcp"),
    *("/api/v1/services", "/api/v1/services/tesla", "/api/v1/services/tesla/status", "/api/v1/incidents"),
    *("/api/v1/services/tesla/timeline", "/api/v1/services/tesla/map", "/api/v1/reports", "/api/v1/reports/batch"),
    *("/api/v1/openapi.json", "/api/v2/components.json", "/open311/v2/services.json", "/open311/v2/requests.json"),
    *("/gatus/api/v1/endpoints/statuses", "/metrics", "/robots.txt", "/livez", "/shapes/NL.geojson"),
)
NAMES = ("at", "from", "to", "country", "region", "component", "symptom", "metric", "cursor", "limit", "lang", "zone")
HEADERS = ("Accept-Language", "Accept", "User-Agent", "Cookie", "Referer", "If-None-Match", "If-Modified-Since")
KINDS = ("text/html", "application/json", "text/csv", "image/svg+xml", "application/atom+xml", "*/*", "text/calendar")
LANGUAGES = ("en", "de", "fr-CA", "es", "nl", "da", "sv", "nb", "it", "ja", "ko", "zh-Hans", "xx", "tlh", "*")
LETTERS = string.ascii_letters + string.digits + "-_.~%é漢 "


@dataclass
class Memory:
    """A process's memory in megabytes."""

    name: str
    before: float = 0.0
    highest: float = 0.0
    after: list[float] = field(default_factory=list)
    was_warm: bool = False
    """Whether it was there when memory was looked at first."""


@dataclass
class Requests:
    """Random requests, the same for the same seed."""

    luck: random.Random
    statuses: Counter[int] = field(default_factory=Counter)

    def word(self, most: int) -> str:
        """Some letters, now and then very many."""
        length = self.luck.randrange(1, most * 20 if self.luck.random() < 0.02 else most)
        return "".join(self.luck.choices(LETTERS, k=length))

    def path(self) -> str:
        """A path that exists or not, with a query or none."""
        path = self.luck.choice(PATHS)
        if self.luck.random() < 0.25:
            path = "/".join([path.rstrip("/"), *(self.word(12) for _ in range(self.luck.randrange(1, 3)))])
        if self.luck.random() < 0.15:
            path = f"/{self.luck.choice(LANGUAGES)}{path}"
        given = [f"{self.luck.choice((*NAMES, self.word(8)))}={self._value()}" for _ in range(self.luck.randrange(4))]
        return path + ("?" + "&".join(given) if given else "")

    def _value(self) -> str:
        plain = ("NL", "DE", "NL-NH", "app", "login", "http-503", "2026-03-07T12:00Z", "10", "-1", "1e400", "reports")
        return self.luck.choice(plain) if self.luck.random() < 0.5 else self.word(30)

    def header(self, name: str) -> str:
        """A header's value, plausible or not."""
        if self.luck.random() < 0.3:
            return self.word(400)
        if name == "Accept-Language":
            wanted = self.luck.choices(LANGUAGES, k=self.luck.randrange(1, 6))
            return ",".join(f"{tag}-{self.word(3)};q={self.luck.random():.3f}" for tag in wanted)
        return self.luck.choice(KINDS) if name == "Accept" else self.word(80)

    def some(self, count: int) -> Iterator[bytes]:
        """So many requests, each made when its turn comes."""
        return (self.request() for _ in range(count))

    def request(self) -> bytes:
        """One request as bytes, on a connection of its own."""
        method = self.luck.choices(("GET", "DELETE", "POST", "OPTIONS", "PUT", self.word(5)), (80, 6, 8, 3, 2, 1))[0]
        path = "".join(letter if letter > " " else "+" for letter in self.path())
        chosen = self.luck.sample(HEADERS, k=self.luck.randrange(len(HEADERS)))
        lines = [f"{method.strip() or 'GET'} {path} HTTP/1.1", "Host: localhost", "Connection: close"]
        lines += [f"{name}: {self.header(name)}" for name in chosen]
        lines += [f"X-{self.luck.randrange(10**6)}: {self.word(100)}" for _ in range(self.luck.randrange(4))]
        lines.append(f"X-Forwarded-For: {self.luck.randrange(11, 99)}.{self.luck.randrange(256)}.7.7")
        body = b""
        if method == "POST":
            body = self.word(200).encode()
            lines.append(f"Content-Type: {self.luck.choice(('application/json', 'application/x-www-form-urlencoded'))}")
        lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def pages() -> list[bytes]:
    """Each page in each language, by somebody known to the workers, whom no snapshot answers, and by a stranger."""
    made = []
    for path in PATHS:
        for tag in OURS:
            address = path if tag == DEFAULT_LANGUAGE or path.startswith(("/api/", "/de/", "/ja/")) else f"/{tag}{path}"
            head = f"GET {address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept-Language: {tag}\r\n"
            made += [f"{head}Cookie: sessionid=none\r\n\r\n".encode()] * WARM_ROUNDS + [f"{head}\r\n".encode()]
    return made


def pss_mb(pid: int) -> float:
    """What a process takes, with its share of what it has in common with others; 0 for one that has gone."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _name(pid: int) -> str:
    with contextlib.suppress(OSError):
        own = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
        if own in (background.WEB, *background.NAMES):  # the command line of what is forked is that of all
            return own
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").split()
        told = [word for word in words if not word.startswith(("-Wd", "-E", "-u"))]
        return " ".join(told[1:4] if told and "python" in told[0] else told[:2])[:48]
    return "?"


def processes(site: Site) -> list[int]:
    """All processes of the site, with those of its servers."""
    assert site.process is not None
    found = dict.fromkeys(site.family(site.process.pid))
    for name in ("PostgreSQL", "Valkey"):
        found |= dict.fromkeys(site.family(site.server(name)))
    return list(found)


def look(site: Site, known: dict[int, Memory], which: str) -> None:
    """Write down what each process takes now; `highest` only grows."""
    for pid in processes(site):
        now = pss_mb(pid)
        one = known.setdefault(pid, Memory(_name(pid), before=now))
        one.highest = max(one.highest, now)
        if which == "before":
            one.before = one.highest = now
            one.was_warm = True
        elif which == "after":
            one.after.append(now)


async def throw(site: Site, thrown: Iterable[bytes], statuses: Counter[int], at_once: int) -> None:
    """Send requests, some at once, and count how they are answered."""
    left = iter(thrown)

    async def one_after_the_other() -> None:
        for request in left:
            status, _ = await ask(site.door, request)
            statuses[status] += 1

    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))


async def warm(site: Site, requests: Requests, count: int) -> None:
    """Ask for each page in each language and some random ones, few at once; what got 503 is asked for again."""
    left = [*pages(), *requests.some(count)]
    for _ in range(WARM_TRIES):
        refused: list[bytes] = []

        async def one_after_the_other(waiting: Iterator[bytes], refused: list[bytes]) -> None:
            for request in waiting:
                status, _ = await ask(site.door, request)
                if status in (0, 503):
                    refused.append(request)

        waiting = iter(left)
        await asyncio.gather(*(one_after_the_other(waiting, refused) for _ in range(WARM_AT_ONCE)))
        left = refused
    if left:
        sys.stderr.write(f"{len(left)} of the requests that warm it up were never answered: the machine is too busy\n")


async def watch(site: Site, known: dict[int, Memory]) -> None:
    """Look at the memory again and again, until cancelled."""
    while True:
        await asyncio.to_thread(look, site, known, "highest")
        await asyncio.sleep(LOOK_EVERY_S)


async def play(given: argparse.Namespace) -> int:
    """Start a site, warm it up, throw requests at it, and tell. Returns 1 where it grew or failed."""
    requests, known = Requests(random.Random(given.seed)), {}  # type: tuple[Requests, dict[int, Memory]]
    with small_disk(DISK_MEGABYTES) as (folder, _why_not):
        site = Site(folder, free_port(), free_port(), {"WEB_KEPT_S": str(KEPT_S)})
        try:
            await asyncio.to_thread(site.start)
            await warm(site, requests, given.warm)
            await asyncio.sleep(given.rest)
            await asyncio.to_thread(look, site, known, "before")
            watching = asyncio.create_task(watch(site, known))
            took_s = 0.0
            for run in range(1, given.runs + 1):
                began_s = time.monotonic()
                await throw(site, requests.some(given.requests), requests.statuses, given.at_once)
                took_s += time.monotonic() - began_s
                await asyncio.sleep(given.rest)
                await asyncio.to_thread(look, site, known, "after")
                most = sorted(known.values(), key=lambda one: one.before - one.highest)[:5]
                said = ", ".join(
                    f"{one.name} {one.before:.0f} {one.highest:.0f} {one.after[-1]:.0f}" for one in most if one.after
                )
                sys.stderr.write(f"run {run}: {said} MB before, at its highest and after\n")
            watching.cancel()
        finally:
            await asyncio.to_thread(site.stop)
    return tell(requests, list(known.values()), took_s, given)


def tell(requests: Requests, known: list[Memory], took_s: float, given: argparse.Namespace) -> int:
    """Print the table. Returns 1 where a promise was broken."""
    runs = range(1, given.runs + 1)
    print(f"| process | before MB | highest MB | grown MB | {' | '.join(f'after run {run} MB' for run in runs)} |")
    print(f"|---|{'--:|' * (3 + given.runs)}")
    warmed = [one for one in known if one.was_warm]
    lasting = [one for one in warmed if len(one.after) == given.runs and all(one.after)]
    ended = [one for one in warmed if one not in lasting and (one.name == background.WEB or "config.front" in one.name)]
    for one in sorted(lasting, key=lambda one: one.before - one.highest):
        after = " | ".join(f"{now:.0f}" for now in one.after)
        print(f"| {one.name} | {one.before:.0f} | {one.highest:.0f} | {one.highest - one.before:.0f} | {after} |")
    answers = ", ".join(f"{status or 'none'}: {count}" for status, count in sorted(requests.statuses.items()))
    thrown = f"{given.runs} times {given.requests} requests, {given.at_once} at once, seed {given.seed}"
    print(f"\n{thrown}, in {took_s:.0f} s ({answers})")
    grown = [one for one in lasting if one.highest - one.before > MOST_GROWTH_MB]
    # PostgreSQL's processes map more and more of one memory that has its size from the start.
    ours = [one for one in lasting if not one.name.startswith("postgres")]
    fuller = [one for one in ours if one.after[-1] - one.before > MOST_LEFT_MB]
    failed = requests.statuses[500]
    for one in ended:
        print(f"BROKEN {one.name} has ended in between")
    for one in grown:
        print(f"BROKEN {one.name} has grown by {one.highest - one.before:.0f} MB, promised {MOST_GROWTH_MB} MB")
    for one in fuller:
        left = one.after[-1] - one.before
        print(f"BROKEN {one.name} keeps {left:.0f} MB after a rest of {given.rest:.0f} s, promised {MOST_LEFT_MB} MB")
    if failed:
        print(f"BROKEN {failed} answers of 500")
    return 1 if ended or grown or fuller or failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.gameday.growth", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=1, help="so many times, with a rest after each")
    parser.add_argument("--warm", type=int, default=2_000, help="random requests before memory is looked at")
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--rest", type=float, default=60, help="seconds to rest before each look")
    parser.add_argument("--seed", type=int, default=1)
    return asyncio.run(play(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
