from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.subscriptions_update_changes_cadence import (
    SubscriptionsUpdateChangesCadence,
)
from ..models.subscriptions_update_changes_from_state import (
    SubscriptionsUpdateChangesFromState,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="SubscriptionsUpdateChanges")


@_attrs_define
class SubscriptionsUpdateChanges:
    """What somebody changes of a subscription. A field that is absent stays; null or "" stands for all of them."""

    component: None | str | Unset = UNSET
    """ Only this component. """
    country: None | str | Unset = UNSET
    """ Only this country; removes the region. """
    region: None | str | Unset = UNSET
    """ Only this region; sets its country too. """
    from_state: SubscriptionsUpdateChangesFromState | Unset = UNSET
    """ From which state on. """
    cadence: SubscriptionsUpdateChangesCadence | Unset = UNSET
    """ Each alert at once, or one email a day (email only). """
    language: str | Unset = UNSET
    """ The language of the alerts. """

    def to_dict(self) -> dict[str, Any]:
        component: None | str | Unset
        if isinstance(self.component, Unset):
            component = UNSET
        else:
            component = self.component

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

        from_state: str | Unset = UNSET
        if not isinstance(self.from_state, Unset):
            from_state = self.from_state.value

        cadence: str | Unset = UNSET
        if not isinstance(self.cadence, Unset):
            cadence = self.cadence.value

        language = self.language

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if component is not UNSET:
            field_dict["component"] = component
        if country is not UNSET:
            field_dict["country"] = country
        if region is not UNSET:
            field_dict["region"] = region
        if from_state is not UNSET:
            field_dict["from_state"] = from_state
        if cadence is not UNSET:
            field_dict["cadence"] = cadence
        if language is not UNSET:
            field_dict["language"] = language

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_component(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        component = _parse_component(d.pop("component", UNSET))

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

        _from_state = d.pop("from_state", UNSET)
        from_state: SubscriptionsUpdateChangesFromState | Unset
        if isinstance(_from_state, Unset):
            from_state = UNSET
        else:
            from_state = SubscriptionsUpdateChangesFromState(_from_state)

        _cadence = d.pop("cadence", UNSET)
        cadence: SubscriptionsUpdateChangesCadence | Unset
        if isinstance(_cadence, Unset):
            cadence = UNSET
        else:
            cadence = SubscriptionsUpdateChangesCadence(_cadence)

        language = d.pop("language", UNSET)

        subscriptions_update_changes = cls(
            component=component,
            country=country,
            region=region,
            from_state=from_state,
            cadence=cadence,
            language=language,
        )

        return subscriptions_update_changes
