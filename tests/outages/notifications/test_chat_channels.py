"""Each chat and on-call service against a server of this machine that speaks its documented protocol."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from outages.models import Delivery, Endpoint, IncidentEvent, Subscription
from outages.notifications import crypto, fan_out, tasks, worker
from outages.notifications.channels import POSTING, recognised
from outages.notifications.channels.cards import cut, cut_bytes
from outages.notifications.channels.json_post import AddressError
from outages.notifications.channels.template import checked
from tests.servers.chats import ADDRESSES, chats

pytestmark = pytest.mark.django_db

REAL = {
    "slack": "https://hooks.slack.com/services/T01AB/B02CD/eFgH12",
    "discord": "https://discord.com/api/webhooks/123456789012345678/AbC-d_e",
    "teams": "https://prod-12.westeurope.logic.azure.com:443/workflows/0a1b/triggers/manual/paths/invoke?sig=x",
    "google_chat": "https://chat.googleapis.com/v1/spaces/AAQA/messages?key=k&token=t",
    "telegram": "https://api.telegram.org/bot123456789:AbCdEfGhIjKlMnOpQrStUvWxYz012345678/sendMessage?chat_id=@news",
    "matrix": "https://matrix.org/_matrix/client/v3/rooms/!abc:matrix.org?access_token=syt_abcdef",
    "mattermost": "https://chat.example.org/hooks/abcdefghijklmnopqrstuvwxyz",
    "ntfy": "https://ntfy.sh/my-outages",
    "pagerduty": "0123456789abcdef0123456789abcdef",
}
POWER = "https://x.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/1/triggers/m?sig=x"


@pytest.fixture(autouse=True)
def here(settings, monkeypatch, tmp_path):
    settings.OUTBOUND = "loopback"
    settings.DATA_DIR = tmp_path
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr(tasks, "wake", lambda *_: None)
    for channel in POSTING.values():
        monkeypatch.setattr(channel, "spacing_s", 0.0)


@pytest.fixture
def town():
    with chats() as found:
        yield found


def deliver(clock):
    fan_out.sweep(clock())
    return worker.run(now=clock, budget_s=20)


def target_of(name, url):
    return POSTING[name].target_of(url)


def test_an_address_says_which_service_it_is_of():
    assert {name: recognised(address) for name, address in REAL.items()} == {name: name for name in REAL}
    assert recognised(POWER) == "teams"
    assert recognised("https://hooks.slack.com/services/T01AB/B02CD/eFgH12/?x=1#y") == "slack"
    assert recognised("tgram://123456789:AbCdEfGhIjKlMnOpQrStUvWxYz012345678/@news") == "telegram"
    assert recognised("matrix://token123@matrix.org/!abc:matrix.org") == "matrix"
    for other in ("https://example.org/hook", "https://hooks.slack.com.evil.org/services/T1/B1/x", "", "ntfy.sh"):
        assert recognised(other) == ""
    for name, channel in POSTING.items():
        if name in REAL:
            assert target_of(name, channel.target_of(REAL[name])) == channel.target_of(REAL[name]), "one spelling"


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("slack", "https://hooks.slack.com/triggers/T1/2/x", "incoming webhook"),
        ("teams", "https://x.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4", "retired"),
        ("google_chat", "https://chat.googleapis.com/v1/spaces/A/messages?key=k", "incomplete"),
        ("telegram", "https://api.telegram.org/bot1:x/sendMessage?chat_id=5", "token is missing"),
        ("telegram", "https://api.telegram.org/bot123456789:AbCdEfGhIjKlMnOpQrStUvWxYz012345678/", "chat is missing"),
        ("matrix", "https://matrix.org/_matrix/client/v3/rooms/abc?access_token=syt_abcdef", "room is missing"),
        ("matrix", "https://matrix.org/_matrix/client/v3/rooms/!abc:x.org", "token is missing"),
        ("ntfy", "https://ntfy.sh/", "topic is missing"),
        ("pagerduty", "abc", "integration key"),
    ],
)
def test_an_address_that_is_not_whole_is_explained(name, address, words):
    with pytest.raises(AddressError, match=words):
        POSTING[name].target_of(address)


@pytest.mark.parametrize("name", list(ADDRESSES))
def test_a_channel_is_connected_told_of_an_incident_and_ended(service, story, clock, town, name):
    """From the page alone: paste, click the link that came, be told, end it from there."""
    address = town.url(ADDRESSES[name])
    chosen = "" if recognised(address) else name  # ntfy and Alertmanager have no form of address by which to know them
    page = Client().post("/acme/subscribe", {"address": address, "channel": chosen, "from_state": "possible"})
    assert page.status_code == 303, page.content.decode()
    assert Endpoint.objects.get().channel == name
    assert address not in repr(Endpoint.objects.values())
    deliver(clock)
    shown = Client().get(page["Location"]).content.decode()
    assert f"Look in your {POSTING[name].label} channel" in shown
    assert town.refused == []
    [question] = town.said[name]
    link = re.search(r"http://localhost:8000(/subscriptions/[^\s\"'<>|)\\]+)", json.dumps(question))[1]
    Client().post(f"{link}/confirm")
    assert Subscription.objects.get().state == "active"
    assert "Connected" in Client().get(page["Location"]).content.decode()
    for state in ("possible", "confirmed", "resolved"):
        story.becomes(state, countries=("NL",))
        deliver(clock)
    assert town.refused == []
    assert Delivery.objects.filter(state="sent").count() == 4
    said = town.said[name]
    assert len(said) == 4
    told = json.dumps(said[2], ensure_ascii=False)
    assert "Acme is down in the Netherlands" in told
    assert "/acme/incidents/1" in told
    assert f"{link}" in told, "it can be ended from there"
    Client().post(f"{link}/unsubscribe")
    assert Endpoint.objects.count() == 0


def subscribed(subscriber, town, name, **changes):
    return subscriber(target_of(name, town.url(ADDRESSES[name])), channel=name, from_state="possible", **changes)


def test_what_follows_of_an_incident_joins_it(service, story, clock, town, subscriber):
    names = ("discord", "telegram", "matrix", "google_chat", "pagerduty", "ntfy", "alertmanager")
    for name in names:
        subscribed(subscriber, town, name)
    story.becomes("possible", countries=("NL",))
    deliver(clock)
    story.becomes("confirmed", countries=("NL",))
    deliver(clock)
    story.becomes("confirmed", countries=("NL", "DE"))  # it has grown
    deliver(clock)
    story.becomes("resolved", countries=("NL", "DE"))
    deliver(clock)
    assert town.refused == []
    assert [one["embeds"][0]["title"][0] for one in town.said["discord"]] == ["\U0001f7e2", "\U0001f534", "\U0001f7e2"]
    assert town.edited["discord"] == 2, "grown is edited into the first message, and the end turns it green"
    replies = [one.get("reply_parameters", {}).get("message_id") for one in town.said["telegram"]]
    assert replies == [None, 501, 501, 501]
    threads = [one.get("m.relates_to", {}).get("event_id") for one in town.said["matrix"]]
    assert threads == [None, "$event0", "$event0", "$event0"]
    assert {one["thread"]["threadKey"] for one in town.said["google_chat"]} == {"acme-1"}
    assert [one["event_action"] for one in town.said["pagerduty"]] == ["trigger"] * 3 + ["resolve"]
    assert [one["payload"]["severity"] for one in town.said["pagerduty"]] == ["warning", "critical", "critical", "info"]
    assert len({one["dedup_key"] for one in town.said["pagerduty"]}) == 1
    assert {one["sequence_id"] for one in town.said["ntfy"]} == {"acme-1"}
    assert [one["status"] for one in town.said["alertmanager"]] == ["firing"] * 3 + ["resolved"]
    assert len({json.dumps(one["alerts"][0]["labels"]) for one in town.said["alertmanager"]}) == 1
    # A message that somebody has deleted there is said anew.
    town.said["discord"].clear()
    story.becomes("possible", countries=("NL",))
    deliver(clock)
    assert len(town.said["discord"]) == 1


def test_words_stay_words_however_long_and_whatever_they_hold(service, story, clock, town, subscriber):
    """Hostile words in each service's markup, and far too many of them: no mention, no link, within all limits."""
    for name in ADDRESSES:
        subscribed(subscriber, town, name)
    hostile = (
        "@everyone <!channel> <@U1> <users/all> [x](http://evil.example) <b>b</b> *b* `c` \u202e http://evil.example "
    )
    event = story.becomes("confirmed", headline=hostile[:160])
    IncidentEvent.objects.filter(pk=event.pk).update(
        code="as-written", params={"text": hostile * 300 + "\U0001f525" * 4000}
    )
    deliver(clock)
    assert town.refused == []
    assert Delivery.objects.filter(state="sent").count() == len(ADDRESSES)
    for name in ADDRESSES:
        if name in ("alertmanager", "pagerduty"):
            continue  # plain text for programs
        text = json.dumps(town.said[name], ensure_ascii=False)
        assert "@everyone" not in text, name
        assert "http://evil" not in text, name
        assert "\u202e" not in text, name
    assert cut("a\U0001f525" * 100, 51).endswith("…")
    assert len(cut_bytes("é" * 100, 51).encode()) <= 51


@pytest.mark.parametrize(
    ("name", "status", "body", "state"),
    [
        ("slack", 404, b"no_service", "disabled"),
        ("slack", 410, b"channel_is_archived", "disabled"),
        ("slack", 403, b"action_prohibited", "disabled"),
        ("slack", 400, b"invalid_blocks", "active"),
        ("discord", 404, b'{"message": "Unknown Webhook", "code": 10015}', "disabled"),
        ("discord", 500, b"", "active"),
        ("teams", 404, b'{"error": {"code": "WorkflowNotFound", "message": "gone"}}', "disabled"),
        ("teams", 502, b"<html><h1>Bad Gateway</h1></html>", "active"),
        ("google_chat", 403, b'{"error": {"message": "no permission"}}', "disabled"),
        ("telegram", 403, b'{"ok": false, "description": "Forbidden: bot was kicked from the group chat"}', "disabled"),
        ("telegram", 400, b'{"ok": false, "description": "Bad Request: chat not found"}', "disabled"),
        ("telegram", 400, b'{"ok": false, "description": "Bad Request: something else"}', "active"),
        ("matrix", 403, b'{"errcode": "M_FORBIDDEN"}', "disabled"),
        ("mattermost", 404, b'{"message": "not found"}', "disabled"),
        ("ntfy", 403, b'{"error": "forbidden"}', "disabled"),
        ("pagerduty", 400, b'{"status": "invalid event", "errors": ["Invalid routing key"]}', "disabled"),
        ("alertmanager", 404, b"", "active"),
    ],
)  # fmt: skip
def test_a_channel_that_is_gone_is_switched_off_with_a_word(
    service, story, clock, town, subscriber, name, status, body, state
):
    one = subscribed(subscriber, town, name)
    town.site.otherwise = lambda _request: (status, {}, body)
    story.becomes("confirmed")
    deliver(clock)
    one.refresh_from_db()
    assert one.state == state
    if state == "disabled":
        assert one.disabled_reason.startswith(f"{POSTING[name].label} answered {status}")
    else:
        assert Delivery.objects.get().state == "waiting"


def test_a_service_that_wants_us_slower_is_obeyed_and_counts_as_no_failure(service, story, clock, town, subscriber):
    one = subscribed(subscriber, town, "discord")
    town.site.otherwise = lambda _request: (429, {}, b'{"message": "slow", "retry_after": 7.5, "global": false}')
    story.becomes("confirmed")
    deliver(clock)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, one.endpoint.failures) == ("waiting", 0, 0)
    assert 7 <= (delivery.next_at - clock()).total_seconds() <= 10
    assert Endpoint.objects.get().failures == 0


def test_the_page_says_what_is_wrong_beside_its_field_and_keeps_all(service):
    given = {"address": "https://example.org/x", "country": "NL", "from_state": "possible", "by": "channel"}
    page = Client().post("/acme/subscribe", given)
    text = page.content.decode()
    assert page.status_code == 422
    assert re.search(r'id="error_channel">We don’t know this address', text)
    assert 'value="https://example.org/x"' in text
    assert '<option value="NL" selected>' in text
    empty = Client().post("/acme/subscribe", {"by": "channel"}).content.decode()
    assert 'id="error_address">This field is required' in empty
    broken = {"address": "http://127.0.0.1/x", "channel": "template", "template": '{"a": {{title}}}'}
    text = Client().post("/acme/subscribe", broken).content.decode()
    assert 'id="error_template">This isn’t valid JSON (line 1, column 8)' in text
    assert Subscription.objects.count() == 0


def test_a_template_is_filled_tested_by_a_button_and_can_never_break_its_json(service, story, clock, town, client):
    template = (
        '{"msg": "{{ title }}, {{countries}}", "places": "{{countries}}", "n": [1, "{{number}}"], "{{kind}}": ""}'
    )
    got = []
    town.site.otherwise = lambda request: (got.append(json.loads(request.body)), (200, {}, b""))[1]
    client.post("/acme/subscribe", {"address": town.url("/mine"), "channel": "template", "template": template})
    deliver(clock)
    subscription = Subscription.objects.get()
    page = f"/subscriptions/{subscription.pk}/{crypto.token_of('manage', subscription.pk)}"
    client.post(f"{page}/confirm")
    assert "A test alert is on its way" in client.post(f"{page}/test", follow=True).content.decode()
    deliver(clock)
    assert [list(one)[-1] for one in got] == ["challenge", "test"]
    event = story.becomes("confirmed", countries=("NL", "DE"))
    IncidentEvent.objects.filter(pk=event.pk).update(headline='"}, "x": "')
    deliver(clock)
    assert got[-1] == {"msg": 'Acme is down: "}, "x": ", NL, DE', "places": ["NL", "DE"], "n": [1, 1], "confirmed": ""}
    for wrong, words in (("[]", "object"), ('{"a": "{{nope}}"}', "no placeholder"), ("{" * 3000, "valid JSON")):
        with pytest.raises(AddressError, match=words):
            checked(wrong)


def test_by_the_api_a_channel_is_recognised_and_its_language_kept(service, clock, town, client):
    body = {"service": "acme", "channel": "auto", "target": town.url(ADDRESSES["slack"]), "language": "de"}
    made = client.post("/api/v1/subscriptions", body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["channel"] == "slack"
    assert urlsplit(body["target"]).path not in made.content.decode()
    deliver(clock)
    assert "/de/subscriptions/" in json.dumps(town.said["slack"])
    unknown = client.post(
        "/api/v1/subscriptions", {**body, "target": "https://example.org/"}, content_type="application/json"
    )
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["field"] == "channel"


def test_a_channel_s_address_in_the_field_for_mail_is_understood(service, clock, town):
    address = town.url(ADDRESSES["slack"])
    page = Client().post("/acme/subscribe", {"target": address, "from_state": "confirmed"})
    assert page.status_code == 303, page.content.decode()
    assert Endpoint.objects.get().channel == "slack"
    deliver(clock)
    assert len(town.said["slack"]) == 1


FAR = "Wed, 21 Oct 2099 07:28:00 GMT"
PAGE = b"<!doctype html><title>Sign in to this network</title>"


@pytest.mark.parametrize(
    ("name", "status", "headers", "body", "state", "waits_s", "words"),
    [
        ("slack", 200, {}, b"no_service", "disabled", None, "answered 200: no_service"),
        ("slack", 200, {"Content-Type": "text/html"}, PAGE, "active", (4, 20), "answered 200 with a page: Sign in"),
        ("discord", 200, {}, PAGE, "active", (4, 20), "with a page"),
        ("teams", 202, {"Content-Type": "text/html; charset=x"}, b"hello", "active", (4, 20), "with a page"),
        ("alertmanager", 200, {"Content-Type": "text/html"}, PAGE, "active", None, ""),
        ("telegram", 200, {}, b'{"ok": false, "error_code": 403, "description": "Forbidden: bot was blocked"}',
         "disabled", None, "answered 403: Forbidden"),
        ("telegram", 200, {}, b'{"ok": false, "error_code": 429, "parameters": {"retry_after": 90}}', "active",
         (90, 180), ""),
        ("telegram", 200, {}, b'{"ok": false, "error_code": "x"}', "active", (4, 20), "answered 400"),
        *[(name, status, {"Location": "http://127.0.0.1:1/"}, b"", "active", (4, 20), "redirects are not followed")
          for name, status in (("slack", 301), ("discord", 307), ("teams", 308), ("matrix", 302))],
        *[("slack", 429, {"Retry-After": wish}, b"", "active", waits, "")
          for wish, waits in (("0", (0, 20)), ("-5", (0, 20)), ("1.5", (0, 20)), ("soon", (0, 20)), ("", (0, 20)),
                              (FAR, (3600, 180_000)), ("9" * 30, (3600, 180_000)))],
        ("discord", 429, {"Retry-After": "30"}, b'{"retry_after": -1}', "active", (30, 60), ""),
        ("discord", 429, {}, b'{"retry_after": NaN}', "active", (0, 20), ""),
        ("discord", 429, {}, b'{"retry_after": "soon", "global": true}', "active", (0, 20), ""),
        ("matrix", 429, {}, b'{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2e12}', "active", (0, 20), ""),
        ("mattermost", 503, {"Retry-After": "120"}, PAGE, "active", (120, 240), ""),
    ],
)  # fmt: skip
def test_odd_answers_neither_count_as_success_nor_break_anything(
    service, story, clock, town, subscriber, name, status, headers, body, state, waits_s, words
):
    one = subscribed(subscriber, town, name)
    town.site.otherwise = lambda _request: (status, headers, body)
    story.becomes("confirmed")
    deliver(clock)
    one.refresh_from_db()
    delivery = Delivery.objects.get()
    assert one.state == state, delivery.error
    assert words in f"{one.disabled_reason} {delivery.error}"
    if waits_s is None:
        assert delivery.state == ("sent" if state == "active" else "failed")
    else:
        assert delivery.state == "waiting"
        assert waits_s[0] <= (delivery.next_at - clock()).total_seconds() <= waits_s[1]
