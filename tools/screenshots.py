"""Takes pictures of every page of a running site: light and dark, on a phone and at a desk.

    python tools/screenshots.py [ADDRESS] [--service tesla] [--into test-results/screenshots] [--only service,map]

ADDRESS is http://localhost:$PORT where none is given. The folder is not kept by git.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tools import chromium  # noqa: E402 -- the project's folder has to be known first

WIDTHS = {"phone": (360, 740), "desk": (1280, 900)}
SCHEMES = ("light", "dark")


def pages(service: str, incident: int, symptom: str) -> dict[str, str]:
    """The pages by name."""
    return {
        "board": "/",
        "service": f"/{service}/",
        "report": f"/{service}/report",
        "subscribe": f"/{service}/subscribe",
        "map": f"/{service}/map",
        "map-country": f"/{service}/map?country=US",
        "dashboards": f"/{service}/dashboards",
        "incident": f"/{service}/incidents/{incident}",
        "history": f"/{service}/history",
        "errors": f"/{service}/errors/",
        "error": f"/{service}/errors/{symptom}",
        "is-it-me": f"/{service}/is-it-me",
        "answer": f"/{service}/is-it-me?symptom={symptom}&country=US",
        "embed": f"/embed/{service}",
        "past": f"/{service}/?at=2026-01-01T00:00Z",
        "method": "/about/method",
        "developers": "/developers",
        "missing": "/nothing-here/",
        "offline": "/offline",
    }


def take(browser: Browser, address: str, wanted: dict[str, str], folder: Path) -> Iterator[Path]:
    """A picture of each page in each width and scheme."""
    for scheme in SCHEMES:
        for width, (across, down) in WIDTHS.items():
            context = browser.new_context(
                viewport={"width": across, "height": down},
                color_scheme="dark" if scheme == "dark" else "light",
                timezone_id="Europe/Amsterdam",
                locale="en-GB",
            )
            page = context.new_page()
            for name, path in wanted.items():
                page.goto(address + path, wait_until="load")
                file = folder / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=file, full_page=True)
                yield file
            context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("address", nargs="?", default=f"http://localhost:{os.environ.get('PORT') or 8000}")
    parser.add_argument("--service", default="tesla")
    parser.add_argument("--incident", type=int, default=1)
    parser.add_argument("--symptom", default="http-503-maintenance")
    parser.add_argument("--into", type=Path, default=PROJECT / "test-results" / "screenshots")
    parser.add_argument("--only", default="", help="names of pages, separated by commas")
    given = parser.parse_args()
    wanted = pages(given.service, given.incident, given.symptom)
    if given.only:
        wanted = {name: wanted[name] for name in given.only.split(",")}
    given.into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for file in take(browser, given.address, wanted, given.into):
            print(file.relative_to(PROJECT) if file.is_relative_to(PROJECT) else file)
        browser.close()


if __name__ == "__main__":
    main()
