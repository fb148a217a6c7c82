from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.incident_kind import IncidentKind
from ..models.incident_state import IncidentState
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.sparse_incident_params import SparseIncidentParams


T = TypeVar("T", bound="SparseIncident")


@_attrs_define
class SparseIncident:
    """Only the fields that were asked for."""

    id: int | Unset = UNSET
    number: int | Unset = UNSET
    """ Number within the service, starting at 1. """
    service: str | Unset = UNSET
    state: IncidentState | Unset = UNSET
    kind: IncidentKind | Unset = UNSET
    components: list[str] | Unset = UNSET
    countries: list[str] | Unset = UNSET
    regions: list[str] | Unset = UNSET
    symptom: str | Unset = UNSET
    confidence: float | Unset = UNSET
    text: str | Unset = UNSET
    """ The last change in words, in the requested language. """
    reason: str | Unset = UNSET
    """ The rule that made the last change. """
    code: str | Unset = UNSET
    """ Why, as a stable code: docs/api.md lists them. """
    params: SparseIncidentParams | Unset = UNSET
    """ The numbers and names used in the code's sentence. """
    opened_at: datetime.datetime | Unset = UNSET
    confirmed_at: datetime.datetime | None | Unset = UNSET
    resolved_at: datetime.datetime | None | Unset = UNSET
    updated_at: datetime.datetime | Unset = UNSET
    upstream: list[str] | Unset = UNSET
    """ Other services that failed before. """
    merged_into: int | None | Unset = UNSET
    """ The ID of the incident it was merged into. """
    split_from: int | None | Unset = UNSET
    """ The ID of the incident it was split off from. """
    headline: str | Unset = UNSET
    """ A moderator's headline, if there is one. """
    url: str | Unset = UNSET
    page_url: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        number = self.number

        service = self.service

        state: str | Unset = UNSET
        if not isinstance(self.state, Unset):
            state = self.state.value

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        components: list[str] | Unset = UNSET
        if not isinstance(self.components, Unset):
            components = self.components

        countries: list[str] | Unset = UNSET
        if not isinstance(self.countries, Unset):
            countries = self.countries

        regions: list[str] | Unset = UNSET
        if not isinstance(self.regions, Unset):
            regions = self.regions

        symptom = self.symptom

        confidence = self.confidence

        text = self.text

        reason = self.reason

        code = self.code

        params: dict[str, Any] | Unset = UNSET
        if not isinstance(self.params, Unset):
            params = self.params.to_dict()

        opened_at: str | Unset = UNSET
        if not isinstance(self.opened_at, Unset):
            opened_at = self.opened_at.isoformat()

        confirmed_at: None | str | Unset
        if isinstance(self.confirmed_at, Unset):
            confirmed_at = UNSET
        elif isinstance(self.confirmed_at, datetime.datetime):
            confirmed_at = self.confirmed_at.isoformat()
        else:
            confirmed_at = self.confirmed_at

        resolved_at: None | str | Unset
        if isinstance(self.resolved_at, Unset):
            resolved_at = UNSET
        elif isinstance(self.resolved_at, datetime.datetime):
            resolved_at = self.resolved_at.isoformat()
        else:
            resolved_at = self.resolved_at

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = self.updated_at.isoformat()

        upstream: list[str] | Unset = UNSET
        if not isinstance(self.upstream, Unset):
            upstream = self.upstream

        merged_into: int | None | Unset
        if isinstance(self.merged_into, Unset):
            merged_into = UNSET
        else:
            merged_into = self.merged_into

        split_from: int | None | Unset
        if isinstance(self.split_from, Unset):
            split_from = UNSET
        else:
            split_from = self.split_from

        headline = self.headline

        url = self.url

        page_url = self.page_url

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if number is not UNSET:
            field_dict["number"] = number
        if service is not UNSET:
            field_dict["service"] = service
        if state is not UNSET:
            field_dict["state"] = state
        if kind is not UNSET:
            field_dict["kind"] = kind
        if components is not UNSET:
            field_dict["components"] = components
        if countries is not UNSET:
            field_dict["countries"] = countries
        if regions is not UNSET:
            field_dict["regions"] = regions
        if symptom is not UNSET:
            field_dict["symptom"] = symptom
        if confidence is not UNSET:
            field_dict["confidence"] = confidence
        if text is not UNSET:
            field_dict["text"] = text
        if reason is not UNSET:
            field_dict["reason"] = reason
        if code is not UNSET:
            field_dict["code"] = code
        if params is not UNSET:
            field_dict["params"] = params
        if opened_at is not UNSET:
            field_dict["opened_at"] = opened_at
        if confirmed_at is not UNSET:
            field_dict["confirmed_at"] = confirmed_at
        if resolved_at is not UNSET:
            field_dict["resolved_at"] = resolved_at
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at
        if upstream is not UNSET:
            field_dict["upstream"] = upstream
        if merged_into is not UNSET:
            field_dict["merged_into"] = merged_into
        if split_from is not UNSET:
            field_dict["split_from"] = split_from
        if headline is not UNSET:
            field_dict["headline"] = headline
        if url is not UNSET:
            field_dict["url"] = url
        if page_url is not UNSET:
            field_dict["page_url"] = page_url

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.sparse_incident_params import SparseIncidentParams

        d = dict(src_dict)
        id = d.pop("id", UNSET)

        number = d.pop("number", UNSET)

        service = d.pop("service", UNSET)

        _state = d.pop("state", UNSET)
        state: IncidentState | Unset
        if isinstance(_state, Unset):
            state = UNSET
        else:
            state = IncidentState(_state)

        _kind = d.pop("kind", UNSET)
        kind: IncidentKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = IncidentKind(_kind)

        components = cast(list[str], d.pop("components", UNSET))

        countries = cast(list[str], d.pop("countries", UNSET))

        regions = cast(list[str], d.pop("regions", UNSET))

        symptom = d.pop("symptom", UNSET)

        confidence = d.pop("confidence", UNSET)

        text = d.pop("text", UNSET)

        reason = d.pop("reason", UNSET)

        code = d.pop("code", UNSET)

        _params = d.pop("params", UNSET)
        params: SparseIncidentParams | Unset
        if isinstance(_params, Unset):
            params = UNSET
        else:
            params = SparseIncidentParams.from_dict(_params)

        _opened_at = d.pop("opened_at", UNSET)
        opened_at: datetime.datetime | Unset
        if isinstance(_opened_at, Unset):
            opened_at = UNSET
        else:
            opened_at = datetime.datetime.fromisoformat(_opened_at)

        def _parse_confirmed_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                confirmed_at_type_0 = datetime.datetime.fromisoformat(data)

                return confirmed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        confirmed_at = _parse_confirmed_at(d.pop("confirmed_at", UNSET))

        def _parse_resolved_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolved_at_type_0 = datetime.datetime.fromisoformat(data)

                return resolved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        resolved_at = _parse_resolved_at(d.pop("resolved_at", UNSET))

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = datetime.datetime.fromisoformat(_updated_at)

        upstream = cast(list[str], d.pop("upstream", UNSET))

        def _parse_merged_into(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        merged_into = _parse_merged_into(d.pop("merged_into", UNSET))

        def _parse_split_from(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        split_from = _parse_split_from(d.pop("split_from", UNSET))

        headline = d.pop("headline", UNSET)

        url = d.pop("url", UNSET)

        page_url = d.pop("page_url", UNSET)

        sparse_incident = cls(
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
        )

        return sparse_incident
