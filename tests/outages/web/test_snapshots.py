"""What pages are when the front asks for them on behalf of everybody: nobody's own, and told when they change."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from config.front_requests import OWN, SPENT, STEP
from outages.queries.changes import changes
from outages.texts import left_out
from outages.web.views.maps import PLAIN_ROWS
from reports.access import rate_limits
from reports.models import Service
from tests import factories

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)
SHARED = ("/", "/acme/", "/de/acme/", "/acme/map", "/acme/errors/timeout", "/embed/acme", "/about", "/acme/history",
          "/acme/dashboards", "/acme/incidents/1", "/acme/is-it-me", "/acme/errors/", "/feeds/atom.xml")  # fmt: skip


@pytest.fixture
def outage(db):
    cache.clear()
    service = factories.a_service()
    factories.an_outage(service, NOW)
    with time_machine.travel(NOW, tick=False):
        yield service


def test_a_page_that_everybody_gets_depends_on_nobody(outage, client):
    own = {OWN: True, "REMOTE_ADDR": ""}
    for address in SHARED:
        page = client.get(address, **own)
        assert page.status_code == 200, address
        assert not page.cookies
        text = page.content.decode()
        assert "csrfmiddlewaretoken" not in text
        assert not re.search(r'name="token" value="[^"]', text)
        personal = Client(headers={"accept-language": "nl", "x-reporter": "mine", "sec-fetch-site": "same-origin"})
        personal.cookies.load({"brownout_reporter": "mine", "language": "nl", "brownout_standing": "x"})
        other = personal.get(address, REMOTE_ADDR="203.0.113.9")
        assert other.content.decode() == text, address


def test_the_front_s_own_requests_are_not_limited_and_what_it_gave_counts(outage, client, settings):
    settings.RATE_LIMIT_PAGES_A_MINUTE = 3
    rate_limits.forget()
    own = {OWN: True, "REMOTE_ADDR": ""}
    assert {client.get("/about", **own).status_code for _ in range(6)} == {200}
    assert client.get("/about", **{SPENT: "2"}).status_code == 200
    assert client.get("/about", **{SPENT: "2"}).status_code == 429
    assert client.get("/about", **{SPENT: "x" * 20}).status_code == 200
    assert client.get("/about", headers={"x-brownout-spent": "99"}).status_code == 429  # the fourth, and no header's


def test_changes_are_told_to_the_front_alone(outage, client):
    assert client.get("/-/changes").status_code == 404
    told = client.get("/-/changes", **{OWN: True}).json()
    assert set(told["versions"]) <= {"acme"}
    assert {slug for _, slug in told["events"]} <= {"acme"}
    assert changes(NOW + timedelta(minutes=1))["versions"] == {}
    Service.objects.get(slug="acme").save()
    later = client.get("/-/changes", **{OWN: True}).json()
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        Service.objects.get(slug="acme").save()
        assert changes(NOW)["generation"] != later["generation"]


@pytest.mark.parametrize("step", range(9))
def test_pages_say_what_is_left_out(outage, client, step):
    said = left_out.sentences(step)
    assert len(said) == len(set(said)) == step
    for address in ("/", "/acme/", "/acme/report", "/about"):
        text = client.get(address, **{STEP: str(step)}).content.decode()
        assert ("Brownout is very busy." in text) == (step > 0), address
        assert [sentence for sentence in left_out.sentences(8) if sentence in text] == said


def test_charts_are_plain_where_the_site_is_hard_pressed(outage, client):
    def read(address, step):
        return client.get(address, **{STEP: step}).content.decode()

    whole, plain = read("/acme/dashboards", "0"), read("/acme/dashboards", "1")
    assert "<table" in whole
    assert "data-explore" in whole
    assert "<table" not in plain
    assert "explore" not in plain
    assert plain.count('<svg class="chart') == whole.count('<svg class="chart') > 0, "the drawings stay"
    assert "/acme/dashboards/volume.csv" in plain
    assert read("/acme/dashboards", "0") == whole, "and all is back"
    whole, plain = read("/acme/map?country=US", "0"), read("/acme/map?country=US", "1")
    for part in ('id="explore"', 'id="player"'):
        assert part in whole
        assert part not in plain
    assert "Not monitored" not in plain
    assert 'id="drawing"' in plain
    assert plain.count("<tr>") <= PLAIN_ROWS + 1 < 300
    assert read("/acme/map", "1").count("<tr>") <= PLAIN_ROWS + 1
