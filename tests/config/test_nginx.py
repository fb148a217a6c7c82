"""deploy/nginx.conf, in a real nginx where there is one: who is asked, what is kept, what is not."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from config.local import processes
from tools.gameday.proxy import NGINX, SHIPPED, configuration
from tools.gameday.site import PROJECT, free_port

STATUS = "/api/v1/services/tesla/status"

needs_nginx = pytest.mark.skipif(NGINX is None, reason="there is no nginx here: apt-get install nginx")


@pytest.fixture
def live() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as server:
        server.expect_request(re.compile(".*")).respond_with_data("data: live\n\n", content_type="text/event-stream")
        yield server


@pytest.fixture
def site(tmp_path: Path, httpserver: HTTPServer, live: HTTPServer) -> Iterator[httpx.Client]:
    """nginx as shipped, in front of two small servers."""
    assert NGINX is not None
    tmp_path.chmod(0o755)
    port = free_port()
    command = [NGINX, "-e", str(tmp_path / "error.log"), "-c"]
    command.append(str(configuration(tmp_path, port, httpserver.port, live.port)))
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(command)
    try:
        with httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=False) as client:

            def is_up() -> bool:
                with contextlib.suppress(httpx.HTTPError):
                    return client.get("/up").status_code > 0
                return False

            assert processes.wait_until(is_up, 20)
            httpserver.clear_log()
            yield client
    finally:
        process.terminate()
        process.wait(20)


def answer(request: Request) -> Response:
    headers = {
        "Cache-Control": "public, max-age=5, stale-while-revalidate=15",
        "ETag": '"1"',
        "RateLimit": '"reads";r=7;t=30',
        "Vary": "Accept-Language",
    }
    return Response(f"{request.headers.get('Accept-Language')}", headers=headers)


def asked(server: HTTPServer) -> list[str]:
    return [request.path for request, _ in server.log]


@needs_nginx
def test_who_polls_is_answered_out_of_the_cache_by_language_and_by_what_it_has(
    site: httpx.Client, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(STATUS).respond_with_handler(answer)
    first = [site.get(STATUS, headers={"Accept-Language": "de"}) for _ in range(5)]
    assert {(found.status_code, found.text) for found in first} == {(200, "de")}
    assert [found.headers["X-Cache"] for found in first] == ["MISS", "HIT", "HIT", "HIT", "HIT"]
    assert ["RateLimit" in found.headers for found in first] == [True, False, False, False, False]
    assert site.get(STATUS, headers={"Accept-Language": "nl"}).text == "nl"
    assert site.get(STATUS, headers={"Accept-Language": "nl", "If-None-Match": '"1"'}).status_code == 304
    assert asked(httpserver) == [STATUS, STATUS]
    for said, ours in (("xx, pt-BR", "pt"), ("pl-PL", "pl"), ("zh-TW,zh;q=0.8", "zh-TW"), ("zh-Hant-HK", "zh-Hant")):
        assert site.get(STATUS, headers={"Accept-Language": said}).text == ours


PAGE = {
    "X-Accel-Expires": "1",
    "Cache-Control": "no-cache",
    "Vary": "Cookie, Accept-Language",
    "Content-Type": "text/html",
}


def page(request: Request) -> Response:
    said = (request.headers.get(name) for name in ("Accept-Encoding", "Accept-Language", "Cookie"))
    return Response(" ".join(str(value) for value in said), headers=PAGE)


@needs_nginx
def test_a_page_is_asked_for_once_whatever_browsers_say_and_wherever_people_come_from(
    site: httpx.Client, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_handler(page)
    html = {"Accept": "text/html,*/*;q=0.8", "Accept-Encoding": "gzip, br;q=0"}
    variants = (
        ("/tesla/", {"Accept-Language": "de-CH, de;q=0.9, en;q=0.8", "Cookie": "seen=1"}),
        ("/tesla/?utm_source=x&utm_medium=y", {"Accept-Language": "xx, de", "Cookie": "brownout_reporter=1"}),
        ("/tesla/?fbclid=abc", {"Accept-Language": "fr", "Cookie": "a=b; language=de"}),
    )
    answers = [site.get(path, headers=html | headers) for path, headers in variants]
    assert {answer.text for answer in answers} == {"gzip de-CH, de;q=0.9, en;q=0.8 seen=1"}
    assert len(asked(httpserver)) == 1
    assert re.search(r"now;dur=\d+\.\d{3}", answers[0].headers["Server-Timing"])
    for path in ("/tesla/map?window=1h&utm_id=2&country=NL&utm_source=3", "/tesla/map?window=1h&country=NL&ref=x"):
        site.get(path, headers=html)
    assert len(asked(httpserver)) == 2
    for own in ({"Cookie": "sessionid=x"}, {"Authorization": "Bearer x"}, {"Cookie": "messages=x"}):
        for _ in range(2):
            assert site.get("/tesla/", headers=html | own).headers["X-Cache"] == "BYPASS"
    for path in ("/tesla/report", "/tesla/?at=2026-01-01T00:00Z", "/admin/", "/?q=x", "/tesla/reports/1/secret",
                 "/tesla/is-it-me?country=NL", "/developers/keys", "/subscriptions/1/x"):  # fmt: skip
        assert [site.get(path).headers["X-Cache"] for _ in range(2)] == ["BYPASS"] * 2, path
    for path in ("/", "/de/", "/about", "/tesla/history", "/tesla/incidents/1", "/tesla/errors/x", "/embed/tesla/map",
                 "/nl/tesla/feeds/atom.xml", "/feeds/feed.json", "/tesla/badge.svg", "/tesla/api/v2/summary.json",
                 "/gatus/api/v1/endpoints/statuses", "/tesla/map/frames.json", "/metrics"):  # fmt: skip
        assert [site.get(path).headers["X-Cache"] for _ in range(2)] == ["MISS", "HIT"], path


@needs_nginx
def test_what_was_asked_before_is_there_while_brownout_is_not(site: httpx.Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request(re.compile("/tesla/.*")).respond_with_handler(page)
    httpserver.expect_request(STATUS).respond_with_handler(lambda _: Response("{}", headers=PAGE))
    paths = ("/tesla/", "/tesla/feeds/atom.xml", STATUS)
    assert [site.get(path).status_code for path in paths] == [200] * 3
    httpserver.clear()
    httpserver.expect_request(re.compile(".*")).respond_with_data("", status=503)
    time.sleep(2.1)
    for _ in range(3):
        answers = [site.get(path) for path in paths]
        assert [(answer.status_code, answer.headers["X-Cache"]) for answer in answers] == [(200, "STALE")] * 3
    assert site.get("/never/").status_code == 503


@needs_nginx
def test_a_copy_is_served_at_the_addresses_of_the_site(tmp_path: Path) -> None:
    assert NGINX is not None
    tmp_path.chmod(0o755)
    port, site = free_port(), (PROJECT / "deploy" / "mirror.conf").read_text(encoding="utf-8")
    site = site.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("listen [::]:80;", "")
    for name in ("index.html", "tesla/index.html", "tesla/map/index.html", "api/v1/services.json", "404.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="ascii")
    (tmp_path / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} pid {tmp_path}/pid; daemon off; events {{}}\n"
        f"http {{ {site.replace('/srv/brownout', str(tmp_path))} }}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([NGINX, "-e", str(tmp_path / "error.log"), "-c", str(tmp_path / "nginx.conf")])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:

            def is_up() -> bool:
                with contextlib.suppress(httpx.HTTPError):
                    return client.get("/").status_code == 200
                return False

            assert processes.wait_until(is_up, 20)
            files = {"/": "index.html", "/tesla/": "tesla/index.html", "/tesla/map": "tesla/map/index.html",
                     "/api/v1/services": "api/v1/services.json"}  # fmt: skip
            assert {path: client.get(path).text for path in files} == files
            assert (client.get("/nowhere").status_code, client.get("/nowhere").text) == (404, "404.html")
    finally:
        process.terminate()
        process.wait(20)


@needs_nginx
def test_whoever_comes_without_tls_is_led_to_it(site: httpx.Client, tmp_path: Path) -> None:
    (port,) = re.findall(r"listen 127\.0\.0\.1:(\d+);", (tmp_path / "nginx.conf").read_text(encoding="utf-8"))
    answer = httpx.get(f"http://127.0.0.1:{port}/tesla/?x=1", headers={"Host": "status.example.org"})
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://status.example.org/tesla/?x=1")


@needs_nginx
def test_keys_writes_and_what_must_not_be_kept_go_through(site: httpx.Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request(STATUS).respond_with_handler(answer)
    httpserver.expect_request("/api/v1/reports").respond_with_data("no", headers={"Cache-Control": "no-store"})
    for _ in range(2):
        site.get(STATUS, headers={"Authorization": "Bearer key"})
        site.post("/api/v1/reports", json={})
        site.get("/api/v1/reports")
    assert asked(httpserver) == [STATUS, "/api/v1/reports", "/api/v1/reports"] * 2


@needs_nginx
def test_streams_and_nothing_else_reach_the_process_of_live_streams(
    site: httpx.Client, httpserver: HTTPServer, live: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_data("web")
    for path in ("/api/v1/stream", "/api/v1/services/tesla/stream"):
        assert site.get(path, params={"last_event_id": "7"}).text == "data: live\n\n"
    for path in ("/api/v1/services/stream", "/api/v1/stream/x", "/", "/tesla/", "/api/v1/services/a/b/stream"):
        assert site.get(path).text == "web", path
    assert [(request.path, request.query_string) for request, _ in live.log] == [
        ("/api/v1/stream", b"last_event_id=7"),
        ("/api/v1/services/tesla/stream", b"last_event_id=7"),
    ]


@needs_nginx
def test_the_caller_s_own_address_is_what_brownout_hears(site: httpx.Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/tesla/").respond_with_handler(
        lambda request: Response(f"{request.headers['X-Forwarded-For']} {request.headers['X-Forwarded-Proto']}")
    )
    assert site.get("/tesla/", headers={"X-Forwarded-For": "9.9.9.9"}).text == "127.0.0.1 https"


def test_the_paths_of_the_streams_are_those_of_the_api() -> None:
    from outages.live import application

    (pattern,) = re.findall(r"location ~ (\S+) \{", SHIPPED)
    before, after = application.ONE
    assert re.search(pattern, application.ALL)
    assert re.search(pattern, f"{before}tesla{after}")


@needs_nginx
def test_idle_connections_and_unfinished_bodies_end_at_nginx_and_keep_nobody_out(
    site: httpx.Client, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_data("web")
    port = site.base_url.port
    assert port is not None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    head = b"POST /api/v1/reports HTTP/1.1\r\nHost: status.example.org\r\nContent-Length: 1000\r\n\r\n{"
    with contextlib.ExitStack() as held:
        for _ in range(200):
            held.enter_context(socket.create_connection(("127.0.0.1", port)))
        for _ in range(20):
            unfinished = held.enter_context(
                context.wrap_socket(held.enter_context(socket.create_connection(("127.0.0.1", port))))
            )
            unfinished.sendall(head)
        elsewhere = httpx.HTTPTransport(local_address="127.9.9.9", verify=False)
        with httpx.Client(base_url=site.base_url, transport=elsewhere) as reader:
            for path in ("/livez", "/tesla/", STATUS):
                assert reader.get(path, timeout=2).text == "web", path
    assert {request.method for request, _ in httpserver.log} == {"GET"}, "no body reaches us before it is whole"


@pytest.mark.parametrize(
    ("directive", "value"),
    [
        ("client_header_timeout", "10s"),
        ("client_body_timeout", "10s"),
        ("client_max_body_size", "1m"),
        ("proxy_cache_use_stale", "error timeout updating http_429 http_500 http_502 http_503 http_504"),
    ],
)
def test_the_shipped_file_has_deadlines_for_slow_clients(directive: str, value: str) -> None:
    assert re.findall(rf"^\s*{directive} (.+);", SHIPPED, re.MULTILINE) == [value]
