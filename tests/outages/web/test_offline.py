"""The manifest and the service worker, as a browser gets them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from outages.web.views import offline
from reports.models import Service
from tests import factories

pytestmark = pytest.mark.django_db

PROJECT = Path(__file__).resolve().parent.parent.parent.parent


def test_the_manifest_makes_the_site_an_app(client: Any) -> None:
    factories.a_service()
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    assert [shortcut["url"] for shortcut in manifest["shortcuts"]] == ["/acme/report"]
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }


def test_the_manifest_speaks_the_language_of_its_page(client: Any) -> None:
    factories.a_service()
    manifest = client.get("/de/manifest.webmanifest").json()
    assert (manifest["id"], manifest["lang"], manifest["start_url"]) == ("/", "de", "/de/")
    assert '<link rel="manifest" href="/de/manifest.webmanifest">' in client.get("/de/about").content.decode()


def test_no_shortcut_leads_to_a_recording(client: Any) -> None:
    factories.a_service(clock=Service.Clock.RECORDED.value)
    assert client.get("/manifest.webmanifest").json()["shortcuts"] == []


def test_icons_have_the_size_that_they_say() -> None:
    for name, side, _ in (*offline.ICONS, ("icon-touch-180.png", 180, ""), ("badge-96.png", 96, "")):
        head = (PROJECT / "static" / "img" / name).read_bytes()[:24]
        assert head.startswith(b"\x89PNG")
        assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (side, side)


def test_the_worker_lies_at_the_root_and_is_asked_for_anew_each_time(client: Any) -> None:
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    site = json.loads(re.search(r"const site = (\{.*\});", answer.content.decode())[1])  # type: ignore[index]
    assert client.get(site["offline"]).status_code == 200
    for address in site["assets"]:
        assert (PROJECT / address.removeprefix("/")).is_file()


def test_the_worker_changes_with_any_file(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Storage:
        manifest_hash = "one"

    monkeypatch.setattr(offline, "staticfiles_storage", Storage)
    before = client.get("/service-worker.js").content
    Storage.manifest_hash = "two"
    assert client.get("/service-worker.js").content != before


def test_the_policy_allows_our_own_worker_and_manifest_alone(client: Any) -> None:
    policy = client.get("/about")["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy
