"""manage.py import_reports, through the real database and the real detector."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from config.process_cache import CACHE
from outages.models import HourCount, Incident, ServiceMinute
from reports.models import Report, Service
from tests.factories import a_service

pytestmark = pytest.mark.django_db

HEADER = "created_at,city,state,zip_code,service,note\n"
GOOD = (
    "2026-06-29T21:00:05Z,Buffalo,NY,14227,App,<b>no</b> light\n"
    "2026-06-29T21:00:05Z,Buffalo,NY,14227,App,<b>no</b> light\n"  # the same again is another report
    "2026-06-29T21:01:00Z,Depew,NY,14043,Login+App,\n"
    "2026-06-29T23:59:59Z,Buffalo,NY,14224,All,\n"
)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    CACHE.clear()
    yield
    CACHE.clear()


@pytest.fixture
def service() -> Service:
    return a_service(accepts_reports=False)


def run(file: Path, *options: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("import_reports", str(file), "--service", "acme", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def written(tmp_path: Path, text: str | bytes) -> Path:
    file = tmp_path / "reports.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_reports_are_stored_at_their_own_times(service: Service, tmp_path: Path) -> None:
    out, err = run(written(tmp_path, HEADER + GOOD), "--no-scan")
    assert "4 reports stored, 0 were there already, 0 lines refused" in out
    assert err == ""
    rows = list(Report.objects.order_by("at", "id").select_related("component"))
    assert [f"{row.at:%H:%M:%S}" for row in rows] == ["21:00:05", "21:00:05", "21:01:00", "23:59:59"]
    assert [row.component.slug for row in rows] == ["app", "app", "login", "app"]
    assert {(row.country, row.region) for row in rows} == {("US", "US-NY")}
    assert rows[0].note == "no light"
    assert {row.door for row in rows} == {"import"}
    assert all(row.at == row.occurred_at < row.received_at for row in rows)
    assert rows[0].network == rows[1].network != rows[2].network
    assert {row.network == row.wide_network for row in rows} == {True}


def test_a_second_import_adds_nothing(service: Service, tmp_path: Path) -> None:
    file = written(tmp_path, HEADER + GOOD)
    run(file)
    before = list(Report.objects.order_by("id").values())
    minutes = ServiceMinute.objects.count()
    out, _ = run(file)
    assert "0 reports stored, 4 were there already" in out
    assert "Nothing new" in out
    assert list(Report.objects.order_by("id").values()) == before
    assert ServiceMinute.objects.count() == minutes


def test_more_of_the_same_adds_what_is_new(service: Service, tmp_path: Path) -> None:
    run(written(tmp_path, HEADER + GOOD))
    out, _ = run(written(tmp_path, HEADER + "2026-06-29T20:00:00Z,Buffalo,NY,14227,App,\n" + GOOD))
    assert "1 reports stored, 4 were there already" in out
    assert sum(HourCount.objects.values_list("raw", flat=True)) == 5


def test_the_detector_goes_over_the_imported_days(service: Service, tmp_path: Path) -> None:
    out, _ = run(written(tmp_path, HEADER + GOOD))
    assert "2026-06-29" in out
    assert sum(HourCount.objects.values_list("raw", flat=True)) == 4
    assert ServiceMinute.objects.filter(raw__gt=0).count() == 3
    assert ServiceMinute.objects.count() == 359  # from 21:00 to three hours after the last report, at 2:59


def test_wrong_lines_are_told_with_their_number_and_the_rest_is_stored(service: Service, tmp_path: Path) -> None:
    wrong = (
        "yesterday,Buffalo,NY,14227,App,\n"
        "2026-06-29T21:00:05,Buffalo,NY,14227,App,no zone\n"
        "2090-01-01T00:00:00Z,Buffalo,NY,14227,App,\n"
        "1970-01-01T00:00:00Z,Buffalo,NY,14227,App,\n"
        "2026-06-29T21:00:05Z,Buffalo,N/Y,14227,App,\n"
        "2026-06-29T21:00:05Z,Buffalo,NY,14227,Engine,\n"
        f"2026-06-29T21:00:05Z,Buffalo,NY,14227,App,{'x' * 501}\n"
        "2026-06-29T21:00:05Z,Buffalo\n"
        '2026-06-29T21:00:05Z,Buffalo,NY,14227,App,"two\nlines"\n'
    )
    out, err = run(written(tmp_path, HEADER + wrong + GOOD), "--no-scan")
    assert "5 reports stored, 0 were there already, 8 lines refused" in out
    assert [line.split(":")[0] for line in err.splitlines()] == [f"line {number}" for number in range(2, 10)]
    for number, word in enumerate(["time", "zone", "time", "time", "region", "component", "500", "6 fields"]):
        assert word in err.splitlines()[number]


def test_bytes_that_are_no_text_harm_nothing(service: Service, tmp_path: Path) -> None:
    odd = (
        HEADER.encode()
        + b"2026-06-29T21:00:05Z,Buffalo,NY,14227,App,caf\xe9 \xff\n"
        + b"2026-06-29T21:00:06Z,B\0,NY,1,App,\n"
    )
    out, err = run(written(tmp_path, odd), "--no-scan")
    assert "lines refused" in out
    assert Report.objects.count() + len(err.splitlines()) == 2
    assert Report.objects.order_by("at").values_list("note", flat=True)[0] == "caf"


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n", "created_at,city\n", "\n"])
def test_another_kind_of_file_is_refused(service: Service, tmp_path: Path, text: str) -> None:
    with pytest.raises(CommandError, match="created_at,city,state,zip_code,service,note"):
        run(written(tmp_path, text))


def test_a_file_that_is_not_there_and_a_service_that_is_not_there(service: Service, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="Did you mean acme"):
        call_command("import_reports", str(written(tmp_path, HEADER + GOOD)), "--service", "acne")
    assert Report.objects.count() == 0


def spectrum() -> Path:
    shared = Path(os.environ.get("BROWNOUT_SHARED", Path(__file__).resolve().parents[4] / "shared"))
    return shared / "datasets" / "spectrum_community_2026_06" / "spectrum-outages-2026-06.csv"


@pytest.mark.slow(35)
@pytest.mark.skipif(not spectrum().is_file(), reason="the Spectrum data set is not beside this checkout")
def test_the_real_data_set_shows_its_outages() -> None:
    call_command("load_catalog", stdout=io.StringIO())
    out = io.StringIO()
    call_command("import_reports", str(spectrum()), "--service", "spectrum", stdout=out)
    assert "5,000 reports stored" in out.getvalue()
    assert seen_on("US-NY", datetime(2026, 6, 29, tzinfo=ZoneInfo("America/New_York")))  # Buffalo
    assert seen_on("US-TX", datetime(2026, 6, 20, tzinfo=ZoneInfo("America/Chicago")))  # San Antonio


def seen_on(region: str, day: datetime) -> bool:
    """Whether an incident of that region was open on that day of the people there."""
    incidents = Incident.objects.filter(
        service__slug="spectrum", regions__contains=[region], opened_at__lt=day + timedelta(days=1)
    ).exclude(state="dismissed")
    return any(one.resolved_at is None or one.resolved_at >= day for one in incidents)
