"""What is wrong with an installation, and what to type. A look that fails is a finding, too."""

from __future__ import annotations

import platform
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config import LAST_BACKUP, VERSION
from config.cache import NO_RETRY
from outages.models import Delivery, DetectorState, ScanFailure, SourceHealth
from outages.notifications.channels import mail, vapid
from outages.queries.status import STALE_AFTER
from reports import partitions
from reports.errors import close_to, shorten
from reports.models import Service

OLDEST_POSTGRESQL = 15
DAYS_AHEAD = 1
CLOCKS_APART = timedelta(seconds=2)
LEAST_FREE_BYTES, LEAST_FREE_SHARE = 1 << 30, 0.05
LATE_DELIVERY = timedelta(minutes=10)
LEAST_KEY_CHARACTERS = 50  # as Django's own check wants
MADE_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
BROKER_WAIT_S = 3
PREPARE = ".venv/bin/python -m config.local.prepare"
BACKUP_OLD = timedelta(hours=49)  # two nights, and the hour by which they differ
LIMITS = ("RATE_LIMIT_READS_A_MINUTE", "RATE_LIMIT_PAGES_A_MINUTE", "RATE_LIMIT_WRITES_A_MINUTE")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `remedy` is empty where nothing is wrong."""

    subject: str
    said: str
    remedy: str = ""


def all_findings(now: datetime) -> Iterator[Finding]:
    """Look at everything. A look that fails is a finding; the others go on."""
    looks: tuple[Callable[[datetime], Iterator[Finding]], ...] = (
        _database,
        _tables,
        _broker,
        _partitions,
        _scans,
        _disk,
        _secrets,
        _default_service,
        _proxies,
        _limits,
        _mail,
        _push,
        _sources,
        _deliveries,
        _backups,
    )
    for look in looks:
        subject = look.__name__.strip("_")
        try:
            yield from look(now)
        except (DatabaseError, redis.RedisError, OSError) as error:
            lines = str(error).strip().splitlines()
            said = lines[0] if lines else type(error).__name__
            yield Finding(subject, f"could not be looked at: {said}", "Mend what stands above first, then ask again.")


def _database(now: datetime) -> Iterator[Finding]:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, clock_timestamp()")
        version, clock = cursor.fetchone() or (0, now)
    took = timedelta(seconds=time.monotonic() - began)
    if version < OLDEST_POSTGRESQL:
        remedy = f"Move to PostgreSQL {OLDEST_POSTGRESQL} or newer: docs/operation.md, Backups."
        yield Finding("database", f"PostgreSQL {version} is too old", remedy)
    else:
        yield Finding("database", f"PostgreSQL {version} answers")
    apart = abs(clock - timezone.now())
    if apart > CLOCKS_APART + took:
        said = f"the database's clock and ours are {apart.total_seconds():.0f} s apart"
        yield Finding("clock", said, "Let both machines follow a time server: timedatectl set-ntp true.")
    else:
        yield Finding("clock", "agrees with the database's")


def _broker(_now: datetime) -> Iterator[Finding]:
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=BROKER_WAIT_S,
        socket_connect_timeout=BROKER_WAIT_S,
        retry=NO_RETRY,
    )
    try:
        client.ping()
        yield Finding("broker", "answers")
    except redis.RedisError:
        remedy = "Start it, or correct REDIS_URL. Reports are kept meanwhile, but nothing is counted."
        yield Finding("broker", "does not answer", remedy)
    finally:
        client.close()


def _tables(_now: datetime) -> Iterator[Finding]:
    """Compare the migrations that were applied with those of this version, whose files lie here."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    ours = {(app, file.stem) for app in ("reports", "outages") for file in _migrations(app)}
    if missing := len(ours - applied):
        said = f"are of an older version than Brownout {VERSION}: {missing} step{'s' * (missing > 1)} missing"
        yield Finding("tables", said, f"Start `make run` anew, or type: {PREPARE}")
    else:
        yield Finding("tables", f"are those of Brownout {VERSION}, on Python {platform.python_version()}")


def _migrations(app: str) -> Iterator[Path]:
    return (Path(apps.get_app_config(app).path) / "migrations").glob("0*.py")


def _partitions(now: datetime) -> Iterator[Finding]:
    table = "reports_report"
    have = partitions.existing(table)
    wanted = [now.date() + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1)]
    missing = [day for day in wanted if partitions.partition_name(table, day) not in have]
    if missing:
        days = ", ".join(f"{day:%Y-%m-%d}" for day in missing)
        yield Finding("partitions", f"none for {days}", f"Type: {PREPARE}. Is `beat` running?")
    else:
        yield Finding("partitions", "are there for today and tomorrow")


def _scans(now: datetime) -> Iterator[Finding]:
    live = list(Service.objects.filter(is_active=True, clock=Service.Clock.LIVE).values_list("pk", "slug"))
    minutes = dict(DetectorState.objects.values_list("service", "minute"))
    late = [slug for pk, slug in live if pk not in minutes or now - minutes[pk] > STALE_AFTER + timedelta(minutes=1)]
    if late:
        said = f"late for {', '.join(late[:5])}" + (f" and {len(late) - 5} more" if len(late) > 5 else "")
        yield Finding("scans", said, "Are `worker` and `beat` running? Look for errors in their log.")
    else:
        yield Finding("scans", f"are up to date for {len(live)} live services")
    since = now - timedelta(days=1)
    if aside := ScanFailure.objects.filter(set_aside_at__gte=since).count():
        yield Finding("scans", f"{aside} minutes set aside in 24 hours", "See Scan failures in the admin.")


def _disk(_now: datetime) -> Iterator[Finding]:
    usage = shutil.disk_usage(settings.DATA_DIR)
    said = f"{usage.free / (1 << 30):.1f} GB of {usage.total / (1 << 30):.0f} GB free at DATA_DIR"
    if usage.free < max(LEAST_FREE_BYTES, LEAST_FREE_SHARE * usage.total):
        yield Finding("disk", said, "Make room, or shorten REPORT_RETENTION_DAYS.")
    else:
        yield Finding("disk", said)


def _secrets(_now: datetime) -> Iterator[Finding]:
    files = [Path(settings.DATA_DIR) / "secret_key", Path(settings.BASE_DIR) / ".env"]
    files += sorted(Path(settings.DAY_KEYS_DIR).glob("*"))
    wide = [file for file in files if file.is_file() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if wide:
        names = " ".join(f"'{file}'" for file in wide)
        yield Finding("secrets", f"{len(wide)} files can be read by others", f"Type: chmod 600 {names}")
    else:
        yield Finding("secrets", "can be read by their owner only")
    if len(settings.SECRET_KEY) < LEAST_KEY_CHARACTERS:
        remedy = f"Type: {MADE_KEY} and set it. Subscriptions and receipts of the old key end: better soon than late."
        said = f"SECRET_KEY has fewer than {LEAST_KEY_CHARACTERS} characters"
        yield Finding("secret key", said, remedy)


def _default_service(_now: datetime) -> Iterator[Finding]:
    wanted = settings.DEFAULT_SERVICE
    known = list(Service.objects.filter(is_active=True).values_list("slug", flat=True)) if wanted else []
    if wanted and wanted not in known:
        said = f"DEFAULT_SERVICE names {shorten(wanted)!r}, which is no active service"
        remedy = f"Set it to the slug of one, or leave it out.{close_to(wanted, known)}"
        yield Finding("default service", said, remedy)


def _proxies(_now: datetime) -> Iterator[Finding]:
    address = urlsplit(settings.SITE_URL)
    if address.scheme == "https" and not settings.TRUSTED_PROXIES:
        remedy = "Set TRUSTED_PROXIES to the proxy's network, such as 127.0.0.1/32; else all visitors are one network."
        yield Finding("proxies", "SITE_URL is https, but no proxy is trusted", remedy)
    elif address.hostname not in settings.ALLOWED_HOSTS and not _is_covered(address.hostname or ""):
        remedy = f"Set ALLOWED_HOSTS to include {address.hostname}."
        yield Finding("proxies", f"{address.hostname} of SITE_URL is not among ALLOWED_HOSTS", remedy)
    else:
        yield Finding("proxies", "SITE_URL, ALLOWED_HOSTS and TRUSTED_PROXIES fit")


def _is_covered(host: str) -> bool:
    return any(allowed == "*" or (allowed[:1] == "." and host.endswith(allowed)) for allowed in settings.ALLOWED_HOSTS)


def _limits(_now: datetime) -> Iterator[Finding]:
    off = [name for name in LIMITS if getattr(settings, name) == 0]
    is_public = urlsplit(settings.SITE_URL).hostname not in ("localhost", "127.0.0.1", "::1")
    if off and is_public:
        remedy = "Leave them out of .env, and docs/settings.md has what counts then."
        yield Finding("limits", f"{', '.join(off)} = 0: nobody is held back", remedy)
    else:
        yield Finding("limits", f"are off: {', '.join(off)}" if off else "are on for reads, pages and writes")


def _push(_now: datetime) -> Iterator[Finding]:
    try:
        vapid.public_key()
    except (vapid.VapidKeyError, ValueError) as error:  # a file that is no text is a ValueError
        said = str(error) if isinstance(error, vapid.VapidKeyError) else "the kept key is no text"
        remedy = f"Bring {Path(settings.DATA_DIR) / vapid.FILE} back from a backup. Without it: all subscriptions end."
        yield Finding("push", said, remedy)
    else:
        yield Finding("push", "has its key; try it: manage.py check_push SUBSCRIPTION")


def _backups(now: datetime) -> Iterator[Finding]:
    note = Path(settings.DATA_DIR) / LAST_BACKUP
    other_way = f"Backed up in another way? Let it end with: touch '{note}'"
    try:
        made_at = datetime.fromtimestamp(note.stat().st_mtime, UTC)
    except FileNotFoundError:
        yield Finding("backups", "none is known", f"Type: make backup FILE=/safe/place/brownout.dump. {other_way}")
        return
    hours = int((now - made_at).total_seconds() // 3600)
    if now - made_at > BACKUP_OLD:
        remedy = f"Does cron run `make backup`? docs/operation.md, Backups. {other_way}"
        yield Finding("backups", f"the last is {hours // 24} days old", remedy)
    else:
        yield Finding("backups", f"the last is {max(0, hours)} hours old")


def _mail(_now: datetime) -> Iterator[Finding]:
    if reason := mail.unready():
        yield Finding("mail", reason, "Set EMAIL_URL if people shall be alerted by mail: docs/notifications.md.")
    elif settings.MAIL_FROM.rpartition("@")[2].strip("> ") == "localhost":
        yield Finding("mail", f"the sender is {settings.MAIL_FROM}", "Set MAIL_FROM to an address of your own domain.")
    else:
        yield Finding("mail", f"is handed to {settings.EMAIL_HOST}; try it: manage.py check_mail you@example.org")


def _sources(_now: datetime) -> Iterator[Finding]:
    rows = SourceHealth.objects.exclude(state__in=("fine", "slow", "off", "not_configured", "waiting"))
    bad = [f"{slug}/{source} ({state})" for slug, source, state in rows.values_list("service__slug", "slug", "state")]
    if bad:
        said = ", ".join(bad[:5]) + (f" and {len(bad) - 5} more" if len(bad) > 5 else "")
        yield Finding("sources", said, "The page /sources says what each of them answers.")
    else:
        yield Finding("sources", "none fails" if settings.OUTBOUND == "on" else "are not asked: OUTBOUND is not on")


def _deliveries(now: datetime) -> Iterator[Finding]:
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, created_at__lt=now - LATE_DELIVERY).count()
    if waiting:
        minutes = int(LATE_DELIVERY.total_seconds() // 60)
        said = f"{waiting} alerts have waited for more than {minutes} minutes"
        yield Finding("alerts", said, "Is `notices` running? The admin's deliveries say what their targets answer.")
    else:
        yield Finding("alerts", "none is late")


def worst_first(found: list[Finding]) -> list[Finding]:
    """What is wrong before what is well, else in their order."""
    return sorted(found, key=lambda finding: not finding.remedy)
