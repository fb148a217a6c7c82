from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.topology_geometry_type_enum import TopologyGeometryTypeEnum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.cell import Cell


T = TypeVar("T", bound="TopologyGeometry")


@_attrs_define
class TopologyGeometry:
    """A place with its numbers; its borders are numbers of arcs. The type is null where no shape is at hand."""

    type_: None | TopologyGeometryTypeEnum
    id: str
    properties: Cell
    """ A place on the map. Numbers are null where fewer than three networks reported. """
    arcs: list[Any] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_: None | str
        if isinstance(self.type_, TopologyGeometryTypeEnum):
            type_ = self.type_.value
        else:
            type_ = self.type_

        id = self.id

        properties = self.properties.to_dict()

        arcs: list[Any] | Unset = UNSET
        if not isinstance(self.arcs, Unset):
            arcs = self.arcs

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "id": id,
                "properties": properties,
            }
        )
        if arcs is not UNSET:
            field_dict["arcs"] = arcs

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.cell import Cell

        d = dict(src_dict)

        def _parse_type_(data: object) -> None | TopologyGeometryTypeEnum:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                type_type_0 = TopologyGeometryTypeEnum(data)

                return type_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TopologyGeometryTypeEnum, data)

        type_ = _parse_type_(d.pop("type"))

        id = d.pop("id")

        properties = Cell.from_dict(d.pop("properties"))

        arcs = cast(list[Any], d.pop("arcs", UNSET))

        topology_geometry = cls(
            type_=type_,
            id=id,
            properties=properties,
            arcs=arcs,
        )

        topology_geometry.additional_properties = d
        return topology_geometry

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
