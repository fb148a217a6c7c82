"""Every report that did not count is told of, with the reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from outages.models import MinuteCount, ServiceMinute
from outages.pipeline import counts, scan
from outages.queries import status
from outages.queries.explain import stored
from outages.queries.tally import Tally, tally
from reports.catalog.loader import read
from reports.catalog.store import store
from reports.models import Report, Service
from tests.outages.crowds import Sent, send

CATALOG = Path(__file__).parents[3] / "catalog" / "tesla.toml"
START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
LAG = timedelta(seconds=6)


@pytest.mark.parametrize(
    ("raw", "effective", "cuts", "expected"),
    [
        (0, 0.0, {}, Tally()),
        (12, 12.0, {}, Tally(12, 12)),
        (5000, 312.0, {"same-network": 4688.0}, Tally(5000, 312, {"same-network": 4688})),
        (10, 3.4, {"same-network": 2.3, "same-origin": 4.3}, Tally(10, 4, {"same-network": 2, "same-origin": 4})),
        (8, 3.0, {"held": 2, "rejected": 1, "same-reporter": 5.0},
         Tally(11, 3, {"same-reporter": 5, "held": 2, "rejected": 1})),
        (9, 4.0, {"same-network": 3.0}, Tally(9, 4, {"same-network": 3, "late": 2})),
        (4, 5.0, {"weight": -1.0}, Tally(4, 5, {}, added=1)),
        (4, 2.0, {"weight": 2.0}, Tally(4, 2, {"weight": 2})),
        (6, 3.0, {"same-network": 7.0}, Tally(6, 3, {"same-network": 3})),  # four of them were withdrawn
    ],
)  # fmt: skip
def test_what_counted_and_what_was_cut_add_up(
    raw: int, effective: float, cuts: dict[str, float], expected: Tally
) -> None:
    assert tally(raw, effective, cuts) == expected


part = st.floats(0, 5000, allow_nan=False)


@given(
    effective=part,
    cuts=st.dictionaries(st.sampled_from(["same-network", "same-origin", "same-reporter", "late?"]), part),
    weight=st.floats(-300, 300),
    held=st.integers(0, 50),
    late=st.integers(0, 50),
)
def test_whole_numbers_always_add_up(
    effective: float, cuts: dict[str, float], weight: float, held: int, late: int
) -> None:
    raw = max(0, round(effective + sum(n for name, n in cuts.items() if name != "late?") + weight)) + late
    found = tally(raw, effective, {**cuts, "weight": weight, "held": held})
    assert found.reports == raw + held
    assert found.reports + found.added - sum(found.cuts.values()) == found.counted
    assert min([found.counted, found.added, *found.cuts.values()]) >= 0


@pytest.fixture
def service(db: None) -> Service:
    store(read(CATALOG))
    return Service.objects.get(slug="tesla")


def flooded(service: Service) -> datetime:
    """An outage that twenty networks report, and what tries to make it look larger. Returns the minute's end."""
    scan.run(service, now=START + LAG)
    honest = [Sent(START + timedelta(seconds=2 * n), network=n + 1, asn=n % 10 + 1, reporter=n + 1) for n in range(20)]
    one_network = [Sent(START + timedelta(seconds=n), network=999, asn=11, reporter=1000 + n) for n in range(50)]
    one_reporter = [Sent(START + timedelta(seconds=n), network=3000 + n, asn=12, reporter=5) for n in range(7)]
    held = [Sent(START + timedelta(seconds=n), network=4000 + n, verdict=Report.Verdict.HELD) for n in range(3)]
    refused = [Sent(START, network=5000, verdict=Report.Verdict.REJECTED, place="DE-BE")]
    send(service, [*honest, *one_network, *one_reporter, *held, *refused])
    scan.run(service, now=START + timedelta(minutes=1) + LAG)
    return START + timedelta(minutes=1)


def test_each_cut_is_kept_by_minute_and_by_cell(service: Service) -> None:
    flooded(service)
    row = ServiceMinute.objects.get(minute=START)
    assert row.raw == 77
    assert row.cuts == {"same-reporter": 7, "same-network": 48, "held": 3, "rejected": 1}
    assert row.raw - row.effective == 55
    cell = MinuteCount.objects.get(region="NL-NH")
    assert cell.cuts == {"same-reporter": 7, "same-network": 48, "held": 3}
    aside = MinuteCount.objects.get(region="DE-BE")
    assert (aside.raw, aside.effective, aside.cuts) == (0, 0, {"rejected": 1})


def test_a_recount_keeps_what_the_detector_cut_and_takes_up_what_was_set_aside_since(service: Service) -> None:
    end = flooded(service)
    late = Sent(START + timedelta(seconds=30), network=6000, verdict=Report.Verdict.HELD)
    send(service, [late, Sent(START, network=6001)])
    counts.recount(service, [START])
    assert ServiceMinute.objects.get(minute=START).cuts["held"] == 4
    raw, effective, cuts = stored(service, START, end, ["app"], ["NL"])
    assert (raw, effective, cuts) == (78, 22.0, {"same-reporter": 7, "same-network": 48, "held": 4})
    assert tally(raw, effective, cuts).cuts["late"] == 1


def test_page_and_api_say_how_many_counted_and_why_not_more(service: Service, client: Client) -> None:
    end = flooded(service)
    assert status.status(service, now=end).tally == Tally(
        81, 22, {"same-network": 48, "same-reporter": 7, "held": 3, "rejected": 1}
    )
    at = f"{end:%Y-%m-%dT%H:%M:%SZ}"
    told = client.get("/api/v1/services/tesla/status", {"at": at}).json()["tally_30m"]
    assert told["counted"] + sum(told["cuts"].values()) == told["reports"] == 81
    page = client.get("/tesla/", {"at": at}).content.decode()
    assert "22 of 81 reports counted" in page
    assert "48 were from networks that had already sent their share." in page
    assert "3 are waiting for review." in page
    view = status.status(service, now=end).incidents[0]
    detail = client.get(f"/api/v1/incidents/{view.id}", {"at": at}).json()["tally"]
    assert (detail["reports"], detail["counted"]) == (0, 0), (
        "of a place nothing is told before its five minutes are over"
    )
    later = f"{START + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
    detail = client.get(f"/api/v1/incidents/{view.id}", {"at": later}).json()["tally"]
    assert detail["counted"] % 5 == 0
    assert 15 <= detail["counted"] <= 30, "what 22 of 78 reports are told as"
    assert detail["counted"] + sum(detail["cuts"].values()) == detail["reports"]
    assert set(detail["cuts"]) >= {"same-network", "same-reporter", "held"}
    words = f"{detail['counted']} of {detail['reports']} reports counted"
    assert words in client.get(f"/tesla/incidents/{view.number}", {"at": later}).content.decode()
