"""The front as a process: python -m config.front"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import signal
import sys
from functools import partial
from pathlib import Path

import uvloop

from config import env, memory
from config.database.deadlines import request_s
from config.front import STEP_FILE, socket_path
from config.front.allowance import Allowance
from config.front.clients import Client
from config.front.pressure import Step
from config.front.proof_of_work import Challenges
from config.front.refusals import UNAVAILABLE, Refusals, read_pages
from config.front.renders import Snapshots
from config.front.server import Bounds, Front
from config.front.snapshot_files import SnapshotFiles
from config.live import SPARE_FILES, allow_files, room

log = logging.getLogger(__name__)

END_S = 3.0
BACKLOG = 4096


async def serve(front: Front, host: str, port: int) -> None:
    """Serves until SIGTERM or SIGINT; then waits a moment for the answers under way."""
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(ending.set))
    server = await loop.create_server(lambda: Client(front), host or None, port, backlog=BACKLOG)
    sweeping = asyncio.create_task(front.sweep())
    waiting = asyncio.create_task(ending.wait())
    done, _ = await asyncio.wait([sweeping, waiting], return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()  # a sweep never ends but by a fault: then we are started again
    server.close()
    for _ in range(int(END_S / 0.05)):
        if not front.running and not len(front.queue):
            break
        await asyncio.sleep(0.05)
    sweeping.cancel()


def write_step(folder: Path, step: Step) -> None:
    """Write down what is left out, for the operator's numbers."""
    unfinished = folder / f"{STEP_FILE}.new"
    try:
        unfinished.write_text(f"{step:d}\n", encoding="ascii")
        unfinished.replace(folder / STEP_FILE)
    except OSError as error:
        log.error("what is left out could not be written down: %s", error)


def main() -> int:
    from config import settings

    files = allow_files(settings.WEB_CONNECTIONS + SPARE_FILES)
    bounds = Bounds(
        connections=min(settings.WEB_CONNECTIONS, room(files)),
        connections_a_network=settings.WEB_CONNECTIONS_A_NETWORK,
        head_s=settings.WEB_HEADER_DEADLINE_S,
        body_s=settings.WEB_BODY_DEADLINE_S,
        idle_s=settings.WEB_IDLE_S,
        workers=settings.WEB_WORKERS * settings.WEB_THREADS,  # more would wait where no deadline is kept
        queue=settings.WEB_QUEUE,
        queue_s=settings.WEB_QUEUE_DEADLINE_S,
        request_s=request_s(settings.WEB_QUEUE_DEADLINE_S, settings.DATABASE_DEADLINE_MS / 1000),
        answer_s=settings.WEB_ANSWER_DEADLINE_S,
        largest_body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        kept_s=settings.WEB_KEPT_S,
    )
    refusals = Refusals(read_pages(Path(settings.DATA_DIR) / UNAVAILABLE))
    front = Front(bounds, str(socket_path(settings.DATA_DIR, settings.PORT)), settings.TRUSTED_PROXIES, refusals)
    front.challenges = Challenges(hashlib.blake2b(settings.SECRET_KEY.encode(), person=b"proof of work").digest())
    front.tell_step = partial(write_step, Path(settings.DATA_DIR))
    front.tell_step(front.pressure.step)
    memory.keep_tidy()
    if settings.WEB_SNAPSHOT_DAYS:
        allowance = Allowance(settings.RATE_LIMIT_PAGES_A_MINUTE, settings.TRUSTED_PROXIES)
        kept_files = SnapshotFiles(Path(settings.DATA_DIR) / "snapshots")
        try:
            front.snapshots = Snapshots(front, kept_files, allowance, settings.WEB_SNAPSHOT_DAYS * 86400.0)
        except OSError as error:
            sys.stderr.write(f"{error.strerror}\n")
            return 1
        front.snapshots.load()
    try:
        uvloop.run(serve(front, settings.HOST, settings.PORT))
    except OSError as error:
        sys.stderr.write(f"{settings.HOST}:{settings.PORT} cannot be listened on: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except env.SettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
