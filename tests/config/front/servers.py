"""The web servers that the front is tried before, and what asks it."""

import asyncio
import contextlib
import json

BOUNDS = {
    "connections": 1000,
    "connections_a_network": 60,
    "head_s": 5.0,
    "body_s": 5.0,
    "idle_s": 5.0,
    "workers": 2,
    "queue": 20,
    "queue_s": 0.3,
    "request_s": 0.6,
    "answer_s": 5.0,
    "largest_body": 10_000,
    "kept_s": 3600.0,
    "kept_after_s": 0.2,
}


class EchoWeb:
    """A web server on a unix socket: answers with what it was asked, slowly below /slow, badly below /bad."""

    def __init__(self, path):
        self.path = path
        self.asked = []
        self.fails = False
        self.server = None

    async def start(self):
        self.server = await asyncio.start_unix_server(self.serve, self.path)

    async def serve(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                body = await reader.readexactly(int(length[0].split(b":")[1])) if length else b""
                path = head.split(b" ")[1].decode()
                self.asked.append((path, head, body))
                if path.startswith("/slow"):
                    await asyncio.sleep(1)
                if path.startswith("/bad"):
                    writer.close()
                    return
                if path.startswith("/unread"):  # as hyper does: an answer that says nothing of the end that follows
                    writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
                    await asyncio.sleep(0.05)
                    writer.close()
                    return
                status = b"503 Service Unavailable" if self.fails else b"200 OK"
                said = path.encode() + b" " + body
                if path.startswith("/chunks"):
                    writer.write(b"HTTP/1.1 %s\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" % status)
                else:
                    cache = b"cache-control: public, max-age=1\r\n"
                    writer.write(b"HTTP/1.1 %s\r\n%scontent-length: %d\r\n\r\n%s" % (status, cache, len(said), said))
                await writer.drain()


class PageWeb:
    """A web server that makes a page, tells what has changed, and can be told to be slow, to fail or to be gone."""

    def __init__(self, path):
        self.path, self.asked, self.page, self.wait_s = path, [], b"one", 0.0
        self.told = {"versions": {}, "events": [], "generation": "a"}
        self.status, self.writers = b"200 OK", []

    async def start(self):
        self.server = await asyncio.start_unix_server(self.serve, self.path)

    def stop(self):
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()

    async def serve(self, reader, writer):
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ")[1].decode()
                status, body = b"200 OK", json.dumps(self.told).encode()
                if path != "/-/changes":
                    self.asked.append((path, head))
                    await asyncio.sleep(self.wait_s)
                    is_own = any(word in head.lower() for word in (b"cookie:", b"authorization:", b"range:", b"post "))
                    status, body = self.status, b"<html lang=en><title>" + (b"own" if is_own else self.page)
                kind = b"content-type: text/html\r\n"
                writer.write(b"HTTP/1.1 %s\r\n%scontent-length: %d\r\n\r\n%s" % (status, kind, len(body), body))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()


async def ask(port, request, wait_s=4.0):
    """Sends bytes on a new connection. Returns the status and all that comes until it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    data = await asyncio.wait_for(reader.read(-1), wait_s)
    writer.close()
    return int(data[9:12]) if data else 0, data


def get(path, *lines):
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: a", "Connection: close", *lines, "", ""]).encode()
