"""A page that is only read says 405 to whatever else is sent there: no token would let it in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver


def views(resolver: URLResolver) -> Iterator[Any]:
    """Every view but the admin's, which has its own accounts."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry.callback
        elif str(entry.pattern) != "admin/":
            yield from views(entry)


def test_no_view_asks_for_a_token_that_no_page_gives_out() -> None:
    found = list(views(get_resolver()))
    assert len(found) > 100
    asking = {f"{view.__module__}.{view.__qualname__}" for view in found if not getattr(view, "csrf_exempt", False)}
    assert asking == set()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_page_that_is_only_read_takes_nothing(method: str) -> None:
    from tests.factories import a_service

    a_service()
    key = UUID(int=1)
    client = Client(enforce_csrf_checks=True)
    for address in (
        "/", "/de/", "/board?of=acme", "/board/embed?of=acme", "/about", "/offline", "/manifest.webmanifest",
        "/service-worker.js", "/.well-known/security.txt", "/revision/acme", "/acme/", "/acme/map", "/acme/map.svg",
        "/acme/picture.png", "/acme/history", "/embed/acme", "/places/regions?country=NL",
        f"/subscriptions/{key}/token", f"/developers/keys/{key}/token", f"/acme/report/{key}/secret",
    ):  # fmt: skip
        answer = client.generic(method, address)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD"), address
