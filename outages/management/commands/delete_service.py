"""Deletes a service that is no longer watched, with all that is kept of it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from outages.models import Incident
from reports.models import Report, Service


class Command(BaseCommand):
    help = (
        "Delete a service and everything stored about it: reports, counts, incidents and subscriptions. Only "
        "a backup (make backup) can bring it back. To stop monitoring a service but keep its history, remove "
        "its catalogue file instead. Without --yes, this only lists what would be deleted. A service with "
        "reports or incidents must be retired first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--yes", action="store_true", help="Delete it permanently.")

    def handle(self, *, slug: str, yes: bool, **options: Any) -> None:
        with transaction.atomic():
            service = Service.objects.select_for_update().filter(slug=slug).first()
            if service is None:
                known = ", ".join(Service.objects.order_by("slug").values_list("slug", flat=True)) or "none"
                raise CommandError(f'There is no service "{slug}" here. Known: {known}.')
            reports = Report.objects.filter(service=service).count()
            incidents = Incident.objects.filter(service=service).count()
            if service.is_active and (reports or incidents):
                raise CommandError(
                    f"{slug} is being watched and has {reports} reports and {incidents} incidents. Remove its file "
                    "from the catalogue folder and run load_catalog first."
                )
            kept = f"{reports} reports, {incidents} incidents"
            if not yes:
                self.stdout.write(f"{slug}: {kept} would be deleted. Add --yes to do it; there is no way back.")
                return
            service.delete()
        self.stdout.write(f"{slug}: deleted, with {kept}.")
