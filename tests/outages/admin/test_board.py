"""The admin's first page: what needs somebody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from outages.models import DetectorState
from outages.templatetags.moderation import moderation_board
from reports.models import Service
from tests.factories import a_service, an_incident

pytestmark = pytest.mark.django_db
ROOM = 25  # queries, the session's and the log's among them


@pytest.fixture
def service() -> Service:
    return a_service()


def tile(words: str) -> Any:
    return next(tile for tile in moderation_board()["tiles"] if words in tile.words)


def test_a_scan_that_stands_still_is_seen(service: Service) -> None:
    assert tile("scanned").mood == "bad"
    now = timezone.now()
    row = DetectorState.objects.create(
        service=service, minute=now - timedelta(minutes=1), state=b"", recounted_until=now
    )
    assert tile("last scan").mood == ""
    row.minute = now - timedelta(minutes=30)
    row.save()
    assert (tile("last scan").mood, tile("last scan").figure) == ("bad", "29\xa0minutes")


def test_a_wrong_catalogue_file_is_named_with_what_is_wrong(
    service: Service, signed_in: Any, settings: Any, tmp_path: Path
) -> None:
    settings.CATALOG_DIR = tmp_path
    (tmp_path / "acme.toml").write_text('slug = "acme"\nname = 5\n', encoding="utf-8")
    assert (tile("wrong catalogue").figure, tile("wrong catalogue").detail) == ("1", "acme.toml")
    page = signed_in("moderator").get(reverse("admin:reports_service_changelist")).content.decode()
    assert "acme.toml" in page
    assert "Has errors" in page


def test_what_is_open_is_listed_and_more_of_it_costs_no_more_queries(
    service: Service, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("moderator")
    for minutes in range(8):
        an_incident(service, timezone.now() - timedelta(minutes=9 + minutes))
    with django_assert_max_num_queries(ROOM):
        page = client.get(reverse("admin:index")).content.decode()
    assert page.count("/admin/outages/incident/") >= 8
    assert (tile("open incidents").figure, tile("open incidents").mood) == ("8", "bad")


def test_what_the_doctor_says_stands_there_for_superusers_alone(
    service: Service, admin_client: Any, signed_in: Any, settings: Any
) -> None:
    settings.SITE_URL = "http://status.example.org"
    settings.ALLOWED_HOSTS = ["testserver"]
    page = admin_client.get(reverse("admin:index")).content.decode()
    assert "This installation needs attention" in page
    assert "ALLOWED_HOSTS" in page
    assert (
        "This installation needs attention" not in signed_in("moderator").get(reverse("admin:index")).content.decode()
    )
