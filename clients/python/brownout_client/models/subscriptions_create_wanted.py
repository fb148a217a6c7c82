from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.subscriptions_create_wanted_cadence import (
    SubscriptionsCreateWantedCadence,
)
from ..models.subscriptions_create_wanted_channel import (
    SubscriptionsCreateWantedChannel,
)
from ..models.subscriptions_create_wanted_from_state import (
    SubscriptionsCreateWantedFromState,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="SubscriptionsCreateWanted")


@_attrs_define
class SubscriptionsCreateWanted:
    """A subscription as somebody asks for it."""

    channel: SubscriptionsCreateWantedChannel
    """ How to alert you. `auto`: the chat or on-call service that the target's address is of. """
    target: str
    """ The webhook's URL, the mail address, the address that a chat or an on-call service gives out for posting
    into a channel, or the `endpoint` of a browser's push subscription. """
    service: None | str | Unset = UNSET
    of: None | str | Unset = UNSET
    p256dh: None | str | Unset = UNSET
    auth: None | str | Unset = UNSET
    template: None | str | Unset = UNSET
    component: None | str | Unset = UNSET
    country: None | str | Unset = UNSET
    region: None | str | Unset = UNSET
    from_state: SubscriptionsCreateWantedFromState | Unset = SubscriptionsCreateWantedFromState.CONFIRMED
    """ From which state on: `possible` too, from `confirmed` on, or only when it is resolved. """
    cadence: SubscriptionsCreateWantedCadence | Unset = SubscriptionsCreateWantedCadence.EACH
    """ Each alert at once, or one email a day (email only). """
    language: None | str | Unset = UNSET
    owner_mail: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        channel = self.channel.value

        target = self.target

        service: None | str | Unset
        if isinstance(self.service, Unset):
            service = UNSET
        else:
            service = self.service

        of: None | str | Unset
        if isinstance(self.of, Unset):
            of = UNSET
        else:
            of = self.of

        p256dh: None | str | Unset
        if isinstance(self.p256dh, Unset):
            p256dh = UNSET
        else:
            p256dh = self.p256dh

        auth: None | str | Unset
        if isinstance(self.auth, Unset):
            auth = UNSET
        else:
            auth = self.auth

        template: None | str | Unset
        if isinstance(self.template, Unset):
            template = UNSET
        else:
            template = self.template

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

        language: None | str | Unset
        if isinstance(self.language, Unset):
            language = UNSET
        else:
            language = self.language

        owner_mail: None | str | Unset
        if isinstance(self.owner_mail, Unset):
            owner_mail = UNSET
        else:
            owner_mail = self.owner_mail

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "channel": channel,
                "target": target,
            }
        )
        if service is not UNSET:
            field_dict["service"] = service
        if of is not UNSET:
            field_dict["of"] = of
        if p256dh is not UNSET:
            field_dict["p256dh"] = p256dh
        if auth is not UNSET:
            field_dict["auth"] = auth
        if template is not UNSET:
            field_dict["template"] = template
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
        if owner_mail is not UNSET:
            field_dict["owner_mail"] = owner_mail

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        channel = SubscriptionsCreateWantedChannel(d.pop("channel"))

        target = d.pop("target")

        def _parse_service(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        service = _parse_service(d.pop("service", UNSET))

        def _parse_of(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        of = _parse_of(d.pop("of", UNSET))

        def _parse_p256dh(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        p256dh = _parse_p256dh(d.pop("p256dh", UNSET))

        def _parse_auth(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        auth = _parse_auth(d.pop("auth", UNSET))

        def _parse_template(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        template = _parse_template(d.pop("template", UNSET))

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
        from_state: SubscriptionsCreateWantedFromState | Unset
        if isinstance(_from_state, Unset):
            from_state = UNSET
        else:
            from_state = SubscriptionsCreateWantedFromState(_from_state)

        _cadence = d.pop("cadence", UNSET)
        cadence: SubscriptionsCreateWantedCadence | Unset
        if isinstance(_cadence, Unset):
            cadence = UNSET
        else:
            cadence = SubscriptionsCreateWantedCadence(_cadence)

        def _parse_language(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        language = _parse_language(d.pop("language", UNSET))

        def _parse_owner_mail(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        owner_mail = _parse_owner_mail(d.pop("owner_mail", UNSET))

        subscriptions_create_wanted = cls(
            channel=channel,
            target=target,
            service=service,
            of=of,
            p256dh=p256dh,
            auth=auth,
            template=template,
            component=component,
            country=country,
            region=region,
            from_state=from_state,
            cadence=cadence,
            language=language,
            owner_mail=owner_mail,
        )

        return subscriptions_create_wanted
