"""The maker's word is evidence for the components that it names, and for no bystander's incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from outages.detection import replay
from outages.detection.datatypes import Announcement, Stated, TermKind, Transition
from outages.detection.engine import State
from tests.outages.detection.minutes import COMPONENTS, PLACES, SERVICE, START, Crowd, Day, joined

WARM = 300
FAULT = ("http-503-maintenance", "blank-screen")
HERE = ("DE-BE", "DE-BY")


@pytest.fixture(scope="module")
def warm() -> bytes:
    return Day(Crowd(1), WARM).state.dumps()


@pytest.fixture
def day(warm: bytes) -> Day:
    made = Day(Crowd(2))
    made.state = State.loads(warm)
    return made


def said(day: Day, text: str) -> tuple[Announcement, ...]:
    at = (day.state.minute + 1) * 60.0
    return (Announcement(at, "x", "Tesla", text, id=text),)


def suspected(day: Day, minutes: int, text: str = "", component: str = "charging") -> None:
    """Minutes in which reports of three providers make an incident possible, no more; a post in the first of them."""
    for number in range(minutes):
        few = day.crowd.some(4, (component,), HERE, FAULT, systems=(0, 1, 2))
        day.minute(joined([day.crowd.usual(), few]), announcements=said(day, text) if text and not number else ())


def of(told: list[Transition], component: str) -> list[str]:
    """The states that a component's incident was in, and the rules by which it changed."""
    return [f"{t.to_state}: {t.reason.rule}" for t in told if component in t.components and t.from_state != t.to_state]


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("We are investigating an issue with the website", ["possible: evidence"]),
        ("We are investigating an issue with the app and the website", ["possible: evidence"]),
        ("We are investigating an issue with Supercharging", ["possible: evidence", "confirmed: official-word"]),
        (
            "We are investigating an issue with Supercharging and the app",
            ["possible: evidence", "confirmed: official-word"],
        ),
        ("We are investigating an outage of our services", ["possible: evidence", "confirmed: official-word"]),
    ],
)
def test_a_word_confirms_the_incidents_of_what_it_names(day: Day, text: str, states: list[str]) -> None:
    suspected(day, 15)
    suspected(day, 10, text)
    assert of(day.told, "charging") == states
    heard = any(term.kind == TermKind.OFFICIAL for t in day.told if "charging" in t.components for term in t.terms)
    assert heard == (len(states) > 1)


def test_beside_a_suspicion_a_word_of_another_component_opens_an_incident_of_its_own(day: Day) -> None:
    suspected(day, 15)
    suspected(day, 30, "We are investigating an issue with the website")
    assert of(day.told, "website") == ["possible: evidence", "confirmed: official-alone"]
    assert of(day.told, "charging") == ["possible: evidence"]
    assert all(len(t.components) == 1 for t in day.told)
    suspected(day, 1, "The website is working again")
    assert of(day.told, "website")[-1] == "resolved: official-end"
    assert of(day.told, "charging") == ["possible: evidence"]


def test_a_suspicion_that_comes_after_the_word_stays_apart_from_it(day: Day) -> None:
    day.minute(day.crowd.usual(), announcements=said(day, "We are investigating an issue with the website"))
    suspected(day, 30)
    assert of(day.told, "charging") == ["possible: evidence"]
    assert of(day.told, "website")[-1] == "confirmed: official-alone"


def test_beside_a_sure_outage_a_word_of_another_component_opens_nothing(day: Day) -> None:
    for number in range(40):
        many = day.crowd.some(8, ("charging",), HERE, FAULT)
        posts = said(day, "We are investigating an issue with the website") if number == 20 else ()
        day.minute(joined([day.crowd.usual(), many]), announcements=posts)
    assert of(day.told, "charging") == ["possible: evidence", "confirmed: broad-crowd"]
    assert of(day.told, "website") == []


def test_beside_announced_work_a_word_of_another_component_opens_an_incident(day: Day) -> None:
    now = (day.state.minute + 1) * 60
    window = Stated(stage="planned", planned=True, window=(now, now + 7200))
    (plan,) = said(day, "Scheduled maintenance of Supercharging")
    day.minute(day.crowd.usual(), announcements=(replace(plan, stated=window),))
    suspected(day, 15)
    suspected(day, 5, "We are investigating an issue with the website")
    assert of(day.told, "charging")[0].startswith("maintenance")
    assert of(day.told, "website") == ["possible: evidence", "confirmed: official-alone"]


@pytest.mark.parametrize(
    ("spans", "told"),
    [
        (((10, 40),), ["maintenance", "recovering", "resolved"]),
        (((10, 75),), ["maintenance", "recovering", "resolved"]),  # work that takes a little longer
        (((10, 130),), ["maintenance", "confirmed", "recovering", "resolved"]),  # … and that goes wrong
        (
            ((10, 40), (100, 130)),
            ["maintenance", "recovering", "resolved", "possible", "confirmed", "recovering", "resolved"],
        ),
    ],
)
def test_a_plan_explains_what_fails_in_its_time_and_no_longer(
    day: Day, spans: tuple[tuple[int, int], ...], told: list[str]
) -> None:
    """Half an hour of work from the tenth minute on; three quarters of an hour later nothing is planned any more."""
    now = (day.state.minute + 1) * 60
    window = Stated(stage="planned", planned=True, window=(now + 600, now + 2400))
    (plan,) = said(day, "Scheduled maintenance of Supercharging")
    for number in range(150):
        fails = any(first <= number < last for first, last in spans)
        many = [day.crowd.some(6, ("charging",), PLACES, FAULT)] if fails else []
        posts = () if number else (replace(plan, stated=window),)
        day.minute(joined([day.crowd.usual(), *many]), announcements=posts)
    assert [t.to_state.value for t in day.told if t.from_state != t.to_state] == told
    assert {t.incident for t in day.told} == {1}
    kinds = [t.kind.value for t in day.told if t.from_state != t.to_state]
    assert kinds == ["maintenance" if "outage" not in kinds[: n + 1] else "outage" for n in range(len(kinds))]
    assert ("outage" in kinds) == ("confirmed" in told)


def test_one_word_of_two_components_is_one_incident_and_two_words_are_two(day: Day) -> None:
    for text in (
        "We are investigating an issue with the website and the app",
        "We are investigating an issue with Supercharging",
        "Supercharging is working again",
    ):
        for number in range(5):
            day.minute(day.crowd.usual(), announcements=said(day, text) if not number else ())
    told = [(t.incident, t.components, t.to_state.value) for t in day.told if t.from_state != t.to_state]
    assert [one for one in told if one[0] == 1][-1] == (1, ("app", "website"), "confirmed")
    assert [one for one in told if one[0] == 2][-1] == (2, ("charging",), "resolved")
    assert {one[0] for one in told} == {1, 2}


@pytest.mark.parametrize(
    ("text", "is_back"),
    [
        ("We are investigating an issue with Supercharging", True),
        ("We are investigating an outage of our services", True),
        ("Supercharging is working again", False),
        ("We are investigating an issue with the website", False),
    ],
)
def test_a_word_of_what_has_just_ended_brings_it_back_at_once(day: Day, text: str, is_back: bool) -> None:
    for _ in range(12):
        day.minute(joined([day.crowd.usual(), day.crowd.some(8, ("charging",), HERE, FAULT)]))
    for _ in range(60):
        day.minute(day.crowd.usual())
        if of(day.told, "charging")[-1].startswith("resolved"):
            break
    ended = of(day.told, "charging")
    assert ended[-1] == "resolved: reports-stopped"
    (incident,) = (i for i in day.state.incidents if "charging" in i.components)
    counts = {"p\nparis": 9}
    incident.failures, incident.results, incident.probe_failures, incident.probe_results = counts, counts, 9, 12
    day.minute(day.crowd.usual())
    day.minute(day.crowd.usual(), announcements=said(day, text))
    (incident,) = (i for i in day.state.incidents if i.number == incident.number)
    assert incident.probe_results == (0 if is_back else 12), "what probes saw before its end is not counted again"
    assert (incident.failures == incident.results == {}) is is_back
    for _ in range(40):
        day.minute(day.crowd.usual())
    more = of(day.told, "charging")[len(ended) :]
    assert more == (["confirmed: back-within-the-hour"] if is_back else [])
    assert len({t.incident for t in day.told if "charging" in t.components}) == 1
    assert [t.components for t in day.told if "website" in t.components][:1] == (
        [("website",)] if "website" in text else []
    )
    day.minute(day.crowd.usual(), announcements=said(day, "Supercharging is working again."))
    assert of(day.told, "charging")[-1] == ("resolved: official-end" if is_back else ended[-1])


def test_the_all_clear_of_a_word_that_named_nothing_ends_it_whatever_it_names(day: Day) -> None:
    for text in ("We are investigating an outage of our services", "Supercharging is working again"):
        for number in range(3):
            day.minute(day.crowd.usual(), announcements=said(day, text) if not number else ())
    assert [t.reason.rule for t in day.told] == ["evidence", "official-alone", "official-end"]


@pytest.mark.parametrize(
    ("last", "ended"),
    [
        ("Resolved. Follow news on our website", True),  # names something else, and ends what its thread is about
        ("The incident is resolved", True),
        ("We continue to investigate", False),
    ],
)
def test_a_post_is_about_what_its_thread_is_about(day: Day, last: str, ended: bool) -> None:
    for text in ("We are investigating an issue with Supercharging", "We continue to investigate", last):
        (post,) = said(day, text)
        day.minute(day.crowd.usual(), announcements=(replace(post, thread="t"),))
        day.minute(day.crowd.usual())
    assert {t.components for t in day.told} == {("charging",)}
    assert (day.told[-1].to_state == "resolved") == ended


def report(minute: int, second: int, component: str, place: str, symptom: str, system: int) -> replay.Event:
    number = minute * 60 + second
    return replay.Event(
        "report", datetime.fromtimestamp(START * 60 + number, UTC), "tesla", component=component, symptom=symptom,
        region=place, asn=system, network=f"n{number}", reporter=f"r{number}",
    )  # fmt: skip


def test_a_replay_of_events_hears_the_word_as_the_steps_do() -> None:
    """The same kind of reports and post as events, through looks and steps."""
    events = [
        report(minute, 10, COMPONENTS[minute % 6], PLACES[minute % 5], ("slow", "other")[minute % 2], 200 + minute % 10)
        for minute in range(WARM)
    ]
    for minute in range(WARM, WARM + 25):
        events += [
            report(minute, second, "charging", HERE[second % 2], "blank-screen", 201 + second % 3)
            for second in (5, 21, 37, 50)
        ]
    posted = datetime.fromtimestamp((START + WARM + 15) * 60, UTC)
    text = "We are investigating an issue with the website"
    events.append(replay.Event("announcement", posted, "tesla", source="x", author="Tesla", url="u", text=text))
    told = list(replay.replay(sorted(events, key=lambda event: event.at), SERVICE))
    assert of(told, "charging") == ["possible: evidence"]
    assert of(told, "website") == ["possible: evidence", "confirmed: official-alone"]
