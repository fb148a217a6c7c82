from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.clock_enum import ClockEnum

T = TypeVar("T", bound="Service")


@_attrs_define
class Service:
    """A service that people report on."""

    slug: str
    name: str
    description: str
    homepage: str
    clock: ClockEnum
    provenance: str
    """ Where recorded data comes from. """
    disclaimer: str
    accepts_reports: bool
    default_component: str
    countries: list[str]
    """ Countries served; empty for all. """
    url: str
    status_url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        slug = self.slug

        name = self.name

        description = self.description

        homepage = self.homepage

        clock = self.clock.value

        provenance = self.provenance

        disclaimer = self.disclaimer

        accepts_reports = self.accepts_reports

        default_component = self.default_component

        countries = self.countries

        url = self.url

        status_url = self.status_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "slug": slug,
                "name": name,
                "description": description,
                "homepage": homepage,
                "clock": clock,
                "provenance": provenance,
                "disclaimer": disclaimer,
                "accepts_reports": accepts_reports,
                "default_component": default_component,
                "countries": countries,
                "url": url,
                "status_url": status_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        slug = d.pop("slug")

        name = d.pop("name")

        description = d.pop("description")

        homepage = d.pop("homepage")

        clock = ClockEnum(d.pop("clock"))

        provenance = d.pop("provenance")

        disclaimer = d.pop("disclaimer")

        accepts_reports = d.pop("accepts_reports")

        default_component = d.pop("default_component")

        countries = cast(list[str], d.pop("countries"))

        url = d.pop("url")

        status_url = d.pop("status_url")

        service = cls(
            slug=slug,
            name=name,
            description=description,
            homepage=homepage,
            clock=clock,
            provenance=provenance,
            disclaimer=disclaimer,
            accepts_reports=accepts_reports,
            default_component=default_component,
            countries=countries,
            url=url,
            status_url=status_url,
        )

        service.additional_properties = d
        return service

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
