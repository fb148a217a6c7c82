from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.by_enum import ByEnum

if TYPE_CHECKING:
    from ..models.count import Count


T = TypeVar("T", bound="Counts")


@_attrs_define
class Counts:
    """Problem reports of a service in a span of time, summed up."""

    service: str
    since: datetime.datetime
    until: datetime.datetime
    by: ByEnum
    total: int
    results: list[Count]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        service = self.service

        since = self.since.isoformat()

        until = self.until.isoformat()

        by = self.by.value

        total = self.total

        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "service": service,
                "since": since,
                "until": until,
                "by": by,
                "total": total,
                "results": results,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.count import Count

        d = dict(src_dict)
        service = d.pop("service")

        since = datetime.datetime.fromisoformat(d.pop("since"))

        until = datetime.datetime.fromisoformat(d.pop("until"))

        by = ByEnum(d.pop("by"))

        total = d.pop("total")

        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = Count.from_dict(results_item_data)

            results.append(results_item)

        counts = cls(
            service=service,
            since=since,
            until=until,
            by=by,
            total=total,
            results=results,
        )

        counts.additional_properties = d
        return counts

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
