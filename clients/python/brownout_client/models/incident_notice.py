from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.incident_notice_type import IncidentNoticeType

if TYPE_CHECKING:
    from ..models.incident_notice_data import IncidentNoticeData


T = TypeVar("T", bound="IncidentNotice")


@_attrs_define
class IncidentNotice:
    """An alert about an incident. The same `webhook-id` always comes with the same body."""

    type_: IncidentNoticeType
    timestamp: datetime.datetime
    """ When it happened. """
    data: IncidentNoticeData
    """ The incident as of the event that the alert is about. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_.value

        timestamp = self.timestamp.isoformat()

        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "timestamp": timestamp,
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.incident_notice_data import IncidentNoticeData

        d = dict(src_dict)
        type_ = IncidentNoticeType(d.pop("type"))

        timestamp = datetime.datetime.fromisoformat(d.pop("timestamp"))

        data = IncidentNoticeData.from_dict(d.pop("data"))

        incident_notice = cls(
            type_=type_,
            timestamp=timestamp,
            data=data,
        )

        incident_notice.additional_properties = d
        return incident_notice

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
