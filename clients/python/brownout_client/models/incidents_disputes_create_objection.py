from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..models.incidents_disputes_create_objection_claim import (
    IncidentsDisputesCreateObjectionClaim,
)

T = TypeVar("T", bound="IncidentsDisputesCreateObjection")


@_attrs_define
class IncidentsDisputesCreateObjection:
    """A dispute of an incident."""

    claim: IncidentsDisputesCreateObjectionClaim
    """ What is wrong: it works (`no_outage`), it is `over` or `not_over`, its parts or places (`scope`), its
    `times`, or something `other`. """
    reason: str
    """ Why, in 10 to 500 characters of plain text. Markup is removed. Moderators read it; it is published only if
    they choose to, with their answer. """

    def to_dict(self) -> dict[str, Any]:
        claim = self.claim.value

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "claim": claim,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        claim = IncidentsDisputesCreateObjectionClaim(d.pop("claim"))

        reason = d.pop("reason")

        incidents_disputes_create_objection = cls(
            claim=claim,
            reason=reason,
        )

        return incidents_disputes_create_objection
