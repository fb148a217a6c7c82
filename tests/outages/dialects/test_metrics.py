"""/metrics, read by the parsers of prometheus_client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from outages.dialects.metrics import render
from outages.verdict import Verdict
from tests import factories

from .conftest import MINUTE, STATES, add_probe

pytestmark = pytest.mark.django_db
Read = Callable[..., Any]
Samples = dict[tuple[str, tuple[str, ...]], float]


def samples(read: Read) -> Samples:
    """The samples by name and label values, in the order of the declaration."""
    answer = read("/metrics")
    assert answer["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sample.labels[label] for label in render.METRICS[sample.name][1])): sample.value
        for family in parse(answer.content.decode())
        for sample in family.samples
    }


def verdict_of(found: Samples, slug: str = "acme") -> str:
    """The one verdict that is 1."""
    (verdict,) = [
        key[1][1] for key, value in found.items() if key[0] == "brownout_verdict" and key[1][0] == slug and value
    ]
    return verdict


@pytest.mark.parametrize("state", [None, *STATES])
def test_exactly_one_verdict_is_one(read: Read, service: Any, now: datetime, state: str | None) -> None:
    if state:
        factories.an_incident(service, now - 9 * MINUTE, states=((0, state),))
    found = samples(read)
    assert verdict_of(found) == (state or "ok")
    assert sum(key[0] == "brownout_verdict" for key in found) == len(Verdict)


@pytest.mark.parametrize("unwatched_minutes", [5, 16])
def test_an_all_clear_that_is_out_of_date_is_unknown(
    read: Read, db: None, now: datetime, unwatched_minutes: int
) -> None:
    service = factories.a_service()
    factories.watched(service, now - timedelta(hours=2), now - unwatched_minutes * MINUTE, raw=2)
    found = samples(read)
    assert verdict_of(found) == "unknown"
    assert (("brownout_reports_30m", ("acme",)) in found) == (unwatched_minutes < 15)


def test_a_service_that_was_never_watched_has_no_counts(read: Read, now: datetime) -> None:
    factories.a_service()
    found = samples(read)
    assert verdict_of(found) == "unknown"
    assert {key[0] for key in found} == {"brownout_verdict", "brownout_recorded", "brownout_minutes_set_aside_24h"}


def test_counts_incidents_and_probes_have_their_numbers(read: Read, service: Any, now: datetime) -> None:
    factories.watched(service, now - 30 * MINUTE, now, raw=3, expected=0.5)
    factories.an_incident(service, now - 9 * MINUTE)
    add_probe(service, now - 2 * MINUTE, "down")
    add_probe(service, now - MINUTE, "up")
    add_probe(service, now - MINUTE, "down", vantage="paris")
    add_probe(service, now - MINUTE, "blocked", vantage="oslo")
    add_probe(service, now - 30 * MINUTE, "up", vantage="gone")
    found = samples(read)
    assert found["brownout_reports_30m", ("acme",)] == 90
    assert found["brownout_expected_30m", ("acme",)] == 15
    assert found["brownout_as_of_timestamp_seconds", ("acme",)] == now.timestamp()
    assert found["brownout_incident_open", ("acme", "1", "confirmed", "outage")] == 1
    up = {key[1][1:]: value for key, value in found.items() if key[0] == "brownout_probe_up"}
    assert up == {("api", "local"): 1, ("api", "paris"): 0}
    assert found["brownout_probe_latency_seconds", ("acme", "api", "local")] == 0.12


def test_every_metric_is_declared_with_help_and_type(read: Read, outage: Any, now: datetime) -> None:
    add_probe(outage.service, now - MINUTE, "up")
    families = {family.name: family for family in parse(read("/metrics").content.decode())}
    assert families.keys() == render.METRICS.keys()
    for name, family in families.items():
        help_text, labels = render.METRICS[name]
        assert (family.type, family.documentation) == ("gauge", help_text)
        assert all(sample.labels.keys() == set(labels) for sample in family.samples)


def test_what_is_not_declared_cannot_be_given_out() -> None:
    with pytest.raises(KeyError):
        render.Collected().add("brownout_surprise", 1)
    with pytest.raises(ValueError, match="labels"):
        render.Collected().add("brownout_reports_30m", 1, "acme", "more")


def test_whoever_asks_for_openmetrics_gets_it(read: Read, outage: Any) -> None:
    answer = read("/metrics", accept="application/openmetrics-text; version=1.0.0")
    assert answer["Content-Type"].startswith("application/openmetrics-text")
    assert "Accept" in answer["Vary"]
    assert {family.name for family in parse_openmetrics(answer.content.decode())} == set(render.METRICS)


def test_the_past_played_back_says_so(read: Read, now: datetime) -> None:
    factories.a_service("live")
    factories.a_service("played", clock="recorded", accepts_reports=False, provenance="Made up.")
    found = samples(read)
    assert (found["brownout_recorded", ("live",)], found["brownout_recorded", ("played",)]) == (0, 1)


def test_no_service_at_all_is_no_error(read: Read, db: None) -> None:
    assert samples(read) == {}


def test_more_services_ask_no_more_queries(read: Read, outage: Any, now: datetime) -> None:
    read("/metrics")
    with CaptureQueriesContext(connection) as few:
        read("/metrics")
    for slug in ("other", "third"):
        other = factories.a_service(slug)
        for i in range(9):
            factories.an_incident(other, now - i * MINUTE)
            add_probe(other, now - MINUTE, "up", vantage=f"v{i}")
    read("/metrics")
    with CaptureQueriesContext(connection) as many:
        read("/metrics")
    assert len(many) == len(few) <= 9
