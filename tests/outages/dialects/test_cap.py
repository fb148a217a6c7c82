"""Alerts, checked against the schema of OASIS by the WMO's checker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import capvalidator
import pytest

from tests import factories

from .conftest import MINUTE, STATES

pytestmark = pytest.mark.django_db
Read = Callable[..., Any]
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


def alert_of(read: Read, address: str = "/acme/incidents/1/cap.xml") -> ElementTree.Element:
    """The alert, which must follow the schema."""
    answer = read(address)
    assert answer["Content-Type"] == "application/cap+xml; charset=utf-8"
    checked = capvalidator.check_schema(answer.content)
    assert checked.passed, checked.message
    return ElementTree.fromstring(answer.content)


def text(element: ElementTree.Element, path: str) -> str | None:
    return element.findtext("/".join(CAP + name for name in path.split("/")))


def test_the_checker_finds_what_is_wrong(read: Read, outage: Any) -> None:
    """Else the tests below would say nothing."""
    content = read("/acme/incidents/1/cap.xml").content
    assert not capvalidator.check_schema(content.replace(b"<status>Actual</status>", b"<status>Real</status>")).passed
    assert not capvalidator.check_schema(content.replace(b"-00:00</sent>", b"Z</sent>")).passed


@pytest.mark.parametrize("places", [{}, {"countries": ["NL", "DE"]}, {"countries": ["NL"], "regions": ["NL-NH"]}])
@pytest.mark.parametrize("state", [*STATES, "resolved", "dismissed", "merged"])
def test_an_alert_follows_the_schema_in_every_state(
    read: Read, service: Any, now: datetime, state: str, places: dict[str, list[str]]
) -> None:
    kind = "maintenance" if state == "maintenance" else "outage"
    factories.an_incident(service, now - 9 * MINUTE, states=((0, state),), kind=kind, **places)
    alert_of(read)


def test_an_alert_says_what_where_and_how_sure(read: Read, outage: Any) -> None:
    alert = alert_of(read)
    assert (text(alert, "status"), text(alert, "scope"), text(alert, "sent")) == (
        "Actual",
        "Public",
        "2026-03-02T11:30:00-00:00",
    )
    assert text(alert, "info/event") == "Outage in North Holland: Mobile app"
    assert (text(alert, "info/urgency"), text(alert, "info/certainty")) == ("Immediate", "Observed")
    assert text(alert, "info/area/areaDesc") == "North Holland"
    codes = {
        geocode.findtext(CAP + "valueName"): geocode.findtext(CAP + "value") for geocode in alert.iter(CAP + "geocode")
    }
    assert codes == {"ISO 3166-1": "NL", "ISO 3166-2": "NL-NH"}


def test_a_later_message_updates_the_one_before(read: Read, service: Any, now: datetime) -> None:
    factories.an_incident(service, now - 9 * MINUTE, states=((0, "possible"),))
    first = alert_of(read)
    assert (text(first, "msgType"), text(first, "references")) == ("Alert", None)
    factories.an_incident(service, now - 9 * MINUTE, states=((0, "possible"), (5, "confirmed")))
    second = alert_of(read, "/acme/incidents/2/cap.xml")
    assert text(second, "msgType") == "Update"
    assert text(second, "identifier") == "acme-2.2"
    assert text(second, "references") == "brownout@localhost,acme-2.1,2026-03-02T11:51:00-00:00"


def test_a_message_names_all_earlier_ones_so_that_whoever_missed_some_replaces_them(
    read: Read, service: Any, now: datetime
) -> None:
    states = ((0, "possible"), (5, "confirmed"), (60, "recovering"), (70, "confirmed"))
    factories.an_incident(service, now - 80 * MINUTE, states=states)
    references = (text(alert_of(read), "references") or "").split()
    assert [reference.split(",")[1] for reference in references] == ["acme-1.1", "acme-1.2", "acme-1.3"]


def test_an_alert_runs_out_unless_it_is_renewed_and_is_renewed_while_it_lasts(
    read: Read, service: Any, now: datetime
) -> None:
    factories.an_incident(service, now - 400 * MINUTE, states=((0, "possible"), (5, "confirmed")))
    alert = alert_of(read)
    # Confirmed at 05:25, said again at 08:25 and 11:25.
    assert (text(alert, "identifier"), text(alert, "msgType")) == ("acme-1.2-2", "Update")
    assert text(alert, "sent") == "2026-03-02T11:25:00-00:00"
    assert text(alert, "info/expires") == "2026-03-02T17:25:00-00:00"
    references = (text(alert, "references") or "").split()
    assert [reference.split(",")[1] for reference in references] == ["acme-1.1", "acme-1.2", "acme-1.2-1"]


def test_a_poller_that_follows_the_references_is_left_with_the_newest_and_at_the_end_with_none(
    read: Read, service: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.utils import timezone

    incident = factories.an_incident(service, now - 400 * MINUTE, states=((0, "possible"), (5, "confirmed")))
    standing: dict[str, str] = {}

    def poll(at: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: at)
        alert = alert_of(read)
        for reference in (text(alert, "references") or "").split():
            standing.pop(reference.split(",")[1], None)
        standing[str(text(alert, "identifier"))] = str(text(alert, "info/expires"))
        for identifier, expires in list(standing.items()):
            if datetime.fromisoformat(expires) <= at:
                del standing[identifier]

    for minutes in (0, 200, 500, 505, 1200):
        poll(now + minutes * MINUTE)
        assert len(standing) == 1
    end = now + 1300 * MINUTE
    incident.events.create(at=end, from_state="confirmed", to_state="resolved", reason="quiet", code="reports-stopped")
    type(incident).objects.filter(pk=incident.pk).update(state="resolved", resolved_at=end, updated_at=end)
    poll(end + MINUTE)
    assert list(standing) == ["acme-1.3"]
    poll(end + 61 * MINUTE)
    assert not standing


def test_a_false_alarm_is_cancelled_and_an_end_is_an_all_clear(read: Read, service: Any, now: datetime) -> None:
    factories.an_incident(service, now - 9 * MINUTE, states=((0, "possible"), (5, "dismissed")))
    factories.an_incident(service, now - 9 * MINUTE, states=((0, "confirmed"), (5, "resolved")))
    false, over = alert_of(read), alert_of(read, "/acme/incidents/2/cap.xml")
    assert (text(false, "msgType"), text(false, "info/certainty")) == ("Cancel", "Unlikely")
    assert (text(over, "info/responseType"), text(over, "info/urgency")) == ("AllClear", "Past")
    assert text(over, "info/expires") == "2026-03-02T12:56:00-00:00"


def test_nobody_is_to_act_on_the_past_played_back(read: Read, db: None, now: datetime) -> None:
    played = factories.a_service(clock="recorded", accepts_reports=False, provenance="Made up.")
    factories.an_incident(played, now - 9 * MINUTE)
    alert = alert_of(read)
    assert text(alert, "status") == "Test"
    assert (text(alert, "info/headline") or "").startswith("Acme (reconstruction): ")


@pytest.mark.parametrize(
    "address",
    ["/acme/incidents/7/cap.xml", "/nobody/incidents/1/cap.xml", f"/acme/incidents/{2**40}/cap.xml",
     "/acme/incidents/1/cap/7.xml", "/acme/incidents/1/cap/1-1.xml", "/acme/incidents/1/cap/x.xml"],
)  # fmt: skip
def test_an_alert_that_is_not_there_is_a_404(read: Read, service: Any, now: datetime, address: str) -> None:
    factories.an_incident(service, now - 9 * MINUTE)
    assert read(address, 404)["Content-Type"] == "application/problem+json"


ATOM = "{http://www.w3.org/2005/Atom}"


def polled(read: Read, address: str) -> list[str]:
    """What a poller takes from a feed, as IFRC's Alert Hub does: the id of an Atom entry, the link of an RSS item."""
    root = ElementTree.fromstring(read(address).content)
    if root.tag == "rss":
        return [str(item.findtext("link")) for item in root.iter("item")]
    return [str(entry.findtext(f"{ATOM}id")) for entry in root.iter(f"{ATOM}entry")]


@pytest.mark.parametrize("file", ["cap-atom.xml", "cap-rss.xml"])
def test_a_poller_that_knows_alerts_by_their_address_gets_each_message_once_and_none_that_has_run_out(
    read: Read, service: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    from django.utils import timezone

    long_open = factories.an_incident(
        service, now - 400 * MINUTE, states=((0, "possible"), (5, "confirmed")), countries=["NL"]
    )
    factories.an_incident(service, now - 300 * MINUTE, states=((0, "confirmed"), (200, "resolved")))
    factories.an_incident(service, now - 30 * MINUTE, states=((0, "confirmed"), (20, "resolved")), components=["login"])
    prefix = "http://localhost:8000/acme/incidents"
    expected = [f"{prefix}/3/cap/2.xml", f"{prefix}/1/cap/2-2.xml"]
    assert polled(read, f"/acme/feeds/{file}") == polled(read, f"/feeds/{file}") == expected
    assert polled(read, f"/feeds/{file}?of=acme.login") == expected[:1]
    newest = alert_of(read, expected[1].removeprefix("http://localhost:8000"))
    assert ElementTree.tostring(newest) == ElementTree.tostring(alert_of(read))
    monkeypatch.setattr(timezone, "now", lambda: now + 2 * 60 * MINUTE)
    assert polled(read, f"/acme/feeds/{file}") == expected[1:]
    end = now + 130 * MINUTE
    long_open.events.create(at=end, from_state="confirmed", to_state="resolved", reason="quiet", code="reports-stopped")
    type(long_open).objects.filter(pk=long_open.pk).update(
        state="resolved", resolved_at=end, updated_at=end, countries=[]
    )
    monkeypatch.setattr(timezone, "now", lambda: end + MINUTE)
    assert polled(read, f"/acme/feeds/{file}") == [f"{prefix}/1/cap/3.xml"]
    # What was sent stays what it was.
    assert ElementTree.tostring(alert_of(read, "/acme/incidents/1/cap/2-2.xml")) == ElementTree.tostring(newest)
    first = alert_of(read, "/acme/incidents/1/cap/1.xml")
    assert (text(first, "msgType"), text(first, "references"), text(first, "info/certainty")) == (
        "Alert",
        None,
        "Possible",
    )
    monkeypatch.setattr(timezone, "now", lambda: end + 61 * MINUTE)
    assert polled(read, f"/acme/feeds/{file}") == []


def test_alerts_cost_no_more_queries_for_more_incidents(
    read: Read, service: Any, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for number in range(9):
        factories.an_incident(service, now - (number + 1) * MINUTE, states=((0, "possible"), (5, "confirmed")))
    with django_assert_max_num_queries(6):
        assert len(polled(read, "/feeds/cap-atom.xml")) == 9
