"""The API's description: complete, valid, and with examples that are taken."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from .conftest import World


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
