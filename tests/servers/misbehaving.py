"""Local servers that speak TCP, TLS and HTTP badly, each in its own way."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import trustme

Handler = Callable[[socket.socket], None]


@dataclass
class Server:
    """A running server. `requests` holds the first line and headers of each request that `answer` has read."""

    port: int
    host: str = "127.0.0.1"
    requests: list[str] = field(default_factory=list)

    def url(self, path: str = "/", *, scheme: str = "http", host: str | None = None) -> str:
        return f"{scheme}://{host or self.host}:{self.port}{path}"


@lru_cache(maxsize=1)
def authority() -> trustme.CA:
    """A certificate authority for the tests."""
    return trustme.CA()


def client_context() -> ssl.SSLContext:
    """Trusts the tests' authority and nobody else."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


def server_context(*names: str, alpn: tuple[str, ...] = ("http/1.1",), **options: object) -> ssl.SSLContext:
    """A server's certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(*names, **options).configure_cert(context)  # type: ignore[arg-type]
    context.set_alpn_protocols(list(alpn))
    return context


@contextlib.contextmanager
def serve(handler: Handler, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Gives each connection to the handler, in a thread; closes it when the handler returns."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, 0), family=family, backlog=128)
    server = Server(listener.getsockname()[1], host)
    handler_server.value = server
    stopping = threading.Event()
    open_sockets: set[socket.socket] = set()

    def one(connection: socket.socket) -> None:
        handler_server.value = server
        open_sockets.add(connection)
        try:
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
                open_sockets.add(connection)
            handler(connection)
        except OSError:
            pass  # the client went away, as it should
        finally:
            connection.close()

    def accept() -> None:
        while not stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stopping.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for opened in open_sockets:
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
        thread.join(5)


handler_server = threading.local()


def read_request(connection: socket.socket) -> str:
    """Reads up to the end of the headers and remembers them."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65_536)
        if not part:
            raise ConnectionError("no request")
        data += part
    head = data.split(b"\r\n\r\n")[0].decode("latin-1")
    handler_server.value.requests.append(head)
    return head


def response(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP/1.1 answer; names of headers with `_` for `-`."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def answers(status: int, body: bytes = b"", **headers: str) -> Handler:
    """Answers every request alike."""

    def handler(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(response(status, body, **headers))

    return handler


def drips(connection: socket.socket) -> None:
    """Sends a byte of the body every 50 ms, without end."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b".")
        time.sleep(0.05)


def drips_headers(connection: socket.socket) -> None:
    """Sends headers without end, slowly."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: 1\r\n")
        time.sleep(0.05)


def silent(connection: socket.socket) -> None:
    """Takes the connection and says nothing."""
    with contextlib.suppress(OSError):
        while connection.recv(65_536):
            pass


def resets(connection: socket.socket) -> None:
    """Reads the request and resets the connection."""
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def half_tls(connection: socket.socket) -> None:
    """Takes the greeting of a TLS handshake, answers half a record, and then nothing."""
    connection.recv(65_536)
    connection.sendall(b"\x16\x03\x03\x00\x7a\x02")
    silent(connection)


def not_tls(connection: socket.socket) -> None:
    """Answers a TLS greeting in plain HTTP."""
    connection.recv(65_536)
    connection.sendall(response(400, b"plain HTTP"))


def not_http(connection: socket.socket) -> None:
    """Speaks something else."""
    connection.recv(65_536)
    connection.sendall(b"220 mail.example ESMTP ready\r\n")


def cut_off(connection: socket.socket) -> None:
    """Promises more than it sends."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")


def big(megabytes: int) -> Handler:
    """A body of that size."""
    return answers(200, b"x" * (megabytes * 1_000_000), Content_Type="text/plain")


def gzip_bomb(megabytes: int) -> Handler:
    """A small body that unpacks to that size."""
    packed = gzip.compress(b"\0" * (megabytes * 1_000_000))
    return answers(200, packed, Content_Encoding="gzip")


def redirects_to(location: str, status: int = 302) -> Handler:
    """Points elsewhere."""
    return answers(status, Location=location)
