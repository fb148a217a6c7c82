"""manage.py catalogue_from_statuspage URL: begins a catalogue file from a status page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from outages.signals.outbound import configured
from outages.signals.outbound.charset import json_text_of
from outages.signals.outbound.client import Limits
from outages.signals.outbound.errors import OutboundError
from reports.catalog.draft import draft
from reports.catalog.errors import CatalogError
from reports.catalog.loader import parse

LIMITS = Limits(total_s=20)


class Command(BaseCommand):
    help = (
        "Create a catalogue file from an Atlassian Statuspage or incident.io status page, with its name, "
        "components and the usual symptoms. The top of the file lists what you still need to fill in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="URL of the status page, such as https://status.example.org")
        parser.add_argument("--to", type=Path, metavar="FILE", help="file to create; printed if left out")

    def handle(self, *, url: str, to: Path | None, **options: Any) -> None:
        if to is not None and to.exists():
            raise CommandError(f"{to} is there already; nothing was changed.")
        address = url.rstrip("/") + "/api/v2/summary.json"
        try:
            port = urlsplit(url).port
            response = configured.client().fetch(address, limits=LIMITS, ports=[port] if port else [])
        except (OutboundError, ValueError) as error:
            raise CommandError(f"{address} was not read: {error}.") from error
        if response.status != 200:
            raise CommandError(f"{address} answered {response.status}; a page by Statuspage answers 200.")
        try:
            summary = json.loads(json_text_of(response.body, response.headers.get("content-type", "")))
            text = draft(summary if isinstance(summary, dict) else {}, url)
            catalog = parse(text, to or Path("draft.toml"))
        except (ValueError, CatalogError) as error:
            raise CommandError(f"{address} is no summary of a status page: {error}.") from error
        if to is None:
            self.stdout.write(text)
            return
        to.write_text(text, encoding="utf-8")
        self.stdout.write(
            f"{to}: {catalog.slug}, {len(catalog.components)} components. Its first lines say what is left."
        )
