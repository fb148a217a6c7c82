from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.incident_kind import IncidentKind
from ..models.incident_state import IncidentState

if TYPE_CHECKING:
    from ..models.announcement import Announcement
    from ..models.incident_detail_params import IncidentDetailParams
    from ..models.incident_event import IncidentEvent
    from ..models.tally import Tally
    from ..models.upstream_incident import UpstreamIncident


T = TypeVar("T", bound="IncidentDetail")


@_attrs_define
class IncidentDetail:
    """An incident with its history and its evidence."""

    id: int
    number: int
    """ Number within the service, starting at 1. """
    service: str
    state: IncidentState
    kind: IncidentKind
    components: list[str]
    countries: list[str]
    regions: list[str]
    symptom: str
    confidence: float
    text: str
    """ The last change in words, in the requested language. """
    reason: str
    """ The rule that made the last change. """
    code: str
    """ Why, as a stable code: docs/api.md lists them. """
    params: IncidentDetailParams
    """ The numbers and names used in the code's sentence. """
    opened_at: datetime.datetime
    confirmed_at: datetime.datetime | None
    resolved_at: datetime.datetime | None
    updated_at: datetime.datetime
    upstream: list[str]
    """ Other services that failed before. """
    merged_into: int | None
    """ The ID of the incident it was merged into. """
    split_from: int | None
    """ The ID of the incident it was split off from. """
    headline: str
    """ A moderator's headline, if there is one. """
    url: str
    page_url: str
    tally: Tally
    """ What became of the problem reports that came in: reports + added - the sum of cuts = counted. """
    events: list[IncidentEvent]
    announcements: list[Announcement]
    upstream_incidents: list[UpstreamIncident]
    """ Of what the service relies on, open when this began or soon after: possible causes. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        number = self.number

        service = self.service

        state = self.state.value

        kind = self.kind.value

        components = self.components

        countries = self.countries

        regions = self.regions

        symptom = self.symptom

        confidence = self.confidence

        text = self.text

        reason = self.reason

        code = self.code

        params = self.params.to_dict()

        opened_at = self.opened_at.isoformat()

        confirmed_at: None | str
        if isinstance(self.confirmed_at, datetime.datetime):
            confirmed_at = self.confirmed_at.isoformat()
        else:
            confirmed_at = self.confirmed_at

        resolved_at: None | str
        if isinstance(self.resolved_at, datetime.datetime):
            resolved_at = self.resolved_at.isoformat()
        else:
            resolved_at = self.resolved_at

        updated_at = self.updated_at.isoformat()

        upstream = self.upstream

        merged_into: int | None
        merged_into = self.merged_into

        split_from: int | None
        split_from = self.split_from

        headline = self.headline

        url = self.url

        page_url = self.page_url

        tally = self.tally.to_dict()

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)

        announcements = []
        for announcements_item_data in self.announcements:
            announcements_item = announcements_item_data.to_dict()
            announcements.append(announcements_item)

        upstream_incidents = []
        for upstream_incidents_item_data in self.upstream_incidents:
            upstream_incidents_item = upstream_incidents_item_data.to_dict()
            upstream_incidents.append(upstream_incidents_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "number": number,
                "service": service,
                "state": state,
                "kind": kind,
                "components": components,
                "countries": countries,
                "regions": regions,
                "symptom": symptom,
                "confidence": confidence,
                "text": text,
                "reason": reason,
                "code": code,
                "params": params,
                "opened_at": opened_at,
                "confirmed_at": confirmed_at,
                "resolved_at": resolved_at,
                "updated_at": updated_at,
                "upstream": upstream,
                "merged_into": merged_into,
                "split_from": split_from,
                "headline": headline,
                "url": url,
                "page_url": page_url,
                "tally": tally,
                "events": events,
                "announcements": announcements,
                "upstream_incidents": upstream_incidents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.announcement import Announcement
        from ..models.incident_detail_params import IncidentDetailParams
        from ..models.incident_event import IncidentEvent
        from ..models.tally import Tally
        from ..models.upstream_incident import UpstreamIncident

        d = dict(src_dict)
        id = d.pop("id")

        number = d.pop("number")

        service = d.pop("service")

        state = IncidentState(d.pop("state"))

        kind = IncidentKind(d.pop("kind"))

        components = cast(list[str], d.pop("components"))

        countries = cast(list[str], d.pop("countries"))

        regions = cast(list[str], d.pop("regions"))

        symptom = d.pop("symptom")

        confidence = d.pop("confidence")

        text = d.pop("text")

        reason = d.pop("reason")

        code = d.pop("code")

        params = IncidentDetailParams.from_dict(d.pop("params"))

        opened_at = datetime.datetime.fromisoformat(d.pop("opened_at"))

        def _parse_confirmed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                confirmed_at_type_0 = datetime.datetime.fromisoformat(data)

                return confirmed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        confirmed_at = _parse_confirmed_at(d.pop("confirmed_at"))

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

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        upstream = cast(list[str], d.pop("upstream"))

        def _parse_merged_into(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        merged_into = _parse_merged_into(d.pop("merged_into"))

        def _parse_split_from(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        split_from = _parse_split_from(d.pop("split_from"))

        headline = d.pop("headline")

        url = d.pop("url")

        page_url = d.pop("page_url")

        tally = Tally.from_dict(d.pop("tally"))

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = IncidentEvent.from_dict(events_item_data)

            events.append(events_item)

        announcements = []
        _announcements = d.pop("announcements")
        for announcements_item_data in _announcements:
            announcements_item = Announcement.from_dict(announcements_item_data)

            announcements.append(announcements_item)

        upstream_incidents = []
        _upstream_incidents = d.pop("upstream_incidents")
        for upstream_incidents_item_data in _upstream_incidents:
            upstream_incidents_item = UpstreamIncident.from_dict(upstream_incidents_item_data)

            upstream_incidents.append(upstream_incidents_item)

        incident_detail = cls(
            id=id,
            number=number,
            service=service,
            state=state,
            kind=kind,
            components=components,
            countries=countries,
            regions=regions,
            symptom=symptom,
            confidence=confidence,
            text=text,
            reason=reason,
            code=code,
            params=params,
            opened_at=opened_at,
            confirmed_at=confirmed_at,
            resolved_at=resolved_at,
            updated_at=updated_at,
            upstream=upstream,
            merged_into=merged_into,
            split_from=split_from,
            headline=headline,
            url=url,
            page_url=page_url,
            tally=tally,
            events=events,
            announcements=announcements,
            upstream_incidents=upstream_incidents,
        )

        incident_detail.additional_properties = d
        return incident_detail

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
