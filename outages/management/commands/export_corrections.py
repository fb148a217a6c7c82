"""Writes the posts that moderators corrected, as cases for the tests of the announcements' reader."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from outages.signals.announcements import store


class Command(BaseCommand):
    help = "Prints every corrected post as a line of JSON: what it says, and what a moderator made of it."

    def handle(self, *args: Any, **options: Any) -> None:
        for case in store.correction_cases():
            self.stdout.write(case)
