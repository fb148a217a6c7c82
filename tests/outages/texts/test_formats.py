"""Marks between pieces of a line, as each language writes them."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.template import engines
from django.utils import translation

from outages.texts import formats

_TRANSLATED = re.compile(r"\{% blocktranslate.*?\{% endblocktranslate %\}", re.DOTALL)
_COLON_OF_ENGLISH = re.compile(r"(?:\}\}|%\}|</a>|</strong>|</b>): ")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "A: b"),
        ("de", "A: b"),
        ("fr", "A\u00a0: b"),
        ("ja", "A\uff1ab"),
        ("zh-hans", "A\uff1ab"),
        ("zh-hant", "A\uff1ab"),
    ],
)
def test_a_colon_has_the_blanks_of_the_language(language: str, line: str) -> None:
    template = engines["django"].from_string("{% load brownout %}{{ a }}{% colon %}{{ b }}")
    with translation.override(language):
        assert template.render({"a": "A", "b": "b"}) == line
        assert f"A{formats.colon()}b" == line


def test_no_page_has_the_colon_of_english_between_two_texts() -> None:
    pages = [path for path in sorted((settings.BASE_DIR / "templates").rglob("*.html")) if "admin" not in path.parts]
    assert len(pages) > 30
    for path in pages:
        text = _TRANSLATED.sub("{{ translated }}", path.read_text(encoding="utf-8"))
        assert not _COLON_OF_ENGLISH.search(text), path
