"""Channels: one rendering for all, in order, and no listener that holds up another."""

import asyncio
import gc
import tracemalloc

import pytest

from config.stream_server import Connection, StreamServer
from outages.live import hub, wire
from outages.live.application import Live
from outages.live.hub import DroppedError, Hub, Key

KEY = Key("acme", "en")


class Standing:
    """Stands in for what follows the database, and has nothing to say at the beginning."""

    def __init__(self):
        self.position, self.slugs, self.unreadable_since = 0, {1: "acme"}, None

    async def look(self):
        pass

    async def welcome(self, key, last, position):
        return b"missed\n\n", b"standing\n\n"


class Visitor:
    """A client without a server. `takes` says how many writes it takes before it stops to read."""

    def __init__(self, live, path="/api/v1/services/acme/stream", method="GET", takes=10**9, **headers):
        self.sent, self.takes = [], takes
        pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "path": path, "method": method, "headers": pairs, "query_string": b""}
        self.task = asyncio.create_task(live(scope, self.receive, self.send))

    async def receive(self):
        raise AssertionError("there is no body, and who has gone is cancelled")

    async def send(self, message):
        if message["type"] == "http.response.body":
            if not self.takes:
                await asyncio.Event().wait()
            self.takes -= 1
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def bodies(self):
        return [message["body"] for message in self.sent[1:]]

    @property
    def text(self):
        return b"".join(self.bodies)


def live_with(most=100):
    found = Hub(most)
    return found, Live(found, Standing())


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


def test_all_listeners_share_the_very_same_bytes():
    async def story():
        all_of_it, live = live_with()
        visitors = [Visitor(live) for _ in range(50)]
        await settle()
        piece = wire.event("status", b"{}" * 1000, 1)
        all_of_it.channels[KEY].publish(piece)
        await settle()
        assert all(visitor.bodies[-1] is piece for visitor in visitors)

    asyncio.run(story())


def test_who_does_not_read_is_dropped_and_nobody_else_is_kept_waiting():
    async def story():
        all_of_it, live = live_with()
        stuck, quick = Visitor(live, takes=2), Visitor(live)
        await settle()
        pieces = [wire.event("status", b"%d" % number, number) for number in range(hub.MOST_PIECES + 50)]
        for piece in pieces:
            all_of_it.channels[KEY].publish(piece)
            await settle()
        assert quick.text.endswith(b"".join(pieces)), "each piece, once, in order"
        assert len(stuck.bodies) == 2
        assert all_of_it.drop_slow(now_s=0.0) == 1
        await settle()
        assert stuck.task.done()
        assert not quick.task.done()
        assert all_of_it.count == 1

    asyncio.run(story())


def test_a_write_that_never_ends_is_ended():
    async def story():
        all_of_it, live = live_with()
        stuck = Visitor(live, takes=0)
        await settle()
        (listener,) = all_of_it.channels[KEY].listeners
        assert all_of_it.drop_slow(listener.writing_since_s + hub.LONGEST_WRITE_S) == 0
        assert all_of_it.drop_slow(listener.writing_since_s + hub.LONGEST_WRITE_S + 1) == 1
        await settle()
        assert stuck.task.done()
        assert all_of_it.count == 0

    asyncio.run(story())


def test_what_is_kept_for_the_slow_is_bounded_in_pieces_and_bytes():
    async def story():
        channel = hub.Channel(KEY)
        for _ in range(10):
            channel.publish(b"x" * (hub.MOST_BYTES // 4))
        assert channel.end == 10
        with pytest.raises(DroppedError):
            await channel.after(0)
        found, on = await channel.after(8)
        assert (len(found), on) == (hub.MOST_BYTES // 4, 9), "a large piece goes alone"

    asyncio.run(story())


def test_who_goes_is_forgotten_with_the_channel():
    async def story():
        all_of_it, live = live_with()
        visitor = Visitor(live)
        await settle()
        assert all_of_it.count == 1
        visitor.task.cancel()
        await settle()
        assert visitor.task.done()
        assert all_of_it.count == 0
        assert all_of_it.channels == {}

    asyncio.run(story())


def test_one_too_many_is_told_when_to_come_back():
    async def story():
        _, live = live_with(most=2)
        _first, _second, third = Visitor(live), Visitor(live), None
        await settle()
        third = Visitor(live)
        await settle()
        assert third.status == 503
        headers = dict(third.sent[0]["headers"])
        assert int(headers[b"retry-after"]) >= 10
        assert headers[b"content-type"] == b"application/problem+json"
        assert b"/api/problems/too-many-listeners" in third.text

    asyncio.run(story())


def test_at_the_end_all_streams_end_and_nobody_new_is_taken():
    async def story():
        all_of_it, live = live_with()
        visitors = [Visitor(live) for _ in range(3)]
        await settle()
        all_of_it.channels[KEY].publish(b"last\n\n")
        all_of_it.close()
        await settle()
        assert all(visitor.text == wire_begin(visitor) + b"last\n\n" for visitor in visitors)
        assert all(visitor.sent[-1] == END for visitor in visitors)
        late = Visitor(live)
        await settle()
        assert late.status == 503

    asyncio.run(story())


END = {"type": "http.response.body", "body": b"", "more_body": False}


def wire_begin(visitor):
    """How every stream begins: when to come back, and how things stand."""
    first, second = visitor.bodies[:2]
    assert first.startswith(b"retry: ")
    assert first.endswith(b"\n\nmissed\n\n")
    assert second == b"standing\n\n"
    return first + second


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/livez", "GET", 200),
        ("/api/v1/stream", "OPTIONS", 204),
        ("/api/v1/stream", "POST", 405),
        ("/api/v1/stream", "HEAD", 405),
        ("/api/v1/services/nobody/stream", "GET", 404),
        ("/api/v1/services/a/b/stream", "GET", 404),
        ("/api/v1/services//stream", "GET", 404),
        ("/", "GET", 404),
    ],
)
def test_what_is_no_stream_is_answered_at_once(path, method, status):
    async def story():
        _, live = live_with()
        visitor = Visitor(live, path=path, method=method)
        await settle()
        assert visitor.task.done()
        assert visitor.status == status
        assert status < 400 or b'"type": "/api/problems/' in visitor.text

    asyncio.run(story())


class Nowhere(asyncio.Transport):
    """A transport whose other end reads at once."""

    def is_closing(self):
        return False

    def write(self, data):
        pass

    def abort(self):
        pass


def test_a_listener_keeps_nothing_of_its_request():
    async def story():
        all_of_it, live = live_with(1000)
        server = StreamServer(live, 1000)
        head = b"GET /api/v1/services/acme/stream HTTP/1.1\r\nHost: a\r\nCookie: %b\r\n\r\n"

        async def come(count):
            for number in range(count):
                connection = Connection(server)
                connection.connection_made(Nowhere())
                connection.data_received(head % (b"%04d" % number * 1000))
            await settle()

        await come(10)  # what is loaded and kept once
        gc.collect()
        tracemalloc.start()
        try:
            await come(200)
            gc.collect()
            each = tracemalloc.get_traced_memory()[0] / 200
        finally:
            tracemalloc.stop()
        assert all_of_it.count == 210
        assert each < 5000, "2.5 kB without the head of its request, 7 with it"

    asyncio.run(story())
