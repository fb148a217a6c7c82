"""The two published methods, on series made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from outages.detection.replay import Event
from outages.evaluation.backtest.published import FEWEST_REPORTS, mean_of_the_time_of_day, three_failures_in_a_row

START = datetime(2026, 3, 2, tzinfo=UTC)


def report(minutes: float, country: str = "NL") -> Event:
    return Event("report", START + timedelta(minutes=minutes), "s", component="app", country=country)


def attempt(minutes: float, status: int | None, probe: str = "p") -> Event:
    return Event(
        "probe", START + timedelta(minutes=minutes), "s", component="app", probe=probe, vantage="v", countries=["NL"],
        http_status=status,
    )  # fmt: skip


def a_report_each_half_hour(days: int) -> list[Event]:
    return [report(minutes) for minutes in range(0, days * 1440, 30)]


def test_an_even_stream_opens_nothing() -> None:
    assert mean_of_the_time_of_day(a_report_each_half_hour(5)) == []


def test_a_burst_opens_when_it_is_several_times_the_mean_and_closes_after_it() -> None:
    burst = [report(3 * 1440 + 600 + number) for number in range(30)]
    events = sorted([*a_report_each_half_hour(5), *burst], key=lambda event: event.at)
    found = mean_of_the_time_of_day(events)
    assert len(found) == 1
    assert found[0].components == ("app",)
    assert "2026-03-05T10:00:00Z" < found[0].opened_at < "2026-03-05T10:15:00Z"
    assert found[0].resolved_at is not None
    assert "2026-03-05T10:30:00Z" < found[0].resolved_at < "2026-03-05T11:00:00Z"


def test_nothing_is_opened_before_a_mean_is_known() -> None:
    burst = [report(1440 + 600 + number / 10) for number in range(100)]
    assert mean_of_the_time_of_day([*burst, report(2400)]) == []


def test_few_reports_open_nothing_however_rare_they_were() -> None:
    few = [report(4 * 1440 + number / 10) for number in range(FEWEST_REPORTS - 1)]
    assert mean_of_the_time_of_day([report(0), *few, report(5 * 1440)]) == []


def test_no_events_give_nothing() -> None:
    assert mean_of_the_time_of_day([]) == []
    assert three_failures_in_a_row([]) == []


def test_three_failures_open_and_two_good_answers_close() -> None:
    statuses = [200, 503, 503, 200, 503, None, 500, 200, 503, 200, 200, 200]
    found = three_failures_in_a_row([attempt(number, status) for number, status in enumerate(statuses)])
    assert [(one.opened_at, one.resolved_at) for one in found] == [("2026-03-02T00:07:00Z", "2026-03-02T00:11:00Z")]
    assert found[0].countries == ("NL",)


def test_a_probe_that_never_recovers_stays_open() -> None:
    found = three_failures_in_a_row([attempt(number, 503) for number in range(3)])
    assert [one.resolved_at for one in found] == [None]


def test_probes_are_judged_each_by_itself() -> None:
    mixed = [attempt(number, 503, probe) for number in range(2) for probe in ("a", "b")]
    assert three_failures_in_a_row(mixed) == []
