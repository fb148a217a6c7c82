"""Reports as columns, and minutes that must be counted again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.db import connection

from reports.models import Report, Service
from reports.queries import changed_minutes, report_columns

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def add(service: Service, at: datetime, component: str = "app", symptom: str | None = None, **values: Any) -> Report:
    fields: dict[str, Any] = {
        "id": uuid4(),
        "at": at,
        "received_at": at,
        "occurred_at": at,
        "service": service,
        "component": service.components.get(slug=component),
        "symptom": service.symptoms.get(slug=symptom) if symptom else None,
        "door": "api",
        "receipt_hash": b"",
    }
    return Report.objects.create(**{**fields, **values})


def test_columns_are_in_order_of_time_with_codes_beside_them(service: Service) -> None:
    add(service, AT + timedelta(seconds=90), "login", "login-failed", kind=1, country="DE", network=2**62, asn=64500)
    add(service, AT, "app", None, country="NL", region="NL-NH", network=7, wide_network=8, reporter=9)
    add(service, AT + timedelta(seconds=59.999999), "app", "http-503")
    found = report_columns(service, AT, AT + 2 * MINUTE)
    assert len(found) == 3
    first = int(AT.timestamp()) // 60
    assert found.minute.tolist() == [first, first, first + 1]
    assert [found.components[index] for index in found.component] == ["app", "app", "login"]
    assert [found.symptoms[index] for index in found.symptom] == ["", "http-503", "login-failed"]
    assert [found.places[index] for index in found.place] == ["NL-NH", "", "DE"]
    assert found.kind.tolist() == [0, 0, 1]
    assert found.network.tolist() == [7, 0, 2**62]
    assert found.wide_network.tolist() == [8, 0, 0]
    assert found.asn.tolist() == [0, 0, 64500]
    assert found.reporter.tolist() == [9, 0, 0]
    assert found.weight.tolist() == [1.0, 1.0, 1.0]


def test_a_report_of_the_last_second_belongs_to_its_own_minute(service: Service) -> None:
    add(service, AT + timedelta(seconds=59))
    assert report_columns(service, AT, AT + MINUTE).minute.tolist() == [int(AT.timestamp()) // 60]
    assert len(report_columns(service, AT + MINUTE, AT + 2 * MINUTE)) == 0


def test_a_span_includes_its_start_and_not_its_end(service: Service) -> None:
    for at in (AT - timedelta(microseconds=1), AT, AT + MINUTE):
        add(service, at)
    assert len(report_columns(service, AT, AT + MINUTE)) == 1


def test_reports_that_do_not_count_are_left_out(service: Service, recorded: Service) -> None:
    add(service, AT)
    add(service, AT, verdict=Report.Verdict.HELD)
    add(service, AT, verdict=Report.Verdict.REJECTED)
    add(service, AT, withdrawn_at=AT)
    add(recorded, AT)
    assert len(report_columns(service, AT, AT + MINUTE)) == 1


def test_no_report_gives_empty_columns(service: Service) -> None:
    found = report_columns(service, AT, AT + MINUTE)
    assert (len(found), found.components, found.places, found.symptoms) == (0, (), (), ())


def test_retired_parts_and_symptoms_keep_their_names(service: Service) -> None:
    add(service, AT, "login", "login-failed")
    service.components.update(is_active=False)
    service.symptoms.update(is_active=False)
    found = report_columns(service, AT, AT + MINUTE)
    assert (found.components, found.symptoms) == (("login",), ("login-failed",))


def test_columns_fit_the_detector(service: Service) -> None:
    from outages.detection.datatypes import Reports

    add(service, AT)
    found = report_columns(service, AT, AT + MINUTE)
    empty = Reports()
    for name in Reports.__dataclass_fields__:
        wanted = getattr(empty, name)
        if isinstance(wanted, np.ndarray):
            assert getattr(found, name).dtype == wanted.dtype


def test_sixty_thousand_reports_are_read_alike(service: Service) -> None:
    """A surge's minute, made in the database; each column still belongs to its row."""
    component, symptom = service.components.get(slug="app"), service.symptoms.get(slug="http-503")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO reports_report (id, at, received_at, occurred_at, service_id, component_id, symptom_id,
                                        network, wide_network, asn, country, region, door, receipt_hash)
            SELECT gen_random_uuid(), %s + n * interval '1 millisecond', now(), now(), %s, %s, %s,
                   n, n * 2, n * 3, 'NL', 'NL-NH', 'api', ''
            FROM generate_series(0, 59999) n
            """,
            [AT, service.pk, component.pk, symptom.pk],
        )
    found = report_columns(service, AT, AT + MINUTE)
    assert found.network.tolist() == list(range(60_000))
    assert np.array_equal(found.wide_network, found.network * 2)
    assert np.array_equal(found.asn, found.network * 3)


def test_changed_minutes_are_those_of_late_corrected_and_withdrawn_reports(service: Service, recorded: Service) -> None:
    later = AT + timedelta(hours=2)
    add(service, AT, received_at=later)  # in time: its minute had not been counted
    add(service, AT + 1 * MINUTE, received_at=later, late=True)
    add(service, AT + 2 * MINUTE + timedelta(seconds=30), corrected_at=later)
    add(service, AT + 3 * MINUTE, withdrawn_at=later)
    add(service, AT + 3 * MINUTE, late=True, received_at=later)
    add(service, AT + 4 * MINUTE, late=True, received_at=AT + 9 * MINUTE)
    add(recorded, AT + 5 * MINUTE, late=True, received_at=later)
    assert changed_minutes(service, later - MINUTE) == [AT + step * MINUTE for step in (1, 2, 3)]
    assert changed_minutes(service, later) == [AT + step * MINUTE for step in (1, 2, 3)]
    assert changed_minutes(service, later + timedelta(seconds=59)) == [AT + step * MINUTE for step in (1, 2, 3)]
    assert changed_minutes(service, later + MINUTE) == []  # what came is stored to the minute
