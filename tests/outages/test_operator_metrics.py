"""What the operator's Prometheus is told, and that the shipped alerts and panels ask for what there is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest

from outages.management import operator_metrics
from outages.management.operator_metrics import OperatorMetrics
from outages.models import DetectorState, SourceHealth
from reports.catalog.loader import read
from reports.catalog.store import store
from reports.intake import meter
from reports.models import Service

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\bbrownout_[a-z0-9_]+")
SUFFIXES = ("", "_total", "_sum", "_count", "_bucket")


@pytest.fixture
def service(db: None) -> Service:
    store(read(DEPLOY.parent / "catalog" / "tesla.toml"))
    return Service.objects.get(slug="tesla")


def told() -> str:
    registry = CollectorRegistry()
    registry.register(OperatorMetrics())
    return generate_latest(registry).decode()


def test_the_operator_is_told_how_scans_queues_and_sources_fare(service: Service) -> None:
    minute = timezone.now() - timedelta(minutes=6)
    DetectorState.objects.create(service=service, minute=minute, state=b"", recounted_until=minute)
    SourceHealth.objects.create(service=service, slug="page", kind="feed", state="unreachable")
    found = dict(line.rsplit(" ", 1) for line in told().splitlines() if not line.startswith("#"))
    assert found["brownout_live_services"] == "1.0"
    assert 295 < float(found["brownout_scan_lag_seconds"]) < 360
    assert found['brownout_sources{state="unreachable"}'] == "1.0"
    assert found["brownout_deliveries_waiting"] == "0.0"
    assert 'brownout_tasks_waiting{queue="scan"}' in found
    assert float(found["brownout_connections_allowed"]) > 1
    assert set(re.findall(r'look_failed{look="\w+"} (\S+)', told())) == {"0.0"}


def test_a_look_that_fails_takes_no_other_with_it(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(operator_metrics.redis.Redis, "llen", away)
    said = told()
    assert 'brownout_look_failed{look="broker"} 1.0' in said
    assert "brownout_live_services 1.0" in said
    assert "brownout_disk_free_ratio" in said


def test_alerts_and_panels_ask_for_what_there_is(service: Service, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / operator_metrics.SNAPSHOTS).mkdir()
    (tmp_path / operator_metrics.SNAPSHOTS / "page").touch()
    known = set(re.findall(r"^# TYPE (\S+)", told(), re.M))
    for one in (meter.REPORTS, meter.BATCH, meter.FLUSH):
        known |= {metric.name for metric in one.collect()}
    known = {name + suffix for name in known for suffix in SUFFIXES}
    asked = NAME.findall((DEPLOY / "prometheus" / "alerts.yml").read_text())
    for panel in json.loads((DEPLOY / "grafana" / "operation.json").read_text())["panels"]:
        asked += NAME.findall(panel["targets"][0]["expr"])
    assert set(asked) - known == set()


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not installed")
def test_each_alert_comes_when_it_should_and_not_otherwise() -> None:
    rules = DEPLOY / "prometheus"
    done = subprocess.run(
        ["promtool", "test", "rules", "alerts_test.yml"],
        cwd=rules,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    named = set(re.findall(r"alert: (\w+)", (rules / "alerts.yml").read_text()))
    assert named == set(re.findall(r"alertname: (\w+)", (rules / "alerts_test.yml").read_text()))
