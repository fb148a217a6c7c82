from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.announcement_tier import AnnouncementTier
from ..models.source_state import SourceState

T = TypeVar("T", bound="Source")


@_attrs_define
class Source:
    """A source of announcements, and its health."""

    service: str
    slug: str
    name: str
    kind: str
    tier: AnnouncementTier
    url: str
    state: SourceState
    detail: str
    last_success_at: datetime.datetime | None
    last_change_at: datetime.datetime | None
    next_try_at: datetime.datetime | None
    budget_left_usd: float | None
    """ For today; null if reading costs nothing. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        service = self.service

        slug = self.slug

        name = self.name

        kind = self.kind

        tier = self.tier.value

        url = self.url

        state = self.state.value

        detail = self.detail

        last_success_at: None | str
        if isinstance(self.last_success_at, datetime.datetime):
            last_success_at = self.last_success_at.isoformat()
        else:
            last_success_at = self.last_success_at

        last_change_at: None | str
        if isinstance(self.last_change_at, datetime.datetime):
            last_change_at = self.last_change_at.isoformat()
        else:
            last_change_at = self.last_change_at

        next_try_at: None | str
        if isinstance(self.next_try_at, datetime.datetime):
            next_try_at = self.next_try_at.isoformat()
        else:
            next_try_at = self.next_try_at

        budget_left_usd: float | None
        budget_left_usd = self.budget_left_usd

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "service": service,
                "slug": slug,
                "name": name,
                "kind": kind,
                "tier": tier,
                "url": url,
                "state": state,
                "detail": detail,
                "last_success_at": last_success_at,
                "last_change_at": last_change_at,
                "next_try_at": next_try_at,
                "budget_left_usd": budget_left_usd,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        service = d.pop("service")

        slug = d.pop("slug")

        name = d.pop("name")

        kind = d.pop("kind")

        tier = AnnouncementTier(d.pop("tier"))

        url = d.pop("url")

        state = SourceState(d.pop("state"))

        detail = d.pop("detail")

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

        def _parse_last_change_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_change_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_change_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_change_at = _parse_last_change_at(d.pop("last_change_at"))

        def _parse_next_try_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_try_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_try_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_try_at = _parse_next_try_at(d.pop("next_try_at"))

        def _parse_budget_left_usd(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        budget_left_usd = _parse_budget_left_usd(d.pop("budget_left_usd"))

        source = cls(
            service=service,
            slug=slug,
            name=name,
            kind=kind,
            tier=tier,
            url=url,
            state=state,
            detail=detail,
            last_success_at=last_success_at,
            last_change_at=last_change_at,
            next_try_at=next_try_at,
            budget_left_usd=budget_left_usd,
        )

        source.additional_properties = d
        return source

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
