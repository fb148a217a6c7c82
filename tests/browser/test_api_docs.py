"""The API's page, under our own Content-Security-Policy and without the outside."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_api_can_be_read_and_tried_in_a_browser(visit: Opener, site: str) -> None:
    factories.a_service()
    page, trouble = visit("/api/v1/docs")
    operation = page.locator("#operations-services-services_status")
    operation.locator(".opblock-summary").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_placeholder("slug").fill("acme")
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("200", timeout=15_000)
    assert trouble.all == []


def test_a_problem_explains_itself_in_a_browser(visit: Opener, site: str) -> None:
    page, trouble = visit("/api/problems/invalid-report")
    expect(page.locator("dt")).to_contain_text("/api/problems/invalid-report")
    assert trouble.all == []
