from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.incident_notice_data_kind import IncidentNoticeDataKind
from ..models.incident_notice_data_state import IncidentNoticeDataState

if TYPE_CHECKING:
    from ..models.incident_notice_data_params import IncidentNoticeDataParams
    from ..models.notice_evidence import NoticeEvidence


T = TypeVar("T", bound="IncidentNoticeData")


@_attrs_define
class IncidentNoticeData:
    """The incident as of the event that the alert is about."""

    title: str
    """ The alert in one line, for people. """
    subscription: UUID
    service: str
    incident: int
    """ Its id: /api/v1/incidents/{id}. """
    number: int
    """ Number within the service, starting at 1. """
    kind: IncidentNoticeDataKind
    state: IncidentNoticeDataState
    outage: int
    """ 2 or more: it had ended and came back, so a new alert is sent. """
    components: list[str]
    countries: list[str]
    """ If `regions` is empty too: all places. """
    regions: list[str]
    symptom: str
    headline: str
    """ A moderator's one-line headline, if there is one. """
    confidence: float
    reason: str
    """ The rule that made the change. """
    code: str
    """ Why, as a stable code: docs/api.md lists them. """
    params: IncidentNoticeDataParams
    """ The numbers and names used in the code's sentence. """
    text: str
    """ The change in words. """
    evidence: list[NoticeEvidence]
    opened_at: datetime.datetime
    at: datetime.datetime
    """ When the change first became public. """
    resolved_at: datetime.datetime | None
    merged_into: int | None
    """ For state `merged`: the number of the incident that continues. """
    url: str
    page_url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        subscription = str(self.subscription)

        service = self.service

        incident = self.incident

        number = self.number

        kind = self.kind.value

        state = self.state.value

        outage = self.outage

        components = self.components

        countries = self.countries

        regions = self.regions

        symptom = self.symptom

        headline = self.headline

        confidence = self.confidence

        reason = self.reason

        code = self.code

        params = self.params.to_dict()

        text = self.text

        evidence = []
        for evidence_item_data in self.evidence:
            evidence_item = evidence_item_data.to_dict()
            evidence.append(evidence_item)

        opened_at = self.opened_at.isoformat()

        at = self.at.isoformat()

        resolved_at: None | str
        if isinstance(self.resolved_at, datetime.datetime):
            resolved_at = self.resolved_at.isoformat()
        else:
            resolved_at = self.resolved_at

        merged_into: int | None
        merged_into = self.merged_into

        url = self.url

        page_url = self.page_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "title": title,
                "subscription": subscription,
                "service": service,
                "incident": incident,
                "number": number,
                "kind": kind,
                "state": state,
                "outage": outage,
                "components": components,
                "countries": countries,
                "regions": regions,
                "symptom": symptom,
                "headline": headline,
                "confidence": confidence,
                "reason": reason,
                "code": code,
                "params": params,
                "text": text,
                "evidence": evidence,
                "opened_at": opened_at,
                "at": at,
                "resolved_at": resolved_at,
                "merged_into": merged_into,
                "url": url,
                "page_url": page_url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.incident_notice_data_params import IncidentNoticeDataParams
        from ..models.notice_evidence import NoticeEvidence

        d = dict(src_dict)
        title = d.pop("title")

        subscription = UUID(d.pop("subscription"))

        service = d.pop("service")

        incident = d.pop("incident")

        number = d.pop("number")

        kind = IncidentNoticeDataKind(d.pop("kind"))

        state = IncidentNoticeDataState(d.pop("state"))

        outage = d.pop("outage")

        components = cast(list[str], d.pop("components"))

        countries = cast(list[str], d.pop("countries"))

        regions = cast(list[str], d.pop("regions"))

        symptom = d.pop("symptom")

        headline = d.pop("headline")

        confidence = d.pop("confidence")

        reason = d.pop("reason")

        code = d.pop("code")

        params = IncidentNoticeDataParams.from_dict(d.pop("params"))

        text = d.pop("text")

        evidence = []
        _evidence = d.pop("evidence")
        for evidence_item_data in _evidence:
            evidence_item = NoticeEvidence.from_dict(evidence_item_data)

            evidence.append(evidence_item)

        opened_at = datetime.datetime.fromisoformat(d.pop("opened_at"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        def _parse_resolved_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolved_at_type_0 = datetime.datetime.fromisoformat(data)

                return resolved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        resolved_at = _parse_resolved_at(d.pop("resolved_at"))

        def _parse_merged_into(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        merged_into = _parse_merged_into(d.pop("merged_into"))

        url = d.pop("url")

        page_url = d.pop("page_url")

        incident_notice_data = cls(
            title=title,
            subscription=subscription,
            service=service,
            incident=incident,
            number=number,
            kind=kind,
            state=state,
            outage=outage,
            components=components,
            countries=countries,
            regions=regions,
            symptom=symptom,
            headline=headline,
            confidence=confidence,
            reason=reason,
            code=code,
            params=params,
            text=text,
            evidence=evidence,
            opened_at=opened_at,
            at=at,
            resolved_at=resolved_at,
            merged_into=merged_into,
            url=url,
            page_url=page_url,
        )

        incident_notice_data.additional_properties = d
        return incident_notice_data

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
