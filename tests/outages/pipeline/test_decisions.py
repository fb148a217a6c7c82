"""Moderators' decisions through the real database and the real scan: carried out, kept, undone, made again."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from outages.detection.state import State
from outages.models import DetectorState, Incident, IncidentOverride
from outages.pipeline import decisions as moderation
from outages.pipeline import scan
from outages.pipeline.decisions import DecisionError
from reports.catalog.loader import read
from reports.catalog.store import store
from reports.models import Report, Service
from tests.made_once import made_once
from tests.outages.pipeline.test_scan import CATALOG, LAG, START, burst, report

pytestmark = pytest.mark.django_db

PARTS = (("app", "DE-BE", 1), ("charging", "NL-NH", 100_000))


class Site:
    """A service whose app fails in Berlin and whose charging fails in North Holland, minute by minute."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.minute = 0
        self.by = get_user_model().objects.create_user("mo")
        scan.run(service, now=START + LAG)

    @property
    def now(self) -> datetime:
        return START + timedelta(minutes=self.minute)

    def go_on(self, minutes: int, each: int = 10, parts: Any = PARTS) -> None:
        if not each:
            self.minute += minutes
            scan.run(self.service, now=self.now + LAG)
            return
        for _ in range(minutes):
            for component, region, first in parts:
                start = first + self.minute * 1000
                report(self.service, burst(self.now, 1, each), start, region)
                named = Report.objects.filter(at__gte=self.now, region=region)
                named.update(component=self.service.components.get(slug=component))
            self.minute += 1
            scan.run(self.service, now=self.now + LAG)

    def decided(self, *decisions: IncidentOverride) -> list[IncidentOverride]:
        """The decisions, after the next scan."""
        self.go_on(1)
        for decision in decisions:
            decision.refresh_from_db()
        return list(decisions)

    def said(self) -> dict[str, Any]:
        return {"reason": "A test of ours", "by": self.by}

    def rebuilt(self) -> None:
        scan.rebuild(self.service, START - timedelta(minutes=1), self.now, now=self.now)


def make_site() -> Site:
    store(read(CATALOG))
    made = Site(Service.objects.get(slug="tesla"))
    made.go_on(6)
    assert [i.number for i in Incident.objects.order_by("number") if i.is_open] == [1, 2]
    return made


@pytest.fixture(scope="module")
def site_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    with made_once(django_db_blocker, make_site) as made:
        yield made


@pytest.fixture
def site(site_of_module: Site, db: None) -> Site:
    """The site after six minutes, as it is in the database."""
    made = copy(site_of_module)
    made.service = Service.objects.get(slug="tesla")
    return made


def told() -> list[tuple[Any, ...]]:
    """All that is told of incidents."""
    rows = Incident.objects.order_by("number")
    return [
        (
            *(row.number, row.state, row.components, row.countries, row.headline, row.opened_at, row.resolved_at),
            row.merged_into.number if row.merged_into else None,
            [(event.at, event.to_state, event.words) for event in row.events.all()],
        )
        for row in rows
    ]


def test_merged_incidents_stay_merged_through_scans_and_a_rebuild(site: Site) -> None:
    (decision,) = site.decided(*moderation.merge(Incident.objects.all(), **site.said()))
    assert (decision.outcome, decision.applied_at, decision.by) == ("", site.now, site.by)
    site.go_on(8)
    first, second = Incident.objects.order_by("number")
    assert (first.is_open, second.state, second.merged_into) == (True, "merged", first)
    assert {"app", "charging"} <= set(first.components)
    event = second.events.get(to_state="merged")
    assert (event.reason, event.words, event.at) == ("moderator", "A test of ours", decision.applied_at)
    assert (event.code, event.params) == ("moderator-one-with", {"number": 1, "why": "A test of ours"})
    before = told()
    site.rebuilt()
    assert told() == before
    decision.refresh_from_db()
    assert decision.incident == Incident.objects.get(number=2)


def test_a_merge_can_be_undone_and_the_undo_is_kept_too(site: Site) -> None:
    before = Incident.objects.get(number=1)
    (merge,) = site.decided(*moderation.merge(Incident.objects.all(), **site.said()))
    (undo,) = site.decided(moderation.undo(merge, reason="It was not one", by=site.by))
    assert undo.outcome == ""
    first, second = Incident.objects.order_by("number")
    assert (first.is_open, second.is_open, second.merged_into) == (True, True, None)
    assert (first.components, first.countries) == (before.components, before.countries)
    assert moderation.why_not_undo(merge) == "It was undone."
    state = told()
    site.rebuilt()
    assert told() == state


def test_a_split_off_part_lives_by_itself_and_can_go_back(site: Site) -> None:
    site.decided(*moderation.merge(Incident.objects.all(), **site.said()))
    (split,) = site.decided(moderation.split(Incident.objects.get(number=1), components=["charging"], **site.said()))
    part = Incident.objects.get(number=3)
    assert (part.components, part.split_from.number, part.opened_at) == (["charging"], 1, split.applied_at)  # type: ignore[union-attr]
    assert part.confirmed_at is None or part.confirmed_at >= part.opened_at
    site.go_on(5)
    part.refresh_from_db()
    assert part.is_open
    state = told()
    site.rebuilt()
    assert told() == state
    split.refresh_from_db()
    (undo,) = site.decided(moderation.undo(split, **site.said()))
    assert undo.outcome == ""
    assert Incident.objects.get(number=3).state == "merged"
    assert "charging" in Incident.objects.get(number=1).components


def test_a_change_is_kept_and_undone(site: Site) -> None:
    incident = Incident.objects.get(number=1)
    change = moderation.change(
        incident, components=["app", "login"], codes=["DE", "nl-nh"], headline="Signing\r\n\u2028in ", **site.said()
    )
    site.decided(change)
    incident.refresh_from_db()
    assert (incident.components, incident.countries, incident.regions) == (["app", "login"], ["DE", "NL"], ["NL-NH"])
    assert (incident.headline, incident.events.last().headline) == ("Signing in", "Signing in")  # type: ignore[union-attr]
    site.go_on(5)
    state = told()
    site.rebuilt()
    assert told() == state
    change.refresh_from_db()
    site.decided(moderation.undo(change, **site.said()))
    incident = Incident.objects.get(number=1)
    assert (incident.components, incident.countries, incident.headline) == (["app"], ["DE"], "")


def test_what_is_over_can_be_dismissed_and_reopened_long_after(site: Site) -> None:
    site.go_on(200, each=0)
    assert set(Incident.objects.values_list("state", flat=True)) <= {"resolved", "dismissed"}
    incident = Incident.objects.filter(state="resolved").first()
    assert incident is not None
    ended = incident.resolved_at
    dismissal = moderation.move(incident, "dismissed", **site.said())
    site.go_on(1, each=0)
    incident.refresh_from_db()
    assert (incident.state, incident.resolved_at) == ("dismissed", ended)
    dismissal.refresh_from_db()
    moderation.undo(dismissal, **site.said())
    site.go_on(1, each=0)
    moderation.move(Incident.objects.get(pk=incident.pk), "confirmed", **site.said())
    site.go_on(1, each=0)
    incident.refresh_from_db()
    assert (incident.state, incident.resolved_at) == ("confirmed", None)
    site.go_on(30, each=0)
    incident.refresh_from_db()
    assert incident.is_open


def test_a_decision_that_still_waits_is_simply_withdrawn(site: Site) -> None:
    incident = Incident.objects.get(number=1)
    decision = moderation.move(incident, "dismissed", **site.said())
    with pytest.raises(DecisionError, match="waits for the next scan"):
        moderation.change(incident, headline="Other", **site.said())
    moderation.undo(decision, **site.said())
    site.decided(decision)
    assert decision.applied_at is None
    assert Incident.objects.get(number=1).is_open


def test_a_decision_that_came_too_late_says_so(site: Site) -> None:
    decision = moderation.move(Incident.objects.get(number=1), "dismissed", **site.said())
    IncidentOverride.objects.filter(pk=decision.pk).update(to_state=Incident.objects.get(number=1).state)
    site.decided(decision)
    assert "already" in decision.outcome
    assert moderation.why_not_undo(decision) == "It was not carried out."


def test_after_a_later_decision_an_earlier_one_cannot_be_undone(site: Site) -> None:
    incident = Incident.objects.get(number=1)
    (first,) = site.decided(moderation.change(incident, headline="One", **site.said()))
    site.decided(moderation.change(Incident.objects.get(number=1), headline="Two", **site.said()))
    with pytest.raises(DecisionError, match="later decision"):
        moderation.undo(first, **site.said())


def test_a_decision_whose_incident_a_rebuild_does_not_find_says_so(site: Site) -> None:
    (decision,) = site.decided(moderation.move(Incident.objects.get(number=1), "dismissed", **site.said()))
    Report.objects.update(withdrawn_at=site.now)
    site.rebuilt()
    decision.refresh_from_db()
    assert (decision.incident, decision.outcome) == (None, "There is no such incident.")
    Report.objects.update(withdrawn_at=None)
    site.rebuilt()
    decision.refresh_from_db()
    assert (decision.incident, decision.outcome) == (Incident.objects.get(number=1, state="dismissed"), "")


@pytest.mark.parametrize(
    ("decide", "why"),
    [
        (lambda i, s: moderation.move(i, "merged", **s), "Choose a state"),
        (lambda i, s: moderation.move(i, i.state, **s), "already"),
        (lambda i, s: moderation.move(i, "resolved", reason="  ", by=None), "Give a reason"),
        (lambda i, s: moderation.move(i, "resolved", reason="x" * 301, by=None), "300"),
        (lambda i, s: moderation.merge([i], **s), "at least two"),
        (lambda i, s: moderation.split(i, components=["app"], **s), "must stay"),
        (lambda i, s: moderation.change(i, **s), "Nothing is changed"),
        (lambda i, s: moderation.change(i, components=[], **s), "at least one component"),
        (lambda i, s: moderation.change(i, components=["warp"], **s), "no component warp"),
        (lambda i, s: moderation.change(i, codes=["XX-YY"], **s), "no place XX-YY"),
        (lambda i, s: moderation.change(i, headline="x" * 161, **s), "160"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(site: Site, decide: Any, why: str) -> None:
    with pytest.raises(DecisionError, match=why):
        decide(Incident.objects.get(number=1), site.said())
    assert not IncidentOverride.objects.exists()


def test_in_a_rehearsal_a_decision_comes_with_the_next_minute_that_is_played(site: Site) -> None:
    Service.objects.update(clock=Service.Clock.RECORDED)
    moderation.move(Incident.objects.get(number=1), "dismissed", **site.said())
    site.service.refresh_from_db()
    scan.catch_up(site.service, site.now + timedelta(minutes=1))
    assert Incident.objects.get(number=1).state == "dismissed"


def test_a_detector_that_learns_anew_keeps_to_what_was_decided(site: Site) -> None:
    site.decided(*moderation.merge(Incident.objects.all(), **site.said()))
    (changed,) = site.decided(
        moderation.change(Incident.objects.get(number=1), codes=["DE", "NL", "FR"], **site.said())
    )
    DetectorState.objects.update(state=b"of another age")
    site.go_on(6)
    first, second = Incident.objects.order_by("number")
    assert (first.is_open, first.countries, second.state) == (True, ["DE", "FR", "NL"], "merged")
    followed = State.loads(bytes(DetectorState.objects.get().state)).incidents
    assert [(one.number, one.pinned, one.whole) for one in followed if one.is_open] == [(1, True, True)]
    changed.refresh_from_db()
    site.decided(moderation.undo(changed, **site.said()))
    assert Incident.objects.get(number=1).countries == ["DE", "NL"]
