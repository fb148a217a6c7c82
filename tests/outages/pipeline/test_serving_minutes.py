"""Minutes in which nobody could reach us are no quiet minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outages.models import DetectorState, Incident, ScanFailure, ServiceMinute, ServingMinute
from outages.pipeline import scan, serving_minutes
from outages.queries.status import status
from reports.models import Service
from tests.outages.pipeline.test_scan import LAG, START, burst, report
from tests.outages.pipeline.test_scan import service as service

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
CONFIRMED_BY, AWAY, BACK = 12, 9, 3  # minutes


def served(*minutes: int) -> None:
    ServingMinute.objects.bulk_create([ServingMinute(minute=START + number * MINUTE) for number in minutes])


def outage(service: Service, *, at_once: bool) -> None:
    """Reports until the site goes away, and again when it is back; scanned minute by minute or at the end."""
    scan.run(service, now=START + LAG)
    report(service, burst(START, CONFIRMED_BY, 12))
    back = CONFIRMED_BY + AWAY
    report(service, burst(START + back * MINUTE, BACK, 12), first_network=1000)
    for number in range(1, CONFIRMED_BY + 1) if at_once else range(1, back + BACK + 1):
        scan.run(service, now=START + number * MINUTE + LAG)
    if at_once:
        scan.run(service, now=START + (back + BACK) * MINUTE + LAG)


def states() -> list[str]:
    return list(Incident.objects.get().events.order_by("at", "id").values_list("to_state", flat=True))


@pytest.mark.parametrize("at_once", [True, False], ids=["caught up with", "minute by minute"])
def test_an_incident_does_not_recover_while_nobody_could_report(service: Service, *, at_once: bool) -> None:
    served(*range(-3, CONFIRMED_BY), *range(CONFIRMED_BY + AWAY, CONFIRMED_BY + AWAY + BACK))
    outage(service, at_once=at_once)
    assert Incident.objects.get().state == "confirmed"
    assert "recovering" not in states()
    now = START + (CONFIRMED_BY + AWAY + BACK) * MINUTE + LAG
    assert status(service, now=now).missing_30m == AWAY
    assert ServiceMinute.objects.filter(service=service).count() == 1 + CONFIRMED_BY + BACK
    assert set(ScanFailure.objects.values_list("attempts", flat=True)) == {0}
    assert DetectorState.objects.get().minute == scan.last_complete(now)


def test_an_absence_of_hours_is_left_out_whole(service: Service) -> None:
    served(*range(-3, CONFIRMED_BY), CONFIRMED_BY + 200)
    scan.run(service, now=START + LAG)
    report(service, burst(START, CONFIRMED_BY, 12))
    scan.run(service, now=START + CONFIRMED_BY * MINUTE + LAG)
    until = START + (CONFIRMED_BY + 200) * MINUTE
    dark = serving_minutes.dark_minutes(service, START + CONFIRMED_BY * MINUTE, until)
    assert len(dark) == 200
    ServingMinute.objects.filter(minute__gte=until).delete()  # it has not come back, and may never say it again
    dark = serving_minutes.dark_minutes(service, START + CONFIRMED_BY * MINUTE, until)
    assert len(dark) == 60


def test_an_incident_recovers_while_people_could_report_and_do_not(service: Service) -> None:
    served(*range(-3, CONFIRMED_BY + AWAY + BACK))
    outage(service, at_once=True)
    assert "recovering" in states()
    assert not ScanFailure.objects.exists()


def test_where_the_web_server_never_says_anything_every_minute_counts(service: Service) -> None:
    outage(service, at_once=True)
    assert not ScanFailure.objects.exists()


def test_a_minute_with_a_report_is_never_dark(service: Service) -> None:
    served(*range(-3, CONFIRMED_BY - 2))
    scan.run(service, now=START + LAG)
    report(service, burst(START, CONFIRMED_BY, 12))
    scan.run(service, now=START + CONFIRMED_BY * MINUTE + LAG)
    assert not ScanFailure.objects.exists()


def test_the_web_server_says_so_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving_minutes, "_noted", [])
    ServingMinute.objects.create(minute=START - timedelta(days=3))
    for second in (1, 2, 59, 61):
        serving_minutes.note(START + timedelta(seconds=second))
    assert list(ServingMinute.objects.order_by("minute").values_list("minute", flat=True)) == [START, START + MINUTE]
