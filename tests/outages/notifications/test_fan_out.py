"""From events to deliveries: once each, in order, to those who want them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from outages.models import Delivery, Incident, NoticeCursor
from outages.notifications import fan_out
from reports.models import Service
from tests.outages.notifications.conftest import Story

pytestmark = pytest.mark.django_db


def kinds(subscription):
    return list(subscription.deliveries.order_by("event_id").values_list("kind", flat=True))


def test_an_outage_is_told_step_by_step_to_each_by_its_wish(story, clock, subscriber):
    early, usual, late = (
        subscriber(f"https://example.org/{state}", from_state=state) for state in ("possible", "confirmed", "resolved")
    )
    dutch, login = subscriber(country="NL"), subscriber(component="login")
    for state in ("possible", "confirmed", "recovering", "resolved"):
        story.becomes(state, countries=("DE",))
        fan_out.sweep(clock())
    assert kinds(early) == ["opened", "confirmed", "resolved"]
    assert kinds(usual) == ["confirmed", "resolved"]
    assert kinds(late) == ["resolved"]
    assert kinds(dutch) == kinds(login) == []


def test_events_that_nobody_was_told_of_are_swept_up_in_order(story, clock, subscriber):
    one = subscriber(from_state="possible")
    for state in ("possible", "confirmed", "resolved"):
        story.becomes(state)
    assert fan_out.sweep(clock()) == 3
    assert kinds(one) == ["opened", "confirmed", "resolved"]


def test_a_second_sweep_makes_nothing(story, clock, subscriber):
    subscriber()
    story.becomes("confirmed")
    assert [fan_out.sweep(clock()) for _ in range(3)] == [1, 0, 0]


def test_a_sweep_that_dies_before_its_commit_leaves_all_to_the_next(story, clock, subscriber, monkeypatch):
    subscriber()
    story.becomes("confirmed")

    class Died(BaseException):
        pass

    def die(*_args, **_kwargs):
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(NoticeCursor, "save", die)
        with pytest.raises(Died), transaction.atomic():
            fan_out.sweep(clock())
    assert Delivery.objects.count() == 0
    assert fan_out.sweep(clock()) == 1


def test_the_database_allows_one_delivery_for_each_event_and_subscription(story, clock, subscriber):
    one = subscriber()
    event = story.becomes("confirmed")
    fan_out.sweep(clock())
    for changes in ({"event": event, "kind": "resolved"}, {"event": None, "kind": "confirmed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.create(
                subscription=one,
                endpoint=one.endpoint,
                incident=event.incident,
                created_at=clock(),
                next_at=clock(),
                **changes,
            )


def test_only_who_has_confirmed_before_an_event_and_was_not_disabled_is_told(story, clock, subscriber):
    subscriber(confirmed_at=None)
    subscriber(disabled_at=clock())
    story.becomes("confirmed")
    subscriber("https://example.org/later")
    assert fan_out.sweep(clock()) == 0


def test_what_comes_back_after_its_end_is_told_anew(story, clock, subscriber):
    one = subscriber()
    for state in ("confirmed", "resolved", "confirmed", "resolved"):
        story.becomes(state)
        fan_out.sweep(clock())
    assert kinds(one) == ["confirmed", "resolved", "confirmed", "resolved"]
    assert list(one.deliveries.order_by("event_id").values_list("outage", flat=True)) == [1, 1, 2, 2]


def test_growth_is_told_once_however_often_an_outage_grows(story, clock, subscriber):
    one = subscriber()
    for places in (("NL",), ("NL",), ("NL", "DE"), ("NL", "DE", "FR", "BE"), ()):
        story.becomes("confirmed", countries=places)
        fan_out.sweep(clock())
    assert kinds(one) == ["confirmed", "changed"]


def test_a_maintenance_is_told_once(service, clock, subscriber):
    one = subscriber(from_state="possible")
    story = Story(service, clock, kind="maintenance")
    for state in ("maintenance", "maintenance", "recovering", "maintenance", "resolved", "maintenance"):
        story.becomes(state)
        fan_out.sweep(clock())
    assert kinds(one) == ["maintenance"]


def test_a_recording_is_told_to_nobody_even_if_it_goes_live_later(story, service, clock, subscriber):
    subscriber()
    Service.objects.filter(pk=service.pk).update(clock=Service.Clock.RECORDED)
    story.becomes("confirmed")
    assert fan_out.sweep(clock()) == 0
    Service.objects.filter(pk=service.pk).update(clock=Service.Clock.LIVE)
    assert fan_out.sweep(clock()) == 0
    story.becomes("resolved")
    assert fan_out.sweep(clock()) == 1


def test_what_happened_a_day_ago_is_no_news(story, clock, subscriber):
    subscriber()
    story.becomes("confirmed")
    clock.move(hours=25)
    story.becomes("resolved")
    assert fan_out.sweep(clock()) == 1
    assert Delivery.objects.get().kind == "resolved"


def test_history_made_anew_is_told_to_nobody(service, clock, subscriber):
    from outages.pipeline import scan

    subscriber()
    scan.rebuild(service, clock().replace(hour=6), clock().replace(hour=7), now=clock())
    assert NoticeCursor.objects.get(service=service).event_id == 0
    Story(service, clock).becomes("confirmed")
    NoticeCursor.skip(service)
    assert fan_out.sweep(clock()) == 0


def test_two_outages_at_once_are_told_apart(service, clock, subscriber):
    one = subscriber()
    first, second = Story(service, clock, 1), Story(service, clock, 2)
    first.becomes("confirmed")
    second.becomes("confirmed")
    first.becomes("resolved")
    fan_out.sweep(clock())
    assert [(d.incident.number, d.kind) for d in one.deliveries.order_by("event_id")] == [
        (1, "confirmed"),
        (2, "confirmed"),
        (1, "resolved"),
    ]
    assert Incident.objects.count() == 2


def test_a_daily_message_waits_for_its_hour(story, clock, subscriber):
    subscriber("a@example.org", channel="mail", cadence="daily")
    story.becomes("confirmed")
    fan_out.sweep(clock())
    assert Delivery.objects.get().next_at.hour == 7


def test_a_thousand_subscribers_cost_as_many_queries_as_one(story, clock, subscriber, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    subscriber("https://example.org/0")
    story.becomes("possible")
    fan_out.sweep(clock())
    story.becomes("confirmed")
    with CaptureQueriesContext(connection) as one:
        fan_out.sweep(clock())
    for number in range(1, 40):
        subscriber(f"https://example.org/{number}")
    story.becomes("resolved")
    with django_assert_num_queries(len(one)):
        assert fan_out.sweep(clock()) == 40


def told_of(subscription, number):
    told = subscription.deliveries.filter(incident__number=number).order_by("event_id")
    return list(told.values_list("kind", flat=True))


def test_what_is_merged_is_not_told_again_and_its_end_is_told_once(service, clock, subscriber):
    app, charging = (
        subscriber("https://a.example/", component="app"),
        subscriber("https://c.example/", component="charging"),
    )
    first, second = Story(service, clock), Story(service, clock, number=2)
    first.becomes("confirmed", components=("app",))
    second.becomes("confirmed", components=("charging",))
    second.becomes("merged", components=("charging",), merged_into=1)
    first.becomes("confirmed", components=("app", "charging"))
    first.becomes("resolved", components=("app", "charging"))
    fan_out.sweep(clock())
    assert (told_of(app, 1), told_of(app, 2)) == (["confirmed", "changed", "resolved"], [])
    assert (told_of(charging, 2), told_of(charging, 1)) == (["confirmed", "resolved"], ["resolved"])
    first.becomes("confirmed", components=("app", "charging"))  # another day: an outage of its own
    fan_out.sweep(clock())
    assert told_of(charging, 1) == ["resolved", "confirmed"]


def test_a_part_that_is_split_off_is_no_news_but_its_end_is(service, clock, subscriber):
    one = subscriber()
    whole, part = Story(service, clock), Story(service, clock, number=2)
    whole.becomes("confirmed", components=("app", "charging"))
    whole.becomes("confirmed", components=("app",))
    part.becomes("confirmed", components=("charging",), split_from=1)
    whole.becomes("resolved", components=("app",))
    part.becomes("resolved", components=("charging",))
    fan_out.sweep(clock())
    assert (told_of(one, 1), told_of(one, 2)) == (["confirmed", "resolved"], ["resolved"])
