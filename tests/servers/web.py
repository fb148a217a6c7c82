"""A small web server whose pages the tests write, and which remembers what it was asked."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: dict[str, str]
    headers: Message


@dataclass(frozen=True)
class Answer:
    """What is answered."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Page = Callable[[Request], Answer] | Answer


@dataclass
class Web:
    """Pages by path; `asked` holds every request in order."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def times(self, path: str) -> int:
        return sum(1 for request in self.asked if request.path == path)


def conditional(body: bytes, content_type: str = "application/xml") -> Page:
    """A page with an ETag, which answers 304 to those who know it."""
    etag = f'"{sha256(body).hexdigest()[:12]}"'

    def page(request: Request) -> Answer:
        if request.headers.get("If-None-Match") == etag:
            return Answer(304, headers={"ETag": etag})
        return Answer(200, body, {"ETag": etag, "Content-Type": content_type})

    return page


@contextlib.contextmanager
def web() -> Iterator[Web]:
    """Runs a server on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(split.query).items()}
            request = Request(self.command, split.path, query, self.headers)
            site.asked.append(request)
            page = site.pages.get(split.path, Answer(404))
            answer = page(request) if callable(page) else page
            self.send_response(answer.status)
            headers = {"Content-Length": str(len(answer.body)), "Connection": "close"} | answer.headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Web(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
