from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ProbeHour")


@_attrs_define
class ProbeHour:
    """An hour of a probe from one vantage. Latencies are of answers, in milliseconds."""

    at: datetime.datetime
    """ The start of the hour. """
    vantage: str
    results: int
    up: int
    degraded: int
    down: int
    blocked: int
    """ Our checks were blocked: this says nothing about the target. """
    availability: float | None
    """ Share of conclusive results; null without any. """
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        vantage = self.vantage

        results = self.results

        up = self.up

        degraded = self.degraded

        down = self.down

        blocked = self.blocked

        availability: float | None
        availability = self.availability

        p50_ms: float | None
        p50_ms = self.p50_ms

        p95_ms: float | None
        p95_ms = self.p95_ms

        p99_ms: float | None
        p99_ms = self.p99_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "vantage": vantage,
                "results": results,
                "up": up,
                "degraded": degraded,
                "down": down,
                "blocked": blocked,
                "availability": availability,
                "p50_ms": p50_ms,
                "p95_ms": p95_ms,
                "p99_ms": p99_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        vantage = d.pop("vantage")

        results = d.pop("results")

        up = d.pop("up")

        degraded = d.pop("degraded")

        down = d.pop("down")

        blocked = d.pop("blocked")

        def _parse_availability(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        availability = _parse_availability(d.pop("availability"))

        def _parse_p50_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        p50_ms = _parse_p50_ms(d.pop("p50_ms"))

        def _parse_p95_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        p95_ms = _parse_p95_ms(d.pop("p95_ms"))

        def _parse_p99_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        p99_ms = _parse_p99_ms(d.pop("p99_ms"))

        probe_hour = cls(
            at=at,
            vantage=vantage,
            results=results,
            up=up,
            degraded=degraded,
            down=down,
            blocked=blocked,
            availability=availability,
            p50_ms=p50_ms,
            p95_ms=p95_ms,
            p99_ms=p99_ms,
        )

        probe_hour.additional_properties = d
        return probe_hour

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
