from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.place_kind import PlaceKind
from ..types import UNSET, Unset

T = TypeVar("T", bound="SparsePlace")


@_attrs_define
class SparsePlace:
    """Only the fields that were asked for."""

    code: str | Unset = UNSET
    name: str | Unset = UNSET
    kind: PlaceKind | Unset = UNSET
    country: str | Unset = UNSET
    population: int | None | Unset = UNSET
    population_year: int | None | Unset = UNSET
    latitude: float | Unset = UNSET
    """ Of a point inside the place. """
    longitude: float | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        country = self.country

        population: int | None | Unset
        if isinstance(self.population, Unset):
            population = UNSET
        else:
            population = self.population

        population_year: int | None | Unset
        if isinstance(self.population_year, Unset):
            population_year = UNSET
        else:
            population_year = self.population_year

        latitude = self.latitude

        longitude = self.longitude

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if code is not UNSET:
            field_dict["code"] = code
        if name is not UNSET:
            field_dict["name"] = name
        if kind is not UNSET:
            field_dict["kind"] = kind
        if country is not UNSET:
            field_dict["country"] = country
        if population is not UNSET:
            field_dict["population"] = population
        if population_year is not UNSET:
            field_dict["population_year"] = population_year
        if latitude is not UNSET:
            field_dict["latitude"] = latitude
        if longitude is not UNSET:
            field_dict["longitude"] = longitude

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        code = d.pop("code", UNSET)

        name = d.pop("name", UNSET)

        _kind = d.pop("kind", UNSET)
        kind: PlaceKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = PlaceKind(_kind)

        country = d.pop("country", UNSET)

        def _parse_population(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        population = _parse_population(d.pop("population", UNSET))

        def _parse_population_year(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        population_year = _parse_population_year(d.pop("population_year", UNSET))

        latitude = d.pop("latitude", UNSET)

        longitude = d.pop("longitude", UNSET)

        sparse_place = cls(
            code=code,
            name=name,
            kind=kind,
            country=country,
            population=population,
            population_year=population_year,
            latitude=latitude,
            longitude=longitude,
        )

        return sparse_place
