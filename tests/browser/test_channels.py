"""A newcomer connects Slack, Discord and Teams from the page alone: no docs, no choice, one paste.

The services are servers of this machine that refuse what the real ones refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from outages.models import Endpoint, Subscription
from outages.notifications import fan_out, worker
from outages.notifications.channels import POSTING
from reports.models import Service
from tests import factories
from tests.browser.conftest import Trouble
from tests.servers.chats import ADDRESSES, Chats, chats

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NEWCOMERS = ("slack", "discord", "teams")
PATIENCE_MS = 90_000  # of the test, on a machine with much else to do; nothing is measured by it
MOST_ACTIONS = 6  # alerts, chat, paste, connect; then in the channel: the link, confirm


@pytest.fixture
def service(site: str, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Service:
    settings.OUTBOUND, settings.DATA_DIR, settings.SITE_URL = "loopback", tmp_path, site
    for channel in POSTING.values():
        monkeypatch.setattr(channel, "spacing_s", 0.0)
    return factories.a_service()


@pytest.fixture
def town() -> Iterator[Chats]:
    with chats() as found:
        yield found


class Newcomer:
    """Somebody who has never been here; counts what they do."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def click(self, role: Any, name: str) -> None:
        self.page.get_by_role(role, name=name).first.click()
        self.actions += 1

    def opens(self, summary: str) -> None:
        self.page.locator("summary", has_text=summary).click()
        self.actions += 1

    def pastes(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)
        self.actions += 1

    def follows(self, address: str) -> None:
        self.page.goto(address)
        self.actions += 1


def delivered() -> None:
    fan_out.sweep(datetime.now(UTC))
    worker.run()


def link_in(said: dict[str, Any], site: str) -> str:
    """The link to the subscription in a message, as a reader of the channel sees it."""
    found = re.search(re.escape(site) + r"/subscriptions/[^\s\"'<>|)\\]+", json.dumps(said))
    assert found, said
    return found[0]


def test_a_newcomer_connects_slack_discord_and_teams_and_ends_them_from_there(
    browser: Browser, service: Service, site: str, town: Chats
) -> None:
    page, trouble = browser.new_page(locale="en-GB", service_workers="block"), Trouble()
    page.set_default_timeout(PATIENCE_MS)
    trouble.watch(page)
    for name in NEWCOMERS:
        newcomer = Newcomer(page)
        page.goto(f"{site}/acme/")
        newcomer.click("link", "Get outage alerts")
        newcomer.opens("In a chat or on call")
        newcomer.pastes("Address of the channel", town.url(ADDRESSES[name]))
        expect(page.get_by_text(f"This is a {POSTING[name].label} channel.")).to_be_visible(timeout=PATIENCE_MS)
        newcomer.click("button", "Connect the channel")
        page.wait_for_url("**/acme/subscribe?channel=*", timeout=PATIENCE_MS)  # a click does not wait for its answer
        delivered()
        expect(page.get_by_text(f"Look in your {POSTING[name].label} channel.")).to_be_visible(timeout=PATIENCE_MS)
        [question] = town.said[name]
        newcomer.follows(link_in(question, site))
        newcomer.click("button", "Confirm")
        expect(page.get_by_text("You’re subscribed.")).to_be_visible(timeout=PATIENCE_MS)
        assert newcomer.actions <= MOST_ACTIONS
    assert [one.state for one in Subscription.objects.all()] == ["active"] * len(NEWCOMERS)
    factories.an_incident(service, datetime.now(UTC) - timedelta(minutes=1), states=((0, "confirmed"),))
    delivered()
    for name in NEWCOMERS:
        told = town.said[name][-1]
        assert "Acme is down" in json.dumps(told)
        page.goto(link_in(told, site))
        page.get_by_role("button", name="Unsubscribe and delete my address").click()
        expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible(timeout=PATIENCE_MS)
    assert not Endpoint.objects.exists()
    page.close()
    assert (town.refused, trouble.all) == ([], [])
