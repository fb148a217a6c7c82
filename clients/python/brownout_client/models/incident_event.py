from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.incident_state import IncidentState

if TYPE_CHECKING:
    from ..models.incident_event_params import IncidentEventParams
    from ..models.term import Term


T = TypeVar("T", bound="IncidentEvent")


@_attrs_define
class IncidentEvent:
    """A change of an incident, with the evidence at that moment."""

    at: datetime.datetime
    """ When it first became public. """
    frm: str
    """ The state before; empty at the opening. """
    to: IncidentState
    reason: str
    """ The rule that made the change. """
    code: str
    """ Why, as a stable code: docs/api.md lists them. """
    params: IncidentEventParams
    """ The numbers and names used in the code's sentence. """
    text: str
    """ The change in words, in the requested language. """
    confidence: float
    components: list[str]
    countries: list[str]
    regions: list[str]
    symptom: str
    evidence: list[Term]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        frm = self.frm

        to = self.to.value

        reason = self.reason

        code = self.code

        params = self.params.to_dict()

        text = self.text

        confidence = self.confidence

        components = self.components

        countries = self.countries

        regions = self.regions

        symptom = self.symptom

        evidence = []
        for evidence_item_data in self.evidence:
            evidence_item = evidence_item_data.to_dict()
            evidence.append(evidence_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "frm": frm,
                "to": to,
                "reason": reason,
                "code": code,
                "params": params,
                "text": text,
                "confidence": confidence,
                "components": components,
                "countries": countries,
                "regions": regions,
                "symptom": symptom,
                "evidence": evidence,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.incident_event_params import IncidentEventParams
        from ..models.term import Term

        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        frm = d.pop("frm")

        to = IncidentState(d.pop("to"))

        reason = d.pop("reason")

        code = d.pop("code")

        params = IncidentEventParams.from_dict(d.pop("params"))

        text = d.pop("text")

        confidence = d.pop("confidence")

        components = cast(list[str], d.pop("components"))

        countries = cast(list[str], d.pop("countries"))

        regions = cast(list[str], d.pop("regions"))

        symptom = d.pop("symptom")

        evidence = []
        _evidence = d.pop("evidence")
        for evidence_item_data in _evidence:
            evidence_item = Term.from_dict(evidence_item_data)

            evidence.append(evidence_item)

        incident_event = cls(
            at=at,
            frm=frm,
            to=to,
            reason=reason,
            code=code,
            params=params,
            text=text,
            confidence=confidence,
            components=components,
            countries=countries,
            regions=regions,
            symptom=symptom,
            evidence=evidence,
        )

        incident_event.additional_properties = d
        return incident_event

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
