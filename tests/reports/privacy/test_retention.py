"""What is kept of reports and for how long: keys, partitions, retention, remembered answers; and that no address is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.process_cache import CACHE
from reports import partitions, tasks
from reports.models import IdempotencyKey, Report, Service
from reports.privacy import daily_keys

NOW = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
TODAY = NOW.date()


def insert(service: Service, at: datetime, received_at: datetime | None = None) -> None:
    """A report as it would lie there after some time."""
    from reports.intake.receipts import new_id
    from reports.intake.rows import COLUMNS, Door, Row
    from reports.intake.rules import Case, judge
    from reports.intake.service_cache import service as known_service
    from reports.intake.submissions import Submission
    from reports.privacy.origin import UNKNOWN

    row = Row.of(Submission(service=service.slug), UNKNOWN, known_service(service.slug), now=at, door=Door.API)
    values = row.values(new_id(at), "secret", judge(Case(1, 0)), received_at or at)
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(COLUMNS))
        cursor.execute(f"INSERT INTO reports_report ({', '.join(COLUMNS)}) VALUES ({marks})", values)


def partition_of(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM reports_report WHERE at = %s", [at.replace(microsecond=0)])
        (name,) = cursor.fetchone()
        return str(name)


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(autouse=True)
def a_folder_for_keys(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DAY_KEYS_DIR = tmp_path / "day_keys"
    CACHE.clear()
    yield
    CACHE.clear()


def test_a_day_has_one_random_key() -> None:
    first = daily_keys.key_of(TODAY)
    CACHE.clear()
    assert daily_keys.key_of(TODAY) == first
    assert len(first) == 32
    assert daily_keys.key_of(TODAY + timedelta(days=1)) != first


def test_processes_that_ask_at_once_get_the_same_key() -> None:
    found: list[bytes] = []
    together = threading.Barrier(6)

    def ask() -> None:
        together.wait()
        found.append(daily_keys._stored(TODAY))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


def test_keys_are_deleted_after_two_days() -> None:
    for days in range(5):
        daily_keys.key_of(TODAY - timedelta(days=days))
    tasks.delete_old_keys(NOW)
    assert daily_keys.days() == [TODAY - timedelta(days=d) for d in (2, 1, 0)]


def test_a_key_is_for_this_account_alone_and_a_broken_one_is_made_anew(settings: Any) -> None:
    key = daily_keys.key_of(TODAY)
    file = settings.DAY_KEYS_DIR / TODAY.isoformat()
    assert file.read_bytes() == key
    assert (file.stat().st_mode & 0o777, settings.DAY_KEYS_DIR.stat().st_mode & 0o777) == (0o600, 0o700)
    assert list(settings.DAY_KEYS_DIR.iterdir()) == [file]
    file.write_bytes(b"")
    CACHE.clear()
    assert len(daily_keys.key_of(TODAY)) == 32


def test_without_a_folder_for_keys_a_process_has_one_of_its_own(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    settings.DAY_KEYS_DIR = tmp_path / "file" / "day_keys"
    assert daily_keys.key_of(TODAY) == daily_keys.key_of(TODAY)
    assert daily_keys.days() == []


# ── partitions ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_days_ahead_have_their_partitions(service: Service) -> None:
    assert tasks.make_partitions(NOW) == 9
    assert tasks.make_partitions(NOW) == 0
    for days in (-1, 0, 7):
        at = NOW + timedelta(days=days)
        insert(service, at)
        assert partition_of(at) == f"reports_report_{at:%Y%m%d}"


@pytest.mark.django_db
def test_a_report_of_a_day_without_a_partition_is_moved_when_the_day_gets_one(service: Service) -> None:
    insert(service, NOW)
    assert partition_of(NOW) == "reports_report_default"
    tasks.make_partitions(NOW)
    assert partition_of(NOW) == "reports_report_20260302"
    assert Report.objects.count() == 1


@pytest.mark.django_db
def test_old_reports_are_deleted_and_younger_ones_stay(service: Service, settings: Any) -> None:
    settings.REPORT_RETENTION_DAYS = 90
    old, young = NOW - timedelta(days=91), NOW - timedelta(days=89)
    partitions.ensure("reports_report", "at", old.date(), old.date())
    insert(service, old)
    insert(service, old - timedelta(days=400))  # in the default partition
    insert(service, old - timedelta(days=300), received_at=young)  # imported not long ago
    insert(service, young)
    insert(service, NOW)
    tasks.delete_old_reports(NOW)
    kept = list(Report.objects.order_by("at").values_list("at", flat=True))
    assert kept == [old - timedelta(days=300), young, NOW]
    assert partitions.partition_name("reports_report", old.date()) not in partitions.existing("reports_report")


@pytest.mark.django_db
def test_remembered_answers_are_forgotten_after_a_day(service: Service) -> None:
    Client().post(
        "/api/v1/reports", {"service": "acme"}, "application/json", headers={"Idempotency-Key": "remember-me"}
    )
    tasks.tidy()
    assert IdempotencyKey.objects.count() == 1
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    tasks.tidy()
    assert IdempotencyKey.objects.count() == 0


# ── privacy ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_no_address_and_no_token_is_stored_or_logged(
    service: Service, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    import ipaddress

    settings.TRUSTED_PROXIES = [ipaddress.ip_network("127.0.0.1/32")]
    secrets = ["198.51.100.77", "198.51.100", "2001:db8:77::7", "2001:db8:77", "device-token-77", "idempotent-77"]
    with caplog.at_level(logging.DEBUG):
        for address in ("198.51.100.77", "2001:db8:77::7"):
            for body in ({"service": "acme"}, {"service": "acme"}, {"service": "nope"}, {"service": "acme", "lat": 5}):
                Client().post(
                    "/api/v1/reports",
                    body,
                    "application/json",
                    headers={
                        "X-Forwarded-For": address,
                        "X-Reporter": "device-token-77",
                        "Idempotency-Key": f"idempotent-77-{address}-{len(body)}",
                    },
                )
    assert Report.objects.exclude(network=0).exclude(wide_network=0).exclude(reporter=0).count() >= 1
    secrets += [key.hex() for key in (daily_keys.key_of(day) for day in daily_keys.days())]  # what turns hashes back
    assert len(secrets) > 6
    stored = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            stored += [row for (row,) in cursor.fetchall()]
    everything = "\n".join(stored) + caplog.text
    assert "acme" in everything
    for secret in secrets:
        assert secret not in everything
        assert secret.encode().hex() not in everything


@pytest.mark.django_db
def test_no_hash_of_a_stolen_database_is_found_among_all_networks_without_the_key(service: Service) -> None:
    """What the stored key once allowed in a tenth of a second; the thief tries what they could have instead of it."""
    import ipaddress

    from django.conf import settings as ours

    from reports.privacy.origin import of_address

    Client().post("/api/v1/reports", {"service": "acme"}, "application/json", REMOTE_ADDR="198.51.100.77")
    network = Report.objects.get().network
    near = [ipaddress.ip_address(f"198.51.{third}.1") for third in range(256)]

    def found(key: bytes) -> bool:
        return any(of_address(address, "", key=key).network == network for address in near)

    (key,) = (daily_keys.key_of(day) for day in daily_keys.days())
    assert found(key), "the search itself works"
    guesses = [b"", bytes(32), ours.SECRET_KEY.encode()[:64], Report.objects.get().id.bytes]
    assert not any(found(guess) for guess in guesses)


@pytest.mark.django_db
def test_what_is_stored_of_a_report_has_no_time_finer_than_a_minute(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.intake.receipts import moment_of

    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(microseconds=123_456))
    began = f"{NOW - timedelta(minutes=7, seconds=13):%Y-%m-%dT%H:%M:%SZ}"
    client = Client()
    receipt = client.post("/api/v1/reports", {"service": "acme", "occurred_at": began}, "application/json").json()
    address = f"/api/v1/reports/{receipt['id']}"
    headers = {"Authorization": f"Receipt {receipt['receipt']}", "X-Receipt": str(receipt["receipt"])}
    client.delete(address, headers=headers)
    tasks.coarsen_times(NOW + timedelta(hours=1, minutes=1))
    (report,) = Report.objects.all()
    times = [report.at, report.received_at, report.occurred_at, report.withdrawn_at, moment_of(report.id)]
    assert all(at is None or (at.second, at.microsecond) == (0, 0) for at in times)


@pytest.mark.django_db
def test_coordinates_are_forgotten(service: Service) -> None:
    Client().post("/api/v1/reports", {"service": "acme", "lat": 52.3731, "lon": 4.8926}, "application/json")
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM reports_report r")
        (row,) = cursor.fetchone()
    assert "NL-NH" in row
    assert "52.37" not in row
    assert "4.89" not in row


def test_an_id_tells_the_moment_it_was_made_for() -> None:
    from reports.intake.receipts import moment_of, new_id

    ids = [new_id(NOW + timedelta(microseconds=step * 250)) for step in range(40)]
    assert ids == sorted(ids)
    assert all(one.version == 7 and one.variant == "specified in RFC 4122" for one in ids)
    assert moment_of(ids[0]) == NOW
    assert moment_of(uuid4()) is None
