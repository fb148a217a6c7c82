"""Badges: our own SVG, and the JSON of Shields' endpoint. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from outages.verdict import Verdict

SVG = "image/svg+xml; charset=utf-8"
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # the image's own style, should somebody open it by itself
HEIGHT = 20
PADDING = 6
SHIELDS_CACHE_S = 60


@dataclass(frozen=True, slots=True)
class Paint:
    """Background and text on a light and on a dark page."""

    light: str
    light_text: str
    dark: str
    dark_text: str


LABEL = Paint("#44403c", "#ffffff", "#d6d1c9", "#1c1917")
GOOD = Paint("#1a6d37", "#ffffff", "#5fc987", "#08160d")
DOUBTFUL = Paint("#7a5200", "#ffffff", "#f0b840", "#1d1300")
BAD = Paint("#a8241c", "#ffffff", "#ff8f85", "#2a0704")
BLUE = Paint("#1c5799", "#ffffff", "#86b8f0", "#071627")
GREY = Paint("#57534e", "#ffffff", "#b5afa7", "#151312")

PAINTS = {
    Verdict.OK: GOOD,
    Verdict.POSSIBLE: DOUBTFUL,
    Verdict.CONFIRMED: BAD,
    Verdict.RECOVERING: BLUE,
    Verdict.MAINTENANCE: BLUE,
    Verdict.UNKNOWN: GREY,
}
SHIELDS_COLOURS = {
    Verdict.OK: "brightgreen",
    Verdict.POSSIBLE: "yellow",
    Verdict.CONFIRMED: "red",
    Verdict.RECOVERING: "blue",
    Verdict.MAINTENANCE: "blue",
    Verdict.UNKNOWN: "lightgrey",
}


def shields(label: str, word: str, verdict: Verdict) -> dict[str, Any]:
    """The answer that https://shields.io/badges/endpoint-badge reads. What is not known keeps its grey."""
    return {
        "schemaVersion": 1,
        "label": label,
        "message": word,
        "color": SHIELDS_COLOURS[verdict],
        "isError": verdict == Verdict.UNKNOWN,
        "cacheSeconds": SHIELDS_CACHE_S,
    }


def svg(label: str, message: str, paint: Paint) -> str:
    """A badge that says "label: message" to the eye and to a screen reader, on light and on dark pages."""
    left, right = _width(label), _width(message)
    width = left + right
    said = f"{label}: {message}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" '
        f'role="img" aria-label={quoteattr(said)}>'
        f"<title>{escape(said)}</title>"
        f"<style>{_style(paint)}</style>"
        f'<clipPath id="r"><rect width="{width}" height="{HEIGHT}" rx="4"/></clipPath>'
        f'<g clip-path="url(#r)"><rect class="l" width="{left}" height="{HEIGHT}"/>'
        f'<rect class="m" x="{left}" width="{right}" height="{HEIGHT}"/></g>'
        '<g aria-hidden="true" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" text-anchor="middle">'
        f"{_text('lt', left / 2, label, left)}{_text('mt', left + right / 2, message, right)}</g></svg>"
    )


def _style(paint: Paint) -> str:
    return (
        f".l{{fill:{LABEL.light}}}.lt{{fill:{LABEL.light_text}}}.m{{fill:{paint.light}}}.mt{{fill:{paint.light_text}}}"
        "@media(prefers-color-scheme:dark){"
        f".l{{fill:{LABEL.dark}}}.lt{{fill:{LABEL.dark_text}}}.m{{fill:{paint.dark}}}.mt{{fill:{paint.dark_text}}}}}"
    )


def _text(name: str, x: float, text: str, width: int) -> str:
    """Text that fills its half whatever font there is."""
    length = width - 2 * PADDING
    fits = f'textLength="{length}" lengthAdjust="spacingAndGlyphs"'
    return f'<text class="{name}" x="{x:g}" y="14" {fits}>{escape(text)}</text>'


_NARROW, _WIDE = frozenset("fijlrt.,:;!'|()[] I-"), frozenset("mwMWGOQ@%")


def _width(text: str) -> int:
    """About how wide a text is in Verdana of 11 pixels, with its padding; wide scripts take a full square."""
    pixels = sum(
        4.6 if character in _NARROW else 9.6 if character in _WIDE else 11.5 if ord(character) > 0x2E7F else 7.0
        for character in text
    )
    return round(max(pixels, 7)) + 2 * PADDING
