"""Holds two thousand idle connections and two hundred unfinished bodies open, and asks from elsewhere meanwhile.

`python -m tools.gameday.crowded` prints how long `/livez`, a page and a status take at most, straight and through the
shipped nginx where there is one; it ends with 1 where that is longer than is promised. `--slack 3` multiplies the
promised times on a busy machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import ssl
import sys
import time
from collections.abc import AsyncIterator

from tools.gameday.faults import BODIES, IDLE
from tools.gameday.proxy import NGINX, nginx
from tools.gameday.site import Site, free_port, small_disk

HOLDER, READER = "127.7.7.7", "127.0.0.2"
PROMISED_S = {"/livez": 0.1, "/tesla/": 1.0, "/tesla/map": 1.0, "/api/v1/services/tesla/status": 1.0}
ASKED, PATIENCE_S = 20, 10.0
HALF = (
    b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000\r\n\r\n{"
)


async def ask(port: int, path: str, source: str, tls: ssl.SSLContext | None) -> tuple[int, float]:
    """Ask once from an address of this machine. Returns the status (0 for none) and the seconds that it took."""
    began_s = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0), ssl=tls)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read(-1)
            writer.close()
    except (OSError, TimeoutError):
        answer = b""
    return int(answer[9:12] or 0), time.monotonic() - began_s


@contextlib.asynccontextmanager
async def held(port: int, tls: ssl.SSLContext | None) -> AsyncIterator[None]:
    """Connections of one address, most of which say nothing and some of which begin to send."""
    opened: list[asyncio.StreamWriter] = []

    async def hold(says: bytes) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                # Idle ones do not even shake hands.
                encrypted = tls if says else None
                _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(HOLDER, 0), ssl=encrypted)
                opened.append(writer)
                writer.write(says)

    try:
        for number in range(0, IDLE, 100):
            await asyncio.gather(*(hold(b"") for _ in range(min(100, IDLE - number))))
        await asyncio.gather(*(hold(HALF) for _ in range(BODIES)))
        yield
    finally:
        for writer in opened:
            writer.close()


async def measure(name: str, port: int, tls: ssl.SSLContext | None, slack: float) -> bool:
    """Print what a reader elsewhere, and one at the holder's own address, waited for. Return whether it was in time."""
    for path in PROMISED_S:
        await ask(port, path, READER, tls)
    is_good = True
    async with held(port, tls):
        for path, promised_s in PROMISED_S.items():
            asked = [await ask(port, path, READER, tls) for _ in range(ASKED)]
            longest_s = max(took_s for _, took_s in asked)
            usual_s = sorted(took_s for _, took_s in asked)[ASKED // 2]
            in_time = {status for status, _ in asked} == {200} and longest_s <= promised_s * slack
            is_good = is_good and in_time
            own, own_s = await ask(port, path, HOLDER, tls)
            said = f"usually {usual_s * 1000:.0f} ms, at most {longest_s * 1000:.0f} ms of {promised_s * 1000:.0f}"
            print(f"{name} {path}: {said}; at the holder's own address {own} in {own_s * 1000:.0f} ms")
            if not in_time:
                print(f"BROKEN {name} {path}: {sorted({status for status, _ in asked})} in {longest_s:.2f} s")
    return is_good


async def through_nginx(site: Site, slack: float) -> bool:
    """Measure the same through the shipped configuration."""
    with nginx(site, connections=2 * (IDLE + BODIES)):
        return await measure("nginx", site.door.port, site.door.tls, slack)


async def play(slack: float) -> int:
    """Start a site and measure. Return 1 where a promise was broken."""
    with small_disk(900) as (folder, _why_not):
        site = Site(folder, free_port(), free_port())
        try:
            await asyncio.to_thread(site.start)
            is_good = await measure("straight", site.port, None, slack)
            if NGINX is None:
                print("There is no nginx here: apt-get install nginx.")
            else:
                is_good = await through_nginx(site, slack) and is_good
        finally:
            await asyncio.to_thread(site.stop)
    print(f"{IDLE} idle connections and {BODIES} bodies, at a load of {os.getloadavg()[0]:.0f}")
    return 0 if is_good else 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.gameday.crowded", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--slack", type=float, default=1.0)
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 20_000), most))
    return asyncio.run(play(parser.parse_args().slack))


if __name__ == "__main__":
    sys.exit(main())
