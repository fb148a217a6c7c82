"""The detector on recorded crowds: how they are read, shuffled and matched."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outages.detection.datatypes import ServiceSpec
from outages.evaluation.backtest import community, downdetector
from outages.evaluation.backtest.crowds import CrowdReport, incidents
from tests.outages.shared import needs

NOON = datetime(2019, 5, 6, 12, 0, tzinfo=UTC)
SERVICE = ServiceSpec("aws", ("service",))


def crowd(start: datetime, count: int, seconds: float, place: str = "") -> list[CrowdReport]:
    return [CrowdReport(start.timestamp() + number * seconds, "service", place) for number in range(count)]


def test_a_quiet_crowd_opens_nothing_and_a_loud_one_opens_once() -> None:
    assert incidents([], SERVICE) == []
    calm = crowd(NOON - timedelta(hours=12), 48, 900)
    assert incidents(calm, SERVICE) == []
    loud = sorted([*calm, *crowd(NOON - timedelta(hours=2), 400, 4)], key=lambda one: one.second)
    found = incidents(loud, SERVICE)
    assert len(found) == 1
    assert abs(datetime.fromisoformat(found[0].opened_at) - (NOON - timedelta(hours=2))) < timedelta(minutes=10)


def test_a_shuffle_keeps_times_and_places_and_parts_who_reported_together() -> None:
    reports = sorted([*crowd(NOON, 50, 60, "US-NY"), *crowd(NOON, 50, 300, "US-TX")], key=lambda one: one.second)
    dealt = community.shuffled(reports, seed=1)
    assert Counter(one.second for one in dealt) == Counter(one.second for one in reports)
    assert Counter(one.place for one in dealt) == Counter(one.place for one in reports)
    assert dealt != reports
    assert dealt == community.shuffled(reports, seed=1)
    assert [one.second for one in dealt] == sorted(one.second for one in dealt)


def test_a_crowds_page_and_the_posts_near_it_give_a_lead(tmp_path: Path) -> None:
    bins = [2, 1, 0, 1] * 10 + [200, 300, 200, 20, 3, 1] + [1] * 20
    start = NOON - timedelta(minutes=15 * 40)
    lines = [
        f"1,{(start + timedelta(minutes=15 * number)).timestamp()},{count},aws" for number, count in enumerate(bins)
    ]
    (tmp_path / "down_detector_outage_count.csv").write_text(
        "event_id,timestamp,count,provider\n" + "\n".join(lines), encoding="utf-8"
    )
    posts = "service,service_name,summary,date,status,description\n"
    for text, at in (
        ("We are investigating increased API error rates", NOON + timedelta(minutes=30)),
        ("Scheduled maintenance will start at 20:00 UTC", NOON + timedelta(minutes=5)),
        ("We are investigating increased API error rates", NOON + timedelta(days=3)),
    ):
        posts += f'x,x,x,{at:%Y-%m-%d %H:%M:%S},1,"<div><span class=""y"">5:00 AM PDT</span>&nbsp;{text}.</div>"\n'
    with gzip.open(tmp_path / "aws_official_first_post.csv.gz", "wt", encoding="utf-8") as file:
        file.write(posts)
    with gzip.open(tmp_path / "gcp_official.csv.gz", "wt", encoding="utf-8") as file:
        file.write("first_notification,external_desc\n2019-05-06T12:00:00Z,All good here\n")
    found = downdetector.leads(tmp_path)
    assert (found.pages, found.openings, len(found.leads)) == (1, 1, 1)
    assert found.crowd_first == 1
    assert 10 <= found.leads[0].minutes <= 30


@pytest.mark.slow(80)
def test_in_a_real_crowd_the_true_order_holds_more_clusters_than_any_shuffle() -> None:
    found = community.compare(needs("datasets", "spectrum_community_2026_06", "spectrum-outages-2026-06.csv"))
    assert found.reports == 5000
    assert found.true.regional > max(one.regional for one in found.shuffled)


@pytest.mark.slow(80)
def test_the_crowd_is_mostly_first() -> None:
    found = downdetector.leads(needs("datasets", "downdetector_cloud_2018_20"))
    assert len(found.leads) >= 15
    assert found.crowd_first > len(found.leads) / 2
