"""What strangers may put into addresses, bodies and headlines."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from config.cache import Serializer, TolerantRedisCache
from outages.models import Incident
from outages.pipeline.decisions import one_line
from tests.factories import a_service

pytestmark = pytest.mark.django_db

LISTS = ("/api/v1/services", "/api/v1/services/acme/incidents", "/api/v1/services/acme/announcements", "/api/v1/places")
POSITIONS = (
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "infinity",
    "-infinity",
    "nan",
    "9" * 400,
    "\0",
    "é",
    "%s",
    "",
    "294277-01-01",
    "2026-01-01T00:00:00",
)


@pytest.mark.parametrize("path", LISTS)
def test_no_crafted_cursor_is_a_fault_of_ours(path: str) -> None:
    a_service()
    client = Client(raise_request_exception=False)
    for position in POSITIONS:
        for more in ({}, {"o": "9" * 400}, {"o": "-1"}, {"r": "1"}):
            cursor = b64encode(urlencode({"p": position, **more}).encode()).decode()
            assert client.get(path, {"cursor": cursor}).status_code in (200, 400), (path, position, more)


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400, "1e400", "NaN", "9" * 5000])
def test_a_latitude_of_400_digits_is_wrong_and_no_more(number: str) -> None:
    client = Client(raise_request_exception=False)
    body = f'{{"lat": {number}, "lon": 5}}'
    assert client.post("/places/region", body, "application/json").status_code in (400, 404)
    report = f'{{"service": "acme", "lat": {number}, "lon": 5}}'
    a_service()
    assert client.post("/api/v1/reports", report, "application/json").status_code in (400, 422)


def test_a_headline_is_one_line_wherever_it_came_from() -> None:
    assert one_line("Down\r\nBcc: x@example.org\u2028\x07 now ") == "Down Bcc: x@example.org now"


def test_a_moderators_headline_stands_in_feeds_alerts_and_calendars_as_one_line() -> None:
    from outages.models import IncidentEvent

    service, now = a_service(), timezone.now() - timedelta(minutes=5)
    incident = Incident.objects.create(
        service=service,
        number=1,
        state="confirmed",
        kind="outage",
        opened_at=now,
        confirmed_at=now,
        updated_at=now,
        components=["app"],
        confidence=0.9,
        headline="Payments fail\r\nX-Evil: 1",
    )
    IncidentEvent.objects.create(
        incident=incident,
        at=now,
        from_state="",
        to_state="confirmed",
        reason="broad-crowd",
        components=["app"],
        countries=[],
        regions=[],
        symptom="",
        confidence=0.9,
        evidence=[],
        headline=incident.headline,
    )
    for path in ("/acme/feeds/atom.xml", "/feeds/rss.xml", "/acme/incidents/1/cap.xml"):
        answer = Client().get(path)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        assert "Payments fail X-Evil: 1" in text, path


def test_the_cache_holds_data_and_no_code() -> None:
    serializer = Serializer()
    for value in (b"bytes", "text", 3.5, 12, [["NL", 1.5]], {"a": None}):
        assert serializer.loads(_stored(serializer.dumps(value))) == value
    assert serializer.loads(_stored(serializer.dumps([("NL", 1.5)]))) == [["NL", 1.5]]
    import pickle

    with pytest.raises(Exception, match=r"."):
        serializer.loads(pickle.dumps({"a": 1}))


def _stored(written: bytes | int) -> bytes:
    """As Redis gives it back."""
    return str(written).encode() if isinstance(written, int) else written


def test_what_another_version_left_in_the_cache_is_a_miss(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    import pickle

    from django.core.cache.backends.redis import RedisCache

    def left(self: Any, key: Any, default: Any = None, version: Any = None) -> Any:
        return Serializer().loads(pickle.dumps([1]))

    monkeypatch.setattr(RedisCache, "get", left)
    cache = TolerantRedisCache(settings.REDIS_URL, {"OPTIONS": {"serializer": "config.cache.Serializer"}})
    assert cache.get("anything", "nothing") == "nothing"


def test_a_form_without_its_token_gets_a_page_of_ours_in_the_visitors_language(rf: Any, settings: Any) -> None:
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"x": "y"}, headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert '<html lang="en"' in answer.content.decode(), answer.content
    with translation.override("de"):
        answer = import_string(settings.CSRF_FAILURE_VIEW)(rf.post("/de/acme/"))
    assert answer.status_code == 403
    assert '<html lang="de"' in answer.content.decode(), answer.content


def test_the_settings_name_no_pickle() -> None:
    from config import settings as ours

    assert ours.CACHES["default"]["OPTIONS"]["serializer"] == "config.cache.Serializer"
