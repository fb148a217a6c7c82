"""manage.py doctor: what is wrong with this installation, and what to type."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from outages.management.findings import all_findings, worst_first


class Command(BaseCommand):
    help = (
        "Check the database, broker, disk, clocks, secrets, mail, sources and alerts. Exits with 1 if "
        "something needs your attention."
    )
    requires_system_checks: list[str] = []  # as Django declares it

    def handle(self, *args: Any, **options: Any) -> None:
        found = worst_first(list(all_findings(timezone.now())))
        for finding in found:
            mark = "!!" if finding.remedy else "ok"
            self.stdout.write(f"{mark}  {finding.subject}: {finding.said}")
            if finding.remedy:
                self.stdout.write(f"      {finding.remedy}")
        wrong = sum(bool(finding.remedy) for finding in found)
        self.stdout.write(f"{wrong} of {len(found)} need you." if wrong else "Nothing needs you.")
        if wrong:
            sys.exit(1)
