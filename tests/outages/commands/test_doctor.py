"""The doctor: each thing that can be wrong is named with what to type; and a test of mail."""

from __future__ import annotations

import io
import os
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config import LAST_BACKUP
from outages.management import findings
from reports import tasks
from tests import factories
from tests.servers.smtp import mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def healthy(settings: Any, tmp_path: Path) -> Any:
    """An installation without a fault."""
    settings.DATA_DIR = settings.BASE_DIR = settings.DAY_KEYS_DIR = tmp_path
    settings.EMAIL_HOST, settings.MAIL_FROM = "127.0.0.1", "Brownout <alerts@example.org>"
    settings.SITE_URL, settings.OUTBOUND = "http://localhost:8000", "loopback"
    settings.TRUSTED_PROXIES = []
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.VAPID_PRIVATE_KEY = ""
    (tmp_path / LAST_BACKUP).touch(mode=0o600)
    tasks.make_partitions(timezone.now())
    return settings


def wrong(settings: Any) -> dict[str, str]:
    found = list(findings.all_findings(timezone.now()))
    assert len({finding.subject for finding in found}) >= 10
    return {finding.subject: f"{finding.said} | {finding.remedy}" for finding in found if finding.remedy}


def test_a_healthy_installation_needs_nobody(healthy: Any) -> None:
    assert wrong(healthy) == {}


@pytest.mark.parametrize(
    ("changes", "subject", "said"),
    [
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "broker", "does not answer"),
        ({"SITE_URL": "https://status.example.org", "ALLOWED_HOSTS": [".example.org"]}, "proxies", "TRUSTED_PROXIES"),
        ({"SITE_URL": "http://status.example.org"}, "proxies", "ALLOWED_HOSTS"),
        ({"EMAIL_HOST": ""}, "mail", "EMAIL_URL"),
        ({"MAIL_FROM": "Brownout <brownout@localhost>"}, "mail", "MAIL_FROM"),
        ({"SITE_URL": "http://10.0.0.5", "ALLOWED_HOSTS": ["*"]}, "limits", "_PAGES_A_MINUTE = 0: nobody is held back"),
        ({"VAPID_PRIVATE_KEY": "AAAA"}, "push", "32 bytes in base64url"),
        ({"SECRET_KEY": "k3y-of-" * 7}, "secret key", "token_urlsafe(50)"),
        ({"DEFAULT_SERVICE": "acmee"}, "default service", "'acmee', which is no active service"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(
    healthy: Any, changes: dict[str, Any], subject: str, said: str
) -> None:
    healthy.RATE_LIMIT_PAGES_A_MINUTE = 0 if subject == "limits" else 1200
    healthy.RATE_LIMIT_READS_A_MINUTE = healthy.RATE_LIMIT_WRITES_A_MINUTE = 600
    for name, value in changes.items():
        setattr(healthy, name, value)
    found = wrong(healthy)
    assert found.keys() == {subject}
    assert said in found[subject]


def test_a_service_that_is_not_stepped_a_secret_for_all_and_a_source_that_fails_are_named(
    healthy: Any, tmp_path: Path
) -> None:
    from outages.models import SourceHealth

    now = timezone.now()
    service = factories.a_service()
    assert "late for acme" in wrong(healthy)["scans"]
    factories.watched(service, now - timedelta(minutes=5), now.replace(second=0, microsecond=0))
    (tmp_path / "secret_key").write_text("x", encoding="ascii")
    (tmp_path / "secret_key").chmod(0o644)
    SourceHealth.objects.create(service=service, slug="blog", kind="feed", state="unreachable")
    found = wrong(healthy)
    assert "chmod 600" in found["secrets"]
    assert "acme/blog (unreachable)" in found["sources"]


def test_what_a_disk_that_went_away_took_with_it_is_said_by_each_look_and_the_others_go_on(healthy: Any) -> None:
    healthy.DATA_DIR = "/proc/nowhere"
    found = wrong(healthy)
    assert found.keys() == {"disk", "push", "backups"}
    assert "could not be looked at" in found["disk"]


def test_backups_that_get_old_and_tables_of_an_older_version_are_named(healthy: Any, tmp_path: Path) -> None:
    note = tmp_path / LAST_BACKUP
    os.utime(note, (time.time() - 3 * 86400 - 60,) * 2)
    assert "the last is 3 days old" in wrong(healthy)["backups"]
    note.unlink()
    assert "make backup" in wrong(healthy)["backups"]
    note.touch(mode=0o600)
    MigrationRecorder(connection).record_unapplied("reports", "0001_initial")
    assert "1 step missing" in wrong(healthy)["tables"]


def test_a_day_without_a_partition_is_named(healthy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.partitions.existing", lambda table: set())
    assert "config.local.prepare" in wrong(healthy)["partitions"]


def test_the_command_tells_what_is_wrong_first_and_ends_with_one(healthy: Any) -> None:
    out = io.StringIO()
    call_command("doctor", stdout=out)
    assert out.getvalue().endswith("Nothing needs you.\n")
    healthy.EMAIL_HOST = ""
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=out)
    assert ended.value.code == 1
    assert out.getvalue().startswith("!!  mail: no mail server is set up (EMAIL_URL)\n      Set EMAIL_URL")


def test_a_message_is_handed_to_the_mail_server_with_a_date_in_its_zone(healthy: Any) -> None:
    healthy.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mail_server() as server:
        healthy.EMAIL_HOST, healthy.EMAIL_PORT = "127.0.0.1", server.port
        healthy.EMAIL_USE_TLS = healthy.EMAIL_USE_SSL = False
        out = io.StringIO()
        call_command("check_mail", "me@example.org", stdout=out)
    assert "Taken, from Brownout <alerts@example.org> to me@example.org." in out.getvalue()
    assert re.search(r"[+]0000$", str(server.messages[-1]["Date"]))
    with pytest.raises(CommandError, match="Not taken: the mail server cannot be reached"):
        call_command("check_mail", "me@example.org", stdout=out)
    with pytest.raises(CommandError, match="is no mail address"):
        call_command("check_mail", "me", stdout=out)
    healthy.EMAIL_HOST = ""
    with pytest.raises(CommandError, match="EMAIL_URL"):
        call_command("check_mail", "me@example.org", stdout=out)
