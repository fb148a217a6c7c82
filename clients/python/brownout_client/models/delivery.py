from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.delivery_state import DeliveryState
from ..models.notice_kind import NoticeKind

T = TypeVar("T", bound="Delivery")


@_attrs_define
class Delivery:
    """The delivery of an alert. `id` is the `webhook-id` and the mail's Message-ID."""

    id: UUID
    kind: NoticeKind
    incident: int | None
    state: DeliveryState
    attempts: int
    created_at: datetime.datetime
    next_at: datetime.datetime
    """ While waiting: not tried before this time. """
    ended_at: datetime.datetime | None
    error: str
    """ The last error. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        kind = self.kind.value

        incident: int | None
        incident = self.incident

        state = self.state.value

        attempts = self.attempts

        created_at = self.created_at.isoformat()

        next_at = self.next_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        error = self.error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "incident": incident,
                "state": state,
                "attempts": attempts,
                "created_at": created_at,
                "next_at": next_at,
                "ended_at": ended_at,
                "error": error,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        kind = NoticeKind(d.pop("kind"))

        def _parse_incident(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        incident = _parse_incident(d.pop("incident"))

        state = DeliveryState(d.pop("state"))

        attempts = d.pop("attempts")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        next_at = datetime.datetime.fromisoformat(d.pop("next_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        error = d.pop("error")

        delivery = cls(
            id=id,
            kind=kind,
            incident=incident,
            state=state,
            attempts=attempts,
            created_at=created_at,
            next_at=next_at,
            ended_at=ended_at,
            error=error,
        )

        delivery.additional_properties = d
        return delivery

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
