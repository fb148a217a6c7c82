from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.topology_places_type_enum import TopologyPlacesTypeEnum

if TYPE_CHECKING:
    from ..models.topology_geometry import TopologyGeometry


T = TypeVar("T", bound="TopologyPlaces")


@_attrs_define
class TopologyPlaces:
    """The places of a topology."""

    type_: TopologyPlacesTypeEnum
    geometries: list[TopologyGeometry]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_.value

        geometries = []
        for geometries_item_data in self.geometries:
            geometries_item = geometries_item_data.to_dict()
            geometries.append(geometries_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "geometries": geometries,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.topology_geometry import TopologyGeometry

        d = dict(src_dict)
        type_ = TopologyPlacesTypeEnum(d.pop("type"))

        geometries = []
        _geometries = d.pop("geometries")
        for geometries_item_data in _geometries:
            geometries_item = TopologyGeometry.from_dict(geometries_item_data)

            geometries.append(geometries_item)

        topology_places = cls(
            type_=type_,
            geometries=geometries,
        )

        topology_places.additional_properties = d
        return topology_places

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
