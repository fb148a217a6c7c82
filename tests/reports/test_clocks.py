"""A machine whose clock is a day ahead dates nothing by it."""

import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from config.database import clock
from config.database.deadlines import deadlines
from outages import tasks
from reports.models import Report


def test_a_report_and_a_scan_are_dated_by_the_server(monkeypatch, service, client):
    real_s, real_now, day = time.time, timezone.now, timedelta(days=1)
    monkeypatch.setattr(clock.server_clock, "_beyond_monotonic_s", None)
    monkeypatch.setattr(clock.server_clock, "_asked_s", float("-inf"))
    monkeypatch.setattr(time, "time", lambda: real_s() + day.total_seconds())
    monkeypatch.setattr(timezone, "now", lambda: real_now() + day)
    monkeypatch.setattr(deadlines, "statement_s", 3.0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        server_now = cursor.fetchone()[0]
    scanned = []
    monkeypatch.setattr(tasks.scan, "run", lambda service, *, now, clock: scanned.extend((now, clock())))
    tasks.scan_service(service_id=service.pk)
    answer = client.post(
        "/api/v1/reports", {"service": service.slug, "symptom": "login-failed"}, content_type="application/json"
    )
    assert answer.status_code == 201, answer.content
    received = Report.objects.values_list("received_at", flat=True).get()
    for found in (*scanned, received):
        assert abs(found - server_now) < timedelta(minutes=2)
