"""The examples of the docs, run as a reader would run them, against the API over HTTP."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils import timezone

from .conftest import add_incident, add_minutes

PROJECT = Path(__file__).resolve().parents[3]
EXAMPLES = PROJECT / "docs" / "examples"

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tesla(transactional_db: None) -> Any:
    """The service as it is shipped, with two hours of reports until now."""
    from reports.catalog.reading import read
    from reports.catalog.storing import store
    from reports.models import Service

    store(read(PROJECT / "catalog" / "tesla.toml"))
    service = Service.objects.get(slug="tesla")
    add_minutes(service, this_minute() - timedelta(hours=2), 120, symptom="http-503-maintenance")
    return service


def this_minute() -> datetime:
    return timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    settings.SITE_URL = live_server.url
    return str(live_server.url)


def run(site: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs an example as it stands."""
    environment = {"PATH": os.environ["PATH"], "BROWNOUT": site, "no_proxy": "*"}
    return subprocess.run(command, env=environment, cwd=EXAMPLES, capture_output=True, text=True, timeout=60)


def test_every_example_is_listed_and_short() -> None:
    listed = set(re.findall(r"\[([\w.]+)\]\(\1\)", (EXAMPLES / "README.md").read_text(encoding="utf-8")))
    files = {file.name: file for file in EXAMPLES.iterdir() if file.name != "README.md"}
    assert listed == set(files)
    for name, file in files.items():
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 30, name


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_status_by_curl_says_it_by_its_exit(tesla: Any, site: str) -> None:
    fine = run(site, "sh", "status.sh")
    assert (fine.returncode, fine.stderr) == (0, "")
    assert '"verdict":"ok"' in fine.stdout
    add_incident(tesla, 1, this_minute() - timedelta(minutes=30))
    assert run(site, "sh", "status.sh", "tesla").returncode == 1
    assert run(site, "sh", "status.sh", "nothing").returncode == 2


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_nobody_watching_is_no_all_clear_by_curl_either(tesla: Any, site: str) -> None:
    from outages.models import ServiceMinute

    ServiceMinute.objects.all().delete()
    assert run(site, "sh", "status.sh").returncode == 2


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_a_report_by_curl_is_stored_and_withdrawn(tesla: Any, site: str) -> None:
    from reports.models import Report

    done = run(site, "sh", "report.sh")
    assert done.returncode == 0, done.stderr
    report = Report.objects.get()
    assert f"Stored as {report.id}" in done.stdout
    assert "Withdrawn." in done.stdout
    assert (report.region, report.withdrawn_at is None) == ("NL-NH", False)


def test_all_services_by_httpx(tesla: Any, site: str) -> None:
    add_incident(tesla, 1, this_minute() - timedelta(minutes=30))
    done = run(site, sys.executable, "outages.py")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^DOWN +Tesla", done.stdout, re.MULTILINE)
    assert "since" in done.stdout


def test_reports_that_waited_are_sent_once_and_refused_ones_kept(tesla: Any, site: str, tmp_path: Path) -> None:
    from reports.models import Report

    waiting = tmp_path / "waiting.jsonl"
    moment = (timezone.now() - timedelta(hours=2)).isoformat()
    lines = [
        {"service": "tesla", "component": "app", "occurred_at": moment},
        {"service": "tesla", "component": "engine", "occurred_at": moment},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    for _ in range(2):  # as if the answer to the first had been lost
        waiting.write_text(text, encoding="utf-8")
        done = run(site, sys.executable, "send_later.py", str(waiting))
        assert done.returncode == 0, done.stderr
        assert "1 stored, 0 known already, 1 refused" in done.stdout
        assert "engine" in done.stderr
    assert [json.loads(line)["component"] for line in waiting.read_text().splitlines()] == ["engine"]
    assert Report.objects.count() == 1


def test_a_table_of_hours_and_countries(tesla: Any, site: str) -> None:
    done = run(site, sys.executable, "countries.py")
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert head.split() == ["country", "DE", "NL"]
    assert len(rows) in (3, 4)
    assert "few or none" in done.stdout


def test_the_sensor_reads_what_the_status_has(tesla: Any) -> None:
    [rest] = yaml.safe_load((EXAMPLES / "sensor.yaml").read_text(encoding="utf-8"))["rest"]
    status = Client().get(rest["resource"].removeprefix("http://localhost:8000")).json()
    [sensor] = rest["sensor"]
    assert re.fullmatch(r"{{ value_json\.(\w+) }}", sensor["value_template"])[1] in status  # type: ignore[index]
    assert set(sensor["json_attributes"]) <= status.keys()


def test_the_addresses_for_grafana_have_their_rows(tesla: Any) -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"\| `(/api/[^`]+)` \| `(\w+)` \|", text)
    assert len(found) == 5
    span = f"since={this_minute() - timedelta(hours=24):%Y-%m-%dT%H:%M:%S.000Z}"
    for address, rows in found:
        answer = Client().get(f"{address}{'&' if '?' in address else '?'}{span}")
        assert answer.status_code == 200, (address, answer.content)
        assert isinstance(answer.json()[rows], list)
