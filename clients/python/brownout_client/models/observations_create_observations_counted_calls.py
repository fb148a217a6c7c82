from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ObservationsCreateObservationsCountedCalls")


@_attrs_define
class ObservationsCreateObservationsCountedCalls:
    """So many calls of a component, and how many of them failed, in a minute."""

    component: str
    """ The component's slug. """
    calls: int
    """ All calls, including failed ones. """
    failed: int
    """ Calls that failed because of the service. """
    country: None | str | Unset = UNSET
    region: None | str | Unset = UNSET
    minute: datetime.datetime | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        component = self.component

        calls = self.calls

        failed = self.failed

        country: None | str | Unset
        if isinstance(self.country, Unset):
            country = UNSET
        else:
            country = self.country

        region: None | str | Unset
        if isinstance(self.region, Unset):
            region = UNSET
        else:
            region = self.region

        minute: None | str | Unset
        if isinstance(self.minute, Unset):
            minute = UNSET
        elif isinstance(self.minute, datetime.datetime):
            minute = self.minute.isoformat()
        else:
            minute = self.minute

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "component": component,
                "calls": calls,
                "failed": failed,
            }
        )
        if country is not UNSET:
            field_dict["country"] = country
        if region is not UNSET:
            field_dict["region"] = region
        if minute is not UNSET:
            field_dict["minute"] = minute

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        component = d.pop("component")

        calls = d.pop("calls")

        failed = d.pop("failed")

        def _parse_country(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        country = _parse_country(d.pop("country", UNSET))

        def _parse_region(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        region = _parse_region(d.pop("region", UNSET))

        def _parse_minute(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                minute_type_0 = datetime.datetime.fromisoformat(data)

                return minute_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        minute = _parse_minute(d.pop("minute", UNSET))

        observations_create_observations_counted_calls = cls(
            component=component,
            calls=calls,
            failed=failed,
            country=country,
            region=region,
            minute=minute,
        )

        return observations_create_observations_counted_calls
