"""Disputes as the public may see them at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from outages.models import Dispute
from reports.models import Service

SHOWN = 20


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute at a moment. `reason` and `answer` are "" until a moderator has answered; a reason may stay private."""

    id: UUID
    service: str
    number: int
    claim: str
    state: str
    created_at: datetime
    reason: str = ""
    answer: str = ""
    answered_at: datetime | None = None
    language: str = ""  # of the reason


@dataclass(frozen=True, slots=True)
class DisputeTally:
    """How many disputes there are, by what became of them."""

    waiting: int = 0
    upheld: int = 0
    partly_upheld: int = 0
    rejected: int = 0
    removed: int = 0

    @property
    def received(self) -> int:
        return self.waiting + self.upheld + self.partly_upheld + self.rejected + self.removed


def as_seen(row: Dispute, at: datetime) -> DisputeView:
    """Return a dispute as it stood."""
    seen = DisputeView(row.pk, row.service.slug, row.number, row.claim, Dispute.State.WAITING, row.created_at)
    if row.answered_at is None or row.answered_at > at or row.state not in Dispute.ANSWERED:
        return seen
    return DisputeView(
        *(row.pk, row.service.slug, row.number, row.claim, row.state, row.created_at),
        reason=row.reason if row.is_reason_public else "",
        answer=row.answer,
        answered_at=row.answered_at,
        language=row.language,
    )


def public(at: datetime) -> QuerySet[Dispute]:
    """Return the disputes that anybody may hear of: those that were removed as abuse are only counted."""
    found = Dispute.objects.filter(created_at__lte=at, service__is_active=True)
    return found.exclude(state=Dispute.State.REMOVED).select_related("service")


def of_incident(service: Service, number: int, opened_at: datetime, at: datetime) -> list[DisputeView]:
    """Return the disputes of an incident, the newest first: all that wait, and the last that were answered."""
    rows = public(at).filter(service=service, number=number, opened_at=opened_at).order_by("-created_at", "-id")
    return [as_seen(row, at) for row in rows[:200]]


def answered(at: datetime, most: int = SHOWN) -> list[DisputeView]:
    """Return the last disputes that were answered, the newest answer first."""
    rows = public(at).filter(state__in=Dispute.ANSWERED, answered_at__lte=at).order_by("-answered_at", "-id")
    return [as_seen(row, at) for row in rows[:most]]


def tally(at: datetime) -> DisputeTally:
    """Return how many disputes there are by outcome."""
    counted: Iterable[tuple[str, int]] = (
        Dispute.objects.filter(created_at__lte=at, service__is_active=True)
        .order_by()
        .values_list("state")
        .annotate(n=Count("id"))
    )
    return DisputeTally(**dict(counted))
