"""Status pages of Uptime Kuma: their pinned incident, planned work, and the monitors that are down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from outages.detection.datatypes import Stated
from outages.signals.announcements.datatypes import Budget, Cursor, FailureReason, Page, SourceError, plain_text
from outages.signals.announcements.fetch import ask, decoded
from outages.signals.announcements.readers.current import Open, changes
from outages.signals.announcements.readers.dates import home_of, moment
from outages.signals.announcements.readers.documents import author_of, part, rows, text
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source

DOWN = 0


class UptimeKumaReader:
    """The address is that of the page, as in https://host/status/name. What it shows no more is over."""

    obeys_robots = True

    def addresses(self, source: Source) -> tuple[str, ...]:
        host, _, name = source.url.partition("/status/")
        name = name.strip("/")
        if not name or "/" in name:
            raise SourceError(FailureReason.NOT_CONFIGURED, "the address is no page, as in https://host/status/name")
        return (f"{host}/api/status-page/{name}", f"{host}/api/status-page/heartbeat/{name}")

    def pages(self, source: Source, cursor: Cursor, client: Client, budget: Budget, now: datetime) -> Iterator[Page]:
        page, beats = (decoded(ask(address, client, now)) for address in self.addresses(source))
        if not isinstance(part(beats, "heartbeatList"), dict) or not isinstance(part(page, "publicGroupList"), list):
            raise SourceError(FailureReason.UNREACHABLE, "the answer is not Uptime Kuma's")
        author = author_of(source, part(page, "config", "title"))
        posts, cursor = changes(
            [*_said(page, source), *_down(page, part(beats, "heartbeatList"), source)],
            cursor,
            author,
            "Resolved: the page shows it no more.",
        )
        yield Page(posts, cursor)


def _said(page: Any, source: Source) -> Iterator[Open]:
    """The pinned incident, and planned work."""
    home = home_of(source)
    for row in [*rows([part(page, "incident")]), *rows(part(page, "incidents"))]:
        if name := text(row.get("id")):
            yield Open(
                name=f"incident:{name}",
                title=plain_text(text(row.get("title"))),
                text=plain_text(text(row.get("content"))),
                stated=Stated(impact=text(row.get("style"))[:40]),
                at=moment(row.get("lastUpdatedDate") or row.get("createdDate"), home),
                url=source.url,
            )
    for row in rows(part(page, "maintenanceList")):
        slots = rows(row.get("timeslotList"))
        start, end = (moment(slots[0].get(key), home) if slots else None for key in ("startDate", "endDate"))
        if name := text(row.get("id")):
            yield Open(
                name=f"maintenance:{name}",
                title=plain_text(text(row.get("title"))),
                text=plain_text(text(row.get("description"))),
                stated=Stated(
                    stage="planned",
                    window=(int(start.timestamp()), int(end.timestamp())) if start and end and start < end else None,
                    planned=True,
                ),
                url=source.url,
            )


def _down(page: Any, beats: dict[str, Any], source: Source) -> Iterator[Open]:
    """The monitors whose last beat says that they are down."""
    home = home_of(source)
    for group in rows(part(page, "publicGroupList")):
        for monitor in rows(group.get("monitorList")):
            key, name = text(monitor.get("id")), text(monitor.get("name"))
            known = rows(beats.get(key))
            if not key or not known or known[-1].get("status") != DOWN:
                continue
            began = next((n for n in range(len(known), 0, -1) if known[n - 1].get("status") != DOWN), 0)
            yield Open(
                name=f"monitor:{key}",
                title=f"{name} is down",
                text="",
                stated=Stated(stage="investigating", components=(name,)),
                at=moment(known[began].get("time"), home),
                url=source.url,
            )
