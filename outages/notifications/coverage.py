"""What a subscription is to: a service, a component of it, or a board of several."""

from __future__ import annotations

from typing import Any

from outages.models import Subscription
from outages.notifications import validation
from outages.notifications.validation import Wanted
from outages.queries import boards
from outages.queries.boards import BoardError
from reports.intake import service_cache
from reports.intake.service_cache import KnownService


def parts_of(wanted: Wanted) -> list[tuple[KnownService, tuple[str, ...]]]:
    """Return the services that are wanted, each with its components; "" among them stands for all.

    Raises SubmissionError.
    """
    if (wanted.service is None) == (wanted.of is None):
        raise validation.refusal([{"field": "service", "message": "Name a service, or a board in `of`."}])
    if wanted.service is not None:
        return [(service_cache.service(wanted.service), ("",))]
    if wanted.component:
        raise validation.refusal([{"field": "component", "message": "A board names its components in `of`."}])
    try:
        board = boards.board(wanted.of or "")
    except BoardError as error:
        raise validation.refusal([{"field": "of", "message": str(error)}]) from None
    return [(service_cache.service(slug), board.components(slug)) for slug in board.services]


def as_stored(components: tuple[str, ...]) -> dict[str, Any]:
    """Return some of a service's components as a row has them."""
    if "" in components:
        return {}
    return {"component": components[0]} if len(components) == 1 else {"components": list(components)}


def told_of(subscription: Subscription) -> set[tuple[int, str]]:
    """Return what it tells of, as ids of services and slugs of components; "" stands for all of them."""
    return {(row.service_id, name) for row in subscription.rows for name in row.components or [row.component]}
