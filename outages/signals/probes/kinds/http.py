"""HTTP and HTTPS: status, body and the time of each step."""

from __future__ import annotations

import hashlib
import re
import time
from datetime import UTC, datetime

import httpx
import msgspec
from selectolax.lexbor import LexborHTMLParser

from outages.signals.outbound.client import Client, Limits, Response
from outages.signals.outbound.connection import ms_since
from outages.signals.outbound.errors import OutboundError
from outages.signals.outbound.retry_after import retry_after_s
from outages.signals.probes.kinds.errors import outcome_of
from outages.signals.probes.outcome import MOST_DETAIL, MOST_HINT, Outcome
from reports.catalog.schema import Probe

BODY_BYTES = 262_144  # the part of a page that is read and searched
_NUMBERS = re.compile(r"[0-9a-f]{8,}|\d+", re.IGNORECASE)


class HttpProbe:
    """Asks for a page. An answer larger than BODY_BYTES is read no further and is no fault."""

    async def run(self, probe: Probe, client: Client) -> Outcome:
        start = time.perf_counter()
        limits = Limits(total_s=probe.patience_s, body_bytes=BODY_BYTES, redirects=_redirects(probe), truncate=True)
        try:
            response = await client.afetch(
                probe.url,
                method=probe.method,
                headers=probe.headers,
                content=b"" if probe.method == "POST" else None,
                limits=limits,
                ports=named_ports(probe),
                family=probe.family,
            )
        except OutboundError as error:
            return outcome_of(error, ms_since(start))
        return _outcome(probe, response)


def _redirects(probe: Probe) -> int:
    """Redirects are followed, unless a redirect is what the catalogue expects."""
    return 0 if any(300 <= status < 400 for status in probe.expect) else 5


def named_ports(probe: Probe) -> tuple[int, ...]:
    """The port that the catalogue names for this probe, if any."""
    port = probe.port
    if probe.url and port is None:
        try:
            port = httpx.URL(probe.url).port
        except httpx.InvalidURL:
            port = None
    return (port,) if port else ()


def _outcome(probe: Probe, response: Response) -> Outcome:
    text = response.text if response.body else ""
    problem = "body" if probe.body_contains and probe.body_contains not in text and response.status < 400 else ""
    detail = f"the page does not say {probe.body_contains[:80]!r}" if problem else ""
    if response.flaw:
        problem, detail = "answer", response.flaw[:MOST_DETAIL]
    is_error = response.status >= 400 or bool(problem)
    timings = response.timings
    return Outcome(
        http_status=response.status,
        problem=problem,
        detail=detail,
        hint=hint(text, response.headers.get("content-type", "")) if is_error else "",
        fingerprint=fingerprint(text) if is_error and text else "",
        http_version=response.http_version,
        address=response.address,
        retry_after_s=retry_after_s(response.headers.get("retry-after"), datetime.now(UTC)),
        certificate_expires_at=response.certificate_expires_at,
        dns_ms=timings.dns_ms,
        connect_ms=timings.connect_ms,
        tls_ms=timings.tls_ms,
        first_byte_ms=timings.first_byte_ms,
        total_ms=timings.total_ms,
    )


def hint(text: str, content_type: str) -> str:
    """One line of what an error page says: its title and heading, an error field of JSON, or its first words."""
    if "json" in content_type:
        try:
            document = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            document = None
        if isinstance(document, dict):
            said = [document.get(key) for key in ("error", "error_description", "message", "title", "detail")]
            line = ": ".join(word for word in said if isinstance(word, str) and word)
            if line:
                return " ".join(line.split())[:MOST_HINT]
    if "html" in content_type or text.lstrip()[:1] == "<":
        page = LexborHTMLParser(text[:20_000])
        nodes = [page.css_first("title"), page.css_first("h1"), page.css_first("p")]
        said = [" ".join(node.text().split()) for node in nodes if node is not None]
        line = " · ".join(dict.fromkeys(word for word in said if word))
        if line:
            return line[:MOST_HINT]
    return " ".join(text[:2_000].split())[:MOST_HINT]


def fingerprint(text: str) -> str:
    """Sixteen hexadecimal digits, the same for pages that differ only in numbers, ids and white space."""
    bare = " ".join(_NUMBERS.sub("0", text).split())
    return hashlib.sha256(bare.encode()).hexdigest()[:16]
