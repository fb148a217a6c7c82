from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.notice_evidence_kind import NoticeEvidenceKind

T = TypeVar("T", bound="NoticeEvidence")


@_attrs_define
class NoticeEvidence:
    """One piece of evidence."""

    kind: NoticeEvidenceKind
    text: str
    nats: float | None
    """ Weight as the natural logarithm of the odds. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        text = self.text

        nats: float | None
        nats = self.nats

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "text": text,
                "nats": nats,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        kind = NoticeEvidenceKind(d.pop("kind"))

        text = d.pop("text")

        def _parse_nats(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        nats = _parse_nats(d.pop("nats"))

        notice_evidence = cls(
            kind=kind,
            text=text,
            nats=nats,
        )

        notice_evidence.additional_properties = d
        return notice_evidence

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
