"""Mail, web push and chat against servers of this machine; the proof that a webhook is its owner's."""

from __future__ import annotations

import json

import pytest

from outages.models import Channel, Delivery, Endpoint, Subscription
from outages.notifications import crypto, fan_out, subscriptions, worker
from outages.notifications.channels import CHANNELS
from outages.notifications.channels.push_encryption import from_base64url
from outages.notifications.channels.webhook import proves
from outages.notifications.validation import Wanted
from tests.outages.notifications.conftest import Story
from tests.servers.hooks import hooks
from tests.servers.push import browser, read_push
from tests.servers.smtp import mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def hook_server():
    with hooks() as site:
        yield site


@pytest.fixture
def mails(settings):
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture(autouse=True)
def only_this_machine(settings, tmp_path):
    settings.OUTBOUND = "loopback"
    settings.DATA_DIR = tmp_path


def deliver(clock):
    fan_out.sweep(clock())
    return worker.run(now=clock, budget_s=20)


# Webhooks: whose is it?


def wanted(url):
    return Wanted(service="acme", channel="webhook", target=url)


def echo_challenge(request):
    token = json.loads(request.body)["data"]["challenge"]
    return 200, {}, json.dumps({"challenge": token}).encode()


def test_an_endpoint_that_gives_the_challenge_back_is_confirmed(service, clock, hook_server):
    hook_server.answers["/a"] = echo_challenge
    made = subscriptions.subscribe(wanted(hook_server.url("/a")), now=clock())
    deliver(clock)
    assert Subscription.objects.get().state == "active"
    [request] = hook_server.received
    assert json.loads(request.body)["type"] == "subscription.challenge"
    assert made.subscription.pk.hex in json.loads(request.body)["data"]["subscription"].replace("-", "")


def test_an_endpoint_that_says_yes_to_everything_is_not(service, clock, hook_server, story):
    subscriptions.subscribe(wanted(hook_server.url("/a")), now=clock())
    deliver(clock)
    story.becomes("confirmed")
    deliver(clock)
    assert Subscription.objects.get().state == "unconfirmed"
    assert len(hook_server.received) == 1, "the challenge and nothing more"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"token", True),
        (b" token\n", True),
        (b'{"challenge": "token"}', True),
        (b'{"data": {"challenge": "token"}}', False),
        (b'{"type": "subscription.challenge", "data": {"challenge": "token"}}', False),
        (b'{"challenge": 5}', False),
        (b"{broken", False),
        (b"[" * 20000, False),
        (b"\xff\xfe", False),
        (b"", False),
    ],
)
def test_the_challenge_is_given_back_and_not_merely_echoed(body, expected):
    assert proves(body, "token") is expected
    assert proves(body, "") is False


# Mail.


def test_mail_comes_as_plain_text_with_html_beside_it(story, clock, subscriber, mails):
    one = subscriber("a@example.org", channel="mail")
    story.becomes("confirmed", countries=("NL",))
    deliver(clock)
    [message] = mails.messages
    assert message["Subject"] == "Acme is down in the Netherlands: Mobile app"
    assert message["Message-ID"] == f"<{one.deliveries.get().pk}@localhost>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text = message.get_body(("plain",)).get_content()
    assert "There may be a problem. 40 reports counted in 30 min (usual: 2)." in text
    assert f"/subscriptions/{one.pk}/" in text
    assert mails.recipients == ["a@example.org"]


def test_a_mailbox_that_is_gone_is_disabled_and_a_full_one_tried_again(story, clock, subscriber, mails):
    gone, full = subscriber("gone@example.org", channel="mail"), subscriber("full@example.org", channel="mail")
    mails.refused = {"gone@example.org": "550 5.1.1 no such mailbox", "full@example.org": "452 4.2.2 mailbox full"}
    story.becomes("confirmed")
    deliver(clock)
    gone.refresh_from_db()
    full.refresh_from_db()
    assert (gone.state, full.state) == ("disabled", "active")
    assert [d.state for d in (gone.deliveries.get(), full.deliveries.get())] == ["failed", "waiting"]
    mails.refused = {}
    clock.move(minutes=1)
    deliver(clock)
    assert full.deliveries.get().state == "sent"


def test_an_unwilling_mail_server_of_ours_disables_nobody(story, clock, subscriber, mails):
    one = subscriber("a@example.org", channel="mail")
    mails.refused = {"a@example.org": "554 5.7.1 relay access denied"}
    story.becomes("confirmed")
    deliver(clock)
    one.refresh_from_db()
    assert one.state == "active"
    assert one.deliveries.get().state == "waiting"


def test_a_mail_server_that_is_away_is_no_loss(story, clock, subscriber, mails, settings):
    one = subscriber("a@example.org", channel="mail")
    settings.EMAIL_PORT = 1
    story.becomes("confirmed")
    deliver(clock)
    assert "cannot be reached" in one.deliveries.get().error
    settings.EMAIL_PORT = mails.port
    clock.move(minutes=1)
    deliver(clock)
    assert len(mails.messages) == 1


def test_with_loopback_no_mail_server_elsewhere_is_called(story, clock, subscriber, settings):
    settings.EMAIL_HOST = "mail.example.org"
    one = subscriber("a@example.org", channel="mail")
    story.becomes("confirmed")
    assert deliver(clock) == 0
    assert one.deliveries.get().state == "waiting"


def test_a_daily_message_holds_all_that_came(service, clock, subscriber, mails):
    subscriber("a@example.org", channel="mail", cadence="daily")
    for number in (1, 2):
        story = Story(service, clock, number)
        story.becomes("confirmed")
        story.becomes("resolved")
    assert deliver(clock) == 0
    clock.move(hours=19)
    assert deliver(clock) == 1
    [message] = mails.messages
    assert message["Subject"] == "Acme: 4 outage alerts"
    assert message.get_body(("plain",)).get_content().count("/acme/incidents/") == 4
    assert Delivery.objects.filter(state="sent").count() == 4


# Web push.


def test_a_browser_reads_its_push(story, clock, subscriber, hook_server):
    key, auth, target = browser(hook_server)
    subscriber(json.dumps(target), channel="push")
    story.becomes("confirmed", countries=("NL",))
    deliver(clock)
    [request] = hook_server.received
    message = read_push(request.body, key, auth)
    assert message["web_push"] == 8030
    assert message["notification"]["title"] == "Acme is down in the Netherlands: Mobile app"
    assert message["notification"]["navigate"].endswith("/acme/incidents/1")
    assert request.headers["content-encoding"] == "aes128gcm"
    assert request.headers["urgency"] == "high"
    assert len(request.headers["topic"]) <= 32
    assert request.headers["authorization"].startswith("vapid t=")
    claims = json.loads(from_base64url(request.headers["authorization"].split(".")[1]))
    assert claims["aud"] == f"http://127.0.0.1:{hook_server.port}"


def test_a_very_long_text_still_fits(story, clock, subscriber, hook_server):
    from outages.models import IncidentEvent

    key, auth, target = browser(hook_server)
    subscriber(json.dumps(target), channel="push")
    event = story.becomes("confirmed")
    written = {"text": "\U0001f525" * 5000}
    IncidentEvent.objects.filter(pk=event.pk).update(code="as-written", params=written)
    deliver(clock)
    assert len(hook_server.received[0].body) <= 4096
    assert read_push(hook_server.received[0].body, key, auth)["notification"]["body"].endswith("…")


@pytest.mark.parametrize(("status", "state"), [(404, "disabled"), (410, "disabled"), (429, "active"), (503, "active")])
def test_a_browser_that_has_unsubscribed_is_believed(story, clock, subscriber, hook_server, status, state):
    _, _, target = browser(hook_server)
    one = subscriber(json.dumps(target), channel="push")
    hook_server.always("/push", status)
    story.becomes("confirmed")
    deliver(clock)
    one.refresh_from_db()
    assert one.state == state


def test_a_push_subscription_is_confirmed_by_the_link_in_its_first_push(service, clock, hook_server, client):
    key, auth, target = browser(hook_server)
    subscriptions.subscribe(
        Wanted(service="acme", channel="push", target=target["endpoint"], p256dh=target["p256dh"], auth=target["auth"]),
        now=clock(),
    )
    deliver(clock)
    link = read_push(hook_server.received[0].body, key, auth)["notification"]["navigate"]
    client.post(link.removeprefix("http://localhost:8000") + "/confirm")
    assert Subscription.objects.get().state == "active"


# Chats of the operator.


def test_the_operators_chats_are_told_of_each_live_service(service, story, clock, hook_server, settings):
    settings.APPRISE_URLS = [f"json://127.0.0.1:{hook_server.port}/chat"]
    subscriptions.follow_settings()
    subscriptions.follow_settings()
    assert Subscription.objects.count() == 1
    assert b"127.0.0.1" not in bytes(Endpoint.objects.get().target_sealed)
    assert crypto.unseal(Endpoint.objects.get().target_sealed) == settings.APPRISE_URLS[0]
    story.becomes("confirmed")
    deliver(clock)
    [request] = hook_server.at("/chat")
    body = json.loads(request.body)
    assert body["title"] == "Acme is down: Mobile app"
    assert "/acme/incidents/1" in body["message"]
    settings.APPRISE_URLS = []
    subscriptions.follow_settings()
    assert Subscription.objects.count() == Endpoint.objects.count() == 0


@pytest.mark.parametrize("url", ["slack://T1/B2/C3", "json://example.org/x", "nonsense://x", "json://a@example.org"])
def test_with_loopback_no_chat_elsewhere_is_called(service, story, clock, settings, url):
    settings.APPRISE_URLS = [url]
    subscriptions.follow_settings()
    story.becomes("confirmed")
    deliver(clock)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("waiting", 1)
    assert delivery.error


def test_a_chat_that_fails_is_told_again(service, story, clock, hook_server, settings):
    settings.APPRISE_URLS = [f"json://127.0.0.1:{hook_server.port}/chat"]
    subscriptions.follow_settings()
    hook_server.always("/chat", 500)
    story.becomes("confirmed")
    deliver(clock)
    del hook_server.answers["/chat"]
    clock.move(minutes=1)
    deliver(clock)
    assert Delivery.objects.get().state == "sent"


def test_the_registry_has_every_channel_that_rules_speak_of():
    assert set(Channel.values) <= set(CHANNELS)
