from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.claim_enum import ClaimEnum
from ..models.dispute_state_enum import DisputeStateEnum

T = TypeVar("T", bound="Dispute")


@_attrs_define
class Dispute:
    """A dispute of an incident. `reason` and `answer` are empty until a moderator has answered."""

    id: UUID
    service: str
    incident_number: int
    """ The incident's number within the service. """
    page_url: str
    """ The incident's page. """
    claim: ClaimEnum
    state: DisputeStateEnum
    created_at: datetime.datetime
    reason: str
    """ Also empty if the moderators keep it private. """
    answer: str
    answered_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        service = self.service

        incident_number = self.incident_number

        page_url = self.page_url

        claim = self.claim.value

        state = self.state.value

        created_at = self.created_at.isoformat()

        reason = self.reason

        answer = self.answer

        answered_at: None | str
        if isinstance(self.answered_at, datetime.datetime):
            answered_at = self.answered_at.isoformat()
        else:
            answered_at = self.answered_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "service": service,
                "incident_number": incident_number,
                "page_url": page_url,
                "claim": claim,
                "state": state,
                "created_at": created_at,
                "reason": reason,
                "answer": answer,
                "answered_at": answered_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        service = d.pop("service")

        incident_number = d.pop("incident_number")

        page_url = d.pop("page_url")

        claim = ClaimEnum(d.pop("claim"))

        state = DisputeStateEnum(d.pop("state"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        reason = d.pop("reason")

        answer = d.pop("answer")

        def _parse_answered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                answered_at_type_0 = datetime.datetime.fromisoformat(data)

                return answered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        answered_at = _parse_answered_at(d.pop("answered_at"))

        dispute = cls(
            id=id,
            service=service,
            incident_number=incident_number,
            page_url=page_url,
            claim=claim,
            state=state,
            created_at=created_at,
            reason=reason,
            answer=answer,
            answered_at=answered_at,
        )

        dispute.additional_properties = d
        return dispute

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
