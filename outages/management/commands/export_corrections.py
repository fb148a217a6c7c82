"""Writes the posts that moderators corrected, as cases for the tests of the announcements' reader."""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.management.base import BaseCommand

from outages.announcements import storing


class Command(BaseCommand):
    help = "Prints every corrected post as a line of JSON: what it says, and what a moderator made of it."

    def handle(self, *args: Any, **options: Any) -> None:
        for row in storing.corrections():
            case = {
                "service": row.service.slug,
                "source": row.source,
                "author": row.author,
                "url": row.url,
                "posted_at": row.posted_at,
                "text": row.text,
                "stage": row.corrected_stage or None,
                "relevant": row.corrected_relevant,
                "note": row.correction_note,
            }
            self.stdout.write(msgspec.json.encode(case).decode())
