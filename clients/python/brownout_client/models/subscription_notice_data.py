from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SubscriptionNoticeData")


@_attrs_define
class SubscriptionNoticeData:
    """What concerns the subscription itself."""

    title: str
    subscription: UUID
    service: str
    challenge: str | Unset = UNSET
    """ Return this in the response to `subscription.challenge`, """
    confirm_url: str | Unset = UNSET
    """ or send it here as {'challenge': …}. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        subscription = str(self.subscription)

        service = self.service

        challenge = self.challenge

        confirm_url = self.confirm_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "title": title,
                "subscription": subscription,
                "service": service,
            }
        )
        if challenge is not UNSET:
            field_dict["challenge"] = challenge
        if confirm_url is not UNSET:
            field_dict["confirm_url"] = confirm_url

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        title = d.pop("title")

        subscription = UUID(d.pop("subscription"))

        service = d.pop("service")

        challenge = d.pop("challenge", UNSET)

        confirm_url = d.pop("confirm_url", UNSET)

        subscription_notice_data = cls(
            title=title,
            subscription=subscription,
            service=service,
            challenge=challenge,
            confirm_url=confirm_url,
        )

        subscription_notice_data.additional_properties = d
        return subscription_notice_data

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
