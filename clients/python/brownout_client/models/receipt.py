from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Receipt")


@_attrs_define
class Receipt:
    """The answer to a report."""

    id: UUID
    receipt: str
    """ A secret: anyone who has it can read, edit and delete the report. """
    service: str
    at: datetime.datetime
    """ The time at which the report counts. """
    counted: bool
    """ Whether the report enters the counts. """
    rule: str
    """ The rule that decided; empty if none applied. """
    message: str
    """ The rule in words. """
    repeated: bool
    """ True if you just reported the same thing; `id` is that report. """
    weight: float
    """ The report's weight, before the limits per network and provider. """
    standing: None | str
    """ For a device that keeps its standing: send this with the next report. """
    url: str
    """ The service's page. """
    status_url: str
    """ The service's status, as JSON. """
    report_url: str
    """ This report; send the receipt with the request. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        receipt = self.receipt

        service = self.service

        at = self.at.isoformat()

        counted = self.counted

        rule = self.rule

        message = self.message

        repeated = self.repeated

        weight = self.weight

        standing: None | str
        standing = self.standing

        url = self.url

        status_url = self.status_url

        report_url = self.report_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "receipt": receipt,
                "service": service,
                "at": at,
                "counted": counted,
                "rule": rule,
                "message": message,
                "repeated": repeated,
                "weight": weight,
                "standing": standing,
                "url": url,
                "status_url": status_url,
                "report_url": report_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        receipt = d.pop("receipt")

        service = d.pop("service")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        counted = d.pop("counted")

        rule = d.pop("rule")

        message = d.pop("message")

        repeated = d.pop("repeated")

        weight = d.pop("weight")

        def _parse_standing(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        standing = _parse_standing(d.pop("standing"))

        url = d.pop("url")

        status_url = d.pop("status_url")

        report_url = d.pop("report_url")

        receipt = cls(
            id=id,
            receipt=receipt,
            service=service,
            at=at,
            counted=counted,
            rule=rule,
            message=message,
            repeated=repeated,
            weight=weight,
            standing=standing,
            url=url,
            status_url=status_url,
            report_url=report_url,
        )

        receipt.additional_properties = d
        return receipt

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
