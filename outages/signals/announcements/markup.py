"""The text of what others wrote in HTML. Pure, and linear: each character is looked at a bounded number of times.

No tree is built: the rules by which browsers repair wrong HTML can make a few kilobytes grow without bound.
"""

from __future__ import annotations

import re
from html import unescape

MOST_MARKUP = 64 * 1024  # characters that are read; of a text at most some thousand are kept
MOST_TEXT = 16 * 1024
NOT_SHOWN = ("script", "style", "template", "noscript", "title")
ENDS_A_LINE = {"br", "br/", "/p", "/div", "/li", "/tr", *(f"/h{level}" for level in range(1, 7))}
_NAME = re.compile(r"[/!?]?[A-Za-z][A-Za-z0-9]{0,20}|[/!?]")
_STOP = re.compile("[>\"']")
_HUGE_NUMBER = re.compile(r"&#(?:[xX][0-9a-fA-F]{7,}|[0-9]{8,});?")
_END_OF = {name: re.compile(f"</{name}", re.IGNORECASE) for name in NOT_SHOWN}


def plain_text(html: str) -> str:
    """Return the text of a piece of HTML (or of plain text), with single spaces and a line for each block.

    Of very long ones the beginning.
    """
    html = html[:MOST_MARKUP]
    if "<" not in html and "&" not in html:
        return tidy(html)
    return tidy(unescape(_HUGE_NUMBER.sub("\ufffd", _without_tags(html))))


def tidy(text: str) -> str:
    """Return a text without control characters, with single spaces, lines kept. Of a very long one the beginning."""
    lines = (
        line if line.isprintable() else "".join(c if c.isprintable() else " " for c in line)
        for line in text[:MOST_TEXT].splitlines()
    )
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def _without_tags(html: str) -> str:
    """The text between tags; what a browser would not show is left out, and the end of a block is a new line."""
    last = {quote: html.rfind(quote) for quote in "\"'"}
    pieces: list[str] = []
    at = 0
    while (start := html.find("<", at)) >= 0:
        pieces.append(html[at:start])
        if html.startswith("<!--", start):
            end = html.find("-->", start + 4)
            if end < 0:
                return "".join(pieces)
            at = end + 3
            continue
        name = _NAME.match(html, start + 1)
        if name is None:  # "a < b"
            pieces.append("<")
            at = start + 1
            continue
        end = _end_of_tag(html, name.end(), last)
        if end < 0:  # no tag ends any more: all that follows is text
            pieces.append(html[start:].replace("<", " "))
            return "".join(pieces)
        at = end + 1
        word = name.group().lower()
        if word in ENDS_A_LINE:
            pieces.append("\n")
        if word in _END_OF:
            found = _END_OF[word].search(html, at)
            if found is None:
                return "".join(pieces)
            at = found.start()
    pieces.append(html[at:])
    return "".join(pieces)


def _end_of_tag(html: str, at: int, last: dict[str, int]) -> int:
    """Where a tag ends, the > in its quoted values left aside; -1 where it does not end."""
    while (stop := _STOP.search(html, at)) is not None:
        at = stop.end()
        quote = stop.group()
        if quote == ">":
            return stop.start()
        if last[quote] >= at:
            at = html.find(quote, at) + 1
    return -1
