"""The server of live streams: what it answers, what it keeps of those who wait, and how it ends who holds it up."""

import asyncio
import contextlib
import logging

import pytest

from config.stream_server import CLOSING_S, HEAD_S, LARGEST_BODY, Connection, StreamServer

PATIENCE_S = 20
PIECE = b"data: 1\n\n"
GET = b"GET /stream?a=%C3%A9 HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 7\r\n\r\n"


class Application:
    """Answers as its path says, and remembers what it was asked and who was cancelled."""

    def __init__(self):
        self.scopes, self.cancelled, self.waiting, self.go = [], 0, 0, asyncio.Event()
        self.tasks = {}

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        self.tasks[scope["path"]] = asyncio.current_task()
        if scope["path"] == "/fails":
            raise ValueError("on purpose")
        headers = [(b"content-length", b"3")] if scope["path"] == "/short" else [(b"content-type", b"text/plain")]
        status = 204 if scope["path"] == "/nothing" else 200
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if scope["path"] in ("/short", "/nothing"):
            await send({"type": "http.response.body", "body": b"ok\n", "more_body": False})
            return
        try:
            await send({"type": "http.response.body", "body": PIECE, "more_body": True})
            if scope["path"] == "/breaks":
                raise ValueError("on purpose")
            self.waiting += 1
            while scope["path"] == "/floods":
                await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            if scope["path"] != "/ends":
                await self.go.wait()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except asyncio.CancelledError:
            self.cancelled += 1


def told(story, most=100):
    """Runs a story with a server on a port of its own."""

    async def run():
        application = Application()
        server = StreamServer(application, most)
        listening = await asyncio.get_running_loop().create_server(lambda: Connection(server), "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]

        async def ask(*sent):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for piece in sent:
                writer.write(piece)
                await writer.drain()
            return reader, writer

        async with asyncio.timeout(PATIENCE_S):
            await story(server, application, ask)
        listening.close()

    asyncio.run(run())


async def until(is_so):
    while not is_so():
        await asyncio.sleep(0.005)


async def ended(reader, writer):
    """All that comes to the end of a connection."""
    found = await reader.read()
    writer.close()
    return found


def test_a_stream_comes_in_chunks_to_its_regular_end_and_nothing_of_the_request_is_kept():
    async def story(server, application, ask):
        reader, writer = await ask(b"\r\n" + GET[:20], GET[20:])
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ndate: ")
        assert head.endswith(b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n")
        (scope,) = application.scopes
        assert (scope["path"], scope["query_string"]) == ("/stream", b"a=%C3%A9")
        assert (b"last-event-id", b"7") in scope["headers"]
        await until(lambda: application.waiting)
        assert not server.heads
        writer.write(GET * 100)  # no second request is taken up, and what comes is not kept
        await writer.drain()
        application.go.set()
        assert await ended(reader, writer) == b"9\r\n" + PIECE + b"\r\n0\r\n\r\n"
        await until(lambda: not server.connections)
        assert (len(application.scopes), application.cancelled, len(server.closing)) == (1, 0, 0)
        assert server.framed(PIECE) is server.framed(PIECE), "framed once for all"

    told(story)


@pytest.mark.parametrize(
    ("sent", "begins", "ends"),
    [
        (b"GET /short HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 200 OK", b"close\r\n\r\nok\n"),
        (b"HEAD /short HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 200 OK", b"close\r\n\r\n"),
        (b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 204 No Content", b"close\r\n\r\n"),
        (b"GET /ends HTTP/1.0\r\n\r\n", b"HTTP/1.1 200 OK", b"close\r\n\r\n" + PIECE),
        (b"GET /breaks HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 200 OK", b"\r\n\r\n9\r\n" + PIECE + b"\r\n"),
        (b"GET /fails HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 500 ", b"}"),
        (b"GET / HTTP/1.1\r\nA\r\n\r\n", b"HTTP/1.1 400 ", b"}"),
        (b"\x16\x03\x01\r\n\r\n", b"HTTP/1.1 400 ", b"}"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"HTTP/1.1 413 ", b"}"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", b"HTTP/1.1 414 ", b"}"),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 33_000, b"HTTP/1.1 431 ", b"}"),
        (b"BREW / HTTP/1.1\r\n\r\n", b"HTTP/1.1 501 ", b"}"),
    ],
    ids=lambda value: value[:24].decode("latin-1"),
)
def test_what_is_no_stream_is_answered_once_and_the_connection_ends(sent, begins, ends, caplog):
    async def story(server, application, ask):
        reader, writer = await ask(sent)
        found = await ended(reader, writer)
        assert found.startswith(begins)
        assert found.endswith(ends), "half an answer does not look like a whole one"
        await until(lambda: not server.connections)
        assert not server.heads
        assert not server.closing

    with caplog.at_level(logging.CRITICAL):
        told(story)


def test_who_goes_is_cancelled_and_who_is_slow_or_one_too_many_is_ended():
    async def story(server, application, ask):
        _, gone = await ask(GET)
        _, _stuck = await ask(b"GET /floods HTTP/1.1\r\nHost: a\r\n\r\n")
        await until(lambda: application.waiting == 2)
        gone.transport.abort()
        await until(lambda: application.cancelled == 1 and server.connections == 1)
        with contextlib.suppress(ConnectionError):
            await ask(GET, b"x" * (LARGEST_BODY + 1))
        await until(lambda: application.cancelled == 2 and server.connections == 1)
        slow, _slow = await ask(GET[:-1])
        idle, _idle = await ask()
        await until(lambda: len(server.heads) == 2)
        late, _late = await ask()
        assert (await late.read()).startswith(b"HTTP/1.1 503 ")
        server.sweep(min(server.heads.values()) + HEAD_S - 1)
        assert len(server.heads) == 2
        server.sweep(max(server.heads.values()) + HEAD_S)
        assert (await slow.read()).startswith(b"HTTP/1.1 408 ")
        assert await idle.read() == b"", "who has said nothing is told nothing"
        assert len(server.closing) == 2
        server.sweep(max(server.closing.values()) + CLOSING_S)
        await until(lambda: server.connections == 1)
        assert server.has_unsent()
        application.tasks["/floods"].cancel()  # as the hub does with who does not read
        await until(lambda: not server.connections)
        assert (application.cancelled, len(server.closing)) == (3, 0)

    told(story, most=3)
