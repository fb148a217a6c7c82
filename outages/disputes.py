"""Disputes of incidents: taken from anybody, answered by moderators. The only writer of Dispute.

Nobody needs an account and nothing that is stored leads to a person. So the bounds are those of networks, by the
hashes that reports have, too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.db import connection, transaction
from django.utils.translation import gettext_noop
from msgspec import Meta, Struct

from outages.models import Dispute, Incident
from reports.errors import Errors, SubmissionError
from reports.intake.submissions import clean_note, readable
from reports.privacy.origin import Origin

DAY = timedelta(days=1)
ORIGINS_KEPT = timedelta(days=2)
SHORTEST_REASON, LONGEST_REASON, LONGEST_ANSWER = 10, 500, 500
MOST_OF_NETWORK = 5  # a day
MOST_OF_WIDE_NETWORK = 20  # a day
MOST_OF_UNKNOWN = 50  # a day, all together whose network is not known
MOST_WAITING = 200  # of one incident
MOST_WAITING_IN_ALL = 5000

Claim = Annotated[
    Literal["no_outage", "over", "not_over", "scope", "times", "other"],
    Meta(
        description="What is wrong: it works (`no_outage`), it is `over` or `not_over`, its parts or places (`scope`), "
        "its `times`, or something `other`."
    ),
]
Reason = Annotated[
    str,
    Meta(
        description=f"Why, in {SHORTEST_REASON} to {LONGEST_REASON} characters of plain text. Markup is removed. "
        "Moderators read it; it is published only if they choose to, with their answer.",
        examples=["Sign-in has worked for all of us in Oslo since ten."],
    ),
]


@readable
class Objection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dispute of an incident."""

    claim: Claim
    reason: Reason


class AnswerError(ValueError):
    """An answer that cannot be given. The message says why, for the moderator."""


TOO_SHORT = gettext_noop("Please say in at least 10 characters what is wrong.")
TOO_LONG = gettext_noop("At most 500 characters.")
ENOUGH = gettext_noop("Your network has reached today’s limit for disputes. Please try again tomorrow.")
FULL = gettext_noop("Many disputes of this incident are already waiting for an answer. Please try again later.")


def dispute(incident: Incident, said: Objection, sender: Origin, *, now: datetime, language: str) -> Dispute:
    """Store what somebody says against an incident; the same words of the same network are one dispute.

    Raises SubmissionError: 422 for what cannot be taken, 429 where it is too much.
    """
    reason = _checked(said)
    with transaction.atomic():
        _one_at_a_time()
        ours = Dispute.objects.filter(service_id=incident.service_id, number=incident.number)
        recent = Dispute.objects.filter(created_at__gt=now - DAY)
        of_network = recent.filter(network=sender.network)
        same = of_network.filter(service_id=incident.service_id, number=incident.number)
        if sender.network and (known := same.filter(claim=said.claim, reason=reason).first()):
            return known
        most = MOST_OF_NETWORK if sender.network else MOST_OF_UNKNOWN
        wide = recent.filter(wide_network=sender.wide_network).count() if sender.wide_network else 0
        if of_network.count() >= most or wide >= MOST_OF_WIDE_NETWORK:
            raise SubmissionError(HTTPStatus.TOO_MANY_REQUESTS, "too-many-disputes", ENOUGH)
        waiting = Dispute.objects.filter(state=Dispute.State.WAITING)
        if (
            ours.filter(state=Dispute.State.WAITING).count() >= MOST_WAITING
            or waiting[:MOST_WAITING_IN_ALL].count() >= MOST_WAITING_IN_ALL
        ):
            raise SubmissionError(HTTPStatus.TOO_MANY_REQUESTS, "too-many-disputes", FULL)
        return Dispute.objects.create(
            service_id=incident.service_id,
            number=incident.number,
            opened_at=incident.opened_at,
            claim=said.claim,
            reason=reason,
            language=language,
            network=sender.network,
            wide_network=sender.wide_network,
            created_at=now,
        )


def _checked(said: Objection) -> str:
    errors = Errors()
    reason = clean_note(said.reason)
    if len(said.reason) > 20 * LONGEST_REASON or len(reason) > LONGEST_REASON:
        errors.add("reason", TOO_LONG)
    elif len(reason) < SHORTEST_REASON:
        errors.add("reason", TOO_SHORT)
    if errors.found:
        detail = "; ".join(f"{error['field']}: {error['message']}" for error in errors.found)
        raise SubmissionError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-dispute", detail, errors.found)
    return reason


def _one_at_a_time() -> None:
    """Let others wait until this transaction ends, so that what was counted stays true."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('outages.disputes'), 0)")


def answer(row: Dispute, *, state: str, words: str, is_reason_public: bool, now: datetime, by: Any) -> None:
    """Settle a dispute, or settle it anew. Raises AnswerError."""
    said = clean_note(words)
    if state not in Dispute.State.values or state == Dispute.State.WAITING:
        raise AnswerError("Choose an outcome.")
    if state in Dispute.ANSWERED and not said:
        raise AnswerError("Answer in a sentence or two: the public reads it.")
    if len(said) > LONGEST_ANSWER:
        raise AnswerError(f"At most {LONGEST_ANSWER} characters.")
    row.state, row.answer, row.answered_at, row.by = state, said, now, by
    row.is_reason_public = is_reason_public and state in Dispute.ANSWERED
    row.save(update_fields=["state", "answer", "answered_at", "by", "is_reason_public"])


def forget_origins(now: datetime) -> int:
    """Delete the hashes of networks that count no more. Return of how many disputes."""
    old = Dispute.objects.filter(created_at__lt=now - ORIGINS_KEPT).exclude(network=0, wide_network=0)
    return old.update(network=0, wide_network=0)
