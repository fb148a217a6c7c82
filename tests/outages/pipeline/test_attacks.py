"""Those who would make an outage, or end one, by writing many reports: through database, detector and notices."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outages.models import Delivery, Incident, IncidentEvent, MinuteCount, ProbeResult, Subscription
from outages.notifications import crypto, fan_out
from outages.notifications.channels.webhook import new_signing_secret
from outages.notifications.subscriptions import endpoint_of
from outages.pipeline import scan
from reports.catalog.loader import read
from reports.catalog.store import store
from reports.models import Report, Service
from tests.outages.crowds import Sent, of_reports, send, usual, watched_quietly
from tests.outages.detection.minutes import Crowd

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

CATALOG = Path(__file__).parents[3] / "catalog" / "tesla.toml"
START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Attack = Callable[[int, datetime], Sent]


@pytest.fixture
def service() -> Service:
    """A service that was quiet for hours, with somebody who wants to be told of confirmed outages."""
    store(read(CATALOG))
    service = Service.objects.get(slug="tesla")
    watched_quietly(service, START)
    Subscription.objects.create(
        service=service,
        endpoint=endpoint_of("webhook", "https://example.org/hook"),
        owner_hash=crypto.hash_secret("s" * 40),
        confirmed_at=START - timedelta(days=1),
        signing_sealed=crypto.seal(new_signing_secret()),
    )
    return service


def one_wide_network(number: int, at: datetime) -> Sent:
    """Each from a /24 of its own within one /16, of which no provider is known."""
    return Sent(at, network=10_000 + number, wide_network=4242, reporter=10_000 + number)


def one_wide_network_of_a_provider(number: int, at: datetime) -> Sent:
    return Sent(at, network=10_000 + number % 256, wide_network=4242, asn=101, reporter=10_000 + number)


def three_providers(number: int, at: datetime) -> Sent:
    """Of those that are usual in the country."""
    return Sent(
        at, network=10_000 + number, wide_network=number % 900 + 1, asn=100 + number % 3, reporter=10_000 + number
    )


def three_strange_providers(number: int, at: datetime) -> Sent:
    return Sent(
        at, network=10_000 + number, wide_network=number % 900 + 1, asn=64500 + number % 3, reporter=10_000 + number
    )


def trusted(attack: Attack) -> Attack:
    """The same by reporters who have earned the highest weight, each of them."""

    def sent(number: int, at: datetime) -> Sent:
        one = attack(number, at)
        return Sent(one.at, network=one.network, wide_network=one.wide_network, asn=one.asn, weight=2.0)

    sent.__name__ = f"trusted_{attack.__name__}"
    return sent


ATTACKS = [one_wide_network, one_wide_network_of_a_provider, three_providers, three_strange_providers]


def survived(service: Service, end: datetime) -> None:
    """Nothing was confirmed and nobody told; and each report is still there and accounted for."""
    events = IncidentEvent.objects.filter(incident__service=service)
    assert not events.filter(to_state=Incident.State.CONFIRMED).exists()
    fan_out.sweep(end)
    assert not Delivery.objects.exists()
    cells = MinuteCount.objects.filter(service=service)
    raw = sum(cells.values_list("raw", flat=True))
    assert raw == Report.objects.filter(service=service, kind=Report.Kind.PROBLEM).count()
    cut = sum(sum(cuts.values()) for cuts in cells.values_list("cuts", flat=True))
    assert raw - sum(cells.values_list("effective", flat=True)) == pytest.approx(cut, abs=1)


@pytest.mark.parametrize("attack", [*ATTACKS, *map(trusted, ATTACKS)], ids=lambda attack: attack.__name__)
def test_five_thousand_reports_in_an_hour_from_few_sides_confirm_nothing_and_tell_nobody(
    service: Service, attack: Attack
) -> None:
    end = START + timedelta(minutes=70)
    flood = [attack(number, START + timedelta(seconds=0.72 * number)) for number in range(5000)]
    send(service, [*usual(Crowd(2), START, 70), *flood])
    scan.catch_up(service, end)
    survived(service, end)


@pytest.mark.parametrize("attack", [one_wide_network, trusted(three_providers)], ids=lambda attack: attack.__name__)
def test_a_slow_drip_over_a_day_confirms_nothing_and_tells_nobody(service: Service, attack: Attack) -> None:
    end = START + timedelta(minutes=1440)
    drip = [attack(number, START + timedelta(seconds=17.28 * number)) for number in range(5000)]
    send(service, [*usual(Crowd(2), START, 1440), *drip])
    scan.catch_up(service, end)
    survived(service, end)


@pytest.mark.parametrize("is_probed", [True, False], ids=["probes fail", "no probe looks"])
def test_a_flood_of_working_reports_in_a_true_outage_closes_nothing(service: Service, is_probed: bool) -> None:
    """A crowd from many sides reports throughout; then thousands from five providers say that it works."""
    crowd = Crowd(3)
    end = START + timedelta(minutes=60)
    sent = usual(Crowd(2), START, 60)
    for number in range(60):
        faulty = crowd.some(8.0, ("app",), ("DE-BE", "DE-BY"), ("http-503-maintenance", "blank-screen"))
        sent += of_reports(faulty, START + number * MINUTE)
    flood = START + timedelta(minutes=25)
    for number in range(5000):
        at = flood + timedelta(seconds=number * 0.4)
        system = 201 + number % 5
        sent.append(
            Sent(
                at, place="DE-BE", kind="working", network=50_000 + number, asn=system, wide_network=system, weight=2.0
            )
        )
    send(service, sent)
    probed = range(60) if is_probed else ()
    ProbeResult.objects.bulk_create(
        ProbeResult(
            id=uuid.uuid4(),
            service=service,
            at=START + number * MINUTE + timedelta(seconds=20),
            probe=f"app-{vantage}",
            vantage=vantage,
            component="app",
            countries=["DE"],
            http_status=503 if number >= 2 else 200,
            classification="down" if number >= 2 else "up",
        )
        for number in probed
        for vantage in ("euw1", "use1")
    )
    scan.catch_up(service, end)
    found = Incident.objects.get(service=service, confirmed_at__lt=flood)
    assert found.state == Incident.State.CONFIRMED
    assert not found.events.filter(to_state__in=[Incident.State.RECOVERING, Incident.State.RESOLVED]).exists()
