from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.channel_enum import ChannelEnum
from ..models.language_enum import LanguageEnum
from ..models.notice_cadence import NoticeCadence
from ..models.notice_from import NoticeFrom
from ..models.subscription_state import SubscriptionState

T = TypeVar("T", bound="Subscription")


@_attrs_define
class Subscription:
    """A subscription. Its target is never shown."""

    id: UUID
    service: str
    """ For a board, its first service. """
    of: str
    """ What it covers: a service or component such as `tesla.app`, or a board such as `tesla.app,spectrum`. """
    channel: ChannelEnum
    component: str
    """ Empty for all. """
    country: str
    region: str
    from_state: NoticeFrom
    cadence: NoticeCadence
    language: LanguageEnum
    state: SubscriptionState
    disabled_reason: str
    failures: int
    """ Failed attempts to this target since the last success. """
    circuit_open_until_at: datetime.datetime | None
    """ Nothing is sent to this target before this time. """
    last_success_at: datetime.datetime | None
    created_at: datetime.datetime
    confirmed_at: datetime.datetime | None
    disabled_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        service = self.service

        of = self.of

        channel = self.channel.value

        component = self.component

        country = self.country

        region = self.region

        from_state = self.from_state.value

        cadence = self.cadence.value

        language = self.language.value

        state = self.state.value

        disabled_reason = self.disabled_reason

        failures = self.failures

        circuit_open_until_at: None | str
        if isinstance(self.circuit_open_until_at, datetime.datetime):
            circuit_open_until_at = self.circuit_open_until_at.isoformat()
        else:
            circuit_open_until_at = self.circuit_open_until_at

        last_success_at: None | str
        if isinstance(self.last_success_at, datetime.datetime):
            last_success_at = self.last_success_at.isoformat()
        else:
            last_success_at = self.last_success_at

        created_at = self.created_at.isoformat()

        confirmed_at: None | str
        if isinstance(self.confirmed_at, datetime.datetime):
            confirmed_at = self.confirmed_at.isoformat()
        else:
            confirmed_at = self.confirmed_at

        disabled_at: None | str
        if isinstance(self.disabled_at, datetime.datetime):
            disabled_at = self.disabled_at.isoformat()
        else:
            disabled_at = self.disabled_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "service": service,
                "of": of,
                "channel": channel,
                "component": component,
                "country": country,
                "region": region,
                "from_state": from_state,
                "cadence": cadence,
                "language": language,
                "state": state,
                "disabled_reason": disabled_reason,
                "failures": failures,
                "circuit_open_until_at": circuit_open_until_at,
                "last_success_at": last_success_at,
                "created_at": created_at,
                "confirmed_at": confirmed_at,
                "disabled_at": disabled_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        service = d.pop("service")

        of = d.pop("of")

        channel = ChannelEnum(d.pop("channel"))

        component = d.pop("component")

        country = d.pop("country")

        region = d.pop("region")

        from_state = NoticeFrom(d.pop("from_state"))

        cadence = NoticeCadence(d.pop("cadence"))

        language = LanguageEnum(d.pop("language"))

        state = SubscriptionState(d.pop("state"))

        disabled_reason = d.pop("disabled_reason")

        failures = d.pop("failures")

        def _parse_circuit_open_until_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                circuit_open_until_at_type_0 = datetime.datetime.fromisoformat(data)

                return circuit_open_until_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        circuit_open_until_at = _parse_circuit_open_until_at(d.pop("circuit_open_until_at"))

        def _parse_last_success_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_success_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_success_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_success_at = _parse_last_success_at(d.pop("last_success_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_confirmed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                confirmed_at_type_0 = datetime.datetime.fromisoformat(data)

                return confirmed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        confirmed_at = _parse_confirmed_at(d.pop("confirmed_at"))

        def _parse_disabled_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                disabled_at_type_0 = datetime.datetime.fromisoformat(data)

                return disabled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        disabled_at = _parse_disabled_at(d.pop("disabled_at"))

        subscription = cls(
            id=id,
            service=service,
            of=of,
            channel=channel,
            component=component,
            country=country,
            region=region,
            from_state=from_state,
            cadence=cadence,
            language=language,
            state=state,
            disabled_reason=disabled_reason,
            failures=failures,
            circuit_open_until_at=circuit_open_until_at,
            last_success_at=last_success_at,
            created_at=created_at,
            confirmed_at=confirmed_at,
            disabled_at=disabled_at,
        )

        subscription.additional_properties = d
        return subscription

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
