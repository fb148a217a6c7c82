"""Notices on a device: asked for on the page, proven by the first push, shown and opened by the service worker.

The browser's own push service is outside, so a server of this machine stands for it: the page gets an address there,
the real sender encrypts and posts to it, and what arrives is read with the browser's keys and given to the worker.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from outages.models import Endpoint, Subscription
from outages.notifications import fan_out, worker
from reports.models import Service
from tests import factories
from tests.browser.conftest import Opener
from tests.servers.hooks import Hooks, hooks
from tests.servers.push import browser as a_browser
from tests.servers.push import read_push

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUSH_SERVICE = """
PushManager.prototype.subscribe = async (options) => {
  const key = new Uint8Array(options.applicationServerKey);
  if (!options.userVisibleOnly || key.length !== 65) throw new TypeError("not what a browser takes");
  const { endpoint, ...keys } = TARGET;
  return { toJSON: () => ({ endpoint, keys }) };
};
"""


@pytest.fixture
def service(site: str, settings: Any, tmp_path: Any) -> Service:
    settings.OUTBOUND, settings.DATA_DIR, settings.SITE_URL = "loopback", tmp_path, site
    return factories.a_service()


@pytest.fixture
def push_service() -> Iterator[Hooks]:
    with hooks() as running:
        yield running


class Device:
    """A browser with a push service of its own."""

    def __init__(self, visit: Opener, push_service: Hooks, path: str = "/acme/subscribe", **options: Any) -> None:
        self.push_service = push_service
        self.key, self.auth, target = a_browser(push_service)
        page, _ = visit("/about", service_workers="allow", **{"permissions": ["notifications"], **options})
        page.context.add_init_script(PUSH_SERVICE.replace("TARGET", json.dumps(target)))
        page.goto(page.url.removesuffix("/about") + path)
        self.page: Page = page
        self.session = page.context.new_cdp_session(page)
        self.registrations: list[Any] = []
        self.session.on(
            "ServiceWorker.workerRegistrationUpdated", lambda event: self.registrations.extend(event["registrations"])
        )
        self.session.send("ServiceWorker.enable")

    def delivers(self) -> dict[str, Any]:
        """Sends what is due, and gives the one message that came to the worker, as the push service would."""
        seen = len(self.push_service.received)
        fan_out.sweep(datetime.now(UTC))
        worker.run()
        [request] = self.push_service.received[seen:]
        message: dict[str, Any] = read_push(request.body, self.key, self.auth)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.session.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": "/".join(self.page.url.split("/")[:3]),
                "registrationId": self.registrations[-1]["registrationId"],
                "data": json.dumps(message),
            },
        )
        return message

    def shown(self, count: int = 1) -> list[dict[str, str]]:
        """The notifications on the screen, once there are so many."""
        found: list[dict[str, str]] = self.page.evaluate(
            """async (count) => {
              const registration = await navigator.serviceWorker.ready;
              for (let tries = 0; tries < 50; tries += 1) {
                const shown = await registration.getNotifications();
                const told = shown.map(({ title, body, tag, data }) => ({ title, body, tag, ...data }));
                if (told.length >= count) return told;
                await new Promise((resolve) => setTimeout(resolve, 100));
              }
              return [];
            }""",
            count,
        )
        return found


def ask(page: Page) -> None:
    page.get_by_role("button", name="Get alerts on this device").click()


def test_a_device_is_switched_on_by_its_first_push_and_told_of_an_outage(
    visit: Opener, service: Service, push_service: Hooks
) -> None:
    other = factories.a_service("bank")
    device = Device(visit, push_service, "/board/subscribe?of=acme.app,bank")  # a board; one service: below
    page = device.page
    expect(page.get_by_role("heading", name="Get outage alerts for Acme: Mobile app and Bank")).to_be_visible()
    ask(page)
    expect(page.get_by_text("We’re sending a first alert to this device")).to_be_visible()
    assert {row.state for row in Subscription.objects.all()} == {"unconfirmed"}
    device.delivers()
    expect(page.get_by_text("On. You’ll get alerts on this device.")).to_be_visible()
    assert Subscription.objects.get(head=None).state == "active"
    assert [notice["title"] for notice in device.shown()] == ["Alerts for Acme: Mobile app and Bank are on"]
    for count, (troubled, slug, name) in enumerate(((service, "acme", "Acme"), (other, "bank", "Bank")), 2):
        factories.an_incident(troubled, datetime.now(UTC), states=((0, "confirmed"),))
        device.delivers()
        [told] = [notice for notice in device.shown(count) if notice["tag"] == f"{slug}-1"]
        assert told["title"].startswith(f"{name} is down: Mobile app")
        assert told["address"].endswith(f"/{slug}/incidents/1")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped. We’ve deleted this device’s address.")).to_be_visible()
    assert Subscription.objects.count() == Endpoint.objects.count() == 0


def test_a_tap_on_a_notification_opens_its_incident(visit: Opener, service: Service, push_service: Hooks) -> None:
    factories.an_incident(service, datetime.now(UTC), states=((0, "confirmed"),))
    device = Device(visit, push_service)
    page = device.page
    address = page.url.replace("subscribe", "incidents/1")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    opened = page.context.service_workers[0].evaluate(
        """async (address) => {
          await registration.showNotification("Acme", { data: { address } });
          const opened = [];
          clients.openWindow = (url) => opened.push(url);
          const [notification] = await registration.getNotifications();
          const event = new NotificationEvent("notificationclick", { notification });
          const work = [];
          event.waitUntil = (promise) => work.push(promise);
          self.dispatchEvent(event);
          await Promise.all(work);
          return { opened, left: (await registration.getNotifications()).length };
        }""",
        address,
    )
    assert opened == {"opened": [address], "left": 0}


def test_a_device_is_stopped_on_the_same_page(visit: Opener, service: Service, push_service: Hooks) -> None:
    device = Device(visit, push_service)
    page = device.page
    page.locator("#choices summary").click()
    page.get_by_label("Feature").select_option("login")
    page.get_by_label("Country").select_option("NL")
    ask(page)
    expect(page.locator("#push li")).to_contain_text("Sign-in · Netherlands")
    device.delivers()
    expect(page.locator("#push li").get_by_text("On.", exact=True)).to_be_visible()
    page.reload()
    expect(page.locator("#push li").get_by_text("On.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Stop").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Stopped. We’ve deleted this device’s address.")).to_be_visible()
    expect(page.get_by_role("button", name="Get alerts on this device")).to_be_focused()
    assert Subscription.objects.count() == Endpoint.objects.count() == 0


def test_a_subscription_that_the_server_has_ended_is_not_listed(
    visit: Opener, service: Service, push_service: Hooks
) -> None:
    page = Device(visit, push_service).page
    ask(page)
    expect(page.locator("#push li")).to_have_count(1)
    Subscription.objects.all().delete()
    page.reload()
    expect(page.get_by_role("button", name="Get alerts on this device")).to_be_visible()
    expect(page.locator("#push li")).to_have_count(0)


def test_a_push_that_no_page_of_ours_asked_for_confirms_nothing(
    visit: Opener, service: Service, push_service: Hooks
) -> None:
    device = Device(visit, push_service)
    ask(device.page)
    expect(device.page.locator("#push li")).to_have_count(1)
    device.page.evaluate("store.run('notices', 'readwrite', (rows) => rows.clear())")
    device.delivers()
    [notice] = device.shown()
    assert notice["title"] == "Please confirm: outage alerts for Acme"
    assert "/subscriptions/" in notice["address"]
    assert Subscription.objects.get().state == "unconfirmed"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })", "Your browser blocks"),
        ("delete window.PushManager", "This browser can’t get alerts here."),
        (
            "delete window.PushManager; Object.defineProperty(navigator, 'userAgent', { get: () => 'iPhone' })",
            "install this site first",
        ),
    ],
)
def test_why_a_device_cannot_be_notified_is_said(visit: Opener, service: Service, script: str, words: str) -> None:
    page, _ = visit("/about")
    page.context.add_init_script(script)
    page.goto(page.url.replace("/about", "/acme/subscribe"))
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="Get alerts on this device")).to_be_hidden()


def test_nothing_is_asked_before_the_tap_and_a_no_is_taken(visit: Opener, service: Service) -> None:
    page, _ = visit("/about")
    page.context.add_init_script(
        "window.asked = 0; Notification.requestPermission = async () => { window.asked += 1; return 'default' }"
    )
    page.goto(page.url.replace("/about", "/acme/subscribe"))
    assert page.evaluate("window.asked") == 0
    ask(page)
    expect(page.get_by_text("Notifications weren’t turned on")).to_be_visible()
    assert page.evaluate("window.asked") == 1
    assert Subscription.objects.count() == 0


def test_a_receipt_leads_to_a_notice_of_the_end(visit: Opener, service: Service) -> None:
    page, _ = visit("/acme/report")
    page.get_by_text("Cannot sign in").click()
    page.get_by_role("button", name="Send the report").click()
    page.get_by_role("link", name="Alert me when it’s back").click()
    expect(page.get_by_label("Alert me")).to_have_value("resolved")
    expect(page.get_by_label("Country")).to_have_value("NL")
    expect(page.get_by_role("button", name="Get alerts on this device")).to_be_in_viewport()
