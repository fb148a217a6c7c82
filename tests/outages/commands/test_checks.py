"""check_webhook, check_push and check_sources: what was tried, and what came, against local servers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from standardwebhooks import Webhook

from outages.models import Announcement, Channel, Subscription
from outages.notifications import subscriptions
from reports.catalog.schema import Source
from tests.outages.service_factory import a_service
from tests.servers.hooks import Hooks, hooks
from tests.servers.push import browser, read_push
from tests.servers.web import Answer, web

pytestmark = pytest.mark.django_db
FEED = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Status</title><entry><id>1</id>
<title>Sign-in is slow</title><updated>2026-11-29T10:00:00Z</updated><content>We are looking into it.</content></entry>
</feed>"""


@pytest.fixture(autouse=True)
def loopback(settings: Any) -> None:
    settings.OUTBOUND = "loopback"


@pytest.fixture
def hook_server() -> Iterator[Hooks]:
    with hooks() as server:
        yield server


def called(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_a_webhook_gets_one_signed_message(hook_server: Hooks) -> None:
    said = called("check_webhook", hook_server.url("/hook"))
    (received,) = hook_server.received
    secret = said.split("signed with ")[1].split()[0]
    assert Webhook(secret).verify(received.body.decode(), received.headers)["type"] == "subscription.test"
    assert "Taken after" in said


def test_a_webhook_that_refuses_is_told_in_one_line(hook_server: Hooks) -> None:
    hook_server.answers["/hook"] = lambda request: (503, {}, b"")
    with pytest.raises(CommandError, match=r"^Not taken, for now: answered 503\.$"):
        called("check_webhook", hook_server.url("/hook"))


def test_nothing_is_tried_where_nothing_may_leave(settings: Any) -> None:
    settings.OUTBOUND = "off"
    for command in (("check_webhook", "http://127.0.0.1:1/"), ("check_sources",)):
        with pytest.raises(CommandError, match="OUTBOUND is off"):
            called(*command)


def test_a_browser_reads_the_push_message(hook_server: Hooks) -> None:
    key, auth, target = browser(hook_server)
    service = a_service()
    endpoint = subscriptions.endpoint_of(Channel.PUSH, json.dumps(target))
    row = Subscription.objects.create(service=service, endpoint=endpoint, owner_hash=b"x" * 32)
    assert "Taken after" in called("check_push", str(row.pk))
    message = read_push(hook_server.received[0].body, key, auth)
    assert message["notification"]["title"] == "Brownout: alerts work"
    with pytest.raises(CommandError, match="There is no push subscription"):
        called("check_push", str(uuid.uuid4()))
    with pytest.raises(CommandError, match=r"'1' is not a subscription's ID\. It is in the URL of the page"):
        called("check_push", "1")


def test_each_source_is_read_once_and_nothing_is_stored() -> None:
    with web() as site:
        site.pages["/feed"] = Answer(200, FEED, {"Content-Type": "application/atom+xml"})
        source = Source(slug="good", kind="feed", url=site.url("/feed"), port=site.port)
        gone = Source(slug="gone", kind="feed", url=site.url("/gone"), port=site.port)
        paid = Source(slug="paid", kind="x", authors=["x"])
        a_service(sources=[source, gone, paid])
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("check_sources", "tesla", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("ok  tesla/good (feed): 1 posts; the newest, 2026-11-29 10:00 UTC: Sign-in is slow")
    assert lines[1].startswith("!!  tesla/gone (feed): ")
    assert lines[2] == "--  tesla/paid (x): left out, since reading it costs money"
    assert not Announcement.objects.exists()
    with pytest.raises(CommandError, match=r"No live service with sources is called nope\. Known: tesla"):
        called("check_sources", "nope")
