from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Probe")


@_attrs_define
class Probe:
    """What a vantage last saw of a target."""

    probe: str
    vantage: str
    component: str
    countries: list[str]
    control: bool
    """ A target unrelated to the service: it shows whether our own network works. """
    classification: str
    """ up, degraded, down, blocked or blind. """
    http_status: int | None
    error: str
    latency_ms: float | None
    at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        probe = self.probe

        vantage = self.vantage

        component = self.component

        countries = self.countries

        control = self.control

        classification = self.classification

        http_status: int | None
        http_status = self.http_status

        error = self.error

        latency_ms: float | None
        latency_ms = self.latency_ms

        at = self.at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "probe": probe,
                "vantage": vantage,
                "component": component,
                "countries": countries,
                "control": control,
                "classification": classification,
                "http_status": http_status,
                "error": error,
                "latency_ms": latency_ms,
                "at": at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        probe = d.pop("probe")

        vantage = d.pop("vantage")

        component = d.pop("component")

        countries = cast(list[str], d.pop("countries"))

        control = d.pop("control")

        classification = d.pop("classification")

        def _parse_http_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        http_status = _parse_http_status(d.pop("http_status"))

        error = d.pop("error")

        def _parse_latency_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        latency_ms = _parse_latency_ms(d.pop("latency_ms"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        probe = cls(
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

        probe.additional_properties = d
        return probe

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
