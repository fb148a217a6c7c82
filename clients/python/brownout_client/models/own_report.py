from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.report_kind import ReportKind
from ..types import UNSET, Unset

T = TypeVar("T", bound="OwnReport")


@_attrs_define
class OwnReport:
    """A report as its reporter sees it. What is kept of the network is not shown."""

    id: UUID
    service: str
    component: str
    kind: ReportKind
    country: str
    region: str
    platform: str
    error_code: str
    note: str
    occurred_at: datetime.datetime
    received_at: datetime.datetime
    counted: bool
    rule: str
    corrected_at: datetime.datetime | None
    withdrawn_at: datetime.datetime | None
    symptom: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        service = self.service

        component = self.component

        kind = self.kind.value

        country = self.country

        region = self.region

        platform = self.platform

        error_code = self.error_code

        note = self.note

        occurred_at = self.occurred_at.isoformat()

        received_at = self.received_at.isoformat()

        counted = self.counted

        rule = self.rule

        corrected_at: None | str
        if isinstance(self.corrected_at, datetime.datetime):
            corrected_at = self.corrected_at.isoformat()
        else:
            corrected_at = self.corrected_at

        withdrawn_at: None | str
        if isinstance(self.withdrawn_at, datetime.datetime):
            withdrawn_at = self.withdrawn_at.isoformat()
        else:
            withdrawn_at = self.withdrawn_at

        symptom: None | str | Unset
        if isinstance(self.symptom, Unset):
            symptom = UNSET
        else:
            symptom = self.symptom

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "service": service,
                "component": component,
                "kind": kind,
                "country": country,
                "region": region,
                "platform": platform,
                "error_code": error_code,
                "note": note,
                "occurred_at": occurred_at,
                "received_at": received_at,
                "counted": counted,
                "rule": rule,
                "corrected_at": corrected_at,
                "withdrawn_at": withdrawn_at,
            }
        )
        if symptom is not UNSET:
            field_dict["symptom"] = symptom

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        service = d.pop("service")

        component = d.pop("component")

        kind = ReportKind(d.pop("kind"))

        country = d.pop("country")

        region = d.pop("region")

        platform = d.pop("platform")

        error_code = d.pop("error_code")

        note = d.pop("note")

        occurred_at = datetime.datetime.fromisoformat(d.pop("occurred_at"))

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        counted = d.pop("counted")

        rule = d.pop("rule")

        def _parse_corrected_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                corrected_at_type_0 = datetime.datetime.fromisoformat(data)

                return corrected_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        corrected_at = _parse_corrected_at(d.pop("corrected_at"))

        def _parse_withdrawn_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                withdrawn_at_type_0 = datetime.datetime.fromisoformat(data)

                return withdrawn_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        withdrawn_at = _parse_withdrawn_at(d.pop("withdrawn_at"))

        def _parse_symptom(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        symptom = _parse_symptom(d.pop("symptom", UNSET))

        own_report = cls(
            id=id,
            service=service,
            component=component,
            kind=kind,
            country=country,
            region=region,
            platform=platform,
            error_code=error_code,
            note=note,
            occurred_at=occurred_at,
            received_at=received_at,
            counted=counted,
            rule=rule,
            corrected_at=corrected_at,
            withdrawn_at=withdrawn_at,
            symptom=symptom,
        )

        own_report.additional_properties = d
        return own_report

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
