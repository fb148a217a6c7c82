"""Draws the icons of the installed app from static/img/mark.svg. Run it after the mark has changed; commit the result.

python tools/icons.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tools import chromium  # noqa: E402 -- the project's folder has to be known first

IMAGES = PROJECT / "static" / "img"
SAFE_SHARE = 0.8  # a mask may cut off all that is outside a circle of this share (W3C manifest, "maskable")
# Name: pixels, share of the side that the mark takes, on a ground that fills the whole square, lines alone.
ICONS = {
    "icon-192.png": (192, 1.0, False, False),
    "icon-512.png": (512, 1.0, False, False),
    "icon-maskable-512.png": (512, SAFE_SHARE, True, False),
    "icon-touch-180.png": (180, 0.9, True, False),
    "badge-96.png": (96, 1.0, False, True),
}


def drawing(mark: str, share: float, *, filled: bool, lines: bool) -> str:
    """The mark as an SVG of its own: shrunk to a share of the side, its ground filling all, or only its lines."""
    ground = re.search(r'<rect[^>]*fill="(?P<colour>#[0-9a-f]+)"[^>]*/>', mark)
    line = re.search(r"<path[^>]*/>", mark)
    if ground is None or line is None:
        raise SystemExit("static/img/mark.svg has another shape than a ground with a line on it.")
    under = f'<rect width="32" height="32" fill="{ground["colour"]}"/>' if filled else "" if lines else ground[0]
    edge = 16 * (1 - share)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="100%" height="100%">'
        f'{under}<g transform="translate({edge} {edge}) scale({share})">{line[0]}</g></svg>'
    )


def draw(browser: Browser) -> None:
    mark = (IMAGES / "mark.svg").read_text(encoding="utf-8")
    for name, (pixels, share, filled, lines) in ICONS.items():
        page = browser.new_page(viewport={"width": pixels, "height": pixels})
        page.set_content(
            f"<style>*{{margin:0}}svg{{display:block}}</style>{drawing(mark, share, filled=filled, lines=lines)}"
        )
        page.screenshot(path=IMAGES / name, omit_background=True)
        page.close()
        print(name)


def main() -> None:
    with sync_playwright() as playwright:
        try:
            browser = chromium.launch(playwright)
        except chromium.NoBrowserError as error:
            raise SystemExit(str(error)) from error
        draw(browser)
        browser.close()


if __name__ == "__main__":
    main()
