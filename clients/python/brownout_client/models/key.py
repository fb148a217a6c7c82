from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.scopes_enum import ScopesEnum

if TYPE_CHECKING:
    from ..models.key_usage import KeyUsage
    from ..models.limits import Limits


T = TypeVar("T", bound="Key")


@_attrs_define
class Key:
    """The key that was sent along. Its own text is never shown again."""

    id: UUID
    name: str
    shown: str
    """ The first characters of the key. """
    scopes: list[ScopesEnum]
    created_at: datetime.datetime
    rotated_at: datetime.datetime | None
    old_until_at: datetime.datetime | None
    """ After a rotation: when the old key stops working. """
    expires_at: datetime.datetime | None
    last_used_at: datetime.datetime | None
    """ A minute or two out of date. """
    limits: Limits
    """ Reads and writes are counted apart. """
    usage: list[KeyUsage]
    """ Days of the last 30 with use, newest first; a minute or two late. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        shown = self.shown

        scopes = []
        for scopes_item_data in self.scopes:
            scopes_item = scopes_item_data.value
            scopes.append(scopes_item)

        created_at = self.created_at.isoformat()

        rotated_at: None | str
        if isinstance(self.rotated_at, datetime.datetime):
            rotated_at = self.rotated_at.isoformat()
        else:
            rotated_at = self.rotated_at

        old_until_at: None | str
        if isinstance(self.old_until_at, datetime.datetime):
            old_until_at = self.old_until_at.isoformat()
        else:
            old_until_at = self.old_until_at

        expires_at: None | str
        if isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        last_used_at: None | str
        if isinstance(self.last_used_at, datetime.datetime):
            last_used_at = self.last_used_at.isoformat()
        else:
            last_used_at = self.last_used_at

        limits = self.limits.to_dict()

        usage = []
        for usage_item_data in self.usage:
            usage_item = usage_item_data.to_dict()
            usage.append(usage_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "shown": shown,
                "scopes": scopes,
                "created_at": created_at,
                "rotated_at": rotated_at,
                "old_until_at": old_until_at,
                "expires_at": expires_at,
                "last_used_at": last_used_at,
                "limits": limits,
                "usage": usage,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.key_usage import KeyUsage
        from ..models.limits import Limits

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        shown = d.pop("shown")

        scopes = []
        _scopes = d.pop("scopes")
        for scopes_item_data in _scopes:
            scopes_item = ScopesEnum(scopes_item_data)

            scopes.append(scopes_item)

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_rotated_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                rotated_at_type_0 = datetime.datetime.fromisoformat(data)

                return rotated_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        rotated_at = _parse_rotated_at(d.pop("rotated_at"))

        def _parse_old_until_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                old_until_at_type_0 = datetime.datetime.fromisoformat(data)

                return old_until_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        old_until_at = _parse_old_until_at(d.pop("old_until_at"))

        def _parse_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        def _parse_last_used_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_used_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_used_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_used_at = _parse_last_used_at(d.pop("last_used_at"))

        limits = Limits.from_dict(d.pop("limits"))

        usage = []
        _usage = d.pop("usage")
        for usage_item_data in _usage:
            usage_item = KeyUsage.from_dict(usage_item_data)

            usage.append(usage_item)

        key = cls(
            id=id,
            name=name,
            shown=shown,
            scopes=scopes,
            created_at=created_at,
            rotated_at=rotated_at,
            old_until_at=old_until_at,
            expires_at=expires_at,
            last_used_at=last_used_at,
            limits=limits,
            usage=usage,
        )

        key.additional_properties = d
        return key

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
