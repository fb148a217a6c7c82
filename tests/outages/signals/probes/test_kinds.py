"""Each kind of probe against servers that misbehave: what came of it, and what it says of the target."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outages.signals.outbound.addresses import Address
from outages.signals.outbound.client import Client
from outages.signals.outbound.errors import DnsError
from outages.signals.outbound.policy import Mode, Policy
from outages.signals.probes.kinds.http import fingerprint, hint
from outages.signals.probes.outcome import Outcome, classify
from outages.signals.probes.runner import run_one
from reports.catalog.schema import Probe
from tests.servers import misbehaving as bad


def client(tls: ssl.SSLContext | None = None, mode: Mode = Mode.LOOPBACK, resolver: Any = None) -> Client:
    return Client(Policy(mode), user_agent="Brownout/test", tls=tls or bad.client_context(), resolver=resolver)


def http(url: str, **options: Any) -> Probe:
    return Probe(slug="p", kind="http", component="app", url=url, timeout_s=options.pop("timeout_s", 1.0), **options)


def outcome_of(probe: Probe, **options: Any) -> tuple[Outcome, str]:
    outcome = asyncio.run(run_one(probe, client(**options)))
    return outcome, classify(outcome, probe)


PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>500</h1><p>Server error at 12:31</p></body></html>"


@pytest.mark.parametrize(
    ("handler", "classification", "status", "error"),
    [
        (bad.answers(200, b"ok"), "up", 200, ""),
        (bad.answers(401), "up", 401, ""),
        (bad.answers(404), "up", 404, ""),
        (bad.answers(403), "blocked", 403, ""),
        (bad.answers(429, Retry_After="60"), "blocked", 429, ""),
        (bad.answers(503, Retry_After="120"), "down", 503, ""),
        (bad.answers(502, PAGE, Content_Type="text/html"), "down", 502, ""),
        (bad.answers(503, b"<title>Access denied</title>", Content_Type="text/html"), "blocked", 503, ""),
        (bad.drips, "down", None, "timeout"),
        (bad.drips_headers, "down", None, "timeout"),
        (bad.silent, "down", None, "timeout"),
        (bad.resets, "down", None, "connect"),
        (bad.not_http, "down", None, "connect"),
        (bad.cut_off, "degraded", 200, ""),
        (bad.redirects_to("/"), "degraded", 302, ""),
        (bad.redirects_to("http://169.254.169.254/"), "degraded", 302, ""),
        (bad.big(10), "up", 200, ""),
        (bad.gzip_bomb(100), "up", 200, ""),
    ],
)
def test_what_a_server_does_is_classified(
    handler: bad.Handler, classification: str, status: int | None, error: str
) -> None:
    with bad.serve(handler) as server:
        outcome, judged = outcome_of(http(server.url()))
    assert (judged, outcome.http_status, outcome.error) == (classification, status, error)


def test_a_catalogue_may_expect_a_refusal() -> None:
    with bad.serve(bad.answers(403)) as server:
        assert outcome_of(http(server.url(), reachable=[403]))[1] == "up"


def test_a_status_that_the_catalogue_expects_is_up_even_if_it_is_a_redirect() -> None:
    with bad.serve(bad.redirects_to("http://10.0.0.1/")) as server:
        outcome, judged = outcome_of(http(server.url(), expect=[302]))
    assert (judged, outcome.http_status) == ("up", 302)


def test_a_page_that_does_not_say_what_it_should_is_degraded() -> None:
    with bad.serve(bad.answers(200, b"something else")) as server:
        outcome, judged = outcome_of(http(server.url(), body_contains="Sign in"))
    assert judged == "degraded"
    assert "Sign in" in outcome.detail


def test_a_slow_answer_is_degraded() -> None:
    with bad.serve(bad.answers(200)) as server:
        probe = http(server.url(), slow_ms=1)
        assert classify(Outcome(http_status=200, total_ms=2.0), probe) == "degraded"
        assert classify(Outcome(http_status=200, total_ms=0.5), probe) == "up"


def test_an_error_page_leaves_a_hint_of_what_it_says() -> None:
    with bad.serve(bad.answers(502, PAGE, Content_Type="text/html")) as server:
        outcome, _ = outcome_of(http(server.url()))
    assert outcome.hint == "502 Bad Gateway · 500 · Server error at 12:31"


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        (
            '{"response":null,"error":"upstream","error_description":"no healthy upstream"}',
            "application/json",
            "upstream: no healthy upstream",
        ),
        ("[1]", "application/json", "[1]"),
        ("not json", "application/json", "not json"),
        ("  Server \n Maintenance ", "text/plain", "Server Maintenance"),
        ("<p>x</p>" * 1000, "text/html", "x"),
        ("", "text/html", ""),
    ],
)  # fmt: skip
def test_a_hint_is_one_short_line(text: str, kind: str, said: str) -> None:
    assert hint(text, kind) == said


def test_error_pages_that_differ_only_in_numbers_have_one_fingerprint() -> None:
    assert fingerprint("Error 503 at 12:30, ray 8f3e2a1b9c") == fingerprint("Error  503 at 14:59, ray 77aa00bb11")
    assert fingerprint("Error 503") != fingerprint("Maintenance 503")


def test_a_wrong_certificate_is_a_tls_failure() -> None:
    with bad.serve(bad.answers(200), tls=bad.server_context("other.localhost")) as server:
        url = server.url(scheme="https", host="app.localhost")
        outcome, judged = outcome_of(http(url))
    assert (judged, outcome.error) == ("down", "tls")
    assert "mismatch" in outcome.detail


def test_half_a_handshake_is_a_timeout() -> None:
    with bad.serve(bad.half_tls) as server:
        outcome, judged = outcome_of(http(server.url(scheme="https"), timeout_s=0.4))
    assert (judged, outcome.error) == ("down", "timeout")


def test_off_says_nothing_of_the_target() -> None:
    outcome, _ = outcome_of(http("http://localhost:9/"), mode=Mode.OFF)
    assert "OUTBOUND=off" in outcome.unasked
    assert outcome.error == ""


def test_an_address_that_we_never_call_says_nothing_of_the_target() -> None:
    outcome, _ = outcome_of(http("http://10.0.0.1/"))
    assert outcome.unasked


def test_a_tcp_probe_needs_no_more_than_an_open_port() -> None:
    with bad.serve(bad.silent) as server:
        probe = Probe(slug="p", kind="tcp", host="localhost", port=server.port, timeout_s=1)
        outcome, judged = outcome_of(probe)
        assert (judged, outcome.error) == ("up", "")
        assert outcome.connect_ms is not None
    outcome, judged = outcome_of(probe)
    assert (judged, outcome.error) == ("down", "connect")


def tls_probe(port: int) -> Probe:
    return Probe(slug="p", kind="tls", host="localhost", port=port, timeout_s=1)


def test_a_tls_probe_checks_the_name_and_the_authority() -> None:
    with bad.serve(bad.silent, tls=bad.server_context("localhost")) as server:
        outcome, judged = outcome_of(tls_probe(server.port))
        assert (judged, outcome.problem) == ("up", "")
        assert outcome.certificate_expires_at is not None
        untrusting = ssl.create_default_context()
        outcome, judged = outcome_of(tls_probe(server.port), tls=untrusting)
        assert (judged, outcome.error) == ("down", "tls")


def test_a_certificate_that_ends_soon_is_degraded_and_one_that_has_ended_is_down() -> None:
    for left, expected in ((timedelta(days=2), "degraded"), (timedelta(days=-1), "down")):
        context = bad.server_context("localhost", not_after=datetime.now(UTC) + left)
        with bad.serve(bad.silent, tls=context) as server:
            outcome, judged = outcome_of(tls_probe(server.port))
        assert judged == expected, outcome


class Answers:
    """A resolver that gives what it is told, or fails, or never answers."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    async def resolve(self, host: str) -> list[Address]:
        if self.answer == "never":
            await asyncio.sleep(3600)
        if self.answer == "fails":
            raise DnsError(f"{host}: no such name")
        return [ipaddress.ip_address(self.answer)]


@pytest.mark.parametrize(
    ("answer", "classification", "error"),
    [("127.0.0.1", "up", ""), ("fails", "down", "dns"), ("never", "down", "timeout")],
)
def test_a_dns_probe_says_whether_the_name_is_found(answer: str, classification: str, error: str) -> None:
    probe = Probe(slug="p", kind="dns", host="localhost", timeout_s=0.3)
    outcome, judged = outcome_of(probe, resolver=Answers(answer))
    assert (judged, outcome.error) == (classification, error)


def test_a_stuck_name_server_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import outages.signals.outbound.resolver as module

    def stuck(host: str) -> list[Address]:
        time.sleep(5)
        return []

    monkeypatch.setattr(module, "_look_up", stuck)
    monkeypatch.setattr(module, "is_local_name", lambda host: False)
    start = time.monotonic()
    outcome, judged = outcome_of(http("http://stuck.localhost/", timeout_s=0.3))
    assert (judged, outcome.error) == ("down", "timeout")
    assert time.monotonic() - start < 4


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read as Linux tells it")
def test_hostile_answers_cost_little_memory() -> None:
    """In a process of its own, so that nothing but the probes counts."""
    with bad.serve(bad.gzip_bomb(400)) as bomb, bad.serve(bad.big(50)) as big:
        program = (
            "import asyncio, pathlib, sys\n"
            "from outages.signals.outbound.client import Client\n"
            "from outages.signals.outbound.policy import Mode, Policy\n"
            "from outages.signals.probes.runner import run_one\n"
            "from reports.catalog.schema import Probe\n"
            "client = Client(Policy(Mode.LOOPBACK), user_agent='test')\n"
            "for url in sys.argv[1:] * 3:\n"
            "    outcome = asyncio.run(run_one(Probe(slug='p', kind='http', url=url), client))\n"
            "    assert outcome.http_status == 200, outcome\n"
            "status = pathlib.Path('/proc/self/status').read_text()\n"
            "print(status.partition('VmHWM:')[2].split()[0])\n"
        )
        ran = subprocess.run(
            [sys.executable, "-c", program, bomb.url(), big.url()], capture_output=True, text=True, check=True
        )
    assert int(ran.stdout) < 200_000  # kB
