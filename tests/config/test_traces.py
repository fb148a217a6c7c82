"""Traces go to a collector where OpenTelemetry's variables ask for them, and hold nothing of what people send."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pytest_httpserver import HTTPServer

from config import env, traces
from config.traces import ProcessTraces, Tasks, is_wanted, span
from reports.api import short_way
from reports.models import Report
from tests.outages.service_factory import a_service

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
ADDRESS, TOKEN, NOTE, QUERY = "198.51.100.77", "a-reporters-token", "my car stands at home", "secret-query"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", **ENDPOINT}, False),
        ({"OTEL_SDK_DISABLED": "true", **ENDPOINT}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, False),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", **ENDPOINT}, True),
        ({"OTEL_SERVICE_NAME": "ours"}, False),
    ],
)
def test_the_standard_variables_say_whether(said: dict[str, str], wanted: bool) -> None:
    assert is_wanted(said) == wanted


@pytest.mark.parametrize(
    "said", [{"OTEL_TRACES_EXPORTER": "zipkin"}, {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", **ENDPOINT}]
)
def test_what_cannot_be_had_is_refused_at_the_start(said: dict[str, str]) -> None:
    with pytest.raises(env.SettingError, match=next(iter(said))):
        is_wanted(said)


def test_nothing_of_it_is_loaded_where_nobody_asks() -> None:
    looked = (  # redis-py itself loads some of the library where that is installed
        "import config.wsgi, config.celery, sys; "
        "from config.traces import process_traces; assert process_traces.tracer is None; "
        "sys.exit(any(name.startswith('opentelemetry.exporter') for name in sys.modules))"
    )
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    subprocess.run(
        [sys.executable, "-c", looked],
        env={**quiet, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        timeout=60,
    )


def test_without_the_library_all_goes_on_and_the_log_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    monkeypatch.setattr(traces, "process_traces", ProcessTraces(lambda: True))
    for _ in range(2):
        with span("something") as one:
            assert one is None
    assert [record.message for record in caplog.records] == [traces.MISSING]


class Collector:
    """A server that takes spans by OTLP, and what came."""

    def __init__(self, server: HTTPServer, provider: Any) -> None:
        self._server = server
        self._provider = provider

    def bodies(self) -> list[bytes]:
        """Everything that has come by now, as it came."""
        assert self._provider.provider.force_flush(10_000)
        return [request.get_data() for request, _ in self._server.log]

    def spans(self) -> list[Any]:
        """All spans that have come, in order of their end."""
        return [
            one
            for body in self.bodies()
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for one in scope.spans
        ]


@pytest.fixture
def collector(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    httpserver.expect_request("/v1/traces", method="POST").respond_with_data(b"", content_type="application/x-protobuf")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", httpserver.url_for("/").rstrip("/"))
    ours = ProcessTraces(lambda: True)
    assert ours.tracer is not None
    monkeypatch.setattr(traces, "process_traces", ours)
    yield Collector(httpserver, ours)
    ours.provider.shutdown()


def attributes(one: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in one.attributes}


@pytest.mark.django_db
def test_a_report_is_told_with_its_batch_and_its_statements_and_nothing_of_its_sender(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(short_way, "_begin", lambda: None)  # it would end the test's transaction
    a_service("acme")
    environ = (
        RequestFactory()
        .post(
            f"/api/v1/reports?q={QUERY}",
            {"service": "acme", "note": NOTE},
            content_type="application/json",
            headers={"X-Reporter": TOKEN, "X-Forwarded-For": ADDRESS, "Idempotency-Key": f"key-{QUERY}"},
            REMOTE_ADDR=ADDRESS,
        )
        .environ
    )
    with connection.execute_wrapper(traces.statement):
        short_way.before(lambda *_: [b"not ours"])(environ, lambda *_: None)
    assert Report.objects.get().note == NOTE
    spans = {one.name: one for one in collector.spans()}
    request, batch = spans["POST /api/v1/reports"], spans["reports written together"]
    assert attributes(request) == {
        "http.request.method": "POST", "http.route": "/api/v1/reports", "http.response.status_code": 201
    }  # fmt: skip
    assert (batch.parent_span_id, batch.trace_id) == (request.span_id, request.trace_id)
    assert attributes(batch) == {"brownout.batch.size": 1}
    statements = [one for one in spans.values() if one.parent_span_id == batch.span_id]
    assert any("reports_take_new" in attributes(one)["db.query.text"] for one in statements)
    told = b"".join(collector.bodies())
    for secret in (ADDRESS, TOKEN, NOTE, QUERY):
        assert secret.encode() not in told


@pytest.mark.django_db
def test_a_page_is_told_by_its_route(collector: Collector, settings: Any) -> None:
    settings.MIDDLEWARE = ["config.traces.middleware", *settings.MIDDLEWARE]
    a_service("acme")
    Client().get(f"/acme/?q={QUERY}", REMOTE_ADDR=ADDRESS, headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
    Client(raise_request_exception=False).get("/nothing/there/at/all", headers={"user-agent": TOKEN})
    page, none = [one for one in collector.spans() if "http.route" in attributes(one)]
    assert (page.name, attributes(page)["http.response.status_code"]) == ("GET <slug:slug>/", 200)
    assert page.trace_id != bytes.fromhex("a" * 32), "whoever asks begins no trace of ours"
    assert attributes(none)["http.response.status_code"] == 404
    told = b"".join(collector.bodies())
    for secret in (ADDRESS, TOKEN, QUERY, "there/at"):
        assert secret.encode() not in told


def test_an_error_is_told_by_its_kind_without_its_words(collector: Collector) -> None:
    with pytest.raises(ValueError, match=NOTE), span("something"):
        raise ValueError(NOTE)
    (one,) = collector.spans()
    assert (one.status.code, one.status.message, list(one.events)) == (2, "ValueError", [])


def test_tasks_are_told_by_name_each_as_a_trace_of_its_own(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = Tasks()
    for number, error in enumerate((None, KeyError(NOTE))):
        tasks.begin(task_id=str(number), task=SimpleNamespace(name="outages.tasks.scan_service"))
        if error:
            tasks.fail(exception=error)
        tasks.end(task_id=str(number))
    well, ill = collector.spans()
    assert well.name == ill.name == "task outages.tasks.scan_service"
    assert well.trace_id != ill.trace_id
    assert (well.status.code, ill.status.code, ill.status.message) == (0, 2, "KeyError")


def test_a_process_that_is_forked_sends_its_own(collector: Collector) -> None:
    with span("before"):
        pass
    child = os.fork()
    if not child:
        with span("in the child"):
            pass
        traces.process_traces.provider.force_flush(10_000)
        os._exit(0)
    os.waitpid(child, 0)
    assert {one.name for one in collector.spans()} == {"before", "in the child"}


def test_the_settings_put_the_middleware_first_only_where_it_is_wanted() -> None:
    assert "config.traces.middleware" not in settings.MIDDLEWARE
    looked = "from config import settings; assert settings.MIDDLEWARE[0] == 'config.traces.middleware'"
    subprocess.run([sys.executable, "-c", looked], env={**os.environ, **ENDPOINT}, check=True, timeout=60)
