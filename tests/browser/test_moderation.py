"""The admin in a real browser: a queue worked off by keyboard, nothing that breaks the policy, no finding of axe."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from outages.models import Incident, IncidentOverride
from reports.models import Report, ReportDecision, Service
from tests import factories
from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a password of ours"
TAKEN = """
slug = "acme"
name = "Impostor"
default_component = "web"
components = [{ slug = "web", name = "Web" }]
symptoms = [{ slug = "timeout", name = "Times out" }]
"""


@pytest.fixture
def service(site: str) -> Service:
    user = User.objects.create_user("mo", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="moderator"))
    service = factories.a_service()
    now = timezone.now()
    factories.an_incident(service, now - timedelta(minutes=20), components=("app", "charging"), countries=("DE", "NL"))
    for number in range(3):
        Report.objects.create(
            id=uuid.UUID(int=number + 1), at=now, received_at=now, occurred_at=now, service=service, door="web",
            component=service.components.get(slug="app"), country="NL", region="NL-NH", network=2**60 + number,
            verdict=Report.Verdict.HELD, rule="backdated_burst", note="Since this morning", receipt_hash=b"",
        )  # fmt: skip
    return service


def sign_in(page: Page, site: str) -> None:
    page.goto(site + reverse("admin:index"))
    page.get_by_label("Username").fill("mo")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(site + reverse("admin:index"))


def test_a_moderator_works_the_queue_off_by_keyboard_and_decides_about_an_incident(
    visit: Opener, site: str, service: Service, settings: Any, tmp_path: Path
) -> None:
    settings.CATALOG_DIR, settings.READY_CATALOGS = tmp_path, ()
    page, trouble = visit("/")
    sign_in(page, site)
    page.get_by_role("link", name="3 held reports wait").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Select all").focus()
    page.keyboard.press("Space")
    page.get_by_label("Action:").select_option("accept")
    page.get_by_role("button", name="Go").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reason")).to_be_focused()
    page.keyboard.type("A school without a network")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 reports were accepted")).to_be_visible()
    assert ReportDecision.objects.filter(reason="A school without a network").count() == 3
    page.goto(site + reverse("incident", args=[service.slug, 1]))
    page.get_by_role("link", name="Moderate this incident").click()
    page.get_by_role("link", name="Split").click()
    page.get_by_label("Charging").check()
    page.get_by_label("Reason").fill("Charging fails by itself")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("waits for the next scan")).to_be_visible()
    assert IncidentOverride.objects.get().components == ["charging"]
    for name in ("one.toml", "two.toml"):  # both take the slug of a service that runs
        (tmp_path / name).write_text(TAKEN)
    with pytest.raises(CommandError, match="2 catalogues are wrong"):
        call_command("load_catalog")
    page.goto(site + reverse("admin:index"))
    page.get_by_role("link", name="2 wrong catalogue files").click()
    for name, other in (("one.toml", "two.toml"), ("two.toml", "one.toml")):
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))
        expect(row).to_contain_text(re.compile(rf"slug of its own.*acme.*{other}"))
    page.goto(site + "/acme/")
    expect(page).to_have_title(re.compile("^Is Acme down"))
    expect(page.locator("main")).not_to_contain_text("Impostor")
    assert trouble.all == []


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_axe_finds_nothing_on_our_own_pages_of_the_admin(
    visit: Opener, site: str, service: Service, scheme: str, width: int
) -> None:
    page, _ = visit("/", color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True)
    sign_in(page, site)
    incident = Incident.objects.get()
    addresses = [
        reverse("admin:index"),
        reverse("admin:reports_service_changelist"),
        reverse("admin:outages_decide", args=[incident.pk, "split"]),
        reverse("admin:outages_decide", args=[incident.pk, "correct"]),
    ]
    found: dict[str, Any] = {}
    for address in addresses:
        page.goto(site + address)
        result = Axe().run(page, context="#content").response
        found[address] = [
            (one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in result["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[address].append(("too wide", []))
    assert found == {address: [] for address in addresses}
