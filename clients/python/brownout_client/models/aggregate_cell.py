from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AggregateCell")


@_attrs_define
class AggregateCell:
    """What was reported where two axes meet. All numbers are null where they are few."""

    x: str
    """ A time, slug or code; empty for reports that named none. """
    y: None | str
    few: bool
    """ True if there are reports, but too few to publish a number. """
    reports: int | None
    effective: float | None
    """ Counted, after the limits on repeats and networks. """
    working: int | None
    """ Reports that the service works; not counted by symptom. """
    recovered: int | None
    """ Reports that the service works again. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        x = self.x

        y: None | str
        y = self.y

        few = self.few

        reports: int | None
        reports = self.reports

        effective: float | None
        effective = self.effective

        working: int | None
        working = self.working

        recovered: int | None
        recovered = self.recovered

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "x": x,
                "y": y,
                "few": few,
                "reports": reports,
                "effective": effective,
                "working": working,
                "recovered": recovered,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        x = d.pop("x")

        def _parse_y(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        y = _parse_y(d.pop("y"))

        few = d.pop("few")

        def _parse_reports(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        reports = _parse_reports(d.pop("reports"))

        def _parse_effective(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        effective = _parse_effective(d.pop("effective"))

        def _parse_working(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        working = _parse_working(d.pop("working"))

        def _parse_recovered(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        recovered = _parse_recovered(d.pop("recovered"))

        aggregate_cell = cls(
            x=x,
            y=y,
            few=few,
            reports=reports,
            effective=effective,
            working=working,
            recovered=recovered,
        )

        aggregate_cell.additional_properties = d
        return aggregate_cell

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
