"""What a read that cannot be answered says, and lists narrowed and walked with what clients made up."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from outages.api.framework.problems import PROBLEMS

from .conftest import World, add_incident

pytestmark = pytest.mark.django_db

ROOT = "/api/v1"


@pytest.fixture
def world(shared_world: World) -> World:
    return shared_world


def cursor(inside: str) -> str:
    """A cursor that somebody made up."""
    return b64encode(inside.encode()).decode()


def get(path: str, **headers: str) -> Any:
    return Client().get(ROOT + path, headers=headers)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/services/acne", 404, "unknown-service"),
        ("/services/a%00b/status", 404, "unknown-service"),
        ("/services/acne/map", 404, "unknown-service"),
        ("/incidents/999999", 404, "unknown-incident"),
        ("/incidents/99999999999999999999", 404, "unknown-incident"),
        ("/incidents/x", 404, "not-found"),
        ("/places/QQ", 404, "unknown-place"),
        ("/places?country=QQ", 400, "invalid"),
        ("/nothing", 404, "not-found"),
        ("/services/acme/probes/apy/history", 404, "unknown-probe"),
        ("/services/acme/probes/a%00b/history", 404, "unknown-probe"),
        ("/services/acme/probes/api/history?since=2025-01-01T00:00:00Z", 400, "invalid"),
        ("/services?fields=slug,nmae", 400, "invalid"),
        ("/services/acme/incidents?fields=password", 400, "invalid"),
        ("/places?fields=%00", 400, "invalid"),
        ("/services/", 404, "not-found"),
        ("/services/acme/status?at=yesterday", 400, "invalid"),
        ("/services/acme/status?at=2026-01-01", 400, "invalid"),
        ("/services/acme/status?at=2026-01-01T00:00:00", 400, "invalid"),
        ("/services/acme/status?at=1970-01-01T00:00:00Z", 400, "invalid"),
        ("/services/acme/status?at=9999-12-31T23:59:59-14:00", 400, "invalid"),
        ("/services/acme/status?at=2026-13-41T00:00:00Z", 400, "invalid"),
        ("/services/acme/status?at=%00", 400, "invalid"),
        ("/services/acme/incidents?limit=0", 400, "invalid"),
        ("/services/acme/incidents?limit=201", 400, "invalid"),
        ("/services/acme/incidents?limit=x", 400, "invalid"),
        ("/services/acme/incidents?cursor=x", 400, "invalid"),
        ("/services/acme/incidents?state=closed", 400, "invalid"),
        ("/services?cursor=x", 400, "invalid"),
        (f"/services?cursor={cursor('p=x')}", 400, "invalid"),
        (f"/services?cursor={cursor('p=%00')}", 400, "invalid"),
        ("/services?limit=-1", 400, "invalid"),
        (f"/services/acme/announcements?cursor={cursor('p=x')}", 400, "invalid"),
        (f"/services/acme/announcements?cursor={cursor('p=%00')}", 400, "invalid"),
        ("/services/acme/announcements?relevance=some", 400, "invalid"),
        ("/services/acme/timeseries?grain_minutes=7", 400, "invalid"),
        ("/services/acme/timeseries?grain_minutes=1&since=2020-01-01T00:00:00Z", 400, "invalid"),
        ("/services/acme/timeseries?since=2026-03-03T00:00:00Z", 400, "invalid"),
        ("/services/acme/reports?by=network", 400, "invalid"),
        ("/services/acme/reports?since=2001-01-01T00:00:00Z", 400, "invalid"),
        ("/services/acme/map?level=city", 400, "invalid"),
        ("/services/acme/map?metric=fear", 400, "invalid"),
        ("/services/acme/map?window=1y", 400, "invalid"),
        ("/services/acme/map?country=Netherlands", 400, "invalid"),
        ("/services/acme/map?component=engine", 400, "invalid"),
        ("/services/acme/map?shapes=maybe", 400, "invalid"),
        ("/services/acme/map?format=svg", 400, "invalid"),
        ("/services/acme/map?format=topojson&level=region", 400, "invalid"),
    ],
)
def test_a_wrong_address_is_a_problem_that_says_what_to_change(world: World, path: str, status: int, code: str) -> None:
    response = get(path)
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert problem["type"] == f"/api/problems/{code}"
    assert problem["detail"]
    assert "no-store" in response.headers.get("Cache-Control", "")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_reads_take_no_other_method(world: World, method: str) -> None:
    response = getattr(Client(), method)(ROOT + "/services/acme/status")
    assert response.status_code == 405
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/schema", "/api/problems", "/api/problems/not-json"])
def test_pages_of_the_api_take_no_other_method_either(db: None, path: str) -> None:
    response = Client(enforce_csrf_checks=True).put(path)
    assert response.status_code == 405
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "GET" in response.headers["Allow"]


def test_a_form_that_is_not_there_is_not_acceptable(world: World) -> None:
    response = get("/services/acme/status", Accept="image/png")
    assert response.status_code == 406
    assert response.headers["Content-Type"] == "application/problem+json"


def test_every_kind_of_problem_has_its_page(client: Client) -> None:
    every = client.get("/api/problems").json()["results"]
    assert {one["type"] for one in every} == {f"/api/problems/{code}" for code in PROBLEMS}
    for code in PROBLEMS:
        assert client.get(f"/api/problems/{code}").json()["what_to_do"]
    page = client.get("/api/problems/not-json", headers={"Accept": "text/html"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert b"/api/problems/not-json" in page.content
    assert client.get("/api/problems/nonsense").status_code == 404


def test_every_code_that_the_program_uses_is_explained() -> None:
    project = Path(__file__).resolve().parents[3]
    used: set[str] = set()
    for file in [*(project / "reports").rglob("*.py"), *(project / "outages" / "api").rglob("*.py")]:
        text = file.read_text(encoding="utf-8")
        used |= set(re.findall(r'code="([a-z-]+)"', text))
        used |= set(re.findall(r'HTTPStatus\.[A-Z_]+,\s*"([a-z]+(?:-[a-z]+)*)"', text))
    used |= set(re.findall(r'\d{3}: \("([a-z-]+)"', (project / "config" / "middleware.py").read_text(encoding="utf-8")))
    assert len(used) > 15
    assert used <= PROBLEMS.keys()


def test_incidents_can_be_narrowed_to_a_part_and_a_country(world: World, now: datetime) -> None:
    everywhere = add_incident(world.service, 2, now - timedelta(minutes=40))
    type(everywhere).objects.filter(pk=everywhere.pk).update(components=["login"], countries=[], regions=[])

    def numbers(query: str) -> list[int]:
        return [row["number"] for row in get(f"/services/acme/incidents?{query}").json()["results"]]

    assert numbers("") == [2, 1]
    assert (numbers("component=app"), numbers("component=login")) == ([1], [2])
    assert (numbers("country=nl"), numbers("country=DE")) == ([2, 1], [2])
    assert numbers("component=app&country=DE") == []
    for query in ("component=engine", "country=QQ"):
        assert get(f"/services/acme/incidents?{query}").status_code == 400


@pytest.mark.parametrize("inside", ["p=99999999999999999999", "o=99999999999999999999", "p=-5&r=1", "o=-1", ""])
@pytest.mark.parametrize("path", ["/services", "/services/acme/announcements"])
def test_no_made_up_cursor_breaks_a_list(world: World, path: str, inside: str) -> None:
    assert get(f"{path}?cursor={cursor(inside)}").status_code in (200, 400)
