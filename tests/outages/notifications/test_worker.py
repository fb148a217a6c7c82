"""Deliveries on their way: order, retries, circuits, leases, expiry. Real servers on this machine, no other."""

from __future__ import annotations

import json

import pytest
from standardwebhooks import Webhook

from outages.models import Delivery, Endpoint
from outages.notifications import crypto, delivery_queue, fan_out, subscriptions, worker
from outages.signals.outbound.client import Client
from outages.signals.outbound.policy import Mode, Policy
from tests.outages.notifications.conftest import Story
from tests.servers.hooks import hooks

pytestmark = pytest.mark.django_db


@pytest.fixture
def hook_server():
    with hooks() as site:
        yield site


@pytest.fixture(autouse=True)
def only_this_machine(settings):
    settings.OUTBOUND = "loopback"


def deliver(clock):
    fan_out.sweep(clock())
    return worker.run(now=clock, budget_s=20)


def states(subscription):
    return [(d.kind, d.state) for d in subscription.deliveries.order_by("event_id", "created_at")]


def test_a_webhook_gets_a_signed_notice_once(story, clock, subscriber, hook_server, monkeypatch):
    one = subscriber(hook_server.url("/a"))
    story.becomes("confirmed", countries=("NL",))
    assert deliver(clock) == 1
    assert deliver(clock) == 0
    [request] = hook_server.at("/a")
    secret = crypto.unseal(one.signing_sealed)
    payload = Webhook(secret).verify(request.body, request.headers)
    assert payload["type"] == "incident.confirmed"
    assert payload["data"]["title"] == "Acme is down in the Netherlands: Mobile app"
    assert payload["data"]["countries"] == ["NL"]
    assert payload["data"]["page_url"].endswith("/acme/incidents/1")
    delivery = one.deliveries.get()
    assert (delivery.state, delivery.attempts, request.id) == ("sent", 1, str(delivery.pk))


def test_for_a_day_after_a_rotation_both_secrets_verify(story, clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/a"), from_state="possible")
    old = crypto.unseal(one.signing_sealed)
    new = subscriptions.rotate(one, now=clock())
    story.becomes("possible")
    deliver(clock)
    for secret in (old, new):
        Webhook(secret).verify(hook_server.at("/a")[0].body, hook_server.at("/a")[0].headers)
    clock.move(hours=24)
    story.becomes("confirmed")
    deliver(clock)
    second = hook_server.at("/a")[1]
    Webhook(new).verify(second.body, second.headers)
    assert len(second.headers["webhook-signature"].split()) == 1


def test_a_later_notice_waits_for_an_earlier_one(story, clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/a"), from_state="possible")
    hook_server.always("/a", 503)
    for state in ("possible", "confirmed", "resolved"):
        story.becomes(state)
    deliver(clock)
    assert [(d.kind, d.attempts) for d in one.deliveries.order_by("event_id")] == [
        ("opened", 1),
        ("confirmed", 0),
        ("resolved", 0),
    ]
    del hook_server.answers["/a"]
    clock.move(minutes=1)
    deliver(clock)
    kinds = [json.loads(request.body)["type"] for request in hook_server.at("/a")]
    assert kinds == ["incident.opened", "incident.opened", "incident.confirmed", "incident.resolved"]
    assert len(hook_server.ids("/a")) == 3


def test_an_incident_does_not_wait_for_another(service, clock, subscriber, hook_server):
    subscriber(hook_server.url("/a"))
    first, second = Story(service, clock, 1), Story(service, clock, 2)
    hook_server.answers["/a"] = lambda request: (
        503 if json.loads(request.body)["data"]["number"] == 1 else 204,
        {},
        b"",
    )
    first.becomes("confirmed")
    deliver(clock)
    second.becomes("confirmed")
    deliver(clock)
    assert [json.loads(request.body)["data"]["number"] for request in hook_server.at("/a")][-1] == 2


def test_failures_are_tried_again_ever_later_and_open_a_circuit(story, clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/a"))
    hook_server.always("/a", 500)
    story.becomes("confirmed")
    waits = []
    for _ in range(7):
        deliver(clock)
        delivery = one.deliveries.get()
        waits.append((delivery.next_at - clock()).total_seconds())
        one.endpoint.refresh_from_db()
        clock.now = max(delivery.next_at, one.endpoint.circuit_open_until_at or clock())
    assert waits == sorted(waits)
    assert waits[0] == pytest.approx(5, rel=0.21)
    assert one.endpoint.failures == len(hook_server.at("/a")) == 7
    assert one.endpoint.circuit_open_until_at is not None
    del hook_server.answers["/a"]
    deliver(clock)
    one.endpoint.refresh_from_db()
    assert (one.endpoint.failures, one.endpoint.circuit_open_until_at) == (0, None)
    assert states(one) == [("confirmed", "sent")]


def test_an_open_circuit_holds_all_that_goes_to_an_endpoint(story, clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/a"))
    Endpoint.objects.filter(pk=one.endpoint_id).update(
        failures=5, circuit_open_until_at=clock.move(minutes=0).replace(hour=13)
    )
    story.becomes("confirmed")
    assert deliver(clock) == 0
    clock.now = clock.now.replace(hour=13)
    assert deliver(clock) == 1


def test_an_endpoint_that_failed_is_tried_with_one_message_at_a_time(service, clock, subscriber, hook_server):
    ones = [subscriber(hook_server.url("/a"), country=country) for country in ("NL", "DE", "FR")]
    Endpoint.objects.filter(pk=ones[0].endpoint_id).update(failures=1)
    Story(service, clock).becomes("confirmed")
    fan_out.sweep(clock())
    assert len(delivery_queue.claim(clock(), ["webhook"], quick=10, slow=10)) == 1
    assert delivery_queue.claim(clock(), ["webhook"], quick=10, slow=10) == []


def test_a_wish_to_wait_is_kept(story, clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/a"))
    hook_server.always("/a", 429, retry_after="900")
    story.becomes("confirmed")
    deliver(clock)
    assert (one.deliveries.get().next_at - clock()).total_seconds() == 900


def test_an_endpoint_that_is_gone_is_disabled_and_gets_no_more(story, clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/a"), from_state="possible")
    hook_server.always("/a", 410)
    for state in ("possible", "confirmed"):
        story.becomes(state)
    deliver(clock)
    one.refresh_from_db()
    assert one.state == "disabled"
    assert "410" in one.disabled_reason
    assert states(one) == [("opened", "failed"), ("confirmed", "failed")]
    assert len(hook_server.at("/a")) == 1


@pytest.mark.slow
def test_after_75_hours_without_success_it_is_disabled_and_its_owner_told_once_by_mail(
    story, clock, subscriber, hook_server, settings, mailoutbox
):
    settings.EMAIL_HOST = "localhost"
    owner = subscriptions.endpoint_of("mail", "owner@example.org")
    one = subscriber(hook_server.url("/a"), owner_endpoint=owner, owner_confirmed_at=clock())
    hook_server.always("/a", 500)
    story.becomes("confirmed")
    while one.deliveries.filter(state="waiting", kind="confirmed").exists() or not one.deliveries.exists():
        deliver(clock)
        one.endpoint.refresh_from_db()
        waiting = one.deliveries.filter(state="waiting", kind="confirmed").first()
        if waiting is not None:
            clock.now = max(waiting.next_at, one.endpoint.circuit_open_until_at or clock())
    one.refresh_from_db()
    assert one.state == "disabled"
    first = one.deliveries.get(kind="confirmed")
    assert (first.ended_at - first.first_tried_at).total_seconds() >= 75 * 3600
    deliver(clock)
    [message] = mailoutbox
    assert message.to == ["owner@example.org"]
    assert message.subject == "Your alerts for Acme have stopped"
    assert "answered 500" in message.body
    assert "List-Unsubscribe" not in message.extra_headers
    assert not Endpoint.objects.filter(pk=owner.pk).exists(), "the owner's address is deleted once it was used"


def test_a_redirect_is_not_followed(story, clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/a"))
    hook_server.always("/a", 302, location=hook_server.url("/b"))
    story.becomes("confirmed")
    deliver(clock)
    assert hook_server.at("/b") == []
    assert "redirects" in one.deliveries.get().error


def test_an_address_of_the_inside_is_never_called_and_not_told(story, clock, subscriber, monkeypatch):
    one = subscriber("http://127.0.0.1/a")
    story.becomes("confirmed")
    fan_out.sweep(clock())
    outside = Client(Policy(Mode.ON), user_agent="test")
    worker.run(now=clock, channels={"webhook": worker.CHANNELS["webhook"](outside)}, budget_s=5)
    error = one.deliveries.get().error
    assert "never call" in error
    assert "127.0.0.1" not in error


def test_while_sending_is_off_notices_wait_and_expire_after_a_day(story, clock, subscriber, hook_server, settings):
    settings.OUTBOUND = "off"
    one = subscriber(hook_server.url("/a"), from_state="possible")
    story.becomes("possible")
    assert deliver(clock) == 0
    assert states(one) == [("opened", "waiting")]
    clock.move(hours=23)
    story.becomes("confirmed")
    deliver(clock)
    clock.move(hours=1)
    deliver(clock)
    assert states(one) == [("opened", "expired"), ("confirmed", "waiting")]
    assert "no news" in one.deliveries.get(kind="opened").error
    settings.OUTBOUND = "loopback"
    deliver(clock)
    assert states(one) == [("opened", "expired"), ("confirmed", "sent")]
    assert len(hook_server.received) == 1


def test_what_waits_behind_an_endpoint_that_fails_is_not_dropped_after_a_day(story, clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/a"), from_state="possible")
    hook_server.always("/a", 500)
    story.becomes("possible")
    deliver(clock)
    story.becomes("confirmed")
    fan_out.sweep(clock())
    clock.move(hours=30)
    delivery_queue.expire(clock())
    assert states(one) == [("opened", "waiting"), ("confirmed", "waiting")]
    del hook_server.answers["/a"]
    deliver(clock)
    assert states(one) == [("opened", "sent"), ("confirmed", "sent")]


def test_a_worker_that_died_after_its_claim_leaves_it_to_the_next_when_the_lease_ends(
    story, clock, subscriber, hook_server
):
    one = subscriber(hook_server.url("/a"))
    story.becomes("confirmed")
    fan_out.sweep(clock())
    assert len(delivery_queue.claim(clock(), ["webhook"], quick=10, slow=10)) == 1
    assert deliver(clock) == 0
    clock.move(seconds=61)
    assert deliver(clock) == 1
    assert states(one) == [("confirmed", "sent")]
    assert len(hook_server.at("/a")) == 1


def test_what_was_sent_but_not_stored_is_sent_again_with_the_same_id(
    story, clock, subscriber, hook_server, monkeypatch
):
    one = subscriber(hook_server.url("/a"))
    story.becomes("confirmed")

    class Died(BaseException):
        pass

    def die(_results):
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(delivery_queue, "store", die)
        with pytest.raises(Died):
            deliver(clock)
    clock.move(seconds=61)
    deliver(clock)
    first, second = hook_server.at("/a")
    assert first.id == second.id
    assert first.body == second.body
    assert states(one) == [("confirmed", "sent")]


def test_a_late_result_of_a_lost_lease_changes_nothing(story, clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/a"))
    story.becomes("confirmed")
    fan_out.sweep(clock())
    [lost] = delivery_queue.claim(clock(), ["webhook"], quick=10, slow=10)
    clock.move(seconds=61)
    deliver(clock)
    delivery_queue.store([delivery_queue.Result(lost, clock(), "too late")])
    assert states(one) == [("confirmed", "sent")]
    one.endpoint.refresh_from_db()
    assert one.endpoint.failures == 0


def test_who_unsubscribes_while_a_notice_is_on_its_way_is_forgotten_all_the_same(story, clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/a"))
    story.becomes("confirmed")
    fan_out.sweep(clock())
    claimed = delivery_queue.claim(clock(), ["webhook"], quick=10, slow=10)
    subscriptions.unsubscribe(one)
    delivery_queue.store([delivery_queue.Result(claimed[0], clock(), "some error", permanent=True)])
    assert Delivery.objects.count() == Endpoint.objects.count() == 0


@pytest.mark.slow
def test_tar_pits_do_not_hold_up_those_that_answer(story, clock, subscriber, hook_server, monkeypatch):
    from outages.notifications.channels import webhook
    from outages.signals.outbound.client import Limits

    monkeypatch.setattr(webhook, "LIMITS", Limits(total_s=3.0, redirects=0, truncate=True))
    hook_server.pit_prefix = "/pit"
    for number in range(40):
        subscriber(hook_server.url(f"/{'pit' if number % 2 else 'good'}/{number}"))
    story.becomes("confirmed")
    deliver(clock)
    assert len(hook_server.received) == len({request.id for request in hook_server.received}) == 20
    assert Delivery.objects.filter(state="sent").count() == 20
    assert set(Delivery.objects.filter(state="waiting").values_list("attempts", flat=True)) == {1}
    assert sum(hook_server.held.values()) == 20


def test_targets_sealed_under_another_key_end_with_that_reason(story, clock, subscriber, hook_server, settings):
    one = subscriber(hook_server.url("/a"))
    settings.SECRET_KEY = "another"
    story.becomes("confirmed")
    deliver(clock)
    one.refresh_from_db()
    assert one.state == "disabled"
    assert "SECRET_KEY" in one.disabled_reason


def test_a_channel_that_is_not_set_up_keeps_its_notices_waiting(story, clock, subscriber, settings):
    settings.EMAIL_HOST = ""
    one = subscriber("a@example.org", channel="mail")
    story.becomes("confirmed")
    assert deliver(clock) == 0
    assert states(one) == [("confirmed", "waiting")]


def test_a_test_that_nobody_answers_disables_nothing(clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/a"))
    hook_server.always("/a", 500)
    subscriptions.send_test(one, now=clock())
    while one.deliveries.filter(state="waiting").exists():
        deliver(clock)
        clock.move(minutes=20)
    one.refresh_from_db()
    assert states(one) == [("test", "failed")]
    assert one.state == "active"


@pytest.mark.slow
def test_a_worker_that_is_to_end_leaves_what_is_under_way_to_the_next(story, clock, subscriber, hook_server):
    one = subscriber(hook_server.url("/pit"))
    hook_server.pits.add("/pit")
    story.becomes("confirmed")
    fan_out.sweep(clock())
    assert worker.run(now=clock, stopping=lambda: bool(hook_server.held)) == 1
    delivery = one.deliveries.get()
    assert (delivery.state, delivery.attempts) == ("waiting", 1)
    hook_server.pits.clear()
    clock.move(seconds=61)
    deliver(clock)
    assert states(one) == [("confirmed", "sent")]
