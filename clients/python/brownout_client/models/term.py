from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.term_kind import TermKind

if TYPE_CHECKING:
    from ..models.term_detail import TermDetail


T = TypeVar("T", bound="Term")


@_attrs_define
class Term:
    """One piece of evidence: what was seen, what was expected, and its weight in nats."""

    kind: TermKind
    name: str
    nats: float
    """ Weight as the natural logarithm of the odds; negative weights count against. """
    text: str
    """ In the requested language. """
    seen: float | None
    expected: float | None
    component: str
    place: str
    detail: TermDetail
    """ The numbers and IDs it is based on. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        name = self.name

        nats = self.nats

        text = self.text

        seen: float | None
        seen = self.seen

        expected: float | None
        expected = self.expected

        component = self.component

        place = self.place

        detail = self.detail.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "name": name,
                "nats": nats,
                "text": text,
                "seen": seen,
                "expected": expected,
                "component": component,
                "place": place,
                "detail": detail,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.term_detail import TermDetail

        d = dict(src_dict)
        kind = TermKind(d.pop("kind"))

        name = d.pop("name")

        nats = d.pop("nats")

        text = d.pop("text")

        def _parse_seen(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        seen = _parse_seen(d.pop("seen"))

        def _parse_expected(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        expected = _parse_expected(d.pop("expected"))

        component = d.pop("component")

        place = d.pop("place")

        detail = TermDetail.from_dict(d.pop("detail"))

        term = cls(
            kind=kind,
            name=name,
            nats=nats,
            text=text,
            seen=seen,
            expected=expected,
            component=component,
            place=place,
            detail=detail,
        )

        term.additional_properties = d
        return term

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
