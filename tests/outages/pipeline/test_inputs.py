"""What the detector is given of stored reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from outages.pipeline import inputs
from reports.intake import rows, single
from reports.intake.submissions import Submission
from reports.privacy.origin import Origin
from tests.factories import a_service

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_minute_names_what_occurs_in_it_and_nothing_of_the_minutes_to_come() -> None:
    """A span that is caught up with is read at once; its first minute must not know the places of its last."""
    service = a_service()
    for number, country in enumerate(("NL", "DE", "NL", "US")):
        submission = Submission(service="acme", symptom="timeout", country=country)
        at = START + (number // 2) * MINUTE + timedelta(seconds=7 * number)
        single.take(submission, Origin(network=number), now=at, door=rows.Door.API)
    first, second, third = inputs.read(service, START, START + 3 * MINUTE)
    assert first.reports.places == ("NL", "DE")
    assert [first.reports.places[code] for code in first.reports.place] == ["NL", "DE"]
    assert second.reports.places == ("NL", "US")
    assert (third.reports.places, third.reports.components, third.reports.symptoms) == ((), (), ())
