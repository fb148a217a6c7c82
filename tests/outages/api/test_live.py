"""The web server leads listeners on to the process of live streams."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from .conftest import make_service

pytestmark = pytest.mark.django_db
ONE, ALL = "/api/v1/services/acme/stream", "/api/v1/stream"


@pytest.fixture(autouse=True)
def at_home(settings: Any) -> None:
    """Settings as they are where nobody has set any."""
    make_service()
    settings.PORT, settings.LIVE_PORT, settings.LIVE_URL = 8000, 8001, ""
    settings.SITE_URL = "http://localhost:8000"
    settings.ALLOWED_HOSTS = ["*"]


def ask(path: str, **headers: str) -> Any:
    return Client().get(path, headers={"Accept": "text/event-stream", **headers})


@pytest.mark.parametrize(
    ("host", "path", "location"),
    [
        ("localhost:8000", ONE, f"http://localhost:8001{ONE}"),
        ("127.0.0.1:8000", ALL, f"http://127.0.0.1:8001{ALL}"),
        ("[::1]:8000", ONE, f"http://[::1]:8001{ONE}"),
        ("192.168.1.7:8000", f"{ONE}?last_event_id=7", f"http://192.168.1.7:8001{ONE}?last_event_id=7"),
    ],
)
def test_without_a_proxy_a_listener_is_led_to_the_port_beside(host: str, path: str, location: str) -> None:
    answer = ask(path, Host=host)
    assert (answer.status_code, answer.headers["Location"]) == (307, location)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_address_of_their_own_is_where_the_streams_are(settings: Any) -> None:
    settings.SITE_URL, settings.LIVE_URL = "https://status.example.org", "https://live.example.org"
    assert ask(ONE).headers["Location"] == f"https://live.example.org{ONE}"


def test_a_proxy_that_does_not_lead_there_is_named_and_nobody_goes_in_circles(settings: Any) -> None:
    settings.SITE_URL = "https://status.example.org"
    answer = ask(ALL)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "/api/problems/stream-not-routed"


def test_an_unknown_service_is_no_stream() -> None:
    answer = ask("/api/v1/services/acmee/stream")
    assert answer.status_code == 404
    assert "acme" in answer.json()["detail"]
