"""What the front says by itself: that it is busy, or what is wrong with a request."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from config.front.messages import Request, RequestError, answer
from config.front.proof_of_work import HEADER

RETRY_AFTER_S = (5, 9)  # by chance, so that not all come back at once
DETAIL = "The site cannot answer at the moment. Please try again in some seconds."
WORK_DETAIL = (
    f"The site is very busy, and your network sends far more reports than others. Nothing was stored. Solve "
    f"`challenge`, and send the report again with the solution in the header {HEADER}; or come again later."
)
PLAIN_PAGE = f"<!doctype html><html lang=en><title>Brownout</title><h1>Please try again</h1><p>{DETAIL}</p></html>"
NO_STORE = {"Cache-Control": "no-store"}
DEFAULT = "en"
UNAVAILABLE = "unavailable"  # the folder of the pages in the data folder


def retry_after() -> str:
    """When to come again, in seconds: not the same for all."""
    return str(random.randint(*RETRY_AFTER_S))


def read_pages(folder: Path) -> dict[str, bytes]:
    """The pages that say so in each language, as `config.local.prepare` has made them, by language tag."""
    try:
        return {file.stem: file.read_bytes() for file in sorted(folder.glob("*.html"))}
    except OSError:
        return {}


class Refusals:
    """Answers in the reader's language, or as a problem document for programs."""

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        self._pages = {DEFAULT: PLAIN_PAGE.encode(), **pages}
        self._tags = {tag.lower(): tag for tag in self._pages}

    def busy_bytes(self) -> bytes:
        """To one connection too many, before it has said anything."""
        headers = {**NO_STORE, "Retry-After": retry_after(), "Connection": "close", "Content-Type": "text/plain"}
        return answer(503, HTTPStatus(503).phrase, headers, b"There are too many connections.\n")

    def unavailable(self, request: Request) -> bytes:
        """503 with Retry-After: no worker was free in time, or the web server is starting."""
        headers = {**NO_STORE, "Retry-After": retry_after()}
        is_head = request.method == b"HEAD"
        if request.target.startswith((b"/api/", b"/open311/")):
            return _problem(503, "unavailable", DETAIL, headers, is_head_request=is_head)
        tag = self.language(request)
        headers |= {"Content-Type": "text/html; charset=utf-8", "Content-Language": tag}
        return answer(503, HTTPStatus(503).phrase, headers, self._pages[tag], is_head_request=is_head)

    def work_asked(self, puzzle: Mapping[str, str | int]) -> bytes:
        """429 with a puzzle, to one of a network that sends far more reports than others in a surge."""
        headers = {**NO_STORE, "Retry-After": retry_after()}
        return _problem(429, "proof-of-work", WORK_DETAIL, headers, challenge=puzzle, header=HEADER)

    def refused(self, error: RequestError) -> bytes:
        """The answer to a request that is refused; the connection is closed after it."""
        return _problem(error.status, error.code, error.detail, {**NO_STORE, "Connection": "close"})

    def language(self, request: Request) -> str:
        """The language of the address, else the one chosen before, else the first that the browser asks for."""
        wanted = [request.target.split(b"/", 2)[1] if request.target.startswith(b"/") else b""]
        for part in request.headers.get(b"cookie", b"").split(b";"):
            name, _, value = part.strip().partition(b"=")
            if name == b"language":
                wanted.append(value)
        for part in request.headers.get(b"accept-language", b"").split(b",")[:20]:
            wanted.append(part.partition(b";")[0].strip())
        for tag in wanted:
            said = tag.decode("ascii", "replace").lower()
            for known in (said, said.partition("-")[0]):
                if known in self._tags:
                    return self._tags[known]
        return DEFAULT


def _problem(
    status: int, code: str, detail: str, headers: dict[str, str], *, is_head_request: bool = False, **more: object
) -> bytes:
    phrase = HTTPStatus(status).phrase
    document = {"type": f"/api/problems/{code}", "title": phrase, "status": status, "detail": detail, **more}
    headers = {**headers, "Content-Type": "application/problem+json", "Access-Control-Allow-Origin": "*"}
    return answer(status, phrase, headers, json.dumps(document).encode(), is_head_request=is_head_request)
