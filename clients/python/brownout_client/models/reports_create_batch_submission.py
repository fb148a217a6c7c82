from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.reports_create_batch_submission_kind import (
    ReportsCreateBatchSubmissionKind,
)
from ..models.reports_create_batch_submission_platform_type_0 import (
    ReportsCreateBatchSubmissionPlatformType0,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="ReportsCreateBatchSubmission")


@_attrs_define
class ReportsCreateBatchSubmission:
    """One report, as it was sent. "" means the same as null."""

    service: str
    """ The service's slug; /api/v1/services lists them. """
    component: None | str | Unset = UNSET
    symptom: None | str | Unset = UNSET
    kind: ReportsCreateBatchSubmissionKind | Unset = ReportsCreateBatchSubmissionKind.PROBLEM
    """ What you say of the component: it fails, it works for you, or it works again. """
    country: None | str | Unset = UNSET
    region: None | str | Unset = UNSET
    lat: float | None | Unset = UNSET
    lon: float | None | Unset = UNSET
    error_code: None | str | Unset = UNSET
    platform: None | ReportsCreateBatchSubmissionPlatformType0 | Unset = UNSET
    occurred_at: datetime.datetime | None | Unset = UNSET
    note: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        service = self.service

        component: None | str | Unset
        if isinstance(self.component, Unset):
            component = UNSET
        else:
            component = self.component

        symptom: None | str | Unset
        if isinstance(self.symptom, Unset):
            symptom = UNSET
        else:
            symptom = self.symptom

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        country: None | str | Unset
        if isinstance(self.country, Unset):
            country = UNSET
        else:
            country = self.country

        region: None | str | Unset
        if isinstance(self.region, Unset):
            region = UNSET
        else:
            region = self.region

        lat: float | None | Unset
        if isinstance(self.lat, Unset):
            lat = UNSET
        else:
            lat = self.lat

        lon: float | None | Unset
        if isinstance(self.lon, Unset):
            lon = UNSET
        else:
            lon = self.lon

        error_code: None | str | Unset
        if isinstance(self.error_code, Unset):
            error_code = UNSET
        else:
            error_code = self.error_code

        platform: None | str | Unset
        if isinstance(self.platform, Unset):
            platform = UNSET
        elif isinstance(self.platform, ReportsCreateBatchSubmissionPlatformType0):
            platform = self.platform.value
        else:
            platform = self.platform

        occurred_at: None | str | Unset
        if isinstance(self.occurred_at, Unset):
            occurred_at = UNSET
        elif isinstance(self.occurred_at, datetime.datetime):
            occurred_at = self.occurred_at.isoformat()
        else:
            occurred_at = self.occurred_at

        note: None | str | Unset
        if isinstance(self.note, Unset):
            note = UNSET
        else:
            note = self.note

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "service": service,
            }
        )
        if component is not UNSET:
            field_dict["component"] = component
        if symptom is not UNSET:
            field_dict["symptom"] = symptom
        if kind is not UNSET:
            field_dict["kind"] = kind
        if country is not UNSET:
            field_dict["country"] = country
        if region is not UNSET:
            field_dict["region"] = region
        if lat is not UNSET:
            field_dict["lat"] = lat
        if lon is not UNSET:
            field_dict["lon"] = lon
        if error_code is not UNSET:
            field_dict["error_code"] = error_code
        if platform is not UNSET:
            field_dict["platform"] = platform
        if occurred_at is not UNSET:
            field_dict["occurred_at"] = occurred_at
        if note is not UNSET:
            field_dict["note"] = note

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        service = d.pop("service")

        def _parse_component(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        component = _parse_component(d.pop("component", UNSET))

        def _parse_symptom(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        symptom = _parse_symptom(d.pop("symptom", UNSET))

        _kind = d.pop("kind", UNSET)
        kind: ReportsCreateBatchSubmissionKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = ReportsCreateBatchSubmissionKind(_kind)

        def _parse_country(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        country = _parse_country(d.pop("country", UNSET))

        def _parse_region(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        region = _parse_region(d.pop("region", UNSET))

        def _parse_lat(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        lat = _parse_lat(d.pop("lat", UNSET))

        def _parse_lon(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        lon = _parse_lon(d.pop("lon", UNSET))

        def _parse_error_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        error_code = _parse_error_code(d.pop("error_code", UNSET))

        def _parse_platform(data: object) -> None | ReportsCreateBatchSubmissionPlatformType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                platform_type_0 = ReportsCreateBatchSubmissionPlatformType0(data)

                return platform_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReportsCreateBatchSubmissionPlatformType0 | Unset, data)

        platform = _parse_platform(d.pop("platform", UNSET))

        def _parse_occurred_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                occurred_at_type_0 = datetime.datetime.fromisoformat(data)

                return occurred_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        occurred_at = _parse_occurred_at(d.pop("occurred_at", UNSET))

        def _parse_note(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        note = _parse_note(d.pop("note", UNSET))

        reports_create_batch_submission = cls(
            service=service,
            component=component,
            symptom=symptom,
            kind=kind,
            country=country,
            region=region,
            lat=lat,
            lon=lon,
            error_code=error_code,
            platform=platform,
            occurred_at=occurred_at,
            note=note,
        )

        return reports_create_batch_submission
