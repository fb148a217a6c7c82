"""The page for developers: a badge is built by its address alone, and what it says to copy is right."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from outages.web.views.developers import badge_code
from tests.factories import a_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Any:
    a_service("other")
    return a_service()


def shown(query: str = "") -> str:
    page = Client().get(f"/developers{query}")
    assert page.status_code == 200, page.content
    return str(page.content.decode())


def test_the_badge_that_is_shown_is_the_badge_that_is_copied(service: Any) -> None:
    page = shown("?service=acme&look=own&code=html")
    preview = re.search(r'<img src="(/acme/badge.svg)" alt="([^"]+)"', page)
    assert preview is not None
    assert Client().get(preview[1]).headers["Content-Type"].startswith("image/svg+xml")
    code = badge_code("acme", html.unescape(preview[2]), "own", "html")
    assert html.escape(code) in page.replace("&#x27;", "&#x27;")
    assert code.startswith('<a href="http://localhost:8000/acme/"><img src="http://localhost:8000/acme/badge.svg"')


def test_each_form_of_the_code_names_page_and_picture(service: Any) -> None:
    for code in ("markdown", "html", "rst"):
        text = badge_code("acme", "Is [it] down?", "own", code)
        assert "http://localhost:8000/acme/badge.svg" in text
        assert "http://localhost:8000/acme/" in text
    assert "(it)" in badge_code("acme", "Is [it] down?", "own", "markdown")
    shields = badge_code("acme", "x", "shields", "markdown")
    assert "https://img.shields.io/endpoint?url=http%3A%2F%2Flocalhost%3A8000%2Facme%2Fbadge.json" in shields


@pytest.mark.parametrize("query", ["?service=nobody", "?look=round", "?code=pdf", "?service=%00", "?service=<b>"])
def test_a_badge_that_cannot_be_is_refused_with_words(service: Any, query: str) -> None:
    page = Client().get(f"/developers{query}")
    assert page.status_code == 400
    assert "There’s no such badge" in page.content.decode()


def test_the_page_leads_to_keys_and_stands_without_a_service() -> None:
    page = shown()
    assert 'href="/developers/keys"' in page
    assert "No service is monitored here" in page


def test_every_address_of_the_page_answers(service: Any) -> None:
    page = html.unescape(shown("?service=acme"))
    found = set(re.findall(r"http://localhost:8000(/(?:api|acme|other)[^\s\"'<>)]*)", page))
    found |= set(re.findall(r'href="(/(?:acme|api|metrics|developers)[^"#]*)"', page))
    assert len(found) > 10
    for address in found - {"/api/v1/reports", "/api/v1/services/acme/stream"}:
        assert Client().get(address).status_code == 200, address
