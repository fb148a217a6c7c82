"""Status pages, changelogs, issues and mapped JSON: what becomes a post, and what a wrong answer does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outages.models import Announcement, AnnouncementRevision, SourceHealth
from outages.signals.announcements import poller
from outages.signals.announcements.datatypes import plain_text
from outages.signals.announcements.readers.changelog import entries_of
from outages.signals.announcements.readers.dates import date_in, moment
from outages.signals.announcements.readers.json_mapping import step_down
from outages.signals.outbound.client import Client
from reports.catalog.schema import Source
from reports.models import Service
from tests.outages.service_factory import a_service
from tests.servers.web import Answer, Request, Web, conditional

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def as_json(document: object) -> Any:
    return conditional(json.dumps(document).encode(), "application/json")


def service_with(kind: Any, url: str, **options: Any) -> Service:
    return a_service(sources=[Source(slug="s", kind=kind, url=url, **options)])


def read(service: Service, client: Client, minutes: int = 0) -> SourceHealth:
    return poller.read_source(service, "s", client, NOON + timedelta(minutes=minutes))


# ── Statuspage ──


def incident(name: str, *updates: tuple[str, str, str, str], **more: Any) -> dict[str, Any]:
    rows = [{"id": i, "status": status, "body": body, "display_at": at} for i, status, body, at in updates]
    return {"id": name, "name": name, "shortlink": "https://stspg.example/1", "incident_updates": rows, **more}


FIRST = ("u1", "investigating", "We are investigating failed logins.", "2026-11-22T10:00:00Z")
SECOND = ("u2", "resolved", "This incident has been resolved.", "2026-11-22T11:00:00.000+00:00")


def status_page(site: Web, *incidents: dict[str, Any], planned: tuple[dict[str, Any], ...] = ()) -> None:
    page = {"id": "p", "name": "Tesla"}
    site.pages["/api/v2/incidents.json"] = as_json({"page": page, "incidents": list(incidents)})
    site.pages["/api/v2/scheduled-maintenances.json"] = as_json({"page": page, "scheduled_maintenances": list(planned)})


@pytest.mark.django_db
def test_each_update_of_a_status_page_is_a_post_with_its_stage(site: Web, client: Client) -> None:
    service = service_with("statuspage", site.url("/"), tier="official", authors=["Tesla"])
    status_page(site, incident("Login errors", SECOND, FIRST))
    assert read(service, client).state == "fine"
    rows = {row.external_id: row for row in Announcement.objects.all()}
    assert {name: row.stage for name, row in rows.items()} == {"u1": "investigating", "u2": "resolved"}
    assert all((row.tier, row.author, row.relevant) == ("official", "Tesla", True) for row in rows.values())
    assert rows["u1"].posted_at == NOON - timedelta(hours=2)
    assert read(service, client, 10).last_change_at == NOON


@pytest.mark.django_db
def test_planned_work_says_when(site: Web, client: Client) -> None:
    service = service_with("statuspage", site.url(""), tier="official", authors=["Tesla"])
    update = ("m1", "scheduled", "We will update the login servers.", "2026-11-22T09:00:00Z")
    times = {"scheduled_for": "2026-11-23T02:00:00Z", "scheduled_until": "2026-11-23T04:00:00Z"}
    status_page(site, planned=(incident("Maintenance of the Tesla app", update, **times),))
    read(service, client)
    row = Announcement.objects.get()
    assert "23 November 2026, 02:00 to 23 November 2026, 04:00 UTC" in row.text
    assert row.stage == "planned"


@pytest.mark.django_db
def test_a_withdrawn_update_is_noticed_when_it_is_missing_twice(site: Web, client: Client) -> None:
    service = service_with("statuspage", site.url(""))
    oldest = ("u0", "resolved", "Over.", "2026-11-20T10:00:00Z")
    planned = (incident("Work", ("m0", "completed", "Done.", "2026-11-19T10:00:00Z")),)
    status_page(site, incident("A", SECOND, FIRST, oldest), planned=planned)
    read(service, client)
    status_page(site, incident("A", SECOND, oldest), planned=planned)
    read(service, client, 10)
    assert not Announcement.objects.exclude(deleted_at=None).exists()
    read(service, client, 20)
    assert [row.external_id for row in Announcement.objects.exclude(deleted_at=None)] == ["u1"]


@pytest.mark.parametrize(
    "document", [[], {}, {"incidents": {}}, {"incidents": [{"name": 5}]}, "x", {"incidents": [{"no": 1}]}]
)
@pytest.mark.django_db
def test_an_answer_that_is_not_statuspages_is_unreachable(site: Web, client: Client, document: object) -> None:
    service = service_with("statuspage", site.url(""))
    site.pages["/api/v2/incidents.json"] = as_json(document)
    assert read(service, client).state == "unreachable"


# ── Changelog ──

PAGE = """<html><head><style>h2{color:red}</style></head><body><nav><h2>1 January 2020</h2></nav><main>
<h1>Announcements and changelog</h1><p>All that is new.</p>
<h2 id="2026-11-20">2026-11-20: Rate limits</h2><p>Limits of <b>commands</b> change.</p>
<ul><li>One</li><li>Two</li></ul>
<h3>Details</h3><p>More.</p>
<h2 id="nov-1">November 1st, 2026</h2><p>The Fleet API had an outage.</p><script>alert(1)</script>
<h2>3 Oct. 2026</h2><p>A</p><h2>3 Oct. 2026</h2><p>B</p>
</main><footer><p>Since 2003</p></footer></body></html>"""


def test_a_changelog_is_cut_at_its_dated_headings() -> None:
    entries = list(entries_of(PAGE))
    assert [(entry.name, f"{entry.posted_at:%Y-%m-%d}") for entry in entries] == [
        ("2026-11-20", "2026-11-20"),
        ("nov-1", "2026-11-01"),
        ("date:3 Oct. 2026", "2026-10-03"),
        ("date:3 Oct. 2026-2", "2026-10-03"),
    ]
    assert plain_text("".join(entries[0].parts)).splitlines() == [
        "2026-11-20: Rate limits",
        "Limits of commands change.",
        "One",
        "Two",
        "Details",
        "More.",
    ]
    assert "2003" not in "".join(entries[-1].parts)


@pytest.mark.django_db
def test_an_edited_changelog_entry_keeps_its_old_words(site: Web, client: Client) -> None:
    service = service_with("changelog", site.url("/log"), tier="official", authors=["Tesla"])
    site.pages["/log"] = conditional(PAGE.encode(), "text/html; charset=utf-8")
    assert read(service, client).state == "fine"
    row = Announcement.objects.get(external_id="nov-1")
    assert (row.author, row.tier, row.url) == ("Tesla", "official", site.url("/log#nov-1"))
    site.pages["/log"] = conditional(PAGE.replace("had an outage", "had a short outage").encode(), "text/html")
    read(service, client, 10)
    assert AnnouncementRevision.objects.get().announcement == row
    assert Announcement.objects.count() == 4


@pytest.mark.django_db
def test_a_page_without_dates_is_unreachable_and_not_all_clear(site: Web, client: Client) -> None:
    service = service_with("changelog", site.url("/log"))
    site.pages["/log"] = Answer(200, b"<h1>Please enable JavaScript</h1>", {"Content-Type": "text/html"})
    health = read(service, client)
    assert health.state == "unreachable"
    assert "heading" in health.detail


@pytest.mark.parametrize("page", ["", "<", "<h2>2026-13-45</h2>", "<h2></h2>" * 5000, "\x00" * 100, "<body>" * 3000])
def test_a_strange_page_has_no_entries(page: str) -> None:
    assert list(entries_of(page)) == []


# ── GitHub ──


def issue(number: int, title: str, updated: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": title,
        "body": None,
        "html_url": f"https://github.com/o/r/issues/{number}",
        "created_at": updated,
        "updated_at": updated,
        "user": {"login": "somebody"},
    } | more


ISSUES = "/api/v3/repos/o/r/issues"


@pytest.mark.django_db
def test_issues_are_read_from_where_the_last_read_ended(site: Web, client: Client) -> None:
    service = service_with("github", site.url("/o/r"))
    everything = [issue(1, "503 since noon", "2026-11-22T10:00:00Z"), issue(2, "A fix", "2026-11-22T10:30:00Z")]
    everything[1]["pull_request"] = {"url": "x"}

    def page(request: Request) -> Answer:
        found = [i for i in everything if i["updated_at"] >= request.query.get("since", "")]
        found.sort(key=lambda i: i["updated_at"], reverse=request.query["direction"] == "desc")
        return Answer(200, json.dumps(found[: int(request.query["per_page"])]).encode())

    site.pages[ISSUES] = page
    read(service, client)
    assert [row.external_id for row in Announcement.objects.all()] == ["1"]
    everything += [issue(n, f"Issue {n}", f"2026-11-22T11:{n % 60:02}:00Z") for n in range(100, 160)]
    everything[0] |= {"title": "503 since noon, solved", "updated_at": "2026-11-22T11:58:00Z"}
    read(service, client, 10)
    assert Announcement.objects.count() == 61
    assert AnnouncementRevision.objects.get().text == "503 since noon"
    assert "robots.txt" not in {request.path.strip("/") for request in site.asked}


@pytest.mark.django_db
def test_githubs_limit_is_waited_for(site: Web, client: Client) -> None:
    service = service_with("github", site.url("/o/r"))
    reset = NOON + timedelta(minutes=40)
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(reset.timestamp()))}
    site.pages[ISSUES] = Answer(403, b"{}", headers)
    health = read(service, client)
    assert health.state == "slow"
    assert health.next_try_at is not None
    assert health.next_try_at >= reset


@pytest.mark.django_db
def test_an_address_without_a_repository_is_not_configured(site: Web, client: Client) -> None:
    assert read(service_with("github", site.url("/o")), client).state == "not_configured"


# ── JSON by a mapping ──

MAPPING = {"items": "data.posts", "id": "id", "title": "head", "text": "body.html", "url": "link", "author": "by.0"}


@pytest.mark.django_db
def test_json_is_read_by_its_mapping(site: Web, client: Client) -> None:
    service = service_with(
        "json", site.url("/j"), mapping=MAPPING | {"posted_at": "at"}, tier="official", authors=["T"]
    )
    item = {"id": 7, "head": "Down", "body": {"html": "<p>All <i>down</i></p>"}, "link": "javascript:x", "by": ["t"]}
    site.pages["/j"] = as_json({"data": {"posts": [item | {"at": 1795341600}, {"id": None}, "odd", {"id": 9}]}})
    assert read(service, client).state == "fine"
    row = Announcement.objects.get()
    assert (row.external_id, row.text, row.author, row.tier) == ("7", "Down\nAll down", "t", "official")
    assert row.url == site.url("/j")
    assert row.posted_at == datetime.fromtimestamp(1795341600, UTC)


@pytest.mark.parametrize(
    ("document", "mapping", "state"),
    [
        ({"data": 5}, MAPPING, "unreachable"),
        ({"data": {"posts": [{"x": 1}]}}, MAPPING, "unreachable"),
        ({"data": {"posts": []}}, MAPPING, "fine"),
        ([], {"id": "id"}, "not_configured"),
        ([], {"id": "id", "text": "t", "colour": "c"}, "not_configured"),
    ],
)
@pytest.mark.django_db
def test_a_mapping_that_does_not_fit_says_so(
    site: Web, client: Client, document: object, mapping: dict[str, str], state: str
) -> None:
    service = service_with("json", site.url("/j"), mapping=mapping)
    site.pages["/j"] = as_json(document)
    health = read(service, client)
    assert health.state == state
    assert bool(health.detail) == (state != "fine")


def test_a_path_leads_through_objects_and_lists() -> None:
    assert step_down({"a": [{"b": 1}]}, "a.0.b") == 1
    assert step_down({"a": [1]}, "") == {"a": [1]}
    for path in ("a.5", "a.b", "x", "a.0.b.c"):
        assert step_down({"a": [{"b": 1}]}, path) is None


# ── Dates and text ──


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-11-20", "2026-11-20"),
        ("2026/1/2: New", "2026-01-02"),
        ("November 20, 2026", "2026-11-20"),
        ("Nov. 1st 2026", "2026-11-01"),
        ("Update of 3 October 2026", "2026-10-03"),
        ("20.11.2026", "2026-11-20"),
        ("2026-13-45 or 2026-01-02", None),
        ("Version 2.4.2026.1", None),
        ("Maybe 2026", None),
        ("", None),
    ],
)
def test_dates_are_found_in_headings(text: str, date: str | None) -> None:
    found = date_in(text)
    assert (f"{found:%Y-%m-%d}" if found else None) == date


@pytest.mark.parametrize(
    "value",
    ["2026-11-22T12:00:00Z", "2026-11-22T13:00:00+01:00", "2026-11-22 12:00", 1795348800, 1795348800000, "1795348800"],
)
def test_moments_are_read_in_many_forms(value: object) -> None:
    assert moment(value) == NOON


@pytest.mark.parametrize("value", [None, "", "soon", True, [], 10**30, float("nan"), "9" * 40])
def test_what_is_no_moment_is_none(value: object) -> None:
    assert moment(value) is None


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain  text", "plain text"),
        ("<p>One</p><p>Two<br>Three</p>", "One\nTwo\nThree"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("<script>x</script><style>y</style>z", "z"),
        ("nul\x00 bell\x07", "nul bell"),
        ("", ""),
    ],
)
def test_markup_becomes_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text
