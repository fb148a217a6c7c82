"""What servers send that a strict reader refuses: the status counts, and what can be read is read."""

from __future__ import annotations

import contextlib
import gzip
import socket
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import brotli
import httpx
import pytest
import zstandard

from outages.signals.outbound import heads
from outages.signals.outbound.charset import charset_of, json_text_of, text_of
from outages.signals.outbound.client import Client, Limits
from outages.signals.outbound.connection import interleaved
from outages.signals.outbound.cookies import CookieJar
from outages.signals.outbound.errors import AddressRefusedError, ProtocolError
from outages.signals.outbound.policy import Mode, Policy
from tests.servers import misbehaving as bad

CASES = Path(__file__).parents[3] / "data" / "signals"
LIMITS = Limits(total_s=5.0, body_bytes=200_000)
CUT = Limits(total_s=5.0, body_bytes=200_000, truncate=True)
pack = partial(gzip.compress, mtime=0)  # the same bytes in each process
TEXT = b"<p>Sign in, please, and stay signed in.</p>" * 20


def local() -> Client:
    return Client(Policy(Mode.LOOPBACK), user_agent="Brownout/test (+http://localhost/about)")


def sends(raw: bytes) -> Callable[[socket.socket], None]:
    """Answers every request with these bytes."""

    def handler(connection: socket.socket) -> None:
        bad.read_request(connection)
        connection.sendall(raw)

    return handler


def case(name: str) -> bytes:
    return (CASES / name).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").rstrip(b"\r\n") + (
        b"\r\n\r\n" if "Content-Length: 0" in (CASES / name).read_text() else b""
    )


@pytest.mark.parametrize("name", ["http-charset-undefined.txt", "http-content-encoding-utf8.txt"])
def test_an_answer_with_an_odd_header_is_read(name: str) -> None:
    with bad.serve(sends(case(name))) as server:
        response = local().fetch(server.url(), limits=LIMITS)
    assert (response.status, response.text) == (200, "Sign in")


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX-Foo : bar\r\nContent-Length: 7\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 7\n\n",
        b"HTTP/1.1 200 OK\r\nX-Foo: a\r\n b\r\nContent-Length: 7\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 7\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-F\xc3\xb6\xc3\xb6: b\xc3\xa4r\r\nContent-Length: 7\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\x00b\x07\r\nContent-Length: 7\r\n\r\n",
        b"HTTP/1.1 200\r\nContent-Length: 7\r\n\r\n",
        b"HTTP/2 200 OK\r\nContent-Length: 7\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 7, 7\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink : x\r\n\r\nHTTP/1.1 200 OK\r\nX : y\r\nContent-Length: 7\r\n\r\n",
        b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n",
    ],
)
def test_a_head_that_browsers_take_is_taken(head: bytes) -> None:
    with bad.serve(sends(head + b"Sign in")) as server:
        response = local().fetch(server.url(), limits=LIMITS)
    assert (response.status, response.body) == (200, b"Sign in")


def test_a_head_in_pieces_is_put_together() -> None:
    def handler(connection: socket.socket) -> None:
        bad.read_request(connection)
        for piece in (b"HT", b"TP/1.1 2", b"00 OK\r\nX : y\r", b"\nContent-Length: 7\r\n\r", b"\nSign ", b"in"):
            connection.sendall(piece)
            time.sleep(0.02)

    with bad.serve(handler) as server:
        assert local().fetch(server.url(), limits=LIMITS).body == b"Sign in"


def test_a_head_without_end_is_bounded() -> None:
    with (
        bad.serve(sends(b"HTTP/1.1 200 OK\r\n" + b"X-Much: of it\r\n" * 50_000)) as server,
        pytest.raises(ProtocolError),
    ):
        local().fetch(server.url(), limits=LIMITS)


raw_deflate = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", pack(TEXT)),
        ("x-gzip", pack(TEXT)),
        ("GZIP", pack(TEXT)),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT[:300]) + zstandard.compress(TEXT[300:])),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate.compress(TEXT) + raw_deflate.flush()),
        ("none", TEXT),
        ("UTF-8", TEXT),
        ("binary, none", TEXT),
        ("gzip", TEXT),  # it says so, and is not
        ("gzip, gzip", pack(pack(TEXT))),
        ("gzip, gzip", pack(TEXT)),
        ("gzip", pack(pack(TEXT))),
        ("br, gzip", pack(brotli.compress(TEXT))),
        ("", pack(TEXT)),
        ("gzip", pack(TEXT[:300]) + pack(TEXT[300:])),  # two members are one text
        ("gzip", pack(TEXT) + b"\0" * 9),
    ],
)
def test_a_body_is_unpacked_whatever_it_is_called(encoding: str, body: bytes) -> None:
    with bad.serve(bad.answers(200, body, Content_Encoding=encoding)) as server:
        assert local().fetch(server.url(), limits=LIMITS).body == TEXT


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", pack(TEXT)[:-12]),
        ("br", brotli.compress(TEXT)[:-3]),
        ("zstd", zstandard.compress(TEXT)[:-3]),
        ("deflate", zlib.compress(TEXT)[:-6]),
        ("br", b"this is no brotli at all, whatever it says"),
    ],
)
def test_a_packed_body_that_is_cut_is_not_taken_as_whole(encoding: str, body: bytes) -> None:
    with bad.serve(bad.answers(200, body, Content_Encoding=encoding)) as server:
        with pytest.raises(ProtocolError):
            local().fetch(server.url(), limits=LIMITS)
        response = local().fetch(server.url(), limits=CUT)
    assert (response.status, bool(response.flaw)) == (200, True)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", pack(b"\0" * 50_000_000)),
        ("br", brotli.compress(b"\0" * 50_000_000, quality=5)),
        ("zstd", zstandard.compress(b"\0" * 50_000_000)),
        ("gzip", pack(pack(b"\0" * 50_000_000))),
    ],
)
def test_a_bomb_is_unpacked_no_further_than_allowed(encoding: str, body: bytes) -> None:
    with bad.serve(bad.answers(200, body, Content_Encoding=encoding)) as server:
        response = local().fetch(server.url(), limits=CUT)
    assert (len(response.body), response.truncated) == (200_000, True)


def test_a_page_that_wants_its_cookie_back_gets_it() -> None:
    wall = case("http-cookie-wall.txt")

    def handler(connection: socket.socket) -> None:
        head = bad.read_request(connection)
        if head.startswith("GET /k") and "cookie: seen=1" in head.lower():
            connection.sendall(bad.response(200, b"in"))
        else:
            connection.sendall(wall)

    with bad.serve(handler) as server:
        assert local().fetch(server.url(), limits=LIMITS).body == b"in"


def test_cookies_stay_with_their_host() -> None:
    jar = CookieJar()
    jar.take(["a=1; Path=/", "b=2; Secure", "c=3; Max-Age=0", "bad"], httpx.URL("https://one.example/"))
    assert jar.added_to(httpx.Headers(), httpx.URL("https://one.example/x"))["cookie"] == "a=1; b=2"
    assert jar.added_to(httpx.Headers(), httpx.URL("http://one.example/x"))["cookie"] == "a=1"
    assert "cookie" not in jar.added_to(httpx.Headers(), httpx.URL("https://two.example/"))


def test_a_location_with_tabs_is_followed() -> None:
    target = bad.response(200, b"there")

    def handler(connection: socket.socket) -> None:
        head = bad.read_request(connection)
        connection.sendall(target if head.startswith("GET /feed.xml") else redirect)

    with bad.serve(handler) as server:
        redirect = case("http-location-tab.txt").replace(b"https://status.acme.test", server.url("").encode())
        assert local().fetch(server.url(), limits=LIMITS).body == b"there"


@pytest.mark.parametrize(
    "location",
    ["http://localhost:99999/", "http://xn--/", "http://[::1/", "http://a\u0308..b/", "//:80", "http://localhost:0/"],
)
def test_a_location_that_is_none_is_said_to_be_none(location: str) -> None:
    with (
        bad.serve(
            sends(b"HTTP/1.1 302 Found\r\nLocation: " + location.encode() + b"\r\nContent-Length: 0\r\n\r\n")
        ) as server,
        pytest.raises(AddressRefusedError) as raised,
    ):
        local().fetch(server.url(), limits=LIMITS)
    assert raised.value.status == 302


def test_http_two_that_turns_out_to_be_http_one_is_asked_once_more() -> None:
    tls = bad.server_context("localhost", alpn=("h2",))

    def handler(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(bad.response(200, b"one after all"))
        connection.settimeout(0.2)
        with contextlib.suppress(OSError):  # closed over what it has not read, it would take its answer back
            while connection.recv(65_536):
                pass

    with bad.serve(handler, tls=tls) as server:
        client = Client(Policy(Mode.LOOPBACK), user_agent="x", tls=bad.client_context())
        response = client.fetch(server.url(scheme="https", host="localhost"), limits=CUT)
    assert response.status == 200


def test_a_host_with_a_dot_at_its_end_is_the_same_host() -> None:
    with bad.serve(bad.answers(200, b"ok"), tls=bad.server_context("localhost")) as server:
        client = Client(Policy(Mode.LOOPBACK), user_agent="x", tls=bad.client_context())
        assert client.fetch(server.url(scheme="https", host="localhost."), limits=LIMITS).status == 200


class Names:
    """A resolver with an answer of its own."""

    def __init__(self, *addresses: str) -> None:
        from ipaddress import ip_address

        self.addresses = [ip_address(address) for address in addresses]

    async def resolve(self, host: str) -> list[object]:
        return list(self.addresses)


@pytest.mark.parametrize("count", [4, 12])
def test_dead_addresses_before_a_good_one_do_no_harm(count: int) -> None:
    """Nobody listens at ::1, nor at most of 127.0.0.0/8."""
    with bad.serve(bad.answers(200, b"ok")) as server:
        names = Names(*["::1"] * 4, *[f"127.0.0.{n}" for n in range(2, 2 + count)], "127.0.0.1")
        client = Client(Policy(Mode.LOOPBACK), user_agent="x", resolver=names)  # type: ignore[arg-type]
        response = client.fetch(server.url(host="localhost"), limits=LIMITS)
    assert (response.status, response.address) == (200, "127.0.0.1")


def test_a_black_hole_delays_by_a_quarter_of_a_second_and_no_more() -> None:
    """A listener whose queue is full answers no more greetings, as a black hole does."""
    hole = socket.create_server(("127.0.0.9", 0), backlog=0)
    port = hole.getsockname()[1]
    callers = []
    for _ in range(4):
        caller = socket.socket()
        caller.setblocking(False)
        caller.connect_ex(("127.0.0.9", port))
        callers.append(caller)
    good = socket.create_server(("127.0.0.1", port))
    good.close()
    try:
        import asyncio

        async def connect() -> float:
            listening = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", port)
            client = Client(Policy(Mode.LOOPBACK), user_agent="x", resolver=Names("127.0.0.9", "127.0.0.1"))  # type: ignore[arg-type]
            async with listening:
                connected = await client.aconnect("localhost", port, tls=False, total_s=5.0)
            assert connected.address == "127.0.0.1"
            return connected.timings.connect_ms or 0.0

        assert asyncio.run(connect()) < 2000
    finally:
        for caller in callers:
            caller.close()
        hole.close()


def test_families_take_turns() -> None:
    from ipaddress import ip_address

    found = interleaved([ip_address(a) for a in ("2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2", "192.0.2.3")])
    assert [str(a) for a in found] == ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"]


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("Störung".encode(), "text/html; charset=undefined", "Störung"),
        ("Störung".encode("latin-1"), "text/html; charset=ISO-8859-1", "Störung"),
        ("“Ja”".encode("cp1252"), "text/html; charset=iso-8859-1", "“Ja”"),
        (b"<meta charset='windows-1251'>" + "сбой".encode("cp1251"), "text/html", "<meta charset='windows-1251'>сбой"),
        ("Störung".encode("latin-1"), "", "Störung"),
        ("Störung".encode("utf-16"), "text/html; charset=utf-8", "Störung"),
        ("障害".encode("cp932"), 'text/html; charset="Shift_JIS"', "障害"),
        (
            b"<?xml version='1.0' encoding='koi8-r'?>" + "сбой".encode("koi8-r"),
            "",
            "<?xml version='1.0' encoding='koi8-r'?>сбой",
        ),
        (b"plain", "text/html; charset=base64", "plain"),
        (b"plain", "text/html; charset=idna", "plain"),
        (b"plain", "text/html; charset=", "plain"),
        (b"plain", "text/html; charset=\x00\xff".encode("latin-1").decode("latin-1"), "plain"),
        (b"", "", ""),
    ],
)
def test_text_is_read_as_browsers_read_it(body: bytes, content_type: str, text: str) -> None:
    assert text_of(body, content_type) == text


def test_json_is_read_in_every_width() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"):
        assert json_text_of('{"a": "ö"}'.encode(encoding)) == '{"a": "ö"}', encoding
    assert charset_of("undefined") == charset_of("rot13") == charset_of("x" * 500) == ""


def test_a_head_that_is_none_is_left_alone() -> None:
    assert heads.tidied(b"220 mail ready\r\n\r\n") == b"220 mail ready\r\n\r\n"
    assert heads.status_of(b"SSH-2.0") is None
