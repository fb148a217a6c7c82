from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Cell")


@_attrs_define
class Cell:
    """A place on the map. Numbers are null where fewer than three networks reported."""

    code: str
    name: str
    few: bool
    value: float | None
    """ The metric's value. """
    reports: int | None
    effective: float | None
    expected: float | None
    """ Usual reports here at this time of the week; null if not known. """
    per_million: float | None
    times_usual: float | None
    """ An estimate; small differences from the usual stay near 1. """
    times_usual_low: float | None
    """ Lower end of the 90% interval. """
    times_usual_high: float | None
    """ Upper end of the 90% interval. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        few = self.few

        value: float | None
        value = self.value

        reports: int | None
        reports = self.reports

        effective: float | None
        effective = self.effective

        expected: float | None
        expected = self.expected

        per_million: float | None
        per_million = self.per_million

        times_usual: float | None
        times_usual = self.times_usual

        times_usual_low: float | None
        times_usual_low = self.times_usual_low

        times_usual_high: float | None
        times_usual_high = self.times_usual_high

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "name": name,
                "few": few,
                "value": value,
                "reports": reports,
                "effective": effective,
                "expected": expected,
                "per_million": per_million,
                "times_usual": times_usual,
                "times_usual_low": times_usual_low,
                "times_usual_high": times_usual_high,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        few = d.pop("few")

        def _parse_value(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        value = _parse_value(d.pop("value"))

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

        def _parse_expected(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        expected = _parse_expected(d.pop("expected"))

        def _parse_per_million(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        per_million = _parse_per_million(d.pop("per_million"))

        def _parse_times_usual(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        times_usual = _parse_times_usual(d.pop("times_usual"))

        def _parse_times_usual_low(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        times_usual_low = _parse_times_usual_low(d.pop("times_usual_low"))

        def _parse_times_usual_high(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        times_usual_high = _parse_times_usual_high(d.pop("times_usual_high"))

        cell = cls(
            code=code,
            name=name,
            few=few,
            value=value,
            reports=reports,
            effective=effective,
            expected=expected,
            per_million=per_million,
            times_usual=times_usual,
            times_usual_low=times_usual_low,
            times_usual_high=times_usual_high,
        )

        cell.additional_properties = d
        return cell

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
