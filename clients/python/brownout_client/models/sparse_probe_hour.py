from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SparseProbeHour")


@_attrs_define
class SparseProbeHour:
    """Only the fields that were asked for."""

    at: datetime.datetime | Unset = UNSET
    """ The start of the hour. """
    vantage: str | Unset = UNSET
    results: int | Unset = UNSET
    up: int | Unset = UNSET
    degraded: int | Unset = UNSET
    down: int | Unset = UNSET
    blocked: int | Unset = UNSET
    """ Our checks were blocked: this says nothing about the target. """
    availability: float | None | Unset = UNSET
    """ Share of conclusive results; null without any. """
    p50_ms: float | None | Unset = UNSET
    p95_ms: float | None | Unset = UNSET
    p99_ms: float | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        at: str | Unset = UNSET
        if not isinstance(self.at, Unset):
            at = self.at.isoformat()

        vantage = self.vantage

        results = self.results

        up = self.up

        degraded = self.degraded

        down = self.down

        blocked = self.blocked

        availability: float | None | Unset
        if isinstance(self.availability, Unset):
            availability = UNSET
        else:
            availability = self.availability

        p50_ms: float | None | Unset
        if isinstance(self.p50_ms, Unset):
            p50_ms = UNSET
        else:
            p50_ms = self.p50_ms

        p95_ms: float | None | Unset
        if isinstance(self.p95_ms, Unset):
            p95_ms = UNSET
        else:
            p95_ms = self.p95_ms

        p99_ms: float | None | Unset
        if isinstance(self.p99_ms, Unset):
            p99_ms = UNSET
        else:
            p99_ms = self.p99_ms

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if at is not UNSET:
            field_dict["at"] = at
        if vantage is not UNSET:
            field_dict["vantage"] = vantage
        if results is not UNSET:
            field_dict["results"] = results
        if up is not UNSET:
            field_dict["up"] = up
        if degraded is not UNSET:
            field_dict["degraded"] = degraded
        if down is not UNSET:
            field_dict["down"] = down
        if blocked is not UNSET:
            field_dict["blocked"] = blocked
        if availability is not UNSET:
            field_dict["availability"] = availability
        if p50_ms is not UNSET:
            field_dict["p50_ms"] = p50_ms
        if p95_ms is not UNSET:
            field_dict["p95_ms"] = p95_ms
        if p99_ms is not UNSET:
            field_dict["p99_ms"] = p99_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        _at = d.pop("at", UNSET)
        at: datetime.datetime | Unset
        if isinstance(_at, Unset):
            at = UNSET
        else:
            at = datetime.datetime.fromisoformat(_at)

        vantage = d.pop("vantage", UNSET)

        results = d.pop("results", UNSET)

        up = d.pop("up", UNSET)

        degraded = d.pop("degraded", UNSET)

        down = d.pop("down", UNSET)

        blocked = d.pop("blocked", UNSET)

        def _parse_availability(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        availability = _parse_availability(d.pop("availability", UNSET))

        def _parse_p50_ms(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        p50_ms = _parse_p50_ms(d.pop("p50_ms", UNSET))

        def _parse_p95_ms(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        p95_ms = _parse_p95_ms(d.pop("p95_ms", UNSET))

        def _parse_p99_ms(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        p99_ms = _parse_p99_ms(d.pop("p99_ms", UNSET))

        sparse_probe_hour = cls(
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

        return sparse_probe_hour
