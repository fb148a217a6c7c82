from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.place_kind import PlaceKind

T = TypeVar("T", bound="Place")


@_attrs_define
class Place:
    """A country (ISO 3166-1) or a region (ISO 3166-2)."""

    code: str
    name: str
    kind: PlaceKind
    country: str
    population: int | None
    population_year: int | None
    latitude: float
    """ Of a point inside the place. """
    longitude: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        kind = self.kind.value

        country = self.country

        population: int | None
        population = self.population

        population_year: int | None
        population_year = self.population_year

        latitude = self.latitude

        longitude = self.longitude

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "name": name,
                "kind": kind,
                "country": country,
                "population": population,
                "population_year": population_year,
                "latitude": latitude,
                "longitude": longitude,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        kind = PlaceKind(d.pop("kind"))

        country = d.pop("country")

        def _parse_population(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        population = _parse_population(d.pop("population"))

        def _parse_population_year(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        population_year = _parse_population_year(d.pop("population_year"))

        latitude = d.pop("latitude")

        longitude = d.pop("longitude")

        place = cls(
            code=code,
            name=name,
            kind=kind,
            country=country,
            population=population,
            population_year=population_year,
            latitude=latitude,
            longitude=longitude,
        )

        place.additional_properties = d
        return place

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
