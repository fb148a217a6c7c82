from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.observer_kind_enum import ObserverKindEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="SparseObserver")


@_attrs_define
class SparseObserver:
    """Only the fields that were asked for."""

    id: str | Unset = UNSET
    """ A name that doesn't identify it. """
    kind: ObserverKindEnum | Unset = UNSET
    vantage: str | Unset = UNSET
    """ The vantage it appears as in an incident's evidence. """
    trust: float | Unset = UNSET
    """ From 0 to 1, starting at 0.5. Browsers are weighted by network instead. """
    agreed: int | Unset = UNSET
    """ How often an outage it saw was confirmed by others. """
    disagreed: int | Unset = UNSET
    components: list[str] | Unset = UNSET
    """ In the last ten minutes; never of browsers. """
    countries: list[str] | Unset = UNSET
    """ In the last ten minutes; never of browsers. """
    failing_share: float | None | Unset = UNSET
    """ In the last ten minutes; null without calls and for browsers. """
    last_at: datetime.datetime | Unset = UNSET
    """ For browsers, the day (UTC) only: their loads are people's. """

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        vantage = self.vantage

        trust = self.trust

        agreed = self.agreed

        disagreed = self.disagreed

        components: list[str] | Unset = UNSET
        if not isinstance(self.components, Unset):
            components = self.components

        countries: list[str] | Unset = UNSET
        if not isinstance(self.countries, Unset):
            countries = self.countries

        failing_share: float | None | Unset
        if isinstance(self.failing_share, Unset):
            failing_share = UNSET
        else:
            failing_share = self.failing_share

        last_at: str | Unset = UNSET
        if not isinstance(self.last_at, Unset):
            last_at = self.last_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if kind is not UNSET:
            field_dict["kind"] = kind
        if vantage is not UNSET:
            field_dict["vantage"] = vantage
        if trust is not UNSET:
            field_dict["trust"] = trust
        if agreed is not UNSET:
            field_dict["agreed"] = agreed
        if disagreed is not UNSET:
            field_dict["disagreed"] = disagreed
        if components is not UNSET:
            field_dict["components"] = components
        if countries is not UNSET:
            field_dict["countries"] = countries
        if failing_share is not UNSET:
            field_dict["failing_share"] = failing_share
        if last_at is not UNSET:
            field_dict["last_at"] = last_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = d.pop("id", UNSET)

        _kind = d.pop("kind", UNSET)
        kind: ObserverKindEnum | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = ObserverKindEnum(_kind)

        vantage = d.pop("vantage", UNSET)

        trust = d.pop("trust", UNSET)

        agreed = d.pop("agreed", UNSET)

        disagreed = d.pop("disagreed", UNSET)

        components = cast(list[str], d.pop("components", UNSET))

        countries = cast(list[str], d.pop("countries", UNSET))

        def _parse_failing_share(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        failing_share = _parse_failing_share(d.pop("failing_share", UNSET))

        _last_at = d.pop("last_at", UNSET)
        last_at: datetime.datetime | Unset
        if isinstance(_last_at, Unset):
            last_at = UNSET
        else:
            last_at = datetime.datetime.fromisoformat(_last_at)

        sparse_observer = cls(
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

        return sparse_observer
