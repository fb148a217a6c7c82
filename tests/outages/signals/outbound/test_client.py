"""The one client for outside calls, against servers that misbehave."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass, field
from typing import Any

import pytest

from outages.signals.outbound.addresses import Address
from outages.signals.outbound.client import Client, Limits
from outages.signals.outbound.errors import (
    AddressRefusedError,
    ConnectError,
    DnsError,
    OutboundOffError,
    OutboundTimeoutError,
    ProtocolError,
    TlsError,
    TooLargeError,
    TooManyRedirectsError,
)
from outages.signals.outbound.policy import Mode, Policy
from tests.servers import misbehaving as bad


@dataclass
class Names:
    """A resolver that gives each name its answers in turn, the last one for ever."""

    answers: dict[str, list[str]]
    asked: list[str] = field(default_factory=list)

    async def resolve(self, host: str) -> list[Address]:
        self.asked.append(host)
        if host not in self.answers:
            raise DnsError(f"{host}: no such name")
        answers = self.answers[host]
        return [ipaddress.ip_address(answers.pop(0) if len(answers) > 1 else answers[0])]


class OnlyHome(Policy):
    """OUTBOUND=on for a world in which 127.0.0.1 is the public Internet."""

    def _refusal(self, address: Address) -> str | None:
        return None if str(address) == "127.0.0.1" else super()._refusal(address)


def local(**options: Any) -> Client:
    return Client(Policy(Mode.LOOPBACK), user_agent="Brownout/test (+http://localhost/about)", **options)


SHORT = Limits(total_s=1.0, body_bytes=100_000)


def test_a_page_arrives_with_its_timings() -> None:
    with bad.serve(bad.answers(200, b"fine", Content_Type="text/plain")) as server:
        response = local().fetch(server.url(), limits=SHORT)
    assert (response.status, response.body, response.truncated) == (200, b"fine", False)
    assert response.address == "127.0.0.1"
    timings = response.timings
    assert None not in (timings.dns_ms, timings.connect_ms, timings.first_byte_ms, timings.total_ms)
    assert timings.tls_ms is None


def test_we_say_who_we_are_and_ask_for_nothing_that_we_cannot_unpack() -> None:
    with bad.serve(bad.answers(200)) as server:
        local().fetch(server.url(), limits=SHORT)
    head = server.requests[0].lower()
    assert "user-agent: brownout/test (+http://localhost/about)" in head
    assert "accept-encoding: gzip, deflate, br, zstd\r\n" in head + "\r\n"


def test_off_asks_no_name_server_and_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*arguments: object, **options: object) -> None:
        raise AssertionError("a socket was opened")

    names = Names({"localhost": ["127.0.0.1"]})
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)

    async def attempt() -> None:
        monkeypatch.setattr(socket.socket, "connect", forbidden)
        with pytest.raises(OutboundOffError):
            await Client(Policy(Mode.OFF), user_agent="x", resolver=names).afetch("http://localhost/")

    asyncio.run(attempt())
    assert names.asked == []


@pytest.mark.parametrize("handler", [bad.drips, bad.drips_headers, bad.silent])
def test_a_slow_answer_ends_at_the_deadline(handler: bad.Handler) -> None:
    with bad.serve(handler) as server, pytest.raises(OutboundTimeoutError):
        local().fetch(server.url(), limits=Limits(total_s=0.4))


def test_half_a_handshake_ends_at_the_deadline() -> None:
    with bad.serve(bad.half_tls) as server, pytest.raises(OutboundTimeoutError):
        local(tls=bad.client_context()).fetch(server.url(scheme="https"), limits=Limits(total_s=0.4))


def test_a_reset_is_a_failed_connection() -> None:
    with bad.serve(bad.resets) as server, pytest.raises(ConnectError):
        local().fetch(server.url(), limits=SHORT)


def test_a_closed_port_is_a_failed_connection() -> None:
    with bad.serve(bad.silent) as server:
        url = server.url()
    with pytest.raises(ConnectError, match="refused"):
        local().fetch(url, limits=SHORT)


@pytest.mark.parametrize("handler", [bad.not_http, bad.cut_off])
def test_something_other_than_http_is_a_failed_protocol(handler: bad.Handler) -> None:
    with bad.serve(handler) as server, pytest.raises(ProtocolError):
        local().fetch(server.url(), limits=SHORT)


def test_https_is_trusted_by_name_although_the_address_is_pinned() -> None:
    with bad.serve(bad.answers(200, b"ok"), tls=bad.server_context("app.localhost")) as server:
        client = local(tls=bad.client_context())
        response = client.fetch(server.url(scheme="https", host="app.localhost"), limits=SHORT)
        assert response.body == b"ok"
        assert response.timings.tls_ms is not None
        assert response.certificate_expires_at is not None
        with pytest.raises(TlsError, match="mismatch"):
            client.fetch(server.url(scheme="https", host="other.localhost"), limits=SHORT)


def test_an_unknown_authority_is_a_failed_handshake() -> None:
    with (
        bad.serve(bad.answers(200), tls=bad.server_context("localhost")) as server,
        pytest.raises(TlsError, match="unable to get local issuer"),
    ):
        local().fetch(server.url(scheme="https", host="localhost"), limits=SHORT)


def test_plain_http_on_a_tls_port_is_a_failed_handshake() -> None:
    with bad.serve(bad.not_tls) as server, pytest.raises(TlsError):
        local(tls=bad.client_context()).fetch(server.url(scheme="https"), limits=SHORT)


def test_a_body_that_is_too_large_is_refused_or_cut() -> None:
    with bad.serve(bad.big(10)) as server:
        with pytest.raises(TooLargeError):
            local().fetch(server.url(), limits=Limits(total_s=5, body_bytes=1_000_000))
        response = local().fetch(server.url(), limits=Limits(total_s=5, body_bytes=1_000_000, truncate=True))
    assert response.truncated
    assert len(response.body) == 1_000_000


@pytest.mark.slow
def test_a_gzip_bomb_is_never_unpacked_whole() -> None:
    with bad.serve(bad.gzip_bomb(200)) as server:
        with pytest.raises(TooLargeError):
            local().fetch(server.url(), limits=Limits(total_s=5, body_bytes=1_000_000))
        response = local().fetch(server.url(), limits=Limits(total_s=5, body_bytes=1_000_000, truncate=True))
    assert len(response.body) == 1_000_000


def test_a_packing_that_nobody_asked_for_is_a_failed_protocol() -> None:
    with bad.serve(bad.answers(200, b"??", Content_Encoding="br")) as server, pytest.raises(ProtocolError):
        local().fetch(server.url(), limits=SHORT)


def test_broken_gzip_is_a_failed_protocol() -> None:
    with (
        bad.serve(bad.answers(200, b"\x1f\x8b broken", Content_Encoding="gzip")) as server,
        pytest.raises(ProtocolError),
    ):
        local().fetch(server.url(), limits=SHORT)


def test_a_redirect_loop_ends() -> None:
    with bad.serve(bad.redirects_to("/")) as server:
        with pytest.raises(TooManyRedirectsError) as caught:
            local().fetch(server.url(), limits=SHORT)
        assert caught.value.status == 302
        assert len(server.requests) == 6


def test_a_redirect_is_followed_and_remembered() -> None:
    with bad.serve(bad.answers(200, b"there")) as goal, bad.serve(bad.redirects_to(goal.url("/x"))) as server:
        response = local().fetch(server.url(), limits=SHORT)
    assert response.body == b"there"
    assert response.redirects == (server.url(),)


def test_secrets_do_not_follow_a_redirect_to_another_origin() -> None:
    with bad.serve(bad.answers(200)) as goal, bad.serve(bad.redirects_to(goal.url())) as server:
        local().fetch(server.url(), limits=SHORT, headers={"Authorization": "Bearer secret", "Cookie": "a=b"})
    assert "secret" in server.requests[0]
    assert "secret" not in goal.requests[0]
    assert "a=b" not in goal.requests[0]


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://10.0.0.1/", "http://127.0.0.2/"],
)
def test_a_redirect_to_a_special_address_is_not_followed(location: str) -> None:
    names = Names({"outside.example": ["127.0.0.1"], **{h: [h] for h in ("169.254.169.254", "10.0.0.1", "127.0.0.2")}})
    names.answers["fd00:ec2::254"] = ["fd00:ec2::254"]
    with bad.serve(bad.redirects_to(location)) as server:
        client = Client(OnlyHome(Mode.ON), user_agent="x", resolver=names)
        with pytest.raises(AddressRefusedError) as caught:
            client.fetch(f"http://outside.example:{server.port}/", limits=SHORT, ports=(server.port,))
    assert caught.value.status == 302


def test_a_redirect_may_not_lead_to_another_port() -> None:
    names = Names({"outside.example": ["127.0.0.1"]})
    with bad.serve(bad.redirects_to("http://outside.example:22/")) as server:
        client = Client(OnlyHome(Mode.ON), user_agent="x", resolver=names)
        with pytest.raises(AddressRefusedError, match="port 22"):
            client.fetch(f"http://outside.example:{server.port}/", limits=SHORT, ports=(server.port,))


def test_a_name_that_changes_between_lookups_cannot_lead_us_inside() -> None:
    names = Names({"rebinding.example": ["127.0.0.1", "169.254.169.254"]})
    with bad.serve(bad.answers(200, b"first")) as server:
        client = Client(OnlyHome(Mode.ON), user_agent="x", resolver=names)
        url = f"http://rebinding.example:{server.port}/"
        assert client.fetch(url, limits=SHORT, ports=(server.port,)).body == b"first"
        assert names.asked == ["rebinding.example"]
        with pytest.raises(AddressRefusedError):
            client.fetch(url, limits=SHORT, ports=(server.port,))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "url",
    ["ftp://localhost/", "file:///etc/passwd", "http://user:secret@localhost/", "http://", "nonsense", "http://[::1"],
)
def test_an_address_that_we_never_call_is_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        local().fetch(url, limits=SHORT)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1"])
def test_an_address_in_disguise_is_refused_when_on(host: str) -> None:
    client = Client(Policy(Mode.ON), user_agent="x", resolver=Names({host: ["127.0.0.1"]}))
    with pytest.raises(AddressRefusedError, match="never call"):
        client.fetch(f"http://{host}/", limits=SHORT)


def test_a_host_with_only_ipv6_is_reached() -> None:
    with bad.serve(bad.answers(200, b"six"), host="::1") as server:
        response = local().fetch(f"http://localhost:{server.port}/", limits=SHORT)
    assert (response.body, response.address) == (b"six", "::1")


def test_the_wanted_family_is_kept_to() -> None:
    with bad.serve(bad.answers(200), host="::1") as server, pytest.raises(ConnectError):
        local().fetch(f"http://localhost:{server.port}/", limits=SHORT, family="4")


def test_a_posted_body_arrives_whole() -> None:
    received: list[bytes] = []

    def handler(connection: socket.socket) -> None:
        data = b""
        while not data.endswith(b"end"):
            data += connection.recv(65_536)
        received.append(data)
        connection.sendall(bad.response(204))

    with bad.serve(handler) as server:
        response = local().fetch(server.url(), method="POST", content=b"from here to the end", limits=SHORT)
    assert response.status == 204
    assert received[0].lower().count(b"content-length: 20\r\n") == 1


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "no-such-charset"])
def test_text_never_fails(charset: str) -> None:
    body = "Größe".encode("latin-1")
    with bad.serve(bad.answers(200, body, Content_Type=f"text/html; charset={charset}")) as server:
        text = local().fetch(server.url(), limits=SHORT).text
    assert text.startswith("Gr")
    assert (text == "Größe") == (charset == "latin-1")


def test_a_connection_can_be_tried_without_http() -> None:
    with bad.serve(bad.silent, tls=bad.server_context("localhost")) as server:
        client = local(tls=bad.client_context())
        connected = asyncio.run(client.aconnect("localhost", server.port, tls=True, total_s=1))
        assert connected.certificate_expires_at is not None
        plain = asyncio.run(client.aconnect("localhost", server.port, tls=False, total_s=1))
        assert plain.certificate_expires_at is None
