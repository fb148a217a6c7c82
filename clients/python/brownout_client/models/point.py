from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Point")


@_attrs_define
class Point:
    """One bin of a time series. All numbers are null where nothing was monitored: a gap, not a zero."""

    at: datetime.datetime
    """ The start of the bin. """
    reports: int | None
    effective: float | None
    """ Counted reports, after the limits on repeats and networks. """
    expected: float | None
    low: float | None
    """ Nine out of ten ordinary bins are between `low` and `high`. """
    high: float | None
    watched_minutes: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        reports: int | None
        reports = self.reports

        effective: float | None
        effective = self.effective

        expected: float | None
        expected = self.expected

        low: float | None
        low = self.low

        high: float | None
        high = self.high

        watched_minutes = self.watched_minutes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "reports": reports,
                "effective": effective,
                "expected": expected,
                "low": low,
                "high": high,
                "watched_minutes": watched_minutes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

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

        def _parse_low(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        low = _parse_low(d.pop("low"))

        def _parse_high(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        high = _parse_high(d.pop("high"))

        watched_minutes = d.pop("watched_minutes")

        point = cls(
            at=at,
            reports=reports,
            effective=effective,
            expected=expected,
            low=low,
            high=high,
            watched_minutes=watched_minutes,
        )

        point.additional_properties = d
        return point

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
