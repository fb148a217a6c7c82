from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.verdict_enum import VerdictEnum

if TYPE_CHECKING:
    from ..models.board_links import BoardLinks
    from ..models.board_part import BoardPart
    from ..models.incident import Incident


T = TypeVar("T", bound="Board")


@_attrs_define
class Board:
    """Services and components side by side, and the worst that is said of any of them."""

    of: str
    verdict: VerdictEnum
    ok: bool | None
    """ true only if all parts are ok; null if nothing is wrong but some are unknown. """
    at: datetime.datetime
    """ The requested time. """
    parts: list[BoardPart]
    incidents: list[Incident]
    """ Open incidents that affect a part, newest first. """
    links: BoardLinks
    """ The same board in other forms. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        of = self.of

        verdict = self.verdict.value

        ok: bool | None
        ok = self.ok

        at = self.at.isoformat()

        parts = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        incidents = []
        for incidents_item_data in self.incidents:
            incidents_item = incidents_item_data.to_dict()
            incidents.append(incidents_item)

        links = self.links.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "of": of,
                "verdict": verdict,
                "ok": ok,
                "at": at,
                "parts": parts,
                "incidents": incidents,
                "links": links,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.board_links import BoardLinks
        from ..models.board_part import BoardPart
        from ..models.incident import Incident

        d = dict(src_dict)
        of = d.pop("of")

        verdict = VerdictEnum(d.pop("verdict"))

        def _parse_ok(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        ok = _parse_ok(d.pop("ok"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        parts = []
        _parts = d.pop("parts")
        for parts_item_data in _parts:
            parts_item = BoardPart.from_dict(parts_item_data)

            parts.append(parts_item)

        incidents = []
        _incidents = d.pop("incidents")
        for incidents_item_data in _incidents:
            incidents_item = Incident.from_dict(incidents_item_data)

            incidents.append(incidents_item)

        links = BoardLinks.from_dict(d.pop("links"))

        board = cls(
            of=of,
            verdict=verdict,
            ok=ok,
            at=at,
            parts=parts,
            incidents=incidents,
            links=links,
        )

        board.additional_properties = d
        return board

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
