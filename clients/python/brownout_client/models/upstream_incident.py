from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="UpstreamIncident")


@_attrs_define
class UpstreamIncident:
    """An incident on the page of something that the service relies on: a possible cause."""

    source: str
    """ The source of announcements, by its slug. """
    name: str
    """ What the service relies on. """
    title: str
    stage: str
    """ The last that its page said. """
    started_at: datetime.datetime
    updated_at: datetime.datetime
    ended_at: datetime.datetime | None
    """ null while it is open. """
    url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source = self.source

        name = self.name

        title = self.title

        stage = self.stage

        started_at = self.started_at.isoformat()

        updated_at = self.updated_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "source": source,
                "name": name,
                "title": title,
                "stage": stage,
                "started_at": started_at,
                "updated_at": updated_at,
                "ended_at": ended_at,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        source = d.pop("source")

        name = d.pop("name")

        title = d.pop("title")

        stage = d.pop("stage")

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        url = d.pop("url")

        upstream_incident = cls(
            source=source,
            name=name,
            title=title,
            stage=stage,
            started_at=started_at,
            updated_at=updated_at,
            ended_at=ended_at,
            url=url,
        )

        upstream_incident.additional_properties = d
        return upstream_incident

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
