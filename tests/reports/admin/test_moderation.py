"""Held reports, notes and blocks in the admin: from the list to what is kept."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reports.models import NetworkBlock, Report, ReportDecision, Service

pytestmark = pytest.mark.django_db
HELD, NOTED = "admin:reports_heldreport_changelist", "admin:reports_notedreport_changelist"


@pytest.fixture
def moderator() -> Client:
    user = User.objects.create_user("mo", is_staff=True)
    user.groups.add(Group.objects.get(name="moderator"))
    client = Client()
    client.force_login(user)
    return client


def stored(service: Service, number: int, verdict: int = Report.Verdict.HELD, note: str = "") -> UUID:
    now = timezone.now()
    row = Report.objects.create(
        id=UUID(int=number), at=now, received_at=now, occurred_at=now, service=service, network=0xABCD << 44, note=note,
        component=service.components.get(slug="app"), country="NL", region="NL-NH", verdict=verdict, door="web",
        rule="backdated_burst" if verdict == Report.Verdict.HELD else "", receipt_hash=b"",
    )  # fmt: skip
    return row.id


def act(client: Client, page: str, action: str, *reports: UUID, reason: str = "A test of ours") -> str:
    chosen = {"action": action, "_selected_action": [str(one) for one in reports]}
    asked = client.post(reverse(page), chosen).content.decode()
    assert 'name="reason"' in asked
    return client.post(reverse(page), chosen | {"reason": reason}, follow=True).content.decode()


def test_the_queue_shows_what_is_held_with_its_rule_its_place_and_a_short_hash(
    moderator: Client, service: Service
) -> None:
    stored(service, 1, note="Since this <morning>")
    stored(service, 2, Report.Verdict.ACCEPTED)
    page = moderator.get(reverse(HELD)).content.decode()
    assert "1 held report" in page
    for said in ("backdated_burst", "Since this &lt;morning&gt;", "North Holland", "0abcd000", "Acme"):
        assert said in page
    assert str(0xABCD << 44) not in page


@pytest.mark.parametrize(("action", "verdict"), [("accept", 0), ("drop", 2)])
def test_many_are_judged_at_once_with_a_reason(moderator: Client, service: Service, action: str, verdict: int) -> None:
    reports = [stored(service, number) for number in (1, 2, 3)]
    assert "2 reports were" in act(moderator, HELD, action, *reports[:2])
    assert list(Report.objects.order_by("id").values_list("verdict", flat=True)) == [verdict, verdict, 1]
    assert set(ReportDecision.objects.values_list("by__username", "reason")) == {("mo", "A test of ours")}
    assert LogEntry.objects.count() == 2
    assert "1 held report" in moderator.get(reverse(HELD)).content.decode()


def test_without_a_reason_it_is_asked_for_again_and_nothing_is_judged(moderator: Client, service: Service) -> None:
    report = stored(service, 1)
    assert "Give a reason" in act(moderator, HELD, "accept", report, reason=" ")
    assert not ReportDecision.objects.exists()


def test_a_note_is_hidden_and_its_report_counts_on(moderator: Client, service: Service) -> None:
    report = stored(service, 1, Report.Verdict.ACCEPTED, note="Karen did it")
    act(moderator, NOTED, "hide_notes", report)
    row = Report.objects.get()
    assert (row.verdict, row.rule) == (Report.Verdict.ACCEPTED, "note_hidden_by_moderator")
    act(moderator, NOTED, "show_notes", report)
    assert Report.objects.get().rule == ""


def test_a_network_is_blocked_for_today_and_the_block_is_lifted(moderator: Client, service: Service) -> None:
    reports = [stored(service, 1), stored(service, 2)]
    assert "1 network is blocked" in act(moderator, HELD, "block", *reports)
    block = NetworkBlock.objects.get()
    assert (block.network, str(block.by), block.reason) == (0xABCD << 44, "mo", "A test of ours")
    assert "blocked already" in act(moderator, HELD, "block", *reports)
    page = reverse("admin:reports_networkblock_changelist")
    assert "0abcd000" in moderator.get(page).content.decode()
    moderator.post(page, {"action": "lift", "_selected_action": [block.pk]})
    block.refresh_from_db()
    assert (str(block.lifted_by), block.lifted_at is not None) == ("mo", True)


def test_a_decision_is_taken_back_from_the_list_of_decisions(moderator: Client, service: Service) -> None:
    report = stored(service, 1)
    act(moderator, HELD, "drop", report)
    page = "admin:reports_reportdecision_changelist"
    chosen = {"action": "hold_again", "_selected_action": [ReportDecision.objects.get().pk]}
    moderator.post(reverse(page), chosen | {"reason": "A slip"})
    assert Report.objects.get().verdict == Report.Verdict.HELD
