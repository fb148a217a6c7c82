from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.tally_cuts import TallyCuts


T = TypeVar("T", bound="Tally")


@_attrs_define
class Tally:
    """What became of the problem reports that came in: reports + added - the sum of cuts = counted."""

    reports: int
    """ All reports received. """
    counted: int
    """ How many were counted. """
    cuts: TallyCuts
    """ How many did not count, by cause: `same-network`, `same-origin` (provider), `same-reporter`, `weight` (of
    reporters who were often wrong), `held`, `rejected` (by a rule against abuse) and `late`. """
    added: int
    """ Extra weight from reporters who were often right. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        reports = self.reports

        counted = self.counted

        cuts = self.cuts.to_dict()

        added = self.added

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "reports": reports,
                "counted": counted,
                "cuts": cuts,
                "added": added,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.tally_cuts import TallyCuts

        d = dict(src_dict)
        reports = d.pop("reports")

        counted = d.pop("counted")

        cuts = TallyCuts.from_dict(d.pop("cuts"))

        added = d.pop("added")

        tally = cls(
            reports=reports,
            counted=counted,
            cuts=cuts,
            added=added,
        )

        tally.additional_properties = d
        return tally

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
