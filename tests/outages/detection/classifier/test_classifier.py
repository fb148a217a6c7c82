"""What the announcement reader promises."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outages.detection.classifier import RULES, STAGES, read
from outages.detection.datatypes import Announcement, ServiceSpec
from outages.evaluation.backtest import status_texts
from outages.pipeline.spec import service_spec
from reports.catalog import loader as catalogs
from tests.outages.shared import needs

DATA = Path(__file__).resolve().parents[3] / "data" / "announcements"
AT = 1_772_892_000.0  # 2026-03-07T14:00:00Z, a Saturday

SERVICE = ServiceSpec(
    slug="tesla",
    components=("app", "login", "charging"),
    entities=("Tesla",),
    component_words={"charging": ("Supercharger", "charging")},
    official_authors=frozenset({("x", "tesla"), ("x", "chief")}),
)


def post(text: str, *, author: str = "Tesla", source: str = "x", **fields: Any) -> Announcement:
    return Announcement(at=AT, source=source, author=author, text=text, **fields)


@pytest.mark.parametrize(
    ("text", "stage", "components"),
    [
        ("We are looking into reports of app errors", "investigating", ("app",)),
        ("The cause of the login failures has been found. We are working on a fix", "identified", ("login",)),
        ("A fix for the app has been deployed and we are monitoring", "monitoring", ("app",)),
        ("App connectivity has been restored", "resolved", ("app",)),
        ("Planned maintenance of the app tomorrow from 02:00 to 04:00 UTC", "planned", ("app",)),
        ("Planned maintenance is complete", "resolved", ()),
        ("Supercharging problems? Not with 300 new sites. Order today", "irrelevant", ()),
    ],
)
def test_each_stage_is_read_from_the_text(text: str, stage: str, components: tuple[str, ...]) -> None:
    reading = read(post(text), SERVICE)
    assert reading.stage == stage
    assert reading.relevant == (stage != "irrelevant")
    if reading.relevant:
        assert reading.components == components


ON_A_STATUS_PAGE = replace(SERVICE, official_authors=frozenset({("status-page", "tesla")}))


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Closing this issue", "resolved"),
        ("The incident can be closed now.", "resolved"),
        ("We have completed our monitoring period and are considering the issue fully resolved.", "resolved"),
        ("After monitoring we confirm that jobs run. We are marking this incident as resolved.", "resolved"),
        ("Metrics were delayed from 2:18pm to 2:28pm. They are now current.", "resolved"),
        ("We are investigating elevated error rates. Note that monitoring data is not lost.", "investigating"),
        ("Error rates are still elevated. We are continuing to implement mitigations.", "identified"),
        ("We will be adding capacity at our Oslo site. Connections may be re-routed.", "planned"),
        ("We will migrate the databases of the app to new machines on 12 March.", "planned"),
    ],
)
def test_the_plain_words_of_status_pages_are_read(text: str, stage: str) -> None:
    assert read(post(text, source="status-page"), ON_A_STATUS_PAGE).stage == stage


def test_planned_work_that_goes_on_is_planned_whatever_its_announcement_was_read_as() -> None:
    before = read(post("Sites that we look after: Oslo.", source="status-page"), ON_A_STATUS_PAGE)
    now = post("Scheduled maintenance is currently in progress. We will tell more as necessary.", source="status-page")
    assert (before.stage, read(now, ON_A_STATUS_PAGE, before).stage) == ("investigating", "planned")


@pytest.mark.parametrize(
    "text",
    [
        "The app is down. We will tell you once it is resolved",
        "We are working to restore the app, which is not working for some",
        "The app outage is not yet fixed",
    ],
)
def test_a_hope_for_an_end_is_not_an_end(text: str) -> None:
    assert read(post(text), SERVICE).stage in ("investigating", "identified")


def test_partly_resolved_is_monitoring() -> None:
    assert read(post("The app issue has been resolved, but we are still monitoring"), SERVICE).stage == "monitoring"


def test_only_the_catalogues_authors_are_official() -> None:
    text = "Tesla app outage: errors since ten"
    assert read(post(text), SERVICE).official
    assert read(post(text, author="TESLA"), SERVICE).official
    for author, source in (("Tesla_", "x"), ("Tesla", "feed"), ("", "x")):
        reading = read(post(text, author=author, source=source), SERVICE)
        assert not reading.official
        assert any("not official" in reason for reason in reading.reasons) or not reading.relevant


def test_a_stranger_who_speaks_as_the_maker_is_set_aside() -> None:
    reading = read(post("Tesla app outage: we are investigating", author="tesla-help"), SERVICE)
    assert (reading.relevant, reading.official, reading.rule) == (False, False, "impostor")


def test_a_persons_own_post_is_no_announcement() -> None:
    reading = read(post("My Tesla app shows 503, anyone else?", author="somebody"), SERVICE)
    assert (reading.relevant, reading.rule) == (False, "owners-own-post")


def test_an_official_person_must_name_the_service() -> None:
    assert not read(post("The network is down, looking into it", author="chief"), SERVICE).relevant
    assert read(post("The Tesla network is down, looking into it", author="chief"), SERVICE).relevant


def test_the_reason_quotes_what_was_found() -> None:
    reading = read(post("We are investigating app errors"), SERVICE)
    assert reading.reasons[0] == "attached because it names “app” and says “investigating”"
    aside = read(post("Vote for the next Supercharger"), SERVICE)
    assert aside.reasons[0] == "set aside because it is marketing: “vote”"


@pytest.mark.parametrize(
    ("fields", "stage", "relevant", "components"),
    [
        ({"stage": "resolved"}, "resolved", True, ("app",)),
        ({"relevant": False}, "irrelevant", False, ("app",)),
        ({"components": ("login",)}, "investigating", True, ("login",)),
        ({"components": ()}, "investigating", True, ()),
        ({"stage": "identified", "relevant": True, "components": ("charging",)}, "identified", True, ("charging",)),
    ],
)
def test_what_a_moderator_set_wins(fields: Any, stage: str, relevant: bool, components: tuple[str, ...]) -> None:
    reading = read(post("We are investigating app errors", **fields), SERVICE)
    assert (reading.stage, reading.relevant, reading.components) == (stage, relevant, components)
    assert reading.rule == "moderator"
    assert reading.reasons[0].startswith("a moderator")
    assert len(reading.reasons) > 1, "what the rules had said stays readable"


def test_a_moderator_can_attach_what_the_rules_set_aside() -> None:
    reading = read(post("Looking into it", author="chief", relevant=True), SERVICE)
    assert (reading.stage, reading.relevant) == ("investigating", True)


def test_an_update_without_a_stage_keeps_that_of_its_thread() -> None:
    first = read(post("The cause of the app outage has been found, a fix is underway"), SERVICE)
    later = read(post("Some app users see errors"), SERVICE, first)
    assert (first.stage, later.stage, later.rule) == ("identified", "identified", "thread")


@given(st.text(max_size=300), st.sampled_from(["Tesla", "chief", "x"]), st.floats(0, 4e9))
def test_no_text_breaks_the_reader(text: str, author: str, at: float) -> None:
    reading = read(replace(post(text, author=author), at=at), SERVICE)
    assert reading.stage in STAGES
    assert reading.relevant == (reading.stage != "irrelevant")
    assert 0 <= reading.score <= 1
    assert reading.reasons
    assert reading.window is None or reading.window[0] < reading.window[1]


def test_a_text_without_end_is_read_in_part() -> None:
    assert read(post("app outage " * 100_000), SERVICE).stage == "investigating"


def test_every_rule_is_in_the_docs() -> None:
    told = (Path(__file__).resolve().parents[4] / "docs" / "announcements.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert f"`{rule.name}`" in told


def tesla_traps() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / "tesla_traps.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_hand_labelled_posts_are_read_right() -> None:
    catalog = catalogs.read(Path(__file__).resolve().parents[4] / "catalog" / "tesla.toml")
    service = service_spec(catalog)
    official = service.official_authors | {("changelog", "tesla")}
    service = replace(service, official_authors=official)
    traps = tesla_traps()
    wrong = []
    for trap in traps:
        reading = read(post(trap["text"], author=trap["author"], source=trap["source"]), service)
        same_parts = not reading.relevant or set(reading.components) == set(trap["components"])
        if reading.stage != trap["stage"] or not same_parts:
            wrong.append(
                f"{trap['stage']} {trap['components']} read as {reading.stage} {reading.components}: {trap['text']}"
            )
    assert len(traps) >= 120
    assert {trap["language"] for trap in traps} >= {"en", "de", "nl", "fr", "no", "zh"}
    assert len(wrong) <= 0.05 * len(traps), "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("held_out", [False, True])
def test_githubs_updates_are_read_as_stated_in_95_of_100(held_out: bool) -> None:
    folder = needs("datasets", "github_official_2022_26")
    incidents = [i for i in status_texts.incidents_in(folder) if status_texts.is_held_out(i["id"]) == held_out]
    found = status_texts.score(incidents, page="statuspage", author="GitHub")
    assert len(found.updates) > 2000
    assert found.right >= 0.95 * len(found.updates)
    assert found.planned_right >= 0.99 * found.incidents
    for status, (right, every) in found.by_status.items():
        assert right >= 0.85 * every, status
