from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.announcement_tier import AnnouncementTier
from ..models.source_state import SourceState
from ..types import UNSET, Unset

T = TypeVar("T", bound="SparseSource")


@_attrs_define
class SparseSource:
    """Only the fields that were asked for."""

    service: str | Unset = UNSET
    slug: str | Unset = UNSET
    name: str | Unset = UNSET
    kind: str | Unset = UNSET
    tier: AnnouncementTier | Unset = UNSET
    url: str | Unset = UNSET
    state: SourceState | Unset = UNSET
    detail: str | Unset = UNSET
    last_success_at: datetime.datetime | None | Unset = UNSET
    last_change_at: datetime.datetime | None | Unset = UNSET
    next_try_at: datetime.datetime | None | Unset = UNSET
    budget_left_usd: float | None | Unset = UNSET
    """ For today; null if reading costs nothing. """

    def to_dict(self) -> dict[str, Any]:
        service = self.service

        slug = self.slug

        name = self.name

        kind = self.kind

        tier: str | Unset = UNSET
        if not isinstance(self.tier, Unset):
            tier = self.tier.value

        url = self.url

        state: str | Unset = UNSET
        if not isinstance(self.state, Unset):
            state = self.state.value

        detail = self.detail

        last_success_at: None | str | Unset
        if isinstance(self.last_success_at, Unset):
            last_success_at = UNSET
        elif isinstance(self.last_success_at, datetime.datetime):
            last_success_at = self.last_success_at.isoformat()
        else:
            last_success_at = self.last_success_at

        last_change_at: None | str | Unset
        if isinstance(self.last_change_at, Unset):
            last_change_at = UNSET
        elif isinstance(self.last_change_at, datetime.datetime):
            last_change_at = self.last_change_at.isoformat()
        else:
            last_change_at = self.last_change_at

        next_try_at: None | str | Unset
        if isinstance(self.next_try_at, Unset):
            next_try_at = UNSET
        elif isinstance(self.next_try_at, datetime.datetime):
            next_try_at = self.next_try_at.isoformat()
        else:
            next_try_at = self.next_try_at

        budget_left_usd: float | None | Unset
        if isinstance(self.budget_left_usd, Unset):
            budget_left_usd = UNSET
        else:
            budget_left_usd = self.budget_left_usd

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if service is not UNSET:
            field_dict["service"] = service
        if slug is not UNSET:
            field_dict["slug"] = slug
        if name is not UNSET:
            field_dict["name"] = name
        if kind is not UNSET:
            field_dict["kind"] = kind
        if tier is not UNSET:
            field_dict["tier"] = tier
        if url is not UNSET:
            field_dict["url"] = url
        if state is not UNSET:
            field_dict["state"] = state
        if detail is not UNSET:
            field_dict["detail"] = detail
        if last_success_at is not UNSET:
            field_dict["last_success_at"] = last_success_at
        if last_change_at is not UNSET:
            field_dict["last_change_at"] = last_change_at
        if next_try_at is not UNSET:
            field_dict["next_try_at"] = next_try_at
        if budget_left_usd is not UNSET:
            field_dict["budget_left_usd"] = budget_left_usd

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        service = d.pop("service", UNSET)

        slug = d.pop("slug", UNSET)

        name = d.pop("name", UNSET)

        kind = d.pop("kind", UNSET)

        _tier = d.pop("tier", UNSET)
        tier: AnnouncementTier | Unset
        if isinstance(_tier, Unset):
            tier = UNSET
        else:
            tier = AnnouncementTier(_tier)

        url = d.pop("url", UNSET)

        _state = d.pop("state", UNSET)
        state: SourceState | Unset
        if isinstance(_state, Unset):
            state = UNSET
        else:
            state = SourceState(_state)

        detail = d.pop("detail", UNSET)

        def _parse_last_success_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_success_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_success_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        last_success_at = _parse_last_success_at(d.pop("last_success_at", UNSET))

        def _parse_last_change_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_change_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_change_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        last_change_at = _parse_last_change_at(d.pop("last_change_at", UNSET))

        def _parse_next_try_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_try_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_try_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        next_try_at = _parse_next_try_at(d.pop("next_try_at", UNSET))

        def _parse_budget_left_usd(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        budget_left_usd = _parse_budget_left_usd(d.pop("budget_left_usd", UNSET))

        sparse_source = cls(
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

        return sparse_source
