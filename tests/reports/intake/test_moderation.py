"""What moderators decide about reports: counted or not, hidden notes, blocked networks, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from config.process_cache import CACHE
from reports.intake import corrections, moderation, rules, single
from reports.intake.moderation import ModerationError
from reports.intake.receipts import new_id
from reports.intake.rows import COLUMNS, Door, Row
from reports.intake.service_cache import service as known_service
from reports.intake.submissions import Correction, Submission
from reports.models import HeldReport, NetworkBlock, NotedReport, Report, ReportDecision, Service, short
from reports.privacy.origin import Origin
from reports.queries import changed_minutes
from tests.reports.conftest import NOW

pytestmark = pytest.mark.django_db
OURS = Origin(network=77, wide_network=7, reporter=5)


@pytest.fixture
def by(db: None) -> Any:
    return get_user_model().objects.create_user("mo")


def stored(service: Service, verdict: rules.Ruling = rules.Ruling.HELD, rule: str = "backdated_burst", **said: Any):  # type: ignore[no-untyped-def]
    row = Row.of(Submission(service=service.slug, **said), OURS, known_service(service.slug), now=NOW, door=Door.API)
    report_id = new_id(NOW)
    values = row.values(report_id, "secret", rules.Judgement(verdict, rule, ""), NOW)
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(COLUMNS))
        cursor.execute(f"INSERT INTO reports_report ({', '.join(COLUMNS)}) VALUES ({marks})", values)
    return report_id


def now_of(report_id: Any) -> tuple[int, str]:
    return Report.objects.values_list("verdict", "rule").get(id=report_id)


LATER = NOW + timedelta(minutes=9)


@pytest.mark.parametrize(
    ("decide", "after", "action"),
    [
        (moderation.accept, (Report.Verdict.ACCEPTED, "accepted_by_moderator"), "accept"),
        (moderation.drop, (Report.Verdict.REJECTED, "dropped_by_moderator"), "drop"),
    ],
)
def test_a_held_report_is_judged_once_and_it_is_kept_who_did_so_and_why(
    service: Service, by: Any, decide: Any, after: Any, action: str
) -> None:
    held, counted = stored(service), stored(service, rules.Ruling.ACCEPTED, "")
    assert [row.pk for row in HeldReport.objects.filter(verdict=1)] == [held]
    assert decide([held, counted], reason="An honest  burst", by=by, now=LATER) == 1
    assert decide([held], reason="Again", by=by, now=LATER) == 0
    assert now_of(held) == after
    assert now_of(counted) == (0, "")
    decision = ReportDecision.objects.get()
    assert (decision.report_id, decision.action, decision.by, decision.at) == (held, action, by, LATER)
    assert (decision.reason, decision.rule_before) == ("An honest burst", "backdated_burst")


def test_the_minute_of_a_report_that_was_judged_is_counted_again(service: Service, by: Any) -> None:
    held = stored(service)
    assert changed_minutes(service, NOW) == []
    moderation.accept([held], reason="Fine", by=by, now=LATER)
    assert changed_minutes(service, NOW) == [NOW.replace(second=0)]
    assert changed_minutes(service, LATER + timedelta(seconds=1)) == []


def test_a_wrong_decision_is_taken_back_by_holding_the_report_again(service: Service, by: Any) -> None:
    held = stored(service)
    moderation.drop([held], reason="Looks made up", by=by, now=NOW)
    assert moderation.hold([held], reason="It was not", by=by, now=NOW) == 1
    assert now_of(held) == (Report.Verdict.HELD, "held_by_moderator")
    assert moderation.accept([held], reason="It was not", by=by, now=NOW) == 1


def test_a_withdrawn_report_is_nobodys_to_judge(service: Service, by: Any) -> None:
    held = stored(service)
    Report.objects.filter(id=held).update(withdrawn_at=NOW)
    assert moderation.accept([held], reason="Fine", by=by, now=NOW) == 0


def test_a_hidden_note_stays_hidden_through_a_correction_and_the_report_counts_on(service: Service, by: Any) -> None:
    noted = stored(service, rules.Ruling.ACCEPTED, "", note="Karen did it")
    assert [row.pk for row in NotedReport.objects.exclude(note="")] == [noted]
    assert moderation.hide_notes([noted], reason="A name", by=by, now=NOW) == 1
    assert now_of(noted) == (0, rules.NOTE_HIDDEN_BY_MODERATOR)
    assert rules.NOTE_HIDDEN_BY_MODERATOR in rules.HIDING_RULES
    assert changed_minutes(service, NOW - timedelta(hours=1)) == []
    corrections.correct(noted, "secret", Correction(note="Karen did it again"), now=NOW)
    assert now_of(noted) == (0, rules.NOTE_HIDDEN_BY_MODERATOR)
    assert moderation.show_notes([noted], reason="Her own", by=by, now=NOW) == 1
    assert now_of(noted) == (0, "")


def test_a_note_that_is_not_to_be_shown_stays_so_when_its_report_is_accepted(service: Service, by: Any) -> None:
    held = stored(service, note="write to a.b@example.org")
    moderation.accept([held], reason="Fine", by=by, now=NOW)
    assert now_of(held) == (0, "note_with_contact")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_nothing_is_decided_without_a_reason(service: Service, by: Any, reason: str) -> None:
    held = stored(service)
    with pytest.raises(ModerationError, match="reason"):
        moderation.accept([held], reason=reason, by=by, now=NOW)
    assert now_of(held) == (1, "backdated_burst")


def take(service: Service, network: int = 77, **later: int) -> Any:
    now = NOW + timedelta(**later)
    return single.take(Submission(service=service.slug), Origin(network=network), now=now, door=Door.API)


def test_a_blocked_networks_reports_are_held_for_the_rest_of_the_day(service: Service, by: Any) -> None:
    assert take(service).counted
    block = moderation.block_network(77, NOW, reason="A flood", by=by, now=NOW)
    CACHE.clear()
    held = take(service, minutes=5)
    assert (held.counted, held.rule) == (False, "blocked_network")
    assert take(service, network=78).counted
    assert take(service, network=0).counted
    assert take(service, hours=12).counted  # the next day has another key: the hash says nothing there
    CACHE.clear()
    assert moderation.lift_block(block, by=by, now=NOW)
    assert not moderation.lift_block(block, by=by, now=NOW)
    CACHE.clear()
    assert take(service, minutes=6).counted


def test_a_block_is_in_force_within_seconds_and_costs_no_query_a_report(
    service: Service, by: Any, django_assert_num_queries: Any
) -> None:
    take(service)
    with django_assert_num_queries(1):
        take(service)


@pytest.mark.parametrize(
    ("network", "days_ago", "why"), [(0, 0, "not known"), (77, 1, "another hash"), (78, 0, "already")]
)
def test_a_block_that_means_nothing_is_refused(
    service: Service, by: Any, network: int, days_ago: int, why: str
) -> None:
    moderation.block_network(78, NOW, reason="A flood", by=by, now=NOW)
    with pytest.raises(ModerationError, match=why):
        moderation.block_network(network, NOW - timedelta(days=days_ago), reason="A flood", by=by, now=NOW)
    assert NetworkBlock.objects.count() == 1


def test_a_networks_short_form_tells_it_from_others_and_no_more() -> None:
    assert short(0) == "unknown"
    assert short(0x1234_5678_9ABC_DEF0) == "12345678"
