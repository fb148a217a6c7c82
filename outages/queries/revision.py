"""A short text that changes with every change of a service's incidents: open pages ask for it instead of themselves."""

from __future__ import annotations

import threading
import time
from typing import Final

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from config.process_cache import CACHE
from outages.models import LiveEntry
from reports.models import Service

KIND: Final = "revisions"
FRESH_S: Final = 0.5
ALL: Final = ""
_NEWEST = LiveEntry.objects.filter(service=OuterRef("pk")).order_by("-position").values("position")[:1]
LAST_EVENT: Final = Coalesce(Subquery(_NEWEST), Value(0))  # of a service, to be read before what it is about
_turn = threading.Lock()


def revision(slug: str = ALL) -> str | None:
    """Return the revision of an active service, or of all of them together; None where there is no such service.

    It is the position of the last event in the order of commits. Each process reads those of all services at once, at
    most twice a second and in one thread at a time, so that what many ask for costs one query.
    """
    found = _kept()
    return found.get(slug)


def _kept() -> dict[str, str]:
    kept: dict[str, str] | None = CACHE.get(KIND, ALL)
    if kept is None:
        with _turn:
            kept = CACHE.get(KIND, ALL)
            if kept is None:
                kept = _read()
                size = sum(len(slug) + len(position) for slug, position in kept.items())
                CACHE.put(KIND, ALL, kept, size=size, until=time.monotonic() + FRESH_S)
    return kept


def _read() -> dict[str, str]:
    services = Service.objects.filter(is_active=True).annotate(last_event=LAST_EVENT)
    positions: dict[str, int] = dict(services.order_by().values_list("slug", "last_event"))
    return {ALL: str(max(positions.values(), default=0))} | {slug: str(at) for slug, at in positions.items()}
