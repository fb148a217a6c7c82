from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.guide_causes import GuideCauses


T = TypeVar("T", bound="Guide")


@_attrs_define
class Guide:
    """What a symptom means and what to do."""

    meaning: str
    causes: GuideCauses
    stops: list[str]
    steps: list[str]
    avoid: list[str]
    permanent: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        meaning = self.meaning

        causes = self.causes.to_dict()

        stops = self.stops

        steps = self.steps

        avoid = self.avoid

        permanent = self.permanent

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "meaning": meaning,
                "causes": causes,
                "stops": stops,
                "steps": steps,
                "avoid": avoid,
                "permanent": permanent,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.guide_causes import GuideCauses

        d = dict(src_dict)
        meaning = d.pop("meaning")

        causes = GuideCauses.from_dict(d.pop("causes"))

        stops = cast(list[str], d.pop("stops"))

        steps = cast(list[str], d.pop("steps"))

        avoid = cast(list[str], d.pop("avoid"))

        permanent = d.pop("permanent")

        guide = cls(
            meaning=meaning,
            causes=causes,
            stops=stops,
            steps=steps,
            avoid=avoid,
            permanent=permanent,
        )

        guide.additional_properties = d
        return guide

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
