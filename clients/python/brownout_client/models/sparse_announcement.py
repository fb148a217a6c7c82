from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.announcement_tier import AnnouncementTier
from ..types import UNSET, Unset

T = TypeVar("T", bound="SparseAnnouncement")


@_attrs_define
class SparseAnnouncement:
    """Only the fields that were asked for."""

    id: int | Unset = UNSET
    source: str | Unset = UNSET
    author: str | Unset = UNSET
    tier: AnnouncementTier | Unset = UNSET
    url: str | Unset = UNSET
    text: str | Unset = UNSET
    posted_at: datetime.datetime | Unset = UNSET
    seen_at: datetime.datetime | Unset = UNSET
    """ When we first read it. """
    deleted_at: datetime.datetime | None | Unset = UNSET
    stage: str | Unset = UNSET
    """ What it says about the outage; a moderator's decision wins. """
    relevant: bool | Unset = UNSET
    components: list[str] | Unset = UNSET
    reasons: list[str] | Unset = UNSET
    """ Why it was classified this way. """
    incident: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        source = self.source

        author = self.author

        tier: str | Unset = UNSET
        if not isinstance(self.tier, Unset):
            tier = self.tier.value

        url = self.url

        text = self.text

        posted_at: str | Unset = UNSET
        if not isinstance(self.posted_at, Unset):
            posted_at = self.posted_at.isoformat()

        seen_at: str | Unset = UNSET
        if not isinstance(self.seen_at, Unset):
            seen_at = self.seen_at.isoformat()

        deleted_at: None | str | Unset
        if isinstance(self.deleted_at, Unset):
            deleted_at = UNSET
        elif isinstance(self.deleted_at, datetime.datetime):
            deleted_at = self.deleted_at.isoformat()
        else:
            deleted_at = self.deleted_at

        stage = self.stage

        relevant = self.relevant

        components: list[str] | Unset = UNSET
        if not isinstance(self.components, Unset):
            components = self.components

        reasons: list[str] | Unset = UNSET
        if not isinstance(self.reasons, Unset):
            reasons = self.reasons

        incident: int | None | Unset
        if isinstance(self.incident, Unset):
            incident = UNSET
        else:
            incident = self.incident

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if source is not UNSET:
            field_dict["source"] = source
        if author is not UNSET:
            field_dict["author"] = author
        if tier is not UNSET:
            field_dict["tier"] = tier
        if url is not UNSET:
            field_dict["url"] = url
        if text is not UNSET:
            field_dict["text"] = text
        if posted_at is not UNSET:
            field_dict["posted_at"] = posted_at
        if seen_at is not UNSET:
            field_dict["seen_at"] = seen_at
        if deleted_at is not UNSET:
            field_dict["deleted_at"] = deleted_at
        if stage is not UNSET:
            field_dict["stage"] = stage
        if relevant is not UNSET:
            field_dict["relevant"] = relevant
        if components is not UNSET:
            field_dict["components"] = components
        if reasons is not UNSET:
            field_dict["reasons"] = reasons
        if incident is not UNSET:
            field_dict["incident"] = incident

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = d.pop("id", UNSET)

        source = d.pop("source", UNSET)

        author = d.pop("author", UNSET)

        _tier = d.pop("tier", UNSET)
        tier: AnnouncementTier | Unset
        if isinstance(_tier, Unset):
            tier = UNSET
        else:
            tier = AnnouncementTier(_tier)

        url = d.pop("url", UNSET)

        text = d.pop("text", UNSET)

        _posted_at = d.pop("posted_at", UNSET)
        posted_at: datetime.datetime | Unset
        if isinstance(_posted_at, Unset):
            posted_at = UNSET
        else:
            posted_at = datetime.datetime.fromisoformat(_posted_at)

        _seen_at = d.pop("seen_at", UNSET)
        seen_at: datetime.datetime | Unset
        if isinstance(_seen_at, Unset):
            seen_at = UNSET
        else:
            seen_at = datetime.datetime.fromisoformat(_seen_at)

        def _parse_deleted_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deleted_at_type_0 = datetime.datetime.fromisoformat(data)

                return deleted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        deleted_at = _parse_deleted_at(d.pop("deleted_at", UNSET))

        stage = d.pop("stage", UNSET)

        relevant = d.pop("relevant", UNSET)

        components = cast(list[str], d.pop("components", UNSET))

        reasons = cast(list[str], d.pop("reasons", UNSET))

        def _parse_incident(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        incident = _parse_incident(d.pop("incident", UNSET))

        sparse_announcement = cls(
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

        return sparse_announcement
