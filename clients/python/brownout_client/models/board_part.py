from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.verdict_enum import VerdictEnum

T = TypeVar("T", bound="BoardPart")


@_attrs_define
class BoardPart:
    """A service or a component of a board. A component's verdict comes from the incidents that touch it."""

    of: str
    """ As named in `of`. """
    service: str
    component: str
    """ Empty for the service as a whole. """
    name: str
    verdict: VerdictEnum
    ok: bool | None
    """ null if the state is unknown: never treat it as working. """
    as_of: datetime.datetime | None
    """ The end of the last minute that was monitored. """
    stale: bool
    """ True if that is more than two minutes before `at`. """
    since: datetime.datetime | None
    """ When its most serious incident opened. """
    url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        of = self.of

        service = self.service

        component = self.component

        name = self.name

        verdict = self.verdict.value

        ok: bool | None
        ok = self.ok

        as_of: None | str
        if isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        stale = self.stale

        since: None | str
        if isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "of": of,
                "service": service,
                "component": component,
                "name": name,
                "verdict": verdict,
                "ok": ok,
                "as_of": as_of,
                "stale": stale,
                "since": since,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        of = d.pop("of")

        service = d.pop("service")

        component = d.pop("component")

        name = d.pop("name")

        verdict = VerdictEnum(d.pop("verdict"))

        def _parse_ok(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        ok = _parse_ok(d.pop("ok"))

        def _parse_as_of(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                as_of_type_0 = datetime.datetime.fromisoformat(data)

                return as_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        as_of = _parse_as_of(d.pop("as_of"))

        stale = d.pop("stale")

        def _parse_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.datetime.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        since = _parse_since(d.pop("since"))

        url = d.pop("url")

        board_part = cls(
            of=of,
            service=service,
            component=component,
            name=name,
            verdict=verdict,
            ok=ok,
            as_of=as_of,
            stale=stale,
            since=since,
            url=url,
        )

        board_part.additional_properties = d
        return board_part

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
