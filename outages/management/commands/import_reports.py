"""manage.py import_reports FILE --service SLUG: takes recorded reports in, and the detector over them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from outages.clock import whole_minute
from outages.models import ServiceMinute
from outages.pipeline import scan
from reports.errors import SubmissionError
from reports.intake import csv_import, recorded
from reports.intake.csv_import import FormatError, LineError
from reports.intake.recorded import Recorded, Recording
from reports.models import Service

MINUTE = timedelta(minutes=1)
AFTERWARDS = timedelta(hours=3)  # what has begun can end within the span that is watched


class Command(BaseCommand):
    help = "Import a CSV file of recorded reports with their original times, then run the detector over those days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="columns " + ",".join(csv_import.COLUMNS))
        parser.add_argument("--service", required=True, help="slug of the service the reports are about")
        parser.add_argument("--no-scan", action="store_true", help="store the reports, but don't run the detector")

    def handle(self, *, file: Path, service: str, no_scan: bool, **_options: Any) -> None:
        wrong: list[LineError] = []
        try:
            with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
                reports = _readable(csv_import.read(lines, service), wrong)
                recording = recorded.take_recorded(service, reports, now=timezone.now(), progress=self._say_progress)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror or error}") from error
        except FormatError as error:
            raise CommandError(f"{file}: {error}") from error
        except SubmissionError as refused:
            raise CommandError(refused.detail) from refused
        recording.refused += [(error.line, error.reason) for error in wrong]
        self._say_result(recording)
        if not no_scan and recording.first is not None and recording.last is not None:
            self._scan(Service.objects.get(slug=service), recording, recording.first, recording.last)

    def _say_progress(self, recording: Recording) -> None:
        done = recording.stored + recording.known + len(recording.refused)
        self.stdout.write(f"{done:,} lines read, {recording.stored:,} stored")

    def _say_result(self, recording: Recording) -> None:
        for line, reason in sorted(recording.refused):
            self.stderr.write(f"line {line}: {reason}")
        self.stdout.write(
            f"{recording.stored:,} reports stored, {recording.known:,} were there already, "
            f"{len(recording.refused):,} lines refused"
        )
        for rule, count in sorted(recording.rules.items()):
            if rule:
                self.stdout.write(f"  {rule}: {count:,}")

    def _scan(self, service: Service, recording: Recording, first: datetime, last: datetime) -> None:
        start, end = whole_minute(first), whole_minute(min(last + AFTERWARDS, timezone.now()))
        watched = ServiceMinute.objects.filter(service=service, minute__gte=start, minute__lt=end).count()
        if not recording.stored and watched >= (end - start) // MINUTE:
            self.stdout.write("Nothing new: the detector has seen all of it.")
            return
        self.stdout.write(f"The detector goes over {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC.")
        said: set[str] = set()

        def say_day(reached: datetime) -> None:
            day = f"{reached:%Y-%m-%d}"
            if day not in said:
                said.add(day)
                self.stdout.write(f"  {day}")

        try:
            stepped = scan.rebuild(service, start, end, now=timezone.now(), progress=say_day)
        except scan.ReportsGoneError as error:
            raise CommandError(str(error)) from error
        count = service.incidents.count()
        self.stdout.write(f"{stepped:,} minutes stepped, {count:,} incidents found")


def _readable(read: Iterator[Recorded | LineError], wrong: list[LineError]) -> Iterator[Recorded]:
    """The reports; lines that cannot be read are put aside."""
    for item in read:
        if isinstance(item, LineError):
            wrong.append(item)
        else:
            yield item
