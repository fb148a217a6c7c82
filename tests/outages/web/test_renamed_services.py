"""A service keeps its addresses, its history and the names of its parts when its catalogue file changes or goes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command

from config.process_cache import CACHE
from outages.models import Incident
from reports.catalog import schema, store
from reports.models import Component, Report, Service
from tests import factories

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    """The clock stands at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def service(db: None) -> Any:
    cache.clear()
    CACHE.clear()
    service = factories.a_service("acme")
    factories.an_incident(service, NOW - timedelta(hours=3), states=((0, "possible"), (30, "resolved")))
    return service


def rename(slug: str, **changes: Any) -> store.Change:
    cache.clear()
    CACHE.clear()
    return store.store(factories.a_catalog(slug, **changes))


@pytest.mark.parametrize(
    "address",
    [
        "/{}/",
        "/de/{}/history?state=confirmed",
        "/{}/incidents/1",
        "/{}/map.csv",
        "/{}/report",
        "/api/v1/services/{}/status?lang=de",
        "/{}/api/v2/summary.json",
        "/{}/badge.svg",
        "/{}/feeds/atom.xml",
        "/embed/{}",
    ],
)
def test_an_address_under_a_former_slug_leads_to_the_present_one(client: Any, service: Any, address: str) -> None:
    change = rename("apex", formerly=["acme"])
    assert (change.action, change.former) == ("renamed", "acme")
    answer = client.get(address.format("acme"))
    assert (answer.status_code, answer.headers["Location"]) == (301, address.format("apex"))
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert client.get(address.format("apex")).status_code == 200


def test_history_goes_along_and_a_rename_can_be_taken_back(client: Any, service: Any) -> None:
    rename("apex", formerly=["acme"])
    assert Service.objects.get().pk == service.pk
    assert Incident.objects.get().service.slug == "apex"
    rename("acme", formerly=["apex"])
    assert Service.objects.get().slug == "acme"
    assert client.get("/acme/incidents/1").status_code == 200
    assert client.get("/apex/incidents/1").headers["Location"] == "/acme/incidents/1"


def test_a_report_under_former_slugs_is_counted_under_the_present_ones(client: Any, service: Any) -> None:
    parts = [schema.Component(slug="mobile", name="Mobile", formerly=["app"])]
    symptoms = [schema.Symptom(slug="error-503", name="503 error", formerly=["http-503"])]
    rename(
        "apex",
        formerly=["acme"],
        default_component="mobile",
        components=parts,
        symptoms=symptoms,
        probes=[],
        sources=[],
    )
    body = {"service": "acme", "component": "app", "symptom": "http-503"}
    for address, content in (("/api/v1/reports/batch", [body]), ("/api/v1/reports", body)):
        answer = client.post(address, json.dumps(content), "application/json")
        assert answer.status_code in (200, 201), answer.content
    found = list(Report.objects.select_related("service", "component", "symptom"))
    names = [(report.service.slug, report.component.slug, report.symptom.slug) for report in found]
    assert names == [("apex", "mobile", "error-503")] * 2, answer.content


def test_a_write_to_a_former_address_keeps_its_method(client: Any, service: Any) -> None:
    rename("apex", formerly=["acme"])
    assert client.post("/acme/report", {"symptom": "http-503"}).status_code == 308


def test_a_slug_that_a_service_has_is_never_led_away(client: Any, service: Any) -> None:
    rename("apex", formerly=["acme"])
    rename("acme")  # another service now
    assert client.get("/acme/").status_code == 200


def test_two_histories_are_not_joined(service: Any) -> None:
    rename("apex")
    with pytest.raises(store.StoreError, match=r'"acme" and "apex" both have a history here'):
        rename("apex", formerly=["acme"])
    call_command("delete_service", "apex", "--yes", stdout=StringIO())
    assert rename("apex", formerly=["acme"]).former == "acme"


def test_a_component_that_left_is_still_named(client: Any, service: Any) -> None:
    whole = factories.a_catalog("acme")
    rest = [part for part in whole.components if part.slug != "app"]
    keep = {part.slug for part in rest}
    symptoms = [schema.Symptom(slug=each.slug, name=each.name) for each in whole.symptoms]
    Incident.objects.update(components=["app"])
    cache.clear()
    CACHE.clear()
    store.store(
        schema.Catalog(slug="acme", name="Acme", default_component=rest[0].slug, components=rest, symptoms=symptoms)
    )
    assert keep == set(Component.objects.filter(is_active=True).values_list("slug", flat=True))
    name = schema.localise(next(part.name for part in whole.components if part.slug == "app"))
    page = client.get("/acme/incidents/1").content.decode()
    assert name in page
    again = store.store(
        schema.Catalog(slug="acme", name="Acme", default_component=rest[0].slug, components=rest, symptoms=symptoms)
    )
    assert again.action == "unchanged"


def test_a_service_that_left_keeps_its_history_and_says_that_it_is_not_watched(client: Any, service: Any) -> None:
    store.retire_all_but([])
    page = client.get("/acme/")
    assert page.status_code == 410
    assert "is no longer monitored here" in page.content.decode()
    assert "/acme/history" in page.content.decode()
    history = client.get("/acme/history")
    assert history.status_code == 200
    assert "is no longer monitored here" in history.content.decode()
    assert "/acme/report" not in history.content.decode()
    assert client.get("/acme/incidents/1").status_code == 200
    assert client.get("/acme/history.csv").status_code == 200
    assert client.get("/acme/map").status_code == 410

    gone = client.get("/api/v1/services/acme/status")
    assert (gone.status_code, gone.json()["type"]) == (410, "/api/problems/retired-service")
    listed = client.get("/api/v1/services/acme/incidents").json()["results"]
    assert [each["number"] for each in listed] == [1]
    assert client.get(f"/api/v1/incidents/{listed[0]['id']}").status_code == 200


def test_deleting_asks_first_and_only_what_is_retired_goes(service: Any) -> None:
    with pytest.raises(CommandError, match="is being watched"):
        call_command("delete_service", "acme", "--yes")
    store.retire_all_but([])
    out = StringIO()
    call_command("delete_service", "acme", stdout=out)
    assert (
        out.getvalue() == "acme: 0 reports, 1 incidents would be deleted. Add --yes to do it; there is no way back.\n"
    )
    assert Service.objects.exists()
    call_command("delete_service", "acme", "--yes", stdout=out)
    assert not Service.objects.exists()
