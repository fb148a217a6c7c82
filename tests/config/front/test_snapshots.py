"""Snapshots: which addresses have one, what is in them, and that readers get them whatever happens behind."""

import asyncio
import gzip
import itertools
import os
import re
import time

import brotli
import pytest
from django.http import HttpRequest
from django.urls import resolve
from django.utils import translation

from config import languages
from config.front import snapshots
from config.front.allowance import UNKNOWN_SHARE, Allowance
from config.front.messages import parse_request
from config.front.routes import _ROUTES, accepted, led_to, route_of
from config.front.snapshot_files import SnapshotFiles
from config.front.snapshots import Entry, Key, Store
from tests.config.front.servers import ask, get

PUBLIC = {
    "/": "board",
    "/de/": "board",
    "/tesla/": "service",
    "/zh-hans/tesla/": "service",
    "/tesla/map?window=1h&country=NL": "map",
    "/tesla/map/frames.json": "map-frames",
    "/tesla/map/figure.json?window=1h": "map-figure",
    "/tesla/map.png": "map-picture",
    "/tesla/dashboards?window=7d": "dashboards",
    "/tesla/history?state=resolved": "history",
    "/tesla/incidents/12": "incident",
    "/tesla/incidents/12/cap.xml": "cap",
    "/tesla/errors/": "guides",
    "/tesla/errors/timeout": "guide",
    "/tesla/is-it-me": "is-it-me",
    "/tesla/picture.png": "picture",
    "/tesla/badge.svg": "badge",
    "/embed/tesla": "embed",
    "/embed/tesla/map": "embed-map",
    "/feeds/atom.xml": "atom",
    "/nl/tesla/feeds/feed.json": "json-feed",
    "/about": "about",
    "/about/method": "method",
    "/privacy": "privacy",
    "/sources": "sources",
    "/developers?service=tesla": "developers",
}
NOT_KEPT = [
    "/admin/", "/admin/login/", "/api/v1/services", "/tesla/report", "/tesla/subscribe", "/static/css/brownout.css",
    "/tesla/reports/0b5d3c10-0000-4000-8000-000000000000/secret", "/developers/keys", "/-/changes", "/livez",
    "/subscriptions/0b5d3c10-0000-4000-8000-000000000000/secret", "/board?of=tesla", "/?q=tesla", "/metrics", "/mcp",
    "/tesla/?at=2026-06-29T14:30Z", "/tesla/?x=1", "/tesla/map?window=1h&window=6h", "/tesla/map?country=a%20b",
    "/tesla/is-it-me?country=NL", "/en/tesla/", "/%74esla/", "//evil/", "/tesla/map?component=" + "x" * 41,
    "/t\u00e9sla/",
]  # fmt: skip


def test_what_has_a_snapshot_is_a_page_that_everybody_may_read():
    for address, name in PUBLIC.items():
        route = route_of(address.encode())
        assert route is not None, address
        assert sorted(route.target.decode()) == sorted(address)
        with translation.override(route.language):
            assert resolve(address.partition("?")[0]).url_name in (name, f"{name}-json"), address
    routes = {index for a in PUBLIC for index, (pattern, _, _) in enumerate(_ROUTES) if _matches(pattern, a)}
    assert routes == set(range(len(_ROUTES))), "each route is among them"
    for address in NOT_KEPT:
        assert route_of(address.encode()) is None, address


def _matches(pattern, address):
    import re

    path = re.sub(r"^/(?:(?:de|nl|zh-hans|zh-hant|pt|pl)/)?", "", address.partition("?")[0])
    return re.fullmatch(pattern, path) is not None


def test_where_somebody_came_from_makes_no_further_snapshot():
    wanted = route_of(b"/tesla/map?country=NL&window=1h")
    assert route_of(b"/tesla/map?utm_source=x%20y&window=1h&fbclid=abc&country=NL") == wanted


def test_a_visitor_is_led_to_the_language_that_django_would_lead_to():
    tags = ["de", "de-CH", "en", "en-GB;q=0.9", "zh-CN", "zh-TW;q=0.7", "zh-Hans-CN", "zh", "no", "nb-NO;q=0.8", "xx",
            "*", "*;q=0.1", "fr;q=0", "ja;q=1.5", "", "pt-BR", "pl-PL", "zh-HK", "zh-Hant-TW", "da; q=0.5",
            "sv;q=0.88"]  # fmt: skip
    said = [", ".join(pair) for pair in itertools.product(tags, tags)] + tags + ["de," * 300, "d" * 600, "é", "de;;"]
    for header in said:
        request = HttpRequest()
        request.META["HTTP_ACCEPT_LANGUAGE"] = header
        assert accepted(header.encode("latin-1")) == languages.accepted(request), header
    html = {b"accept": b"text/html"}
    for address in ("/tesla/", "/de/tesla/", "/embed/tesla", "/tesla/feeds/atom.xml", "/tesla/map?window=1h"):
        for more in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Cookie": "a=b; language=nl"}, {"Accept": "*/*"}):
            headers = {"Accept": "text/html", "Accept-Language": "de, en;q=0.5", **more}
            request = HttpRequest()
            request.method, request.path_info = "GET", address.partition("?")[0]
            request.META.update({"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()})
            request.COOKIES.update({"language": "nl"} if "Cookie" in more else {})
            wanted = languages._led_to(request) if address[:4] != "/de/" else ""
            known = html | {name.lower().encode(): value.encode() for name, value in headers.items()}
            found = led_to(route_of(address.encode()), known)
            assert found.decode() == (languages.path_in(address, wanted) if wanted else ""), (address, headers)


HEAD = (
    b"HTTP/1.1 200 OK\r\nserver: granian\r\ncontent-type: text/html; charset=utf-8\r\nvary: Cookie\r\n"
    b"content-security-policy: x"
)
PAGE = b"<html lang=en><title>A</title><time data-kept-time></time>" + b"word " * 500


def made(body=PAGE, head=HEAD, **moment):
    return snapshots.make(head, body, made_s=moment.get("made_s", 0.0), made_at=1_800_000_000.0)


def said(*lines, method="GET"):
    return parse_request("\r\n".join([f"{method} / HTTP/1.1", "Host: a", *lines]).encode(), 0)


def test_a_snapshot_is_given_in_the_coding_that_is_taken_or_not_at_all_to_who_has_it():
    snapshot = made()
    for coding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)):
        head, _, body = snapshots.answer(snapshot, said(f"Accept-Encoding: {coding}"), age_s=3.7).partition(b"\r\n\r\n")
        assert unpack(body) == PAGE
        assert b"Content-Length: %d\r\n" % len(body) in head
        assert b"\r\nAge: 3\r\n" in head
        assert b"Vary: Cookie, Accept-Encoding\r\nCache-Control: no-cache\r\n" in head
        assert b"granian" not in head
    assert snapshots.answer(snapshot, said(method="HEAD"), age_s=0).endswith(b"\r\n\r\n")
    tag = snapshot.etag.decode()
    answer = snapshots.answer(snapshot, said(f'If-None-Match: "x", {tag}'), age_s=0)
    assert answer.startswith(b"HTTP/1.1 304 ")
    assert answer.endswith(b"\r\n\r\n")
    old = snapshots.answer(snapshots.marked(snapshot), said(), age_s=9000)
    assert b'<html data-kept="slow" data-kept-at="2027-01-15T08:00:00Z" lang=en><title>08:00 UTC' in old
    assert b"Cache-Control: no-store" in old
    assert snapshots.answer(snapshots.marked(made(b"{}", b"HTTP/1.1 200 OK")), said(), age_s=0).endswith(b"{}")


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 404 Not Found",
        HEAD + b"\r\nset-cookie: a=b",
        HEAD + b"\r\ncache-control: private",
        HEAD + b"\r\nCache-Control: no-store",
        HEAD + b"\r\ncontent-encoding: gzip",
    ],
)
def test_what_is_somebodys_own_or_no_page_becomes_no_snapshot(head):
    assert made(head=head) is None


def test_the_store_keeps_to_its_bound_and_addresses_with_a_query_to_a_part_of_it():
    store = Store(most_bytes=100_000)
    for number in range(200):
        for address in (b"/a%d/" % number, b"/a/map?window=%d" % number):
            store.put(Entry(Key(b"a", False, address), route_of(b"/a/")), made(b"x" * 400))
        assert store.get(Key(b"a", False, b"/a0/")) is not None, "what is asked for stays"
    assert store.bytes == sum(entry.size for entry in store) <= 100_000
    assert sum(b"?" in entry.key.target for entry in store) < len(store) / 3
    assert len(store.gone) == 400 - len(store)


def test_a_network_is_counted_wherever_its_requests_come_from():
    import ipaddress

    allowance = Allowance(3, [ipaddress.ip_network("10.0.0.0/8")])
    behind = allowance.network("", b"1.2.3.4, 10.0.0.1")
    assert behind == allowance.network("1.2.3.0/24", b"") == "1.2.3.0/24"
    assert [allowance.take(behind, 0.0) for _ in range(4)] == [True, True, True, False]
    assert allowance.spent(behind, 1.0) == 3
    assert allowance.take(behind, 61.0)
    unknown = allowance.network("127.0.0.0/24", b"1.2.3.4")
    assert unknown == "unknown"
    taken = [allowance.take(unknown, 61.0) for _ in range(3 * UNKNOWN_SHARE + 2)]
    assert taken.count(False) == 2, "behind a proxy that nobody named are many, and not without end"


def test_all_spellings_of_a_host_have_one_snapshot():
    route = route_of(b"/tesla/")

    def key(host):
        head = f"GET /tesla/ HTTP/1.1\r\nHost: {host}".encode("latin-1")
        return snapshots.key_of(parse_request(head, 0), route, is_secure=False)

    spellings = (
        "status.example.org",
        "STATUS.example.org",
        "status.example.org.",
        *(f"status.example.org:{n}" for n in (1, 443)),
    )
    assert {key(host) for host in spellings} == {Key(b"status.example.org", False, b"/tesla/")}
    assert key("[::1]:8000") == Key(b"[::1]", False, b"/tesla/")
    for host in ("", "a/b", "a b", "a@b", "a:x", "-a", "\xff", "a" * 300, "[::1", "a:123456"):
        assert key(host) is None, host


def test_a_page_is_made_once_for_all_who_wait_for_it_and_knows_none_of_them(kept):
    async def test(web, front, port):
        web.wait_s = 0.2
        personal = ("Cookie: brownout_reporter=secret", "X-Reporter: mine", "User-Agent: me")
        answers = await asyncio.gather(*(ask(port, get("/tesla/", *personal)) for _ in range(40)))
        assert {(status, data.endswith(b"one")) for status, data in answers} == {(200, True)}
        assert [path for path, _ in web.asked] == ["/tesla/"]
        assert {re.sub(rb"[0-9.]+$", b"N", line) for line in web.asked[0][1].lower().split(b"\r\n")[1:]} == {
            b"host: a", b"accept: */*", b"x-brownout-due: N", b"x-brownout-peer: ", b"",
        }  # fmt: skip
        web.wait_s = 0.0
        for own in ("Cookie: sessionid=x", "Cookie: a=b; messages=x", "Authorization: Bearer x", "Range: bytes=0-1"):
            assert (await ask(port, get("/tesla/", own)))[1].endswith(b"own")
        post = b"POST /tesla/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
        assert (await ask(port, post))[1].endswith(b"own")
        assert (await ask(port, get("/tesla/")))[1].endswith(b"one"), "what is somebody's own is never kept"
        spent = [line for line in web.asked[1][1].split(b"\r\n") if line.startswith(b"x-brownout-spent")]
        assert spent == [b"x-brownout-spent: 40"]

    kept(test)


def test_a_reader_is_led_to_their_language_without_a_worker(kept):
    async def test(web, front, port):
        status, data = await ask(port, get("/tesla/map?utm_x=1", "Accept: text/html", "Accept-Language: de"))
        assert (status, b"\r\nLocation: /de/tesla/map\r\n" in data, web.asked) == (302, True, [])

    kept(test)


@pytest.mark.slow
def test_what_changes_is_on_its_page_within_two_seconds_and_nobody_waits_for_it(kept):
    async def test(web, front, port):
        await asyncio.gather(*(ask(port, get(path)) for path in ("/tesla/", "/", "/other/", "/about")))
        await asyncio.sleep(0.7)  # it has looked once
        web.asked.clear()
        web.wait_s, web.page = 0.5, b"two"
        web.told = {"versions": {"tesla": "2"}, "events": [[7, "tesla"]], "generation": "a"}
        began = time.monotonic()
        while not (await ask(port, get("/tesla/")))[1].endswith(b"two"):
            assert time.monotonic() - began < 2
            await asyncio.sleep(0.02)
        longest = time.monotonic()
        assert (await ask(port, get("/tesla/")))[0] == 200
        assert time.monotonic() - longest < 0.3
        await asyncio.sleep(0.6)
        assert sorted(path for path, _ in web.asked) == ["/", "/tesla/"], "what shows it, once each"

    kept(test)


def test_readers_get_the_last_page_with_its_age_while_everything_behind_is_gone_and_after_a_start(kept):
    async def before(web, front, port):
        assert (await ask(port, get("/tesla/")))[0] == 200
        web.stop()
        entry = next(iter(front.snapshots.store))
        for age_s, mark in ((0, b""), (4000, b'data-kept="slow"')):
            entry.snapshot.made_s -= age_s
            status, data = await ask(port, get("/tesla/"))
            assert (status, b"\r\nAge: %d" % age_s in data, mark in data) == (200, True, True)
        assert (await ask(port, get("/never/")))[0] == 503

    async def after(web, front, port):
        web.status = b"503 Service Unavailable"
        for _ in range(2):
            status, data = await ask(port, get("/tesla/"))
            assert (status, b'data-kept="slow"' in data) == (200, True)
        web.status, web.page = b"200 OK", b"new"
        await asyncio.sleep(0.2)
        await ask(port, get("/tesla/"))
        await asyncio.sleep(0.2)
        assert (await ask(port, get("/tesla/")))[1].endswith(b"new")
        web.status = b"404 Not Found"
        next(iter(front.snapshots.store)).snapshot.made_s -= 500
        assert (await ask(port, get("/tesla/")))[0] == 404
        assert len(front.snapshots.store) == 0

    kept(before)
    kept(after)


def test_who_gets_too_many_is_left_to_the_workers_who_know_what_to_say(kept):
    async def test(web, front, port):
        front.snapshots.allowance.limit = 5
        for _ in range(7):
            assert (await ask(port, get("/tesla/")))[0] == 200
        assert [b"x-brownout-spent: 5" in head for _, head in web.asked] == [False, True, True]

    kept(test)


def test_files_that_cannot_be_read_are_removed(tmp_path):
    files = SnapshotFiles(tmp_path)
    files.write(Key(b"a", True, b"/x/"), made())
    (tmp_path / "broken.page").write_bytes(b"a\n1\n/\n\x00")
    (tmp_path / "short.page").write_bytes(b"")
    ((key, snapshot),) = files.read(10**9, now_s=100.0, now_at=1_800_000_050.0)
    assert key == Key(b"a", True, b"/x/")
    assert (snapshot.made_s, snapshot.plain(), snapshot.etag) == (50.0, PAGE, made().etag)
    assert len(list(tmp_path.iterdir())) == 1
    assert list(files.read(10, now_s=0.0, now_at=0.0)) == []


def test_who_asks_and_does_not_read_is_given_no_more_than_fits(kept):
    """Pages are answered out of the memory, at the speed of who asks: 264 kB of requests made half a gigabyte."""

    async def test(web, front, port):
        web.page = os.urandom(100_000).hex().encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
        asked = 80
        writer.write(b"GET /tesla/ HTTP/1.1\r\nHost: a\r\n\r\n" * asked)
        async with asyncio.timeout(10):
            while not front.stalled:
                await asyncio.sleep(0.01)
        (client,) = front.stalled
        for _ in range(10):
            await asyncio.sleep(0.01)
            assert client._transport.get_write_buffer_size() < 1_000_000
        for _ in range(asked):
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            assert web.page in await reader.readexactly(int(length.split(b":")[1]))
        writer.close()

    kept(test)
