"""Which services a dialect speaks of, one, all or those of a board, and at which moments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from rest_framework.exceptions import NotFound

from outages.api.framework.views import service_or_404
from outages.clock import service_now
from outages.dialects.common.text import marked_name
from outages.dialects.common.views import all_services
from outages.queries import boards
from outages.queries.boards import Board, BoardError
from outages.texts.lists import listed
from reports.catalog.store import catalog_of, fetch_catalogs
from reports.models import Service

MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Selection:
    """Services with their catalogues at hand. Their addresses begin with `path` and end with `query`; `home` is their
    page."""

    services: list[Service]
    path: str
    home: str
    query: str = ""
    board: Board | None = None

    def touches(self, service: Service, components: Collection[str]) -> bool:
        """Return whether an incident of a service, or a plan, with these components belongs to it."""
        return self.board is None or self.board.touches(service.slug, components)

    @property
    def incidents(self) -> Q:
        """The condition for its incidents."""
        return Q(service__in=self.services) if self.board is None else self.board.incidents()

    def name(self, language: str) -> str:
        """Return its name: the service's, or those of a board's first parts."""
        if self.board is None:
            return marked_name(catalog_of(self.services[0]), language)
        names = [
            boards.name_of(part, catalog_of(self.board.services[part.service]), language) for part in self.board.parts
        ]
        return listed(names, language) if len(names) <= MOST_NAMES else f"{listed(names[:MOST_NAMES], language)} …"


def selected(slug: str | None) -> Selection:
    """The named service, or all. Raises NotFound."""
    services = [service_or_404(slug)] if slug else all_services()
    fetch_catalogs(services)
    path = f"/{slug}" if slug else ""
    return Selection(services, path, f"{path}/")


def of_board(board: Board) -> Selection:
    """The services of a board."""
    return Selection(list(board.services.values()), "", f"/board?of={board}", f"?of={board}", board)


def board_or_404(of: str) -> Selection:
    """The board that an address names. Raises NotFound, saying what there is."""
    try:
        return of_board(boards.board(of))
    except BoardError as error:
        raise NotFound(str(error), code="unknown-service" if error.unknown else "not-found") from None


def moments_of(services: list[Service]) -> dict[int, datetime]:
    """Each service's present."""
    return {service.pk: moment for service, moment in presents_of(services).items()}


def presents_of(services: list[Service]) -> dict[Service, datetime]:
    now = timezone.now()
    ids = [service.pk for service in services if service.clock != Service.Clock.LIVE]
    loaded = Service.objects.select_related("detector_state").defer("detector_state__state")
    recorded = {service.pk: service for service in loaded.filter(pk__in=ids)} if ids else {}
    return {service: service_now(recorded.get(service.pk, service), now=now) for service in services}
