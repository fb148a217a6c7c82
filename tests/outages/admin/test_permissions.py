"""Who may see and do what in the admin: every address, for everybody."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from outages.admin import groups
from outages.models import DetectorState, Dispute, ProbeHealth, ProbeHour, ScanFailure, SourceHealth, Vantage
from reports.models import NetworkBlock, Report, ReportDecision, Service
from tests.factories import a_post, a_service, an_incident, watched

pytestmark = pytest.mark.django_db
NOT_FOR_MODERATORS = {"user", "group", "logentry"}


@pytest.fixture
def service() -> Service:
    """A service with a row of everything that the admin shows."""
    service = a_service()
    now = timezone.now()
    incident = an_incident(service, now - timedelta(minutes=9), components=("app", "login"))
    incident.overrides.create(
        service=service, number=1, opened_at=incident.opened_at, to_state="dismissed", reason="why"
    )
    Dispute.objects.create(
        service=service, number=1, opened_at=incident.opened_at, claim="over", reason="why", created_at=now,
        network=2**61 + 5,
    )  # fmt: skip
    a_post(service, now).revisions.create(text="before", content_hash="", replaced_at=now)
    watched(service, now - timedelta(minutes=2), now)
    DetectorState.objects.create(service=service, minute=now, state=b"", recounted_until=now)
    ScanFailure.objects.create(service=service, minute=now, stage="step", attempts=3, first_at=now, last_at=now)
    Vantage.objects.create(name="paris")
    SourceHealth.objects.create(service=service, slug="x", kind="x", state="unreachable")
    ProbeHealth.objects.create(
        service=service, probe="p", vantage="paris", kind="http", classification="up", last_at=now, last_change_at=now
    )
    counts = dict.fromkeys(("results", "up", "degraded", "down", "blocked"), 1)
    ProbeHour.objects.create(service=service, probe="p", vantage="paris", hour=now, **counts)
    common = {"service": service, "component": service.components.get(slug="app"), "door": "web", "receipt_hash": b""}
    for verdict, note in ((Report.Verdict.HELD, "A note"), (Report.Verdict.ACCEPTED, "Another")):
        Report.objects.create(
            id=uuid.uuid4(), at=now, received_at=now, occurred_at=now, network=2**61 + 5, note=note, verdict=verdict,
            rule="blocked_network", **common,
        )  # fmt: skip
    ReportDecision.objects.create(
        report_id=uuid.uuid4(), report_at=now, service=service, action="accept", reason="why", at=now
    )
    NetworkBlock.objects.create(day=now.date(), network=2**61 + 5, reason="why", created_at=now)
    root = User.objects.create_superuser("root", password="a password of ours")
    kind = ContentType.objects.get_for_model(Service)
    LogEntry.objects.create(user=root, content_type=kind, object_id="1", action_flag=CHANGE)
    return service


def addresses(request: Any) -> Iterator[tuple[str, str]]:
    """Every address of the admin with the model that it is about ("" for none), for a row of each model."""
    for name in ("index", "password_change", "password_change_done", "jsi18n"):
        yield "", reverse(f"admin:{name}")
    for model, shown in admin.site._registry.items():
        row: Any = shown.get_queryset(request).first()
        assert row is not None, f"a {model._meta.model_name} is missing from this test"
        special = {"outages_decide": lambda row: (row.pk, "correct"), "outages_undo": lambda row: _decision_of(row)}
        for pattern in shown.get_urls():
            if isinstance(pattern, URLPattern) and pattern.name is not None:
                plain = (row.pk,) if pattern.pattern.converters else ()
                arguments = special[pattern.name](row) if pattern.name in special else plain
                yield model._meta.model_name or "", reverse(f"admin:{pattern.name}", args=arguments)


def _decision_of(row: Any) -> tuple[int]:
    return (row.overrides.get().pk,)


def answers(client: Client, request: Any, *, post: bool = False) -> Iterator[tuple[str, str, int, str]]:
    """Model, address, status and text, for GET; with `post` a POST of nothing must not fail either."""
    found = sorted(set(addresses(request)))
    assert len(found) > 60
    for model, address in found:
        answer = client.get(address)
        yield model, address, answer.status_code, answer.headers.get("Location", "") + answer.content.decode()
        assert not post or client.post(address).status_code < 500, address


def test_nobody_gets_in_without_signing_in(client: Client, service: Service, rf: Any) -> None:
    for _, address, status, text in answers(client, rf.get("/"), post=True):
        assert (status, text[:20]) == (302, "/admin/login/?next=/"[:20]), address
    assert Report.objects.filter(verdict=Report.Verdict.HELD).count() == 1


def test_somebody_without_a_group_sees_nothing(client: Client, service: Service, rf: Any) -> None:
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    for model, address, status, _ in answers(client, rf.get("/")):
        assert status in (302, 403) or not model, address


@pytest.mark.slow
def test_a_moderator_sees_all_but_people_and_no_secret(signed_in: Any, service: Service, rf: Any) -> None:
    client = signed_in("moderator")
    for model, address, status, text in answers(client, rf.get("/"), post=True):
        assert status < 500, address
        if model in NOT_FOR_MODERATORS:
            assert status == 403 or "admin/login" in text or status == 302, address
        elif status == 200:
            assert str(2**61 + 5) not in text, f"{address} shows a whole hash"
        if address.endswith(("/delete/", "/add/")) and model != "announcement":
            assert status in (302, 403), address
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403
    assert client.get(reverse("admin:reports_heldreport_changelist")).status_code == 200


def test_an_operator_manages_people_but_makes_no_superuser(signed_in: Any, service: Service) -> None:
    client = signed_in("operator")
    root, other = User.objects.get(username="root"), User.objects.create_user("other")
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 200
    assert client.get(reverse("admin:admin_logentry_changelist")).status_code == 200
    page = reverse("admin:auth_user_change", args=[other.pk])
    said = {
        "username": "other", "is_active": "on", "is_staff": "on", "is_superuser": "on",
        "groups": [Group.objects.get(name="moderator").pk], "user_permissions": [1],
        "date_joined_0": "2026-01-01", "date_joined_1": "00:00",
    }  # fmt: skip
    assert client.post(page, said).status_code == 302
    other.refresh_from_db()
    assert (other.is_staff, other.is_superuser) == (True, False)
    assert [group.name for group in other.groups.all()] == ["moderator"]
    assert not other.user_permissions.exists()
    assert client.post(reverse("admin:auth_user_change", args=[root.pk]), said).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    taken = {"password1": "mine from now on", "password2": "mine from now on"}
    assert client.post(password, taken).status_code == 403
    root.refresh_from_db()
    assert root.check_password("a password of ours")


def test_the_groups_have_every_right_that_they_name() -> None:
    for name, rights in groups.GROUPS.items():
        given = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
        assert set(given) == rights


def test_making_the_groups_again_takes_nothing_away() -> None:
    group = Group.objects.get(name="moderator")
    before = group.permissions.count()
    group.permissions.add(Permission.objects.get(codename="view_session"))
    groups.make()
    assert group.permissions.count() == before + 1
