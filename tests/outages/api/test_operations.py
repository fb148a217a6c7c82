"""The API against its own description: every operation, with right and wrong input, made by schemathesis."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
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

from config.database.deadlines import deadlines

from .conftest import World

pytestmark = pytest.mark.slow

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
def one_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keeps requests from closing the test's own connection, in which the world lies uncommitted."""
    monkeypatch.setattr("reports.api.short_way._begin", lambda: None)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    before = dict(vars(deadlines))
    yield
    vars(deadlines).update(before)  # the application sets the web server's; other tests have none
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


METHODS = ("get", "post", "patch", "delete")
READS = ("/api/v1/services", "/api/v1/incidents", "/api/v1/places")  # of all others one must have something of its own


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
