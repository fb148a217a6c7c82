"""What moderators can do: look at everything, paste official links, correct readings."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outages.models import Announcement, AnnouncementRevision, Incident, ProbeHealth, SourceHealth, Vantage
from reports.catalog.schema import Source
from reports.models import Service
from tests.outages.service_factory import a_service

pytestmark = pytest.mark.django_db

ADD = "admin:outages_announcement_add"
NOW = datetime.now(UTC)


@pytest.fixture
def moderator(admin_client: Client) -> Client:
    return admin_client


@pytest.fixture
def service() -> Service:
    return a_service(sources=[Source(slug="moderator", kind="manual", tier="official", authors=["Tesla"])])


def link(service: Service, **changes: str) -> dict[str, str]:
    now = timezone.now()
    return {
        "where": f"{service.pk}:moderator",
        "url": "https://x.com/Tesla/status/1",
        "author": "Tesla",
        "text": "We are investigating an outage of the Tesla app.",
        "posted_at_0": f"{now:%Y-%m-%d}",
        "posted_at_1": f"{now:%H:%M:%S}",
    } | changes


def test_a_pasted_official_link_is_read_and_counts_now(moderator: Client, service: Service) -> None:
    response = moderator.post(reverse(ADD), link(service), follow=True)
    assert response.status_code == 200
    row = Announcement.objects.get()
    assert (row.source, row.author, row.tier) == ("moderator", "Tesla", "official")
    assert (row.relevant, row.stage) == (True, "investigating")
    assert timezone.now() - row.seen_at < timedelta(minutes=1)


def test_the_same_link_with_other_words_is_an_edit(moderator: Client, service: Service) -> None:
    moderator.post(reverse(ADD), link(service))
    moderator.post(reverse(ADD), link(service, text="The Tesla app is back. This incident has been resolved."))
    assert Announcement.objects.get().stage == "resolved"
    assert AnnouncementRevision.objects.get().text.startswith("We are investigating")


def test_an_author_that_the_catalogue_does_not_name_is_not_official(moderator: Client, service: Service) -> None:
    moderator.post(reverse(ADD), link(service, author="Tesla Fan Club"))
    assert Announcement.objects.get().tier == "community"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": "not a link"}, "valid URL"),
        ({"url": "ftp://example.org/"}, "https://"),
        ({"text": ""}, "required"),
        ({"posted_at_0": "2090-01-01"}, "future"),
        ({"where": "999:moderator"}, "valid choice"),
    ],
)
def test_a_wrong_field_says_so_beside_itself(
    moderator: Client, service: Service, changes: dict[str, str], message: str
) -> None:
    response = moderator.post(reverse(ADD), link(service, **changes))
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not Announcement.objects.exists()


def test_a_correction_wins_over_the_rules_and_counts_again(moderator: Client, service: Service) -> None:
    moderator.post(reverse(ADD), link(service, text="Charging is cheaper tonight."))
    row = Announcement.objects.get()
    assert not row.relevant
    before = row.seen_at
    page = reverse("admin:outages_announcement_change", args=[row.pk])
    words = {"corrected_stage": "investigating", "corrected_relevant": "true", "correction_note": "means the outage"}
    revisions = {"revisions-TOTAL_FORMS": "0", "revisions-INITIAL_FORMS": "0"}
    moderator.post(page, words | revisions)
    row.refresh_from_db()
    assert (row.relevant, row.stage, row.correction_note) == (True, "investigating", "means the outage")
    assert row.seen_at > before
    assert any("moderator" in reason for reason in row.reasons)
    case = json.loads(corrected_cases())
    assert (case["service"], case["text"], case["relevant"]) == ("tesla", "Charging is cheaper tonight.", True)
    moderator.post(page, {"corrected_stage": "", "corrected_relevant": "unknown", "correction_note": ""} | revisions)
    row.refresh_from_db()
    assert not row.relevant
    assert corrected_cases() == ""


def corrected_cases() -> str:
    out = io.StringIO()
    call_command("export_corrections", stdout=out)
    return out.getvalue()


def test_every_page_opens(moderator: Client, service: Service) -> None:
    incident = Incident.objects.create(service=service, number=1, state="possible", opened_at=NOW, updated_at=NOW)
    incident.events.create(at=NOW, to_state="possible", reason="crowd_rises")
    Vantage.objects.create(name="paris")
    SourceHealth.objects.create(service=service, slug="x", kind="x")
    ProbeHealth.objects.create(
        service=service, probe="p", vantage="paris", kind="http", classification="up", last_at=NOW, last_change_at=NOW
    )
    moderator.post(reverse(ADD), link(service))
    for model in admin.site._registry:
        if model._meta.app_label != "outages":
            continue
        name = f"admin:outages_{model._meta.model_name}"
        assert moderator.get(reverse(f"{name}_changelist")).status_code == 200, model
        for row in model._default_manager.all():
            assert moderator.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200, model
    assert moderator.get(reverse(ADD)).status_code == 200


def test_nobody_else_gets_in(client: Client, service: Service) -> None:
    assert client.get(reverse(ADD)).status_code == 302
    assert client.post(reverse(ADD), link(service)).status_code == 302
    assert not Announcement.objects.exists()
