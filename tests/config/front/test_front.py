"""The front on real sockets, before a small web server that does as it is told."""

import asyncio
import json
import re
import time
from pathlib import Path

import pytest

from tests.config.front.servers import BOUNDS, ask, get

WHEN = re.compile(rb"Retry-After: [5-9]\r\n")


def test_requests_and_answers_go_through_one_after_the_other(fronted):
    async def test(web, front, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(3):
            writer.write(f"POST /{number} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(5) == f"/{number} hi".encode()
        writer.write(get("/chunks"))
        assert (await reader.read(-1)).endswith(b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        assert all(b"x-brownout-peer: 127.0.0.1\r\n" in head for _, head, _ in web.asked)

    fronted(test)


def test_a_body_in_chunks_arrives_whole(fronted):
    async def test(web, front, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(2):
            writer.write(f"POST /{number} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc".encode())
            await asyncio.sleep(0.05)
            assert front.body_bytes == 6 - 3  # what has been read of it so far
            writer.write(b"\r\n2\r\nde\r\n0\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(8) == f"/{number} abcde".encode()
        assert front.body_bytes == 0
        status, data = await ask(port, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n")
        assert (status, b"at most 9 kB" in data) == (413, True)
        status, _ = await ask(port, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
        assert status == 400
        assert len(web.asked) == 2

    fronted(test)


def test_requests_that_come_at_once_are_answered_in_their_order(fronted):
    async def test(web, front, port):
        first = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
        _, data = await ask(port, first + get("/3"))
        assert [part for part in (b"/1 ", b"ok\n", b"/3 ") if part in data] == [b"/1 ", b"ok\n", b"/3 "]
        assert data.index(b"/1 ") < data.index(b"ok\n") < data.index(b"/3 ")

    fronted(test)


def test_a_hundred_idle_and_a_hundred_half_bodies_keep_nobody_out(fronted):
    async def test(web, front, port):
        held = []
        for number in range(200):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            if number % 2:
                writer.write(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
            held.append((reader, writer))
        await asyncio.sleep(0.2)
        assert front.admission.count <= BOUNDS["connections_a_network"]
        began = time.perf_counter()
        assert (await ask(port, get("/livez")))[0] == 200
        assert (await ask(port, get("/page")))[0] == 200
        assert time.perf_counter() - began < 1
        assert web.asked == [("/page", web.asked[0][1], b"")], "no worker has heard of the others"
        for _, writer in held:
            writer.close()

    fronted(test)


def test_when_every_connection_of_a_network_is_at_work_one_more_is_told_to_come_back(fronted):
    async def test(web, front, port):
        slow = [asyncio.create_task(ask(port, get("/slow"))) for _ in range(2)]
        await asyncio.sleep(0.2)
        status, data = await ask(port, get("/page"))
        assert status == 503
        assert WHEN.search(data)
        assert [status for status, _ in await asyncio.gather(*slow)] == [200, 200]

    fronted(test, connections_a_network=2)


@pytest.mark.parametrize(
    ("sent", "bound"),
    [(b"GET / HTT", "head_s"), (b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{", "body_s")],
)
def test_what_does_not_arrive_in_time_is_refused(fronted, sent, bound):
    async def test(web, front, port):
        status, data = await ask(port, sent)
        assert status == 408
        assert b"application/problem+json" in data
        assert web.asked == []

    fronted(test, **{bound: 0.2})


def test_a_connection_that_says_nothing_is_closed_without_a_word(fronted):
    async def test(web, front, port):
        assert (await ask(port, b""))[1] == b""
        assert front.admission.count == 0

    fronted(test, head_s=0.2)


def test_a_head_without_end_is_refused(fronted):
    async def test(web, front, port):
        assert (await ask(port, b"GET / HTTP/1.1\r\nA: " + b"x" * 40_000))[0] == 431

    fronted(test)


def test_livez_is_answered_while_every_worker_is_taken_and_who_waits_for_one_has_less_time_left(fronted):
    async def test(web, front, port):
        slow = [asyncio.create_task(ask(port, get(f"/slow{n}"))) for n in range(2)]
        await asyncio.sleep(0.1)
        began = time.perf_counter()
        assert (await ask(port, get("/livez")))[0] == 200
        assert time.perf_counter() - began < 0.5
        sent_s = time.monotonic()
        waiting = asyncio.create_task(ask(port, get("/waits")))
        await asyncio.gather(*slow, waiting)
        heads = {path: head for path, head, _ in web.asked}
        due_s = float(re.search(rb"\r\nx-brownout-due: ([0-9.]+)\r\n", heads["/waits"])[1])
        waited_s = time.monotonic() - sent_s
        assert waited_s > 0.5
        assert -0.01 < due_s - sent_s - BOUNDS["request_s"] < waited_s / 2, "counted from when it came"

    fronted(test, queue_s=5.0)


def test_what_waits_too_long_for_a_worker_gets_503_in_its_language(fronted):
    async def test(web, front, port):
        slow = [asyncio.create_task(ask(port, get(f"/slow{n}"))) for n in range(2)]
        await asyncio.sleep(0.1)
        began = time.perf_counter()
        (page, page_data), (german, german_data), (api, api_data) = await asyncio.gather(
            ask(port, get("/x")), ask(port, get("/x", "Accept-Language: de-CH, en")), ask(port, get("/api/v1/x"))
        )
        assert time.perf_counter() - began < 0.9
        assert (page, german, api) == (503, 503, 503)
        assert b"Please try again" in page_data
        assert b"Gleich wieder" in german_data
        assert b"Content-Language: de" in german_data
        problem = json.loads(api_data.partition(b"\r\n\r\n")[2])
        assert (problem["type"], problem["status"]) == ("/api/problems/unavailable", 503)
        assert all(WHEN.search(data) for data in (page_data, german_data, api_data))
        await asyncio.gather(*slow)

    fronted(test)


def test_who_was_answered_before_gets_the_same_with_its_age_while_the_web_server_fails(fronted):
    async def test(web, front, port):
        assert (await ask(port, get("/page")))[0] == 200
        web.fails = True
        status, data = await ask(port, get("/page"))
        assert status == 200
        assert b"\r\nAge: 0" in data
        assert data.endswith(b"/page ")
        assert (await ask(port, get("/other")))[0] == 503

    fronted(test)


@pytest.mark.slow
def test_a_kept_answer_stands_in_for_one_that_takes_too_long_and_for_a_web_server_that_is_gone(fronted):
    async def test(web, front, port):
        assert (await ask(port, get("/slow")))[0] == 200
        began = time.perf_counter()
        assert (await ask(port, get("/slow")))[0] == 200
        assert time.perf_counter() - began < 0.9
        web.server.close()
        for upstream in [*front.spare, *front.running]:
            upstream.close()
        Path(web.path).unlink()
        assert (await ask(port, get("/slow")))[0] == 200
        assert (await ask(port, get("/never")))[0] == 503

    fronted(test)


def test_half_an_answer_is_cut_off_and_a_read_is_asked_again_once(fronted):
    async def test(web, front, port):
        assert (await ask(port, get("/bad")))[0] == 503
        assert [path for path, _, _ in web.asked] == ["/bad", "/bad"]
        post = b"POST /bad HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
        assert (await ask(port, post))[0] == 503
        assert [path for path, _, _ in web.asked] == ["/bad", "/bad", "/bad"], "a write is never sent twice"

    fronted(test)


def test_a_change_is_not_sent_where_a_body_was_left_unread(fronted):
    """One's nonsense would be another's 503: the web server is about to end that connection."""

    async def test(web, front, port):
        lines = b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
        for _ in range(5):
            assert (await ask(port, b"POST /unread" + lines))[0] == 400
            await asyncio.sleep(0.045)  # just before the connection ends
            assert (await ask(port, b"POST /report" + lines))[0] == 200

    fronted(test, workers=1)


def test_a_change_is_not_sent_after_a_head_that_could_not_be_read(fronted):
    async def test(web, front, port):
        for _ in range(5):
            assert (await ask(port, get("/unread")))[0] == 400
            await asyncio.sleep(0.045)
            post = b"POST /report HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
            assert (await ask(port, post))[0] == 200

    fronted(test, workers=1)


def test_a_client_of_http_1_0_gets_no_chunks_and_the_end_with_the_connection(fronted):
    async def test(web, front, port):
        for path, body in ((b"/chunks", b"abc"), (b"/page", b"/page ")):
            for more in (b"", b"Connection: keep-alive\r\n"):
                status, data = await ask(port, b"GET %s HTTP/1.0\r\n%s\r\n" % (path, more))
                head, _, content = data.partition(b"\r\n\r\n")
                assert (status, content, b"chunked" in head.lower()) == (200, body, False)

    fronted(test)


@pytest.mark.slow
def test_a_client_that_goes_gives_its_worker_back_only_when_that_is_done(fronted):
    async def test(web, front, port):
        for _ in range(2):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(get("/slow"))
            await asyncio.sleep(0.1)
            writer.close()
        await asyncio.sleep(0.1)
        assert len(front.running) == 2
        await asyncio.sleep(1.2)
        assert len(front.running) == 0
        assert (await ask(port, get("/page")))[0] == 200

    fronted(test)


def test_a_client_that_expects_is_told_to_go_on(fronted):
    async def test(web, front, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"hi")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        writer.close()

    fronted(test)
