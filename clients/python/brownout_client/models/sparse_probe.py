from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SparseProbe")


@_attrs_define
class SparseProbe:
    """Only the fields that were asked for."""

    probe: str | Unset = UNSET
    vantage: str | Unset = UNSET
    component: str | Unset = UNSET
    countries: list[str] | Unset = UNSET
    control: bool | Unset = UNSET
    """ A target unrelated to the service: it shows whether our own network works. """
    classification: str | Unset = UNSET
    """ up, degraded, down, blocked or blind. """
    http_status: int | None | Unset = UNSET
    error: str | Unset = UNSET
    latency_ms: float | None | Unset = UNSET
    at: datetime.datetime | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        probe = self.probe

        vantage = self.vantage

        component = self.component

        countries: list[str] | Unset = UNSET
        if not isinstance(self.countries, Unset):
            countries = self.countries

        control = self.control

        classification = self.classification

        http_status: int | None | Unset
        if isinstance(self.http_status, Unset):
            http_status = UNSET
        else:
            http_status = self.http_status

        error = self.error

        latency_ms: float | None | Unset
        if isinstance(self.latency_ms, Unset):
            latency_ms = UNSET
        else:
            latency_ms = self.latency_ms

        at: str | Unset = UNSET
        if not isinstance(self.at, Unset):
            at = self.at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if probe is not UNSET:
            field_dict["probe"] = probe
        if vantage is not UNSET:
            field_dict["vantage"] = vantage
        if component is not UNSET:
            field_dict["component"] = component
        if countries is not UNSET:
            field_dict["countries"] = countries
        if control is not UNSET:
            field_dict["control"] = control
        if classification is not UNSET:
            field_dict["classification"] = classification
        if http_status is not UNSET:
            field_dict["http_status"] = http_status
        if error is not UNSET:
            field_dict["error"] = error
        if latency_ms is not UNSET:
            field_dict["latency_ms"] = latency_ms
        if at is not UNSET:
            field_dict["at"] = at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        probe = d.pop("probe", UNSET)

        vantage = d.pop("vantage", UNSET)

        component = d.pop("component", UNSET)

        countries = cast(list[str], d.pop("countries", UNSET))

        control = d.pop("control", UNSET)

        classification = d.pop("classification", UNSET)

        def _parse_http_status(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        http_status = _parse_http_status(d.pop("http_status", UNSET))

        error = d.pop("error", UNSET)

        def _parse_latency_ms(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        latency_ms = _parse_latency_ms(d.pop("latency_ms", UNSET))

        _at = d.pop("at", UNSET)
        at: datetime.datetime | Unset
        if isinstance(_at, Unset):
            at = UNSET
        else:
            at = datetime.datetime.fromisoformat(_at)

        sparse_probe = cls(
            probe=probe,
            vantage=vantage,
            component=component,
            countries=countries,
            control=control,
            classification=classification,
            http_status=http_status,
            error=error,
            latency_ms=latency_ms,
            at=at,
        )

        return sparse_probe
