"""The examples of the docs, run as a reader would run them, against the API over HTTP."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook

from config.local import processes
from outages.notifications.channels.webhook import new_signing_secret
from tests.outages.live.conftest import Process, free_port

from .conftest import add_incident, add_minutes

PROJECT = Path(__file__).resolve().parents[3]
EXAMPLES = PROJECT / "docs" / "examples"

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tesla(transactional_db: None) -> Any:
    """The service as it is shipped, with two hours of reports until now."""
    from reports.catalog.loader import read
    from reports.catalog.store import store
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


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


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


def test_the_map_is_kept_as_geojson_and_ranked(tesla: Any, site: str, tmp_path: Path) -> None:
    done = run(site, sys.executable, "map.py", "tesla", str(tmp_path / "map.geojson"))
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert re.fullmatch(r"Netherlands: 1[012][05]", first)  # rounded, and a minute may have begun meanwhile
    assert second == "Germany: too few to say"
    assert json.loads((tmp_path / "map.geojson").read_text())["type"] == "FeatureCollection"


def test_news_are_told_once(tesla: Any, site: str, tmp_path: Path) -> None:
    seen = str(tmp_path / "seen.txt")
    add_incident(tesla, 1, this_minute() - timedelta(minutes=30))
    first = run(site, sys.executable, "news.py", "tesla", seen)
    assert first.returncode == 0, first.stderr
    assert "/tesla/incidents/1" in first.stdout
    assert run(site, sys.executable, "news.py", "tesla", seen).stdout == ""
    assert run(site, sys.executable, "news.py", "nothing", seen).returncode != 0


def test_a_webhook_is_proven_and_its_signature_checked(tesla: Any) -> None:
    secret = new_signing_secret()
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "SIGNING_SECRET": secret, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "webhook.py", str(port)], env=environment, cwd=EXAMPLES, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL,
    ) as hook:  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}/"
            assert processes.wait_until(lambda: is_listening(port), 20, 0.05)
            body = json.dumps({"type": "subscription.challenge", "data": {"title": "please", "challenge": "abc"}})
            now = timezone.now()
            signed = {
                "webhook-id": "msg_1",
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": Webhook(secret).sign("msg_1", now, body),
            }
            assert httpx.post(url, content=body, headers=signed).json() == {"challenge": "abc"}
            forged = httpx.post(url, content=body.replace("abc", "abd"), headers=signed)
            assert forged.status_code == 401
            assert hook.stdout is not None
            assert hook.stdout.readline() == "msg_1 subscription.challenge please\n"
        finally:
            hook.terminate()


def test_a_stream_is_listened_to(tesla: Any, settings: Any) -> None:
    live = Process()
    environment = {"PATH": os.environ["PATH"], "BROWNOUT": live.url(""), "no_proxy": "*"}
    try:
        with subprocess.Popen(
            [sys.executable, "listen.py"], env=environment, cwd=EXAMPLES, stdout=subprocess.PIPE, text=True
        ) as listener:
            try:
                assert listener.stdout is not None
                assert listener.stdout.readline().startswith("status ")
                add_incident(tesla, 1, this_minute() - timedelta(minutes=30))
                heard = [listener.stdout.readline() for _ in range(2)]
                assert [line.split()[0] for line in heard] == ["incident", "incident"]
            finally:
                listener.terminate()
    finally:
        live.end()


def test_what_a_log_tells_of_calls_is_taken_as_an_observation(tesla: Any, site: str) -> None:
    from outages.models import Observation
    from reports.access import keys

    key = keys.create(name="log", scopes=["reports:write"], now=timezone.now()).text
    log = "fetching vehicle\nAPI answered 503\nsomething else\n"
    environment = {**os.environ, "BROWNOUT": site, "BROWNOUT_KEY": key, "COUNTRY": "NO"}
    done = subprocess.run(
        [sys.executable, "observe.py"],
        env=environment,
        cwd=EXAMPLES,
        input=log,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.startswith("1 of 2: 202"), done.stderr
    assert Observation.objects.values_list("component", "country", "calls", "failed").get() == ("app", "NO", 2, 1)
    text = (EXAMPLES / "observe.yaml").read_text(encoding="utf-8").replace("!secret ", "")
    posted = yaml.safe_load(text)["rest_command"]["brownout_observe"]
    body = json.loads(re.sub(r"{{.*?}}(?=})", "5", posted["payload"]))
    answer = Client().post(
        "/api/v1/observations", body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 202, answer.content


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
