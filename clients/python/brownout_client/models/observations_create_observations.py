from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.observations_create_observations_counted_calls import (
        ObservationsCreateObservationsCountedCalls,
    )


T = TypeVar("T", bound="ObservationsCreateObservations")


@_attrs_define
class ObservationsCreateObservations:
    """A program's counts of its calls to a service."""

    service: str
    """ The service's slug. """
    observations: list[ObservationsCreateObservationsCountedCalls]

    def to_dict(self) -> dict[str, Any]:
        service = self.service

        observations = []
        for observations_item_data in self.observations:
            observations_item = observations_item_data.to_dict()
            observations.append(observations_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "service": service,
                "observations": observations,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.observations_create_observations_counted_calls import (
            ObservationsCreateObservationsCountedCalls,
        )

        d = dict(src_dict)
        service = d.pop("service")

        observations = []
        _observations = d.pop("observations")
        for observations_item_data in _observations:
            observations_item = ObservationsCreateObservationsCountedCalls.from_dict(observations_item_data)

            observations.append(observations_item)

        observations_create_observations = cls(
            service=service,
            observations=observations,
        )

        return observations_create_observations
