"""What of an incident's place is named: all places weigh as evidence, those from too few networks are not told."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from outages.detection.datatypes import IncidentState
from outages.detection.evidence.scope import Place
from outages.detection.incidents.tracking import is_seen_to_change
from outages.detection.incidents.transitions import published_place
from outages.detection.state import Incident
from outages.detection.thresholds import DEFAULT
from tests.outages.detection.minutes import Crowd, Day, Row, joined, reports

BERLIN, BAVARIA = "DE-BE", "DE-BY"


@dataclass
class Outage:
    """A day with reports from Berlin and Bavaria, each from so many networks, and an incident of both."""

    berlin: int
    bavaria: int
    day: Day = field(default_factory=lambda: Day(Crowd(1), 60))

    def __post_init__(self) -> None:
        self.onset = self.day.state.minute + 1
        self.report(self.berlin, self.bavaria)
        none = self.day.state.rates * 0
        self.incident = Incident(
            1, IncidentState.CONFIRMED.value, "outage", ("app",), ("DE",), (BERLIN, BAVARIA), "", self.onset,
            self.onset, none, none,
        )  # fmt: skip

    def report(self, berlin: int, bavaria: int) -> None:
        rows: list[Row] = [("app", BERLIN, "slow", 201 + n, 1_000_003 * (n + 1)) for n in range(berlin)]
        rows += [("app", BAVARIA, "slow", 301 + n, 2_000_003 * (n + 1)) for n in range(bavaria)]
        self.day.minute(joined([reports(rows)]))

    def named(self) -> tuple[str, ...]:
        place = Place(self.incident.countries, self.incident.regions)
        return published_place(self.day.state, self.incident, place, DEFAULT).regions


@pytest.mark.parametrize(("networks", "is_named"), [(1, False), (2, False), (3, True), (4, True)])
def test_a_region_is_named_once_three_networks_reported(networks: int, is_named: bool) -> None:
    outage = Outage(berlin=5, bavaria=networks)
    assert outage.named() == ((BERLIN, BAVARIA) if is_named else (BERLIN,))
    assert outage.incident.regions == (BERLIN, BAVARIA)  # as evidence it stays


def test_what_was_named_stays_named_when_its_reports_have_passed() -> None:
    outage = Outage(berlin=5, bavaria=3)
    assert outage.named() == (BERLIN, BAVARIA)
    for _ in range(150):
        outage.day.minute()
    assert outage.named() == (BERLIN, BAVARIA)


def test_a_country_whose_regions_may_not_be_named_stands_for_itself() -> None:
    outage = Outage(berlin=2, bavaria=1)
    place = Place(("DE",), (BERLIN, BAVARIA))
    found = published_place(outage.day.state, outage.incident, place, DEFAULT)
    assert (found.countries, found.regions) == (("DE",), ())  # the country has three, neither region has


def test_what_a_moderator_set_is_named_as_it_was_set() -> None:
    outage = Outage(berlin=1, bavaria=0)
    outage.incident.pinned = True
    assert outage.named() == (BERLIN, BAVARIA)


def test_nobody_is_told_of_a_change_that_cannot_be_seen() -> None:
    outage = Outage(berlin=5, bavaria=1)
    state, incident = outage.day.state, outage.incident
    both, one = Place(("DE",), (BERLIN, BAVARIA)), Place(("DE",), (BERLIN,))
    assert not is_seen_to_change(state, incident, incident.components, one, DEFAULT)
    incident.countries, incident.regions = ("NL",), ("NL-NH",)
    incident.named = (BERLIN, "DE", "NL", "NL-NH")
    assert is_seen_to_change(state, incident, incident.components, both, DEFAULT)
