"""Each number of an incident leads to its rows."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from outages import scan
from outages.models import Incident
from reports.catalog.reading import read
from reports.catalog.storing import store
from reports.models import Report, Service

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)


def explained(incident: int) -> str:
    out = io.StringIO()
    call_command("explain_incident", str(incident), stdout=out)
    return out.getvalue()


def test_an_incident_is_explained_down_to_its_minute_counts() -> None:
    store(read(Path(__file__).parents[3] / "catalog" / "tesla.toml"))
    service = Service.objects.get(slug="tesla")
    scan.run(service, now=START + timedelta(seconds=6))
    for number in range(1, 11):
        at = START + timedelta(seconds=5 * number)
        Report.objects.create(
            id=uuid.uuid4(),
            at=at,
            received_at=at,
            occurred_at=at,
            service=service,
            component=service.components.get(slug="app"),
            symptom=service.symptoms.get(slug="timeout"),
            country="NL",
            region="NL-NH",
            network=number * 7919,
            wide_network=number * 104729,
            asn=number,
            door="api",
            receipt_hash=b"",
        )
    scan.run(service, now=START + timedelta(minutes=1, seconds=6))
    text = explained(Incident.objects.get().pk)
    assert "opened → possible" in text
    assert "crowd: negative-binomial-cusum" in text
    assert "outages_minutecount 12:00 to 12:00, app, NL: 10 reports, 10.0 counted" in text


def test_an_incident_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CommandError, match="There is no incident 77"):
        explained(77)
