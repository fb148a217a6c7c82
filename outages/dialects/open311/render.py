"""Open311 GeoReport v2: what can be reported, reports coming in, and incidents as service requests. Asks no database.

A service code is a part of a service: "tesla.app". Reports of people are never listed: the requests that anybody sees
are incidents. A reporter's own is opened by the id that came with the answer, which holds the receipt.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import msgspec
from django.conf import settings

from outages.dialects.common.stories import Story
from outages.dialects.common.text import clean, said, stamp
from outages.models import Incident, IncidentEvent
from reports import places
from reports.catalog.schema import Catalog, Component, localise
from reports.errors import SubmissionError, shorten
from reports.intake.judgement import Receipt
from reports.intake.submissions import NOTE_CHARACTERS, Submission, decode
from reports.models import Report, Service
from reports.privacy.origin import LONGEST_TOKEN

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-01T00:00:00Z"  # when what is offered here last changed
CONTENT_TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
ATTRIBUTES = ("symptom", "kind", "platform", "error_code")
KINDS = {"problem": "It fails", "working": "It works for me", "recovered": "It works again"}
PLATFORMS = {"ios": "iOS", "android": "Android", "web": "Web", "car": "In the car", "api": "API"}
READ = {"service_code", "lat", "long", "description", "device_id", "api_key", "jurisdiction_id"}
NEVER_KEPT = {
    "account_id",
    "address_id",
    "address_string",
    "email",
    "first_name",
    "last_name",
    "media",
    "media_url",
    "phone",
}
_FIELDS = {
    "service": "service_code",
    "component": "service_code",
    "lon": "long",
    "note": "description",
    **{name: f"attribute[{name}]" for name in ATTRIBUTES},
}


class RequestError(Exception):
    """The request cannot be carried out. `errors` are (code, description) pairs; `status` is the HTTP status."""

    def __init__(self, status: int, *descriptions: str) -> None:
        super().__init__("; ".join(descriptions))
        self.status = int(status)
        self.descriptions = descriptions


# ── how it is written ────────────────────────────────────────────────────────────────────────────────────────────


def written(form: str, root: str, item: str, data: Any) -> str:
    """JSON as it is, or XML with the same content: `data` is a list of items, or one mapping under the root."""
    if form == "json":
        return msgspec.json.encode(data).decode()
    element = ElementTree.Element(root)
    if isinstance(data, Mapping):
        _fill(element, data)
    else:
        for row in data:
            _fill(ElementTree.SubElement(element, item), row)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(element, encoding="unicode")


_ITEMS = {"attributes": "attribute", "values": "value", "endpoints": "endpoint", "formats": "format"}


def _fill(parent: ElementTree.Element, row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        child = ElementTree.SubElement(parent, name)
        if isinstance(value, list):
            for each in value:
                entry = ElementTree.SubElement(child, _ITEMS[name])
                if isinstance(each, Mapping):
                    _fill(entry, each)
                else:
                    entry.text = _text(each)
        else:
            child.text = _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(str(value))


def errors(form: str, wrong: RequestError) -> str:
    """Errors as the standard wants them: always a list."""
    rows = [{"code": wrong.status, "description": said} for said in wrong.descriptions]
    return written(form, "errors", "error", rows)


def refused(error: SubmissionError) -> RequestError:
    """A refusal of the intake in the standard's words: it knows 400, 403 and 404."""
    status = HTTPStatus.BAD_REQUEST if error.status == HTTPStatus.UNPROCESSABLE_ENTITY else error.status
    if any(each["field"] == "component" for each in error.errors):
        status = HTTPStatus.NOT_FOUND  # the code names a part that the service does not have
    said = [f"{_FIELDS.get(each['field'], each['field'])}: {each['message']}" for each in error.errors]
    return RequestError(status, *(said or [error.detail]))


# ── what can be reported ─────────────────────────────────────────────────────────────────────────────────────────


def discovery() -> dict[str, Any]:
    """Where this API is."""
    return {
        "changeset": CHANGESET,
        "contact": settings.CONTACT_URL,
        "key_service": "No key is needed.",
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{settings.SITE_URL}/open311/v2",
                "changeset": CHANGESET,
                "type": "production",
                "formats": ["application/json", "text/xml"],
            }
        ],
    }


def code_of(slug: str, component: str) -> str:
    """The service code of a part."""
    return f"{slug}.{component}"


def services(catalogs: Iterable[Catalog], language: str) -> list[dict[str, Any]]:
    """All parts that can be reported on."""
    return [
        {
            "service_code": code_of(catalog.slug, component.slug),
            "service_name": _service_name(catalog, component, language),
            "description": localise(component.description, language),
            "metadata": True,
            "type": "realtime",
            "keywords": ",".join(component.words),
            "group": localise(catalog.name, language),
        }
        for catalog in catalogs
        for component in catalog.components
    ]


def _service_name(catalog: Catalog, component: Component, language: str) -> str:
    return f"{localise(catalog.name, language)}: {localise(component.name, language)}"


def definition(catalog: Catalog, component: Component, language: str) -> dict[str, Any]:
    """What a report on a part can say besides its description and place."""
    symptoms = {
        symptom.slug: localise(symptom.name, language)
        for symptom in catalog.symptoms
        if not symptom.components or component.slug in symptom.components
    }
    return {
        "service_code": code_of(catalog.slug, component.slug),
        "attributes": [
            _attribute(1, "symptom", "What do you see?", symptoms),
            _attribute(2, "kind", "Does it fail, does it work for you, or does it work again?", KINDS),
            _attribute(3, "platform", "Where do you see it?", PLATFORMS),
            _attribute(4, "error_code", "A code on the screen, such as 503", {}),
        ],
    }


def _attribute(order: int, code: str, description: str, values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": "singlevaluelist" if values else "string",
        "required": False,
        "datatype_description": None,
        "order": order,
        "description": description,
        "values": [{"key": key, "name": name} for key, name in values.items()],
    }


# ── reports coming in ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Incoming:
    """A report as it was posted. `device` is the sender's own value that lets a second tap be known as one."""

    submission: Submission
    device: str
    notice: str


def is_attribute(name: str) -> bool:
    """Whether a form's field is an attribute: "attribute[symptom]"."""
    return name.startswith("attribute[") and name.endswith("]")


def incoming(form: Mapping[str, str]) -> Incoming:
    """Reads a posted form. Raises Wrong (400) with everything that is wrong in its shape, Refused for wrong values."""
    wrong = []
    code = form.get("service_code", "").strip()
    slug, _dot, component = code.partition(".")
    if not code:
        wrong.append("service_code: This field is required; services.json lists all.")
    attributes = {name[10:-1]: value for name, value in form.items() if is_attribute(name)}
    values: dict[str, Any] = {
        "service": slug,
        "component": component,
        "note": form.get("description", "")[:NOTE_CHARACTERS],
    }
    values |= {name: value.strip() for name, value in attributes.items() if name in ATTRIBUTES and value.strip()}
    for name, field in (("lat", "lat"), ("long", "lon")):
        if text := form.get(name, "").strip():
            try:
                degrees = float(text)
            except ValueError:
                degrees = math.nan
            if math.isfinite(degrees):
                values[field] = degrees
            else:
                wrong.append(f"{name}: {shorten(text)!r} is not a number of degrees.")
    device = form.get("device_id", "").strip()
    if len(device) > LONGEST_TOKEN:
        wrong.append(f"device_id: At most {LONGEST_TOKEN} characters.")
    if wrong:
        raise RequestError(HTTPStatus.BAD_REQUEST, *wrong)
    return Incoming(decode(msgspec.json.encode(values), Submission), device, _notice(form))


def _notice(form: Mapping[str, str]) -> str:
    """What of the form was not kept, in words."""
    given = {name for name, value in form.items() if value.strip()}
    notices = []
    if personal := sorted(given & NEVER_KEPT):
        notices.append(f"Not kept, because Brownout keeps nothing personal: {', '.join(personal)}.")
    if {"lat", "long"} <= given:
        notices.append("The position was turned into a region and forgotten.")
    if len(form.get("description", "")) > NOTE_CHARACTERS:
        notices.append(f"Only the first {NOTE_CHARACTERS} characters of the description were kept.")
    known = NEVER_KEPT | READ | {f"attribute[{name}]" for name in ATTRIBUTES}
    unread = sorted(given - known)  # clients send attributes of their own, such as FixMyStreet's uprn
    if unread:
        notices.append(f"Not read: {', '.join(shorten(name) for name in unread[:10])}.")
    return " ".join(notices)


def accepted(receipt: Receipt, notice: str) -> list[dict[str, Any]]:
    """The answer to a report. Its id opens it: who holds the id holds the receipt."""
    return [
        {
            "service_request_id": f"{receipt.id}.{receipt.secret}",
            "service_notice": f"{receipt.text} {notice}".strip(),
            "account_id": None,
        }
    ]


def own_id(request_id: str) -> tuple[UUID, str] | None:
    """The report and the receipt that an id names; None where it is not a report's."""
    report_id, dot, secret = request_id.partition(".")
    try:
        return (UUID(report_id), secret) if dot else None
    except ValueError:
        return None


# ── service requests ─────────────────────────────────────────────────────────────────────────────────────────────


def of_incident(story: Story) -> dict[str, Any]:
    """An incident as a service request."""
    incident, last = story.incident, story.events[-1]
    components = {component.slug: component for component in story.catalog.components}
    slug = next((each for each in incident.components if each in components), story.catalog.default_component)
    return {
        "service_request_id": story.key,
        "status": "open" if incident.is_open else "closed",
        "status_notes": f"{incident.get_state_display()}: {said(last)}",
        "service_name": f"{story.name}: {localise(components[slug].name, story.language)}",
        "service_code": code_of(story.service.slug, slug),
        "description": story.headline,
        "agency_responsible": None,
        "service_notice": story.url,
        "requested_datetime": stamp(incident.opened_at),
        "updated_datetime": stamp(incident.updated_at),
        "expected_datetime": None,
        **_place((incident.regions or incident.countries or [""])[0], story.where),
    }


def of_event(event: IncidentEvent, service: Service) -> dict[str, Any]:
    """A change of an incident as an update of a service request: FixMyStreet's extension of the standard."""
    return {
        "update_id": f"{service.slug}-{event.incident.number}-{event.pk}",
        "service_request_id": f"{service.slug}-{event.incident.number}",
        "status": "open" if event.to_state in Incident.OPEN_STATES else "closed",
        "updated_datetime": stamp(event.at),
        "description": said(event),
        "media_url": None,
    }


def of_report(
    request_id: str, report: Report, service: Service, catalog: Catalog, language: str, *, is_open: bool
) -> dict[str, Any]:
    """A reporter's own report as a service request."""
    components = {component.slug: component for component in catalog.components}
    name = localise(components[report.component.slug].name, language) if report.component.slug in components else ""
    notes = "withdrawn" if report.withdrawn_at else report.get_verdict_display()
    place = places.get(report.region or report.country)
    return {
        "service_request_id": request_id,
        "status": "open" if is_open and not report.withdrawn_at else "closed",
        "status_notes": f"{notes} ({report.rule})" if report.rule else notes,
        "service_name": f"{localise(catalog.name, language)}: {name or report.component.slug}",
        "service_code": code_of(service.slug, report.component.slug),
        "description": report.note or None,
        "agency_responsible": None,
        "service_notice": None,
        "requested_datetime": stamp(report.received_at),
        "updated_datetime": stamp(report.withdrawn_at or report.corrected_at or report.received_at),
        "expected_datetime": None,
        **_place(place.code if place else "", place.name(language) if place else ""),
    }


def _place(code: str, name: str) -> dict[str, Any]:
    """A place no finer than a region: the point stands for the whole of it."""
    place = places.get(code) if code else None
    longitude, latitude = place.point if place else (None, None)
    return {
        "address": name or None,
        "address_id": code or None,
        "zipcode": None,
        "lat": latitude,
        "long": longitude,
        "media_url": None,
    }


def is_open(report: Report, incidents: Iterable[Incident]) -> bool:
    """A report is open while an open incident names its part."""
    return any(report.component.slug in (incident.components or [report.component.slug]) for incident in incidents)
