from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.place_kind import PlaceKind

if TYPE_CHECKING:
    from ..models.place import Place
    from ..models.place_detail_names import PlaceDetailNames


T = TypeVar("T", bound="PlaceDetail")


@_attrs_define
class PlaceDetail:
    """A place with its names, its neighbours and its regions."""

    code: str
    name: str
    kind: PlaceKind
    country: str
    population: int | None
    population_year: int | None
    latitude: float
    """ Of a point inside the place. """
    longitude: float
    names: PlaceDetailNames
    neighbours: list[str]
    regions: list[Place]
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

        names = self.names.to_dict()

        neighbours = self.neighbours

        regions = []
        for regions_item_data in self.regions:
            regions_item = regions_item_data.to_dict()
            regions.append(regions_item)

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
                "names": names,
                "neighbours": neighbours,
                "regions": regions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.place import Place
        from ..models.place_detail_names import PlaceDetailNames

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

        names = PlaceDetailNames.from_dict(d.pop("names"))

        neighbours = cast(list[str], d.pop("neighbours"))

        regions = []
        _regions = d.pop("regions")
        for regions_item_data in _regions:
            regions_item = Place.from_dict(regions_item_data)

            regions.append(regions_item)

        place_detail = cls(
            code=code,
            name=name,
            kind=kind,
            country=country,
            population=population,
            population_year=population_year,
            latitude=latitude,
            longitude=longitude,
            names=names,
            neighbours=neighbours,
            regions=regions,
        )

        place_detail.additional_properties = d
        return place_detail

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
