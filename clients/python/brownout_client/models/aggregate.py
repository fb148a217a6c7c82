from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.axis import Axis
from ..models.grain_enum import GrainEnum

if TYPE_CHECKING:
    from ..models.aggregate_cell import AggregateCell
    from ..models.watched_bin import WatchedBin


T = TypeVar("T", bound="Aggregate")


@_attrs_define
class Aggregate:
    """Reports summed up by one or two axes."""

    service: str
    since: datetime.datetime
    until: datetime.datetime
    axis_x: Axis
    axis_y: Axis | None
    grain: GrainEnum | None
    times: list[WatchedBin]
    """ Bins that were monitored; empty without a time axis. """
    results: list[AggregateCell]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        service = self.service

        since = self.since.isoformat()

        until = self.until.isoformat()

        axis_x = self.axis_x.value

        axis_y: None | str
        if isinstance(self.axis_y, Axis):
            axis_y = self.axis_y.value
        else:
            axis_y = self.axis_y

        grain: None | str
        if isinstance(self.grain, GrainEnum):
            grain = self.grain.value
        else:
            grain = self.grain

        times = []
        for times_item_data in self.times:
            times_item = times_item_data.to_dict()
            times.append(times_item)

        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "service": service,
                "since": since,
                "until": until,
                "axis_x": axis_x,
                "axis_y": axis_y,
                "grain": grain,
                "times": times,
                "results": results,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.aggregate_cell import AggregateCell
        from ..models.watched_bin import WatchedBin

        d = dict(src_dict)
        service = d.pop("service")

        since = datetime.datetime.fromisoformat(d.pop("since"))

        until = datetime.datetime.fromisoformat(d.pop("until"))

        axis_x = Axis(d.pop("axis_x"))

        def _parse_axis_y(data: object) -> Axis | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                axis_y_type_0 = Axis(data)

                return axis_y_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Axis | None, data)

        axis_y = _parse_axis_y(d.pop("axis_y"))

        def _parse_grain(data: object) -> GrainEnum | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                grain_type_0 = GrainEnum(data)

                return grain_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(GrainEnum | None, data)

        grain = _parse_grain(d.pop("grain"))

        times = []
        _times = d.pop("times")
        for times_item_data in _times:
            times_item = WatchedBin.from_dict(times_item_data)

            times.append(times_item)

        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = AggregateCell.from_dict(results_item_data)

            results.append(results_item)

        aggregate = cls(
            service=service,
            since=since,
            until=until,
            axis_x=axis_x,
            axis_y=axis_y,
            grain=grain,
            times=times,
            results=results,
        )

        aggregate.additional_properties = d
        return aggregate

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
