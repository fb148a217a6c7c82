"""What breaks after a message has gone out whole is not said again where no id makes a repetition known."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest

from outages.models import Delivery
from outages.notifications import delivery_queue, fan_out, journal, worker
from outages.notifications.channels import POSTING, chat, json_post, webhook
from outages.notifications.channels.base import Accepted
from outages.notifications.channels.slack import SlackChannel
from outages.notifications.errors import DeliveryError
from outages.signals.outbound.client import Client, Limits
from outages.signals.outbound.errors import OutboundTimeoutError
from outages.signals.outbound.policy import Mode, Policy
from tests.outages.notifications.conftest import Story
from tests.servers.chats import ADDRESSES
from tests.servers.misbehaving import handler_server, serve

pytestmark = pytest.mark.django_db

SLACK = "/services/T1/B1/"
STUCK = b"Content-Length: 9\r\n\r\n"
# Where it breaks → what is sent before (None: nothing ever), whether the connection then stays open, and what it means.
BREAKS = {
    "silent": (b"", True, "once"),
    "reset": (None, False, "once"),
    "closed": (b"", False, "once"),
    "cut": (b"HTTP/1.1 20", False, "once"),
    "hinted": (b"HTTP/1.1 103 Early Hints\r\n\r\n", False, "once"),
    "stuck200": (b"HTTP/1.1 200 OK\r\n" + STUCK, True, "taken"),
    "cut200": (b"HTTP/1.1 200 OK\r\nX-", False, "taken"),
    "stuck503": (b"HTTP/1.1 503 Unavailable\r\n" + STUCK, True, "again"),
    "cut503": (b"HTTP/1.1 503 Unav", False, "again"),
}
ANSWERS_NOT = {"handshake": "again", "refused": "again"}  # it never was whole
# Whose services know a message that comes again; all others are in BREAKS["silent"].
KNOW_IDS = {"matrix", "pagerduty", "alertmanager", "webhook"}


def handler(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
    while len(body) < length:
        body += _some(connection)
    path = head.split(b" ")[1].decode()
    handler_server.value.requests.append(path)
    said, stays, _meaning = BREAKS.get(path.removeprefix(SLACK).partition("?")[0], BREAKS["silent"])
    if said is None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return
    connection.sendall(said)
    if stays:
        _some(connection)


def _some(connection: socket.socket) -> bytes:
    found = connection.recv(65_536)
    if not found:
        raise ConnectionError("they have gone")
    return found


@pytest.fixture(autouse=True)
def here(settings, monkeypatch, tmp_path):
    settings.OUTBOUND = "loopback"
    settings.DATA_DIR = tmp_path
    for module in (json_post, webhook):
        monkeypatch.setattr(module, "LIMITS", replace(module.LIMITS, total_s=8.0))
    monkeypatch.setattr(chat, "TOTAL_S", 8.0)


@pytest.mark.slow(10)
def test_where_a_call_breaks_decides_whether_it_is_sent_again(story, clock, subscriber):
    """All at once: the silent ones take the whole time that a call has."""
    import_module("apprise")  # loading it would take of that time
    with serve(handler) as server, socket.create_server(("127.0.0.1", 0)) as closed:
        refused = f"http://127.0.0.1:{closed.getsockname()[1]}"
        closed.close()
        made = {name: subscriber(server.url(SLACK + name), channel="slack") for name in BREAKS}
        made["handshake"] = subscriber(server.url(SLACK + "handshake", scheme="https"), channel="slack")
        made["refused"] = subscriber(f"{refused}{SLACK}refused", channel="slack")
        for channel in sorted(ADDRESSES.keys() - {"slack"}):
            target = POSTING[channel].target_of(server.url(ADDRESSES[channel]))
            made[channel] = subscriber(target, channel=channel)
        made["webhook"] = subscriber(server.url("/hook"))
        made["chat"] = subscriber(f"json://127.0.0.1:{server.port}/chat", channel="chat")
        story.becomes("confirmed")
        fan_out.sweep(clock())
        assert worker.run(now=clock, budget_s=30) == len(made)
    found = {name: one.deliveries.get() for name, one in made.items()}
    expected = {name: meaning for name, (_said, _stays, meaning) in BREAKS.items()} | ANSWERS_NOT
    expected |= {name: "again" if name in KNOW_IDS else "once" for name in made.keys() - expected.keys()}
    assert {name: one.state for name, one in found.items()} == {
        name: "waiting" if meaning == "again" else "sent" for name, meaning in expected.items()
    }
    for name, meaning in expected.items():
        said = {"once": delivery_queue.UNANSWERED, "taken": ""}.get(meaning, found[name].error)
        assert found[name].error == said, name
        found[name].endpoint.refresh_from_db()
        assert found[name].endpoint.failures == (0 if meaning == "taken" else 1), name
    clock.move(seconds=10)
    due = delivery_queue.claim(clock(), ["slack", "chat", "webhook", *ADDRESSES], quick=99, slow=99)
    assert len(due) == sum(meaning == "again" for meaning in expected.values())


def test_a_request_that_is_stopped_half_way_was_not_sent():
    """A body that the other side does not read fills the buffers on the way."""
    over = threading.Event()
    with serve(lambda _connection: over.wait(30)) as server:
        client = Client(Policy(Mode.LOOPBACK), user_agent="x")
        with pytest.raises(OutboundTimeoutError) as caught:
            client.fetch(server.url(), method="POST", content=b"x" * 64_000_000, limits=Limits(total_s=1.0))
        over.set()
    assert not caught.value.unanswered


def test_who_takes_over_a_claim_does_not_repeat_what_its_holder_has_sent(settings, story, clock, subscriber):
    """The holder lives: its machine stood still until its lease had ended."""
    names = ("unanswered", "taken", "refused", "unsent")
    with serve(handler) as server:
        made = {name: subscriber(server.url(f"{SLACK}cut200?{name}"), channel="slack") for name in names}
        story.becomes("confirmed")
        fan_out.sweep(clock())
        claimed = {one.subscription.pk: one for one in delivery_queue.claim(clock(), ["slack"], quick=9, slow=0)}
        holder = journal.Journal(settings.DATA_DIR / journal.FOLDER)
        held = {name: claimed[one.pk] for name, one in made.items()}
        for name in names[:3]:
            holder.out(held[name])()
        holder.answered(delivery_queue.Result(held["taken"], clock(), reference="$event"))
        holder.answered(delivery_queue.Result(held["refused"], clock(), error="answered 503"))
        clock.move(seconds=61)
        worker.run(now=clock, budget_s=20)
        assert sorted(server.requests) == [f"{SLACK}cut200?{name}" for name in ("refused", "unsent")]
    found = {name: one.deliveries.get() for name, one in made.items()}
    assert {one.state for one in found.values()} == {"sent"}
    assert {name: one.error for name, one in found.items() if one.error} == {"unanswered": delivery_queue.UNANSWERED}
    assert found["taken"].reference == "$event"
    holder.close()
    with pytest.raises(DeliveryError) as caught:  # and the holder, as it comes to itself, sends nothing any more
        worker.last_call(replace(held["unsent"], until_s=0.0), None)()
    assert caught.value.throttled


@pytest.mark.slow(5)
def test_a_channel_that_never_answers_is_switched_off_with_a_word(service, clock, subscriber, monkeypatch):
    """Five in a row, over a day at least; one answer in between begins the count anew."""
    answers = False

    async def send(_self, _parcel):
        await asyncio.sleep(0)
        if not answers:
            raise DeliveryError("no whole answer within 10 s", unanswered=True)
        return Accepted()

    monkeypatch.setattr(SlackChannel, "send", send)
    one = subscriber("https://hooks.slack.com/services/T1/B1/x", channel="slack")
    numbers = iter(range(1, 99))

    def told(count: int, apart: timedelta) -> str:
        for _ in range(count):
            clock.move(seconds=apart.total_seconds())
            Story(service, clock, next(numbers)).becomes("confirmed")
            fan_out.sweep(clock())
            worker.run(now=clock, budget_s=20)
        one.refresh_from_db()
        return one.state

    hours = timedelta(hours=3)
    assert told(4, timedelta(hours=30)) == "active", "four are too few"
    answers = True
    assert told(1, hours) == "active"
    answers = False
    assert told(8, hours) == "active", "a day is not over"
    assert told(1, timedelta(hours=4)) == "disabled"
    assert "9 messages in a row stayed unanswered: no whole answer within 10 s" in one.disabled_reason
    assert Delivery.objects.filter(state="waiting").count() == 0
    assert Delivery.objects.filter(error=delivery_queue.UNANSWERED).count() == 13
