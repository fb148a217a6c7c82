"""A real browser on the real pages, with only this machine to talk to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, expect, sync_playwright

from tools import chromium

# Playwright keeps an event loop in this thread; Django takes that for asynchronous code and would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PATIENCE_MS = 15_000  # on a machine with much else to do; nothing is measured by it
expect.set_options(timeout=PATIENCE_MS)

WATCH_CSP = (
    "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
)


@dataclass
class Trouble:
    """What went wrong in a page while it was open."""

    failed: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        page.on("request", self._asked)
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page was left while it loaded
            self.failed.append(f"{request.failure} {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.status} {response.url}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in ("localhost", "127.0.0.1"):
            self.outside.append(request.url)

    @property
    def all(self) -> list[str]:
        return [*self.failed, *self.outside, *self.errors]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with each file: while Playwright runs, `asyncio.run` refuses to start in this process."""
    with sync_playwright() as playwright:
        try:
            running = chromium.launch(playwright)
        except chromium.NoBrowserError as error:
            pytest.skip(str(error))
        yield running
        running.close()


@pytest.fixture
def site(live_server: Any) -> Iterator[str]:
    """The address of the running site. What a process keeps for some seconds is dropped before and after.

    Reports lie in a partitioned table of our own making, which Django's flush after the test passes over.
    """
    from django.core.cache import cache

    from config.process_cache import CACHE
    from reports.models import Report

    CACHE.clear()
    cache.clear()
    yield live_server.url
    CACHE.clear()
    Report.objects.all().delete()


Opener = Callable[..., tuple[Page, Trouble]]
USUAL = {"timezone_id": "Europe/Amsterdam", "locale": "en-GB", "service_workers": "block"}


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Opener]:
    """Opens pages as different visitors: visit(path, java_script_enabled=False, …) gives the page and its trouble.

    Only `service_workers="allow"` gives a visitor our service worker; else it would fetch by the way in every test.
    """
    contexts: list[BrowserContext] = []

    def opened(path: str, **options: Any) -> tuple[Page, Trouble]:
        context = browser.new_context(**{**USUAL, **options})
        contexts.append(context)
        if options.get("java_script_enabled", True):
            context.add_init_script(WATCH_CSP)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        trouble = Trouble()
        trouble.watch(page)
        page.goto(site + path, wait_until="load")
        return page, trouble

    yield opened
    for context in contexts:
        context.close()
