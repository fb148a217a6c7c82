"""Starts the system's Chromium for Playwright, so that it asks nothing of the outside by itself."""

from __future__ import annotations

from playwright.sync_api import Browser, Playwright

from tools import browser

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class NoBrowserError(RuntimeError):
    """There is no Chromium on this machine. The message says how to get one."""


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium. Raises NoBrowser."""
    path = browser.find()
    if path is None:
        raise NoBrowserError(browser.HOW_TO_GET_ONE)
    return playwright.chromium.launch(executable_path=str(path), args=list(FLAGS))
