from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.observer_kind_enum import ObserverKindEnum

T = TypeVar("T", bound="Observer")


@_attrs_define
class Observer:
    """An outside observer of a service. Its weight depends on how often it was right."""

    id: str
    """ A name that doesn't identify it. """
    kind: ObserverKindEnum
    vantage: str
    """ The vantage it appears as in an incident's evidence. """
    trust: float
    """ From 0 to 1, starting at 0.5. Browsers are weighted by network instead. """
    agreed: int
    """ How often an outage it saw was confirmed by others. """
    disagreed: int
    components: list[str]
    """ In the last ten minutes; never of browsers. """
    countries: list[str]
    """ In the last ten minutes; never of browsers. """
    failing_share: float | None
    """ In the last ten minutes; null without calls and for browsers. """
    last_at: datetime.datetime
    """ For browsers, the day (UTC) only: their loads are people's. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind = self.kind.value

        vantage = self.vantage

        trust = self.trust

        agreed = self.agreed

        disagreed = self.disagreed

        components = self.components

        countries = self.countries

        failing_share: float | None
        failing_share = self.failing_share

        last_at = self.last_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "vantage": vantage,
                "trust": trust,
                "agreed": agreed,
                "disagreed": disagreed,
                "components": components,
                "countries": countries,
                "failing_share": failing_share,
                "last_at": last_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = d.pop("id")

        kind = ObserverKindEnum(d.pop("kind"))

        vantage = d.pop("vantage")

        trust = d.pop("trust")

        agreed = d.pop("agreed")

        disagreed = d.pop("disagreed")

        components = cast(list[str], d.pop("components"))

        countries = cast(list[str], d.pop("countries"))

        def _parse_failing_share(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        failing_share = _parse_failing_share(d.pop("failing_share"))

        last_at = datetime.datetime.fromisoformat(d.pop("last_at"))

        observer = cls(
            id=id,
            kind=kind,
            vantage=vantage,
            trust=trust,
            agreed=agreed,
            disagreed=disagreed,
            components=components,
            countries=countries,
            failing_share=failing_share,
            last_at=last_at,
        )

        observer.additional_properties = d
        return observer

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
