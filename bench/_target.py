"""Targets to probe: a local server with and without TLS, under many names that all mean this machine.

`python -m bench._target HTTP_PORT HTTPS_PORT AUTHORITY_FILE` serves until its input ends.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path

import trustme

NAMES = [f"h{number}.localhost" for number in range(1000)]
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def serve(http_port: int, https_port: int, authority_file: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(authority_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*NAMES[:50]).configure_cert(context)
    await asyncio.start_server(answer, "127.0.0.1", http_port, backlog=4096)
    await asyncio.start_server(answer, "127.0.0.1", https_port, ssl=context, backlog=4096)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
