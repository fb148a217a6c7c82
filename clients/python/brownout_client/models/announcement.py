from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.announcement_tier import AnnouncementTier

T = TypeVar("T", bound="Announcement")


@_attrs_define
class Announcement:
    """A post by somebody, as it was read."""

    id: int
    source: str
    author: str
    tier: AnnouncementTier
    url: str
    text: str
    posted_at: datetime.datetime
    seen_at: datetime.datetime
    """ When we first read it. """
    deleted_at: datetime.datetime | None
    stage: str
    """ What it says about the outage; a moderator's decision wins. """
    relevant: bool
    components: list[str]
    reasons: list[str]
    """ Why it was classified this way. """
    incident: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        source = self.source

        author = self.author

        tier = self.tier.value

        url = self.url

        text = self.text

        posted_at = self.posted_at.isoformat()

        seen_at = self.seen_at.isoformat()

        deleted_at: None | str
        if isinstance(self.deleted_at, datetime.datetime):
            deleted_at = self.deleted_at.isoformat()
        else:
            deleted_at = self.deleted_at

        stage = self.stage

        relevant = self.relevant

        components = self.components

        reasons = self.reasons

        incident: int | None
        incident = self.incident

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "source": source,
                "author": author,
                "tier": tier,
                "url": url,
                "text": text,
                "posted_at": posted_at,
                "seen_at": seen_at,
                "deleted_at": deleted_at,
                "stage": stage,
                "relevant": relevant,
                "components": components,
                "reasons": reasons,
                "incident": incident,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = d.pop("id")

        source = d.pop("source")

        author = d.pop("author")

        tier = AnnouncementTier(d.pop("tier"))

        url = d.pop("url")

        text = d.pop("text")

        posted_at = datetime.datetime.fromisoformat(d.pop("posted_at"))

        seen_at = datetime.datetime.fromisoformat(d.pop("seen_at"))

        def _parse_deleted_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deleted_at_type_0 = datetime.datetime.fromisoformat(data)

                return deleted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        deleted_at = _parse_deleted_at(d.pop("deleted_at"))

        stage = d.pop("stage")

        relevant = d.pop("relevant")

        components = cast(list[str], d.pop("components"))

        reasons = cast(list[str], d.pop("reasons"))

        def _parse_incident(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        incident = _parse_incident(d.pop("incident"))

        announcement = cls(
            id=id,
            source=source,
            author=author,
            tier=tier,
            url=url,
            text=text,
            posted_at=posted_at,
            seen_at=seen_at,
            deleted_at=deleted_at,
            stage=stage,
            relevant=relevant,
            components=components,
            reasons=reasons,
            incident=incident,
        )

        announcement.additional_properties = d
        return announcement

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
