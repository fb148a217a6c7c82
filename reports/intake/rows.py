"""A report as it will be stored: checked field by field, not judged yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from msgspec import Struct

from reports import places
from reports.errors import Errors, close_to, shorten
from reports.intake import receipts, rules
from reports.intake.service_cache import KnownService
from reports.intake.submissions import KINDS, Submission, check_coordinates, check_error_code, check_note, check_time
from reports.models import Report
from reports.privacy.origin import Origin
from reports.reputation.score import Said

Door = Report.Door
IMPORTED = Door.IMPORT.value
LONGEST_CODES = 8  # of a country and a region, as they are usually written
TimeCheck = Callable[[datetime | None, datetime, Errors], tuple[datetime, datetime, bool]]

COLUMNS = (
    "id",
    "at",
    "received_at",
    "occurred_at",
    "service_id",
    "component_id",
    "symptom_id",
    "network",
    "wide_network",
    "asn",
    "reporter",
    "kind",
    "verdict",
    "late",
    "country",
    "region",
    "platform",
    "error_code",
    "note",
    "door",
    "rule",
    "receipt_hash",
    "weight",
)


class Row(Struct, frozen=True):
    """A report that is right in itself; not judged yet."""

    service: KnownService
    component_id: int
    symptom_id: int | None
    kind: int
    country: str
    region: str
    platform: str
    error_code: str
    note: str
    at: datetime
    occurred_at: datetime
    late: bool
    origin: Origin
    door: str
    remark: str
    weight: float = 1.0

    @classmethod
    def of(
        cls,
        said: Submission,
        origin: Origin,
        service: KnownService,
        *,
        now: datetime,
        door: Door,
        check: TimeCheck = check_time,
    ) -> Row:
        """Checks all fields. Raises SubmissionError (422) naming every one that is wrong."""
        errors = Errors()
        component_id, symptom_id = part_of(service, said.component, said.symptom, errors)
        country, region, remark = place_of(said.country, said.region, said.lat, said.lon, origin.country, errors)
        occurred_at, at, late = check(said.occurred_at, now, errors)
        note = check_note(said.note, errors)
        error_code = check_error_code(said.error_code, errors)
        errors.raise_if_any()
        return cls(
            service=service,
            component_id=component_id,
            symptom_id=symptom_id,
            kind=KINDS[said.kind],
            country=country,
            region=region,
            platform=said.platform or "",
            error_code=error_code,
            note=note,
            at=at,
            occurred_at=occurred_at,
            late=late,
            origin=origin,
            door=door.value,
            remark=remark,
        )

    def said(self) -> Said | None:
        """What may be judged later, for its reporter's standing: a fresh problem report from a known place.

        A late one proves nothing: by then anybody may know.
        """
        place = self.region or self.country
        if self.kind != Report.Kind.PROBLEM or self.late or not place:
            return None
        component = next(slug for slug, number in self.service.components.items() if number == self.component_id)
        return Said(self.service.slug, component, place, int(self.at.timestamp() // 60))

    def stored_time(self, at: datetime) -> datetime:
        """Return a time as it is stored: to the minute, so that it points at no single line of anybody's log.

        Only `at` keeps its second for an hour or two, for the detector's looks into the running minute: see
        `reports.tasks.coarsen_times`. Recorded reports come from files that are public, and keep their times.
        """
        return at if self.door == IMPORTED else whole_minute(at)

    def values(
        self, report_id: UUID, secret: str, judgement: rules.Judgement, received_at: datetime
    ) -> tuple[Any, ...]:
        """The row's values in the order of COLUMNS."""
        origin = self.origin
        is_fresh = self.door != IMPORTED and not self.late
        at = _whole_second(self.at) if is_fresh else self.stored_time(self.at)
        received_at, occurred_at = self.stored_time(received_at), self.stored_time(self.occurred_at)
        return (
            report_id,
            at,
            received_at,
            occurred_at,
            self.service.id,
            self.component_id,
            self.symptom_id,
            origin.network,
            origin.wide_network,
            origin.asn,
            origin.reporter,
            self.kind,
            judgement.verdict.value,
            self.late,
            self.country,
            self.region,
            self.platform,
            self.error_code,
            self.note,
            self.door,
            judgement.rule,
            receipts.hash_of(secret),
            self.weight,
        )


@lru_cache(maxsize=16)  # those that came together share theirs
def whole_minute(moment: datetime) -> datetime:
    """Return a moment without its seconds."""
    return moment.replace(second=0, microsecond=0)


@lru_cache(maxsize=16)
def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


_NULL = r"\N"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def copy_text(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows, each in the order of COLUMNS, as COPY reads them: in a quarter of the time that it takes by type."""
    return "".join(
        f"{report_id.int:032x}\t{_written(at)}\t{_written(received_at)}\t{_written(occurred_at)}\t{service}\t{component}"
        f"\t{_NULL if symptom is None else symptom}\t{network}\t{wide_network}\t{asn}\t{reporter}\t{kind}\t{verdict}"
        f"\t{late:d}\t{country}\t{region}\t{platform}\t{error_code.translate(_ESCAPES)}\t{note.translate(_ESCAPES)}"
        f"\t{door}\t{rule}\t\\\\x{receipt_hash.hex()}\t{weight}\n"
        for (
            report_id, at, received_at, occurred_at, service, component, symptom, network, wide_network, asn, reporter,
            kind, verdict, late, country, region, platform, error_code, note, door, rule, receipt_hash, weight,
        ) in rows
    )  # fmt: skip


_written = lru_cache(maxsize=64)(str)


def part_of(
    service: KnownService, component: str | None, symptom: str | None, errors: Errors
) -> tuple[int, int | None]:
    """Ids of the component and the symptom. Without a component: the symptom's own, else the service's default."""
    symptom_id = None
    meant = None
    if symptom:
        symptom_id, meant = service.symptoms.get(symptom, (None, None))
        if symptom_id is None:
            errors.add(
                "symptom", f"{service.slug} has no symptom {shorten(symptom)!r}.{close_to(symptom, service.symptoms)}"
            )
    if component and component not in service.components:
        errors.add(
            "component",
            f"{service.slug} has no component {shorten(component)!r}.{close_to(component, service.components)}",
        )
    for slug in (component, meant, service.default_component):
        if slug and slug in service.components:
            return service.components[slug], symptom_id
    if not service.components:
        errors.add("service", "This service has no components to report on.")
    return next(iter(service.components.values()), 0), symptom_id


_resolved = lru_cache(maxsize=4096)(places.resolve)


def place_of(
    country: str | None,
    region: str | None,
    lat: float | None,
    lon: float | None,
    from_address: str,
    errors: Errors,
) -> tuple[str, str, str]:
    """(country, region, remark for the reporter): as chosen, else of the coordinates, else of the address, else "".

    Where the place is not known country and region are "".
    """
    check_coordinates(lat, lon, errors)
    try:
        is_short = len(country or "") + len(region or "") <= LONGEST_CODES  # what is kept has a bound
        found = _resolved(country, region) if is_short else places.resolve(country, region)
    except places.UnknownPlaceError as error:
        errors.add(error.field, str(error))
        return "", "", ""
    if found.code is None and lat is not None and lon is not None:
        found = places.locate(lat, lon) or found
    if found.code is None:
        return from_address, "", ""
    return found.country or "", found.region or "", found.note or ""
