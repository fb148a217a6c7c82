from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.metric_enum import MetricEnum
from ..models.place_kind import PlaceKind
from ..models.topology_type_enum import TopologyTypeEnum

if TYPE_CHECKING:
    from ..models.cell import Cell
    from ..models.topology_objects import TopologyObjects
    from ..models.topology_transform import TopologyTransform


T = TypeVar("T", bound="Topology")


@_attrs_define
class Topology:
    """The places with reports, as TopoJSON."""

    type_: TopologyTypeEnum
    service: str
    since: datetime.datetime
    until: datetime.datetime
    level: PlaceKind
    metric: MetricEnum
    without_place: Cell | None
    """ Reports without a place. """
    objects: TopologyObjects
    """ The objects of a topology. """
    transform: TopologyTransform
    """ How the whole numbers of the arcs become degrees. """
    arcs: list[list[list[int]]]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.cell import Cell

        type_ = self.type_.value

        service = self.service

        since = self.since.isoformat()

        until = self.until.isoformat()

        level = self.level.value

        metric = self.metric.value

        without_place: dict[str, Any] | None
        if isinstance(self.without_place, Cell):
            without_place = self.without_place.to_dict()
        else:
            without_place = self.without_place

        objects = self.objects.to_dict()

        transform = self.transform.to_dict()

        arcs = []
        for arcs_item_data in self.arcs:
            arcs_item = []
            for arcs_item_item_data in arcs_item_data:
                arcs_item_item = arcs_item_item_data

                arcs_item.append(arcs_item_item)

            arcs.append(arcs_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "service": service,
                "since": since,
                "until": until,
                "level": level,
                "metric": metric,
                "without_place": without_place,
                "objects": objects,
                "transform": transform,
                "arcs": arcs,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.cell import Cell
        from ..models.topology_objects import TopologyObjects
        from ..models.topology_transform import TopologyTransform

        d = dict(src_dict)
        type_ = TopologyTypeEnum(d.pop("type"))

        service = d.pop("service")

        since = datetime.datetime.fromisoformat(d.pop("since"))

        until = datetime.datetime.fromisoformat(d.pop("until"))

        level = PlaceKind(d.pop("level"))

        metric = MetricEnum(d.pop("metric"))

        def _parse_without_place(data: object) -> Cell | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                without_place_type_0 = Cell.from_dict(data)

                return without_place_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Cell | None, data)

        without_place = _parse_without_place(d.pop("without_place"))

        objects = TopologyObjects.from_dict(d.pop("objects"))

        transform = TopologyTransform.from_dict(d.pop("transform"))

        arcs = []
        _arcs = d.pop("arcs")
        for arcs_item_data in _arcs:
            arcs_item = []
            _arcs_item = arcs_item_data
            for arcs_item_item_data in _arcs_item:
                arcs_item_item = cast(list[int], arcs_item_item_data)

                arcs_item.append(arcs_item_item)

            arcs.append(arcs_item)

        topology = cls(
            type_=type_,
            service=service,
            since=since,
            until=until,
            level=level,
            metric=metric,
            without_place=without_place,
            objects=objects,
            transform=transform,
            arcs=arcs,
        )

        topology.additional_properties = d
        return topology

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
