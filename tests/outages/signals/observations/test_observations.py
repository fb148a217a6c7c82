"""What browsers and programs outside say, from their posts to an incident; and what nobody can do with it alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from outages.models import Incident, Observation, Observer, ProbeResult
from outages.pipeline import scan
from outages.queries import observers
from outages.signals.observations import judgement, nel, store
from outages.signals.observations.judgement import Account, Seen
from outages.signals.observations.nel import Load, NelError
from outages.signals.observations.store import Counted
from reports.access import keys
from reports.catalog.loader import read
from reports.catalog.store import store as store_catalog
from reports.models import Service
from reports.privacy.origin import Origin

pytestmark = pytest.mark.django_db

CATALOG = Path(__file__).parents[4] / "catalog" / "tesla.toml"
START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
LAG = timedelta(seconds=6)
MINUTE = timedelta(minutes=1)
SCOPES = ["reports:write"]


@pytest.fixture
def service():
    from config.process_cache import CACHE

    CACHE.clear()
    store_catalog(read(CATALOG))
    found = Service.objects.get(slug="tesla")
    scan.run(found, now=START - 2 * MINUTE + LAG)
    return found


def a_key(name="logger"):
    return keys.create(name=name, scopes=SCOPES, now=START).key


def network(number, country="NO"):
    return Origin(network=number * 7919 + 1, wide_network=number // 3 * 104729 + 1, asn=number, country=country)


def pass_minute(service, at):
    """What Celery's clock does in the minute that begins at `at`."""
    store.judge(at + timedelta(seconds=1))
    scan.run(service, now=at + LAG)


def a_site(service, key, at, users=200, share=0.05):
    """A minute of a site: each user in a network of their own, successes sampled at a twentieth."""
    for user in range(users):
        who = network(at.minute * 1000 + user)
        if user < users * share:
            store.take_loads(service.pk, key, "app", [Load(1.0, "tcp")], who, at + timedelta(seconds=30))
        elif user % 20 == 0:
            store.take_loads(service.pk, key, "app", [Load(20.0)], who, at + timedelta(seconds=30))
    for country in ("SE", "DE", "NL", "FR"):
        store.take_loads(service.pk, key, "app", [Load(20.0)], network(99, country), at + timedelta(seconds=30))


@pytest.mark.slow
def test_a_site_that_fails_for_one_user_in_twenty_is_possible_within_five_minutes(service):
    """No person reports anything."""
    key = a_key()
    at = START - 2 * MINUTE
    for number in range(2):
        a_site(service, key, at + number * MINUTE, share=0.0)
        pass_minute(service, at + (number + 1) * MINUTE)
    assert ProbeResult.objects.count() == 0, "calm says nothing"
    for number in range(1, 6):
        a_site(service, key, START + (number - 1) * MINUTE)
        pass_minute(service, START + number * MINUTE)
        if Incident.objects.exists():
            break
    incident = Incident.objects.get()
    assert number <= 5
    assert (incident.state, incident.countries, incident.components) == ("possible", ["NO"], ["app"])
    for more in range(number + 1, number + 8):
        a_site(service, key, START + (more - 1) * MINUTE)
        pass_minute(service, START + more * MINUTE)
    incident.refresh_from_db()
    assert incident.state == "possible", "browsers alone never confirm"
    term = incident.events.order_by("id").first().evidence[0]
    assert term["detail"]["failing_from"] == ["browsers"]
    over = START + (number + 7) * MINUTE
    for number in range(20):
        a_site(service, key, over + number * MINUTE, share=0.0)
        pass_minute(service, over + (number + 1) * MINUTE)
    incident.refresh_from_db()
    assert incident.state not in ("possible", "confirmed")


@pytest.mark.slow
def test_a_flood_from_one_key_or_one_network_opens_nothing(service):
    browsers, programs = a_key("site"), [a_key(f"logger {number}") for number in range(4)]
    for minute in range(8):
        at = START + minute * MINUTE
        here = at + timedelta(seconds=30)
        for _ in range(40):  # one network, as loud as it can
            store.take_loads(service.pk, browsers, "app", [Load(100.0, "tcp")] * 100, network(5), here)
        one = [Counted("app", "NO", "", here, 1_000_000, 1_000_000)]
        store.take_counts(service.pk, programs[0], one, network(1), here)
        for key in programs:  # many keys, one network
            store.take_counts(service.pk, key, one, network(9), here)
        pass_minute(service, at + MINUTE)
    assert not ProbeResult.objects.exists()
    assert not Incident.objects.exists()


def test_programs_of_different_people_and_networks_open_but_never_confirm(service):
    first, second = a_key("a"), a_key("b")
    for minute in range(12):
        here = START + minute * MINUTE + timedelta(seconds=30)
        for key, who in ((first, network(1)), (second, network(2))):
            store.take_counts(service.pk, key, [Counted("app", "NO", "", here, 20, 10)], who, here)
        pass_minute(service, START + (minute + 1) * MINUTE)
    incident = Incident.objects.get()
    assert incident.state == "possible"
    assert incident.events.order_by("id").first().evidence[0]["detail"]["failing_from"] == ["observers"]
    states = observers.of_service(service, START + 12 * MINUTE)
    assert [(one.kind, one.vantage, one.trust, one.failing_share) for one in states] == [
        ("program", "observers", 0.5, 0.5)
    ] * 2
    # Nobody else confirmed it: next time their word is worth less, and no longer enough.
    assert store.settle_trust(START + 45 * MINUTE) == 2
    assert store.settle_trust(START + 46 * MINUTE) == 0, "each once"
    assert {one.trust for one in observers.of_service(service, START + 50 * MINUTE)} == {0.333}
    Incident.objects.update(confirmed_at=START + 5 * MINUTE)
    Observer.objects.update(agreed=0, disagreed=0, judged_until_at=None)
    store.settle_trust(START + 45 * MINUTE)
    assert {one.agreed for one in Observer.objects.all()} == {1}


def test_what_browsers_saw_tells_of_nobody(service, client):
    told = []
    for others in ([], [Load(1.0, "tcp")]):
        key = a_key("site")
        for minute in range(5):
            at = START + minute * MINUTE
            store.take_loads(service.pk, key, "app", [Load(20.0)], network(5), at + timedelta(seconds=1))
            if others and minute == 3:
                store.take_loads(service.pk, key, "login", others, network(9, "FR"), at + timedelta(seconds=20))
        (state,) = observers.of_service(service, START + 5 * MINUTE)
        told.append(replace(state, id=""))
        assert (state.components, state.countries, state.failing_share) == ([], [], None)
        assert (state.last_at.hour, state.last_at.minute, state.last_at.second) == (0, 0, 0)
        Observer.objects.all().delete()
    assert told[0] == told[1]


def test_the_rules_by_numbers():
    def fails(*accounts):
        return judgement.of_programs(accounts).fails

    one, two = Account("a", 1, 20, 10), Account("b", 2, 20, 10)
    assert fails(one, two)
    assert not fails(one)
    assert not fails(one, Account("b", 1, 20, 10)), "one network"
    assert not fails(one, Account("a", 2, 20, 10)), "one owner"
    assert not fails(one, Account("b", 2, 20, 10, usual=0.4)), "that is how it always is there"
    assert not fails(one, Account("b", 2, 20, 10, trust=0.3))
    assert not fails(one, two, Account("c", 3, 20, 0), Account("d", 4, 20, 0)), "as many see nothing"
    assert not fails(Account("a", 1, 3, 3), Account("b", 2, 4, 4)), "too few calls"

    def browsers(failing, good, usual=0.0, usual_failing=0.0, wide=5):
        seen = [Seen(n, n % wide, 1, 1) for n in range(1, failing + 1)]
        seen += [Seen(10_000 + n, n, 20, 0) for n in range(good)]
        return judgement.of_browsers(seen, usual, usual_failing).fails

    assert browsers(10, 10)
    assert not browsers(3, 0), "three networks are too few"
    assert not browsers(10, 10, wide=1), "one provider"
    assert not browsers(10, 10, usual=0.05), "that is usual there"
    assert browsers(12, 0)
    assert not browsers(12, 0, usual_failing=9.0)
    assert not browsers(20, 100), "one in a hundred"


REPORT = {
    "age": 5,
    "type": "network-error",
    "url": "https://www.example.com/secret?token=1",
    "user_agent": "x",
    "body": {"sampling_fraction": 0.5, "phase": "connection", "type": "tcp.timed_out", "status_code": 0,
             "server_ip": "192.0.2.1", "referrer": "https://example.org/", "elapsed_time": 10},
}  # fmt: skip


def report(**body):
    return {**REPORT, "body": {**REPORT["body"], **body}}


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([report()], [Load(2.0, "tcp")]),
        ([report(type="ok", phase="application", status_code=200)], [Load(2.0)]),
        ([report(type="http.error", phase="application", status_code=503)], [Load(2.0, "503")]),
        ([report(type="http.error", phase="application", status_code=404)], [Load(2.0)]),
        ([report(type="abandoned", phase="application")], []),
        ([report(sampling_fraction=0.00001)], [Load(100.0, "tcp")]),
        ([report(sampling_fraction=0)], []),
        ([report(sampling_fraction=2)], []),
        ([report(type="x" * 99)], []),
        ([report(phase="other")], []),
        ([{**REPORT, "age": 10**9}, {"type": "csp-violation"}, 5, None, {"type": "network-error", "body": []}], []),
    ],
)
def test_of_a_report_only_whether_and_how_it_failed_is_read(reports, expected):
    assert nel.loads(json.dumps(reports).encode()) == expected


@pytest.mark.parametrize("body", [b"{", b"{}", b"[" * 9000, b"\xff", json.dumps([REPORT] * 101).encode()])
def test_what_is_no_list_of_reports_is_refused(body):
    with pytest.raises(NelError):
        nel.loads(body)


def test_both_doors(service, client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: START)
    made = keys.create(name="logger", scopes=SCOPES, now=START)
    door = f"/api/v1/reports/nel/{made.key.pk}?service=tesla&component=app"
    preflight = client.options(door, headers={"Origin": "https://www.example.com"})
    assert (preflight.status_code, preflight["Access-Control-Allow-Origin"]) == (204, "*")
    taken = client.post(door, json.dumps([REPORT]), content_type="application/reports+json")
    assert taken.status_code == 204, taken.content
    row = Observation.objects.get()
    assert (row.component, row.calls, row.failed, row.error) == ("app", 2.0, 2.0, "tcp")
    assert "secret" not in repr(Observation.objects.values())
    for path, body, kind, status in (
        (door, "{}", "application/reports+json", 400),
        (door, "[]", "text/plain", 415),
        (door.replace("app", "nope"), "[]", "application/reports+json", 404),
        (f"/api/v1/reports/nel/{service.pk:032x}?service=tesla", "[]", "application/reports+json", 404),
    ):
        answer = client.post(path, body, content_type=kind)
        assert answer.status_code == status, answer.content
        assert answer["Content-Type"].startswith("application/problem+json")

    def post(body, **headers):
        return client.post("/api/v1/observations", body, content_type="application/json", headers=headers)

    bearer = {"Authorization": f"Bearer {made.text}"}
    counts = {"service": "tesla", "observations": [{"component": "app", "region": "NO-03", "calls": 9, "failed": 2}]}
    assert post(counts).status_code == 401
    assert post(counts, **bearer).status_code == 202
    assert post(counts, **bearer).status_code == 202, "the same minute again"
    row = Observation.objects.get(observer__kind="program")
    assert (row.country, row.region, row.calls, row.failed) == ("NO", "NO-03", 9, 2)
    wrong = {"service": "tesla", "observations": [{"component": "x", "country": "ZZ", "calls": 1, "failed": 2,
                                                  "minute": "2026-03-07T11:00:00Z"}]}  # fmt: skip
    answer = post(wrong, **bearer)
    assert answer.status_code == 422
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == [f"observations[0].{name}" for name in ("component", "failed", "minute", "country")]
    listed = client.get("/api/v1/services/tesla/observers").json()["results"]
    assert {one["kind"] for one in listed} == {"program", "browsers"}
    assert str(made.key.pk) not in json.dumps(listed)


def seen(failing, well=0, *, wide=3, calls=1.0):
    """Networks of browsers: `failing` of them fail at every load, `well` at none; they belong to so many providers."""
    return [judgement.Seen(n + 1, n % wide + 1, calls, calls if n < failing else 0.0) for n in range(failing + well)]


@pytest.mark.parametrize(
    ("shape", "networks", "usual", "fails"),
    [
        ("nobody says what goes well, and many fail", seen(8), (0.0, 0.0), True),
        ("the same where as many fail every day", seen(8), (0.0, 6.0), False),
        ("nobody says what goes well, and three fail", seen(3), (0.0, 0.0), False),
        ("little traffic: four of four fail", seen(4), (0.0, 0.0), False),
        ("a site that fails for everybody", seen(60), (0.0, 0.0), True),
        ("a site that always fails for everybody", seen(60), (0.5, 60.0), False),
        ("one provider's customers", seen(40, wide=1), (0.0, 0.0), False),
        ("one network, as loud as it can", seen(1, calls=1e6), (0.0, 0.0), False),
        ("one loud network among those that are well", [*seen(0, 200), *seen(1, calls=1e6)], (0.0, 0.0), False),
        ("one in twenty fails", seen(20, 380), (0.0, 0.0), True),
        ("one in a hundred fails", seen(4, 396), (0.0, 0.0), False),
        ("one in twenty fails, as on every day", seen(20, 380), (0.05, 20.0), False),
        ("nobody", [], (0.0, 0.0), False),
    ],
)
def test_shapes_of_what_browsers_meet(shape, networks, usual, fails):
    assert judgement.of_browsers(networks, *usual).fails is fails, shape


@pytest.mark.parametrize(
    ("shape", "accounts", "fails"),
    [
        ("a key that fails for reasons of its own", [("a", 1, 100, 100, 0.0)], False),
        ("two that always fail", [("a", 1, 100, 100, 1.0), ("b", 2, 100, 100, 1.0)], False),
        ("two keys of one owner", [("a", 1, 100, 100, 0.0), ("a", 2, 100, 100, 0.0)], False),
        ("two owners behind one network", [("a", 1, 100, 100, 0.0), ("b", 1, 100, 100, 0.0)], False),
        ("two owners in two networks", [("a", 1, 100, 10, 0.0), ("b", 2, 100, 10, 0.0)], True),
        ("the same, and three see nothing", [("a", 1, 100, 10, 0.0), ("b", 2, 100, 10, 0.0),
                                            ("c", 3, 100, 0, 0.0), ("d", 4, 100, 0, 0.0), ("e", 5, 50, 0, 0.0)], False),
        ("hardly any calls", [("a", 1, 2, 2, 0.0), ("b", 2, 2, 2, 0.0)], False),
        ("huge numbers", [("a", 1, 1e300, 1e300, 0.0)], False),
    ],
)  # fmt: skip
def test_shapes_of_what_programs_count(shape, accounts, fails):
    given = [judgement.Account(owner, net, calls, failed, usual) for owner, net, calls, failed, usual in accounts]
    assert judgement.of_programs(given).fails is fails, shape
