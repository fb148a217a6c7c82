"""Traces by OpenTelemetry, where its own variables ask for them. We load nothing of it where they do not.

A span says what was done, when, and how it ended: a route and never an address, a statement and never its values. What
people send (addresses, queries, tokens, notes) is in none, and neither is the text of an error, which may quote it.
Each trace begins with us: what a caller says of its own is not taken over, or anybody could have all kept.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from config import env

if TYPE_CHECKING:  # the settings ask this module before there is a Django
    from django.http import HttpRequest, HttpResponseBase

log = logging.getLogger(__name__)

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
SPOKEN: Final = "http/protobuf"
EXPORTERS: Final = ("otlp", "console")
LONGEST_STATEMENT: Final = 1000  # characters that are kept
MISSING: Final = "OTEL_… asks for traces, and OpenTelemetry is not installed: pip install -r requirements-traces.txt"
NO_ROUTE: Final = "other"

Attributes = Mapping[str, str | int | float | bool]


def is_wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the variables ask for traces. Raises SettingError for what cannot be had."""
    said = {name: value.strip() for name, value in environment.items() if name.startswith("OTEL_")}
    exporter = said.get("OTEL_TRACES_EXPORTER", "").lower()
    if said.get("OTEL_SDK_DISABLED", "").lower() == "true" or exporter == "none":
        return False
    if not exporter and not any(said.get(name) for name in ENDPOINTS):
        return False
    if exporter and exporter not in EXPORTERS:
        raise env.SettingError(f"OTEL_TRACES_EXPORTER is {exporter!r}; it can be otlp, console or none.")
    for name in PROTOCOLS:
        if exporter != "console" and said.get(name, SPOKEN) not in ("", SPOKEN):
            raise env.SettingError(f"{name} is {said[name]!r}; traces go out by {SPOKEN} alone.")
    return True


class ProcessTraces:
    """The tracer of this process, made when it is first asked for: its thread does not outlive a fork."""

    def __init__(self, wanted: Callable[[], bool] = is_wanted) -> None:
        self._wanted = wanted
        self.provider: Any = None
        self._made_by = 0
        self._tracer: Any = None

    @cached_property
    def is_on(self) -> bool:
        """Whether traces are wanted. Asked for the first time once a `.env` has been read."""
        return self._wanted()

    @property
    def tracer(self) -> Any:
        """The tracer; None where none is wanted, or the library is not there."""
        if self.is_on and self._made_by != os.getpid():
            self._tracer, self._made_by = None, os.getpid()  # that of the process before is none of this one's
            try:
                self.provider = _provider()
                self._tracer = self.provider.get_tracer("brownout")
            except ImportError:
                log.warning(MISSING)
        return self._tracer if self.is_on else None

    @property
    def is_within_span(self) -> bool:
        """Whether something is being told of in this thread."""
        if self._made_by != os.getpid() or self._tracer is None:
            return False
        from opentelemetry.trace import get_current_span

        return bool(get_current_span().get_span_context().is_valid)


def _provider() -> Any:
    """Return a provider that sends spans in batches, by a thread that nobody waits for."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

    if os.environ.get("OTEL_TRACES_EXPORTER", "").strip().lower() == "console":
        exporter: Any = ConsoleSpanExporter()
    else:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter()
    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    provider = TracerProvider(resource=Resource.create({} if named else {"service.name": "brownout"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


process_traces = ProcessTraces()


@contextmanager
def span(name: str, attributes: Attributes | None = None) -> Iterator[Any]:
    """Tell of what is done within as one span, within that of whoever called. Gives the span; None without traces."""
    tracer = process_traces.tracer
    if tracer is None:
        yield None
        return
    from opentelemetry.trace import Status, StatusCode

    with tracer.start_as_current_span(
        name, attributes=dict(attributes or {}), record_exception=False, set_status_on_exception=False
    ) as one:
        try:
            yield one
        except BaseException as error:
            one.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def note(one: Any, attributes: Attributes) -> None:
    """Add to a span what became known later."""
    if one is not None:
        one.set_attributes(dict(attributes))


def middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Tell of each request by its method and route."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        method = request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "_OTHER"
        with span(str(method), {"http.request.method": str(method)}) as one:
            response = get_response(request)
            if one is not None:
                match = request.resolver_match
                route = match.route if match is not None and match.route else NO_ROUTE
                one.update_name(f"{method} {route}")
                note(one, {"http.route": route, "http.response.status_code": response.status_code})
            return response

    return answer


def statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Tell of a statement as it is written, without its values. One of Django's wrappers of `execute`."""
    if not process_traces.is_within_span:
        return execute(sql, params, many, context)
    text = " ".join(str(sql).split())
    verb = text.partition(" ")[0].upper().rstrip(";")
    said = {"db.system.name": "postgresql", "db.operation.name": verb, "db.query.text": text[:LONGEST_STATEMENT]}
    with span(f"{verb} postgresql", said):
        return execute(sql, params, many, context)


class Tasks:
    """Tells of Celery's tasks by their name, each as a trace of its own. For the signals of a worker."""

    def __init__(self) -> None:
        self._running: dict[str, AbstractContextManager[Any]] = {}

    def begin(self, task_id: str = "", task: Any = None, **_: object) -> None:
        """A task begins."""
        if not process_traces.is_on:
            return
        self._running[task_id] = running = span(
            f"task {task.name}", {"messaging.system": "celery", "messaging.operation.name": "process"}
        )
        running.__enter__()

    def end(self, task_id: str = "", **_: object) -> None:
        """A task has ended, well or not."""
        running = self._running.pop(task_id, None)
        if running is not None:
            running.__exit__(None, None, None)

    def fail(self, exception: BaseException | None = None, **_: object) -> None:
        """A task has failed; it ends next."""
        if process_traces.tracer is not None and exception is not None:
            from opentelemetry.trace import Status, StatusCode, get_current_span

            get_current_span().set_status(Status(StatusCode.ERROR, type(exception).__name__))
