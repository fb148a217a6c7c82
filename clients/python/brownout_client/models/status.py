from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.verdict_enum import VerdictEnum

if TYPE_CHECKING:
    from ..models.evidence import Evidence
    from ..models.incident import Incident
    from ..models.tally import Tally
    from ..models.upstream_incident import UpstreamIncident


T = TypeVar("T", bound="Status")


@_attrs_define
class Status:
    """A service's verdict with its numbers."""

    service: str
    name: str
    verdict: VerdictEnum
    ok: bool | None
    """ null if the state is unknown: never treat it as working. """
    confidence: float
    sentence: str
    reports_30m: int
    expected_30m: float
    working_30m: int
    """ Reports that the service works. """
    recovered_30m: int
    """ Reports that the service works again. """
    tally_30m: Tally
    """ What became of the problem reports that came in: reports + added - the sum of cuts = counted. """
    at: datetime.datetime
    """ The time this status is for. """
    as_of: datetime.datetime | None
    """ The end of the last minute that was monitored. """
    stale: bool
    """ True if that is more than two minutes before `at`. """
    missing_30m: int
    """ Minutes of the last half hour that could not be counted; none of the numbers include them. """
    evidence: list[Evidence]
    incidents: list[Incident]
    upstream_incidents: list[UpstreamIncident]
    """ Open now on the pages of what the service relies on: possible causes. """
    url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        service = self.service

        name = self.name

        verdict = self.verdict.value

        ok: bool | None
        ok = self.ok

        confidence = self.confidence

        sentence = self.sentence

        reports_30m = self.reports_30m

        expected_30m = self.expected_30m

        working_30m = self.working_30m

        recovered_30m = self.recovered_30m

        tally_30m = self.tally_30m.to_dict()

        at = self.at.isoformat()

        as_of: None | str
        if isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        stale = self.stale

        missing_30m = self.missing_30m

        evidence = []
        for evidence_item_data in self.evidence:
            evidence_item = evidence_item_data.to_dict()
            evidence.append(evidence_item)

        incidents = []
        for incidents_item_data in self.incidents:
            incidents_item = incidents_item_data.to_dict()
            incidents.append(incidents_item)

        upstream_incidents = []
        for upstream_incidents_item_data in self.upstream_incidents:
            upstream_incidents_item = upstream_incidents_item_data.to_dict()
            upstream_incidents.append(upstream_incidents_item)

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "service": service,
                "name": name,
                "verdict": verdict,
                "ok": ok,
                "confidence": confidence,
                "sentence": sentence,
                "reports_30m": reports_30m,
                "expected_30m": expected_30m,
                "working_30m": working_30m,
                "recovered_30m": recovered_30m,
                "tally_30m": tally_30m,
                "at": at,
                "as_of": as_of,
                "stale": stale,
                "missing_30m": missing_30m,
                "evidence": evidence,
                "incidents": incidents,
                "upstream_incidents": upstream_incidents,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.evidence import Evidence
        from ..models.incident import Incident
        from ..models.tally import Tally
        from ..models.upstream_incident import UpstreamIncident

        d = dict(src_dict)
        service = d.pop("service")

        name = d.pop("name")

        verdict = VerdictEnum(d.pop("verdict"))

        def _parse_ok(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        ok = _parse_ok(d.pop("ok"))

        confidence = d.pop("confidence")

        sentence = d.pop("sentence")

        reports_30m = d.pop("reports_30m")

        expected_30m = d.pop("expected_30m")

        working_30m = d.pop("working_30m")

        recovered_30m = d.pop("recovered_30m")

        tally_30m = Tally.from_dict(d.pop("tally_30m"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        def _parse_as_of(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                as_of_type_0 = datetime.datetime.fromisoformat(data)

                return as_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        as_of = _parse_as_of(d.pop("as_of"))

        stale = d.pop("stale")

        missing_30m = d.pop("missing_30m")

        evidence = []
        _evidence = d.pop("evidence")
        for evidence_item_data in _evidence:
            evidence_item = Evidence.from_dict(evidence_item_data)

            evidence.append(evidence_item)

        incidents = []
        _incidents = d.pop("incidents")
        for incidents_item_data in _incidents:
            incidents_item = Incident.from_dict(incidents_item_data)

            incidents.append(incidents_item)

        upstream_incidents = []
        _upstream_incidents = d.pop("upstream_incidents")
        for upstream_incidents_item_data in _upstream_incidents:
            upstream_incidents_item = UpstreamIncident.from_dict(upstream_incidents_item_data)

            upstream_incidents.append(upstream_incidents_item)

        url = d.pop("url")

        status = cls(
            service=service,
            name=name,
            verdict=verdict,
            ok=ok,
            confidence=confidence,
            sentence=sentence,
            reports_30m=reports_30m,
            expected_30m=expected_30m,
            working_30m=working_30m,
            recovered_30m=recovered_30m,
            tally_30m=tally_30m,
            at=at,
            as_of=as_of,
            stale=stale,
            missing_30m=missing_30m,
            evidence=evidence,
            incidents=incidents,
            upstream_incidents=upstream_incidents,
            url=url,
        )

        status.additional_properties = d
        return status

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
