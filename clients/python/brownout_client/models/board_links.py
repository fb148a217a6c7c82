from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BoardLinks")


@_attrs_define
class BoardLinks:
    """The same board in other forms."""

    page: str
    stream: str
    atom: str
    rss: str
    json_feed: str
    calendar: str
    badge: str
    shields: str
    statuspage: str
    """ The page URL, for Statuspage clients. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        page = self.page

        stream = self.stream

        atom = self.atom

        rss = self.rss

        json_feed = self.json_feed

        calendar = self.calendar

        badge = self.badge

        shields = self.shields

        statuspage = self.statuspage

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "page": page,
                "stream": stream,
                "atom": atom,
                "rss": rss,
                "json_feed": json_feed,
                "calendar": calendar,
                "badge": badge,
                "shields": shields,
                "statuspage": statuspage,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        page = d.pop("page")

        stream = d.pop("stream")

        atom = d.pop("atom")

        rss = d.pop("rss")

        json_feed = d.pop("json_feed")

        calendar = d.pop("calendar")

        badge = d.pop("badge")

        shields = d.pop("shields")

        statuspage = d.pop("statuspage")

        board_links = cls(
            page=page,
            stream=stream,
            atom=atom,
            rss=rss,
            json_feed=json_feed,
            calendar=calendar,
            badge=badge,
            shields=shields,
            statuspage=statuspage,
        )

        board_links.additional_properties = d
        return board_links

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
