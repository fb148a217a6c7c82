from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.clock_enum import ClockEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="SparseService")


@_attrs_define
class SparseService:
    """Only the fields that were asked for."""

    slug: str | Unset = UNSET
    name: str | Unset = UNSET
    description: str | Unset = UNSET
    homepage: str | Unset = UNSET
    clock: ClockEnum | Unset = UNSET
    provenance: str | Unset = UNSET
    """ Where recorded data comes from. """
    disclaimer: str | Unset = UNSET
    accepts_reports: bool | Unset = UNSET
    default_component: str | Unset = UNSET
    countries: list[str] | Unset = UNSET
    """ Countries served; empty for all. """
    url: str | Unset = UNSET
    status_url: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        slug = self.slug

        name = self.name

        description = self.description

        homepage = self.homepage

        clock: str | Unset = UNSET
        if not isinstance(self.clock, Unset):
            clock = self.clock.value

        provenance = self.provenance

        disclaimer = self.disclaimer

        accepts_reports = self.accepts_reports

        default_component = self.default_component

        countries: list[str] | Unset = UNSET
        if not isinstance(self.countries, Unset):
            countries = self.countries

        url = self.url

        status_url = self.status_url

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if slug is not UNSET:
            field_dict["slug"] = slug
        if name is not UNSET:
            field_dict["name"] = name
        if description is not UNSET:
            field_dict["description"] = description
        if homepage is not UNSET:
            field_dict["homepage"] = homepage
        if clock is not UNSET:
            field_dict["clock"] = clock
        if provenance is not UNSET:
            field_dict["provenance"] = provenance
        if disclaimer is not UNSET:
            field_dict["disclaimer"] = disclaimer
        if accepts_reports is not UNSET:
            field_dict["accepts_reports"] = accepts_reports
        if default_component is not UNSET:
            field_dict["default_component"] = default_component
        if countries is not UNSET:
            field_dict["countries"] = countries
        if url is not UNSET:
            field_dict["url"] = url
        if status_url is not UNSET:
            field_dict["status_url"] = status_url

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        slug = d.pop("slug", UNSET)

        name = d.pop("name", UNSET)

        description = d.pop("description", UNSET)

        homepage = d.pop("homepage", UNSET)

        _clock = d.pop("clock", UNSET)
        clock: ClockEnum | Unset
        if isinstance(_clock, Unset):
            clock = UNSET
        else:
            clock = ClockEnum(_clock)

        provenance = d.pop("provenance", UNSET)

        disclaimer = d.pop("disclaimer", UNSET)

        accepts_reports = d.pop("accepts_reports", UNSET)

        default_component = d.pop("default_component", UNSET)

        countries = cast(list[str], d.pop("countries", UNSET))

        url = d.pop("url", UNSET)

        status_url = d.pop("status_url", UNSET)

        sparse_service = cls(
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

        return sparse_service
