"""Text out of bytes, as browsers and readers of JSON take it. Never fails, whatever a server says of them. Pure."""

from __future__ import annotations

import codecs
import re
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET: Final = re.compile(r"charset\s*+=\s*+[\"']?\s*+([^\s\"';,]+)", re.IGNORECASE)
_DECLARED: Final = (
    re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']"),
    re.compile(rb"<meta[^>]{0,200}?charset\s*+=\s*+[\"']?\s*+([A-Za-z0-9._:-]{1,40})", re.IGNORECASE),
)
_LOOKED_AT: Final = 2048  # bytes, in which a page says its own charset
# What a page means that says so (the WHATWG's Encoding Standard), where Python's codec is narrower.
_MEANT: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
    "utf-8-sig": "utf-8",
}
# Codecs of Python's that are no charset of a text on the web.
_NO_CHARSET: Final = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7", "mbcs", "oem", "palmos"}
)


def charset_of(label: str) -> str:
    """Return Python's name of a charset, "" for one that is none."""
    try:
        info = codecs.lookup(label.strip()[:40])
    except (LookupError, ValueError):
        return ""
    if not info._is_text_encoding or info.name in _NO_CHARSET or info.name.replace("_", "-") in _NO_CHARSET:
        return ""
    return _MEANT.get(info.name, info.name)


def text_of(body: bytes, content_type: str = "") -> str:
    """Return the text: by its byte order mark, its header, its own declaration, as UTF-8, else as Windows-1252."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, errors="replace")
    header = _CHARSET.search(content_type)
    declared = [header[1]] if header else []
    declared += [found[1].decode("ascii") for form in _DECLARED if (found := form.search(body[:_LOOKED_AT]))]
    for label in declared:
        name = charset_of(label)
        if name.startswith(("utf-16", "utf-32")) and label is not (header and header[1]):
            name = "utf-8"  # a page that can say so in single bytes is none of these
        if name:
            return body.decode(name, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(body) - 4:  # cut in the middle of a letter
            return body.decode("utf-8", errors="replace")
    return body.decode("cp1252", errors="replace")


def json_text_of(body: bytes, content_type: str = "") -> str:
    """Return the text of a JSON document: one without a mark shows by its zero bytes how wide its letters are."""
    start = body[:4]
    if not body.startswith(tuple(mark for mark, _ in _MARKS)):
        zeros = tuple(byte == 0 for byte in start)
        if zeros == (True, True, True, False):
            return body.decode("utf-32-be", errors="replace")
        if zeros == (False, True, True, True):
            return body.decode("utf-32-le", errors="replace")
        if zeros[:2] == (True, False):
            return body.decode("utf-16-be", errors="replace")
        if zeros[:2] == (False, True):
            return body.decode("utf-16-le", errors="replace")
        try:
            return body.decode("utf-8")  # RFC 8259: the usual, whatever a header says
        except UnicodeDecodeError:
            pass
    return text_of(body, content_type)
