"""Writes the posts that moderators corrected, as cases for the tests of the announcements' reader."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from outages.signals.announcements import store


class Command(BaseCommand):
    help = "Print each corrected post as one line of JSON: its text and how a moderator classified it."

    def handle(self, *args: Any, **options: Any) -> None:
        for case in store.correction_cases():
            self.stdout.write(case)
