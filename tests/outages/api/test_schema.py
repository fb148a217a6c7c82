"""The API against its own description: every operation, with right and wrong input, made by schemathesis."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from .conftest import World

SETTINGS = hypothesis_settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


REAL = {"slug": "acme", "code": "NL", "probe": "api"}


def operations() -> list[tuple[str, str]]:
    """(method, path) of every operation that is described."""
    paths: dict[str, dict[str, Any]] = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return [(method.upper(), path) for path, described in paths.items() for method in described if method in METHODS]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keeps requests from closing the test's own connection, in which the world lies uncommitted."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


METHODS = ("get", "post", "patch", "delete")
READS = ("/api/v1/services", "/api/v1/incidents", "/api/v1/places")  # of all others one must have something of its own


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), operations())
def test_every_operation_keeps_to_its_description(method: str, path: str, world: World, one_connection: None) -> None:
    from config.wsgi import application

    operation = schemathesis.openapi.from_wsgi("/api/v1/schema", application)[path][method]
    answered: Counter[int] = Counter()

    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    @SETTINGS
    def right(case: Any) -> None:
        call(case)

    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    @SETTINGS
    def wrong(case: Any) -> None:
        call(case)

    def call(case: Any) -> None:
        real = {**REAL, "incident_id": world.incident.pk}
        for name, value in list(case.path_parameters.items()):
            if name in real and len(str(value)) % 4:  # most ask for what is there
                case.path_parameters[name] = real[name]
        for said in case.body if isinstance(case.body, list) else [case.body]:
            if isinstance(said, dict) and len(str(said.get("service"))) % 2:
                said["service"] = "acme"
        response = case.call(headers={"Accept-Encoding": "identity"})  # nothing unpacks between here and there
        answered[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    right()
    with contextlib.suppress(Unsatisfiable):  # some operations take nothing that could be wrong
        wrong()
    assert answered.total() > 0
    if method == "GET" and not path.endswith("/stream") and path.startswith(READS):
        assert answered[200] > 10, answered


@pytest.mark.django_db
def test_every_address_is_described() -> None:
    from outages.api.urls import v1

    addresses = {str(entry.pattern) for entry in v1 if hasattr(entry, "callback")}
    described = Client().get("/api/v1/schema").json()["paths"]
    plain = {path.removeprefix("/api/v1/") for path in described}
    wanted = {address.replace("<str:", "{").replace("<int:", "{").replace(">", "}") for address in addresses}
    assert wanted - {"", "schema", "docs"} <= plain
    assert {"reports", "reports/batch", "reports/{report_id}"} <= plain


@pytest.mark.django_db
def test_the_description_is_openapi_3_1_and_has_examples() -> None:
    description = Client().get("/api/v1/schema").json()
    assert description["openapi"].startswith("3.1")
    body = description["paths"]["/api/v1/reports"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["service"]
    assert body["additionalProperties"] is False
    assert body["examples"]
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if method in ("get", "post", "patch", "delete"):
                assert operation["summary"], path


@pytest.mark.django_db
def test_the_examples_of_the_description_are_taken(world: World) -> None:
    description = Client().get("/api/v1/schema").json()
    body = description["paths"]["/api/v1/reports"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    here = [{**example, "service": "acme", "symptom": "http-503"} for example in body["examples"]]
    for example in here:
        assert Client().post("/api/v1/reports", json.dumps(example), "application/json").status_code == 201
    batch = description["paths"]["/api/v1/reports/batch"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    assert batch["examples"] == [body["examples"]]
    assert Client().post("/api/v1/reports/batch", json.dumps(here), "application/json").json()["stored"] == len(here)


def test_the_docs_page_loads_from_this_site_only(client: Client) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    text = page.content.decode()
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    assert "<style" not in text
    assert "<script>" not in text
