"""The process of live streams: python -m config.live

One process, one event loop, two connections to PostgreSQL, and as many listeners as LIVE_LISTENERS allows.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import resource
import signal
import socket
import sys
from typing import Any

import django
import uvloop

from config import memory

SPARE_FILES = 200  # that are no listeners' connections
BACKLOG = 4096
END_S = 3.0
WITHOUT_ADMIN = {"django.contrib.admin": "django.contrib.admin.apps.SimpleAdminConfig"}  # its pages take 20 MB
LONGEST_STATEMENT_S = 5.0  # listeners are told after that the database cannot be read


def allow_files(wanted: int) -> int:
    """Raises this process's limit of open files as far as it may and needs to. Returns what it is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else soft


def room(files: int) -> int:
    """Return how many connections may be open where so many files may: some are for all the rest, half of few."""
    return files - min(SPARE_FILES, files // 2)


def listen(host: str, port: int, backlog: int) -> socket.socket:
    """Return a socket that listens there, alone. Raises OSError where another program does.

    Shared with another of its kind, it would give listeners the one site or the other.
    """
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(backlog)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


async def _first(*tasks: asyncio.Task[Any]) -> None:
    """Waits until one is done. Raises what it raised: whoever runs us starts us again."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def serve(host: str, port: int, most_listeners: int) -> None:
    """Serves until SIGTERM or SIGINT; then ends all streams in order."""
    from config.stream_server import StreamServer
    from outages.live.application import Live
    from outages.live.follower import Follower
    from outages.live.hub import Hub

    hub = Hub(most_listeners)
    follower = Follower(hub)
    server = StreamServer(Live(hub, follower), most_listeners + SPARE_FILES // 2)
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Not add_signal_handler: it loses the signal while thousands of listeners fill the pipe that it writes to.
        signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(ending.set))
    waiting = asyncio.create_task(ending.wait())
    follower.start()
    # Browsers give up for good where they are refused, and come back where nobody answers yet.
    await _first(waiting, asyncio.create_task(follower.ready.wait()), *follower.tasks)
    if ending.is_set():
        await follower.stop()
        return
    serving = asyncio.create_task(server.serve(listen(host, port, BACKLOG), BACKLOG))
    await _first(waiting, serving, *follower.tasks)
    serving.cancel()
    hub.close()
    for _ in range(int(END_S / 0.05)):
        if not server.has_unsent():
            break
        await asyncio.sleep(0.05)
    await follower.stop()


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.apps import apps
    from django.conf import settings

    if not apps.ready:  # else we were forked from a process that has loaded all of it
        settings.INSTALLED_APPS = [WITHOUT_ADMIN.get(app, app) for app in settings.INSTALLED_APPS]
        django.setup()

    from config.database.deadlines import deadlines

    deadlines.set(LONGEST_STATEMENT_S)
    most = min(settings.LIVE_LISTENERS, room(allow_files(settings.LIVE_LISTENERS + SPARE_FILES)))
    if most < settings.LIVE_LISTENERS:
        sys.stderr.write(f"The limit of open files allows {most} listeners, not {settings.LIVE_LISTENERS}.\n")
    memory.keep_tidy()
    gc.freeze()  # what is loaded stays; thousands of listeners make the collector's rounds long enough
    try:
        uvloop.run(serve(settings.HOST, settings.LIVE_PORT, most))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.stderr.write(f"LIVE_PORT {settings.LIVE_PORT} on {settings.HOST} is taken by another program.\n")
        elif error.errno == errno.EAGAIN:
            sys.stderr.write(f"{error.strerror}\n")
        else:
            raise
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # a connection that does not end holds up nobody
