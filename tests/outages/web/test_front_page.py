"""The front page for many services: search, what is in trouble, and a board of one's own by address."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import time_machine

from outages.texts.categories import category_names
from reports.catalog.schema import Category
from tests import factories

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def services(db: None) -> Any:
    with time_machine.travel(NOW, tick=False):
        factories.an_outage(factories.a_service(), NOW)
        other = factories.a_service("cafe", name="Café Net")
        factories.watched(other, NOW.replace(second=0) - 40 * factories.MINUTE, NOW.replace(second=0))
        yield


def read(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:300]
    return str(answer.content.decode())


def test_a_service_is_found_by_its_name_without_accents_or_case_and_without_a_script(client: Any) -> None:
    page = read(client, "/?q=CAFE")
    assert "Café Net" in page
    assert ">Acme</a></h2>" not in page
    page = read(client, "/?q=sign-in")  # a component that both have
    assert ">Acme</a></h2>" in page
    assert "No service matches “&lt;b&gt;”" in read(client, "/?q=%3Cb%3E")
    assert "No service matches" in read(client, "/?q=%00x" + "y" * 500)


def test_what_is_in_trouble_stands_first(client: Any) -> None:
    page = read(client, "/")
    start = page.index("Problems now")
    assert "Acme" in page[start : start + 700]
    assert "Café" not in page[start : page.index("</p>", start)]


def test_many_services_stand_by_their_category_and_by_the_page_trouble_first(client: Any, monkeypatch: Any) -> None:
    for slug, category in (("avis", "cars"), ("bank", "payments"), ("coin", "payments"), ("dacia", "cars")):
        factories.a_service(slug, category=category)

    def names(address: str) -> list[str]:
        return re.findall(r"<h[23]>(?:<a [^>]*>)?([^<]+)<", read(client, address).partition('data-live="board"')[2])

    flat = ["Acme", "Avis", "Bank", "Café Net", "Coin", "Dacia"]
    assert sorted(names("/")) == flat, "so few are not grouped"
    assert names("/")[0] == "Acme"
    monkeypatch.setattr("outages.web.views.front_page.MOST_UNGROUPED", 5)
    grouped = ["Acme", "Cars", "Avis", "Dacia", "Payments", "Bank", "Coin", "Other services", "Café Net"]
    assert names("/") == grouped
    assert names("/?q=a") == grouped
    monkeypatch.setattr("outages.web.views.front_page.MOST_ROWS", 4)
    assert names("/?page=1") == grouped[:6]
    assert 'href="?page=2&amp;q=a"' in read(client, "/?q=a")
    assert names("/?page=2&q=a") == ["Payments", "Coin", "Other services", "Café Net"]
    assert "5–6 of 6 services" in read(client, "/?page=2")
    for wrong in ("0", "3", "-1", "x", "%00", "9" * 5000):
        read(client, f"/?page={wrong}", status=404)


def test_every_category_has_its_name_and_stands_on_the_page_of_catalogues() -> None:
    known = set(get_args(Category))
    assert set(category_names()) == known
    [row] = re.findall(r"^\| `category` .*", Path("docs/add-your-own-service.md").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", row)) - {"category"} == known


def test_a_board_of_one_s_own_knows_services_and_components(client: Any) -> None:
    page = read(client, "/board?of=cafe,acme.app,acme.login")
    assert page.index("Café Net") < page.index("Acme: ")
    assert "Problems now" not in page
    board = client.get("/board.json?of=acme.app,acme.login,cafe,cafe").json()["board"]
    assert [(row["service"], row["component"], row["verdict"], row["incident"]) for row in board] == [
        ("acme", "app", "confirmed", 1),
        ("acme", "login", "ok", None),  # the incident does not name it
        ("cafe", None, "ok", None),
    ]


def test_a_board_of_one_s_own_is_reported_to_embedded_and_followed(client: Any) -> None:
    page = read(client, "/board?of=acme.app,cafe")
    assert 'href="/acme/report?component=app"' in page
    assert 'href="/cafe/report"' in page
    assert "/board/embed?of=acme.app,cafe" in page
    framed = client.get("/board/embed?of=acme.app,cafe")
    assert "Acme: " in framed.content.decode()
    assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
    for file in ("atom.xml", "rss.xml", "feed.json"):
        assert f'"/feeds/{file}?of=acme.app,cafe"' in page
    feed = client.get("/feeds/feed.json?of=acme.app,cafe").json()
    assert [item["id"] for item in feed["items"]] == [
        item["id"] for item in client.get("/acme/feeds/feed.json").json()["items"]
    ]
    assert feed["feed_url"].endswith("/feeds/feed.json?of=acme.app,cafe")
    assert client.get("/feeds/feed.json?of=acme.login,cafe").json()["items"] == []  # the incident does not name it


@pytest.mark.parametrize(
    "of", ["", ",", "nothing", "acme.nothing", "acme.", ",".join(f"s{n}" for n in range(60)), "%00"]
)
def test_a_board_of_what_is_not_there_says_so(client: Any, of: str) -> None:
    for address in ("/board", "/board.json", "/board/embed"):
        status = client.get(f"{address}?of={of}").status_code
        assert status == (200 if of == "acme." else 400)
    assert client.get(f"/feeds/atom.xml?of={of}").status_code == (200 if of in ("", "acme.") else 400)
