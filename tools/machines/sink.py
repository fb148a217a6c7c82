"""Who is told: a server that takes webhooks and writes each down, `python -m tools.machines.sink PORT FILE`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

LONGEST_HEAD = 65536


@dataclass(frozen=True, slots=True)
class Heard:
    """One webhook that came: to which subscriber, under which id, of which incident, and what it said."""

    subscriber: str
    id: str
    kind: str
    incident: int
    outage: int


async def _serve(port: int, descriptor: int) -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
                first, *lines = head.decode("latin-1").split("\r\n")
                fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                body = await asyncio.wait_for(reader.readexactly(int(fields.get("content-length", "0"))), 20)
                said = [first.split()[1], fields.get("webhook-id", ""), body.decode()]
                os.write(descriptor, json.dumps(said).encode() + b"\n")
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, OSError):
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", port, limit=LONGEST_HEAD)
    await server.serve_forever()


def heard(file: Path) -> list[Heard]:
    """Return what was written down, in order."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        path, number, body = json.loads(line)
        said = json.loads(body)
        data = said["data"]
        found.append(Heard(path, number, str(said["type"]), int(data["incident"]), int(data["outage"])))
    return found


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)))
