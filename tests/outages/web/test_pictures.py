"""Pictures of a moment, link previews and oEmbed."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.cache import cache
from PIL import Image

from outages.web.charts import map_area, pictures
from outages.web.views.pictures import LATIN
from reports import places
from tests import factories
from tools import messages

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)
SITE = "https://brownout.example"


@pytest.fixture(autouse=True)
def at_noon(settings: Any) -> Any:
    settings.SITE_URL = SITE
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def outage(db: None) -> Any:
    cache.clear()
    service = factories.a_service()
    factories.an_outage(service, NOW)
    return service


def test_a_page_names_a_picture_of_its_moment_which_is_drawn(client: Any, outage: Any) -> None:
    for address in ("/acme/", "/acme/map", "/acme/incidents/1", "/ja/acme/"):
        page = client.get(address).content.decode()
        found = re.search(r'<meta property="og:image" content="([^"]+)"', page)
        assert found, address
        picture = unescape(found[1])
        assert picture.startswith(SITE)
        assert "at=2026-03-02T12:00:00Z" in picture  # a shared link shows the moment, whenever it is looked at
        answer = client.get(picture.removeprefix(SITE))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        image = Image.open(io.BytesIO(answer.content))
        assert image.size == (1200, 630)
        assert len(image.getcolors(1 << 20) or []) > 5  # a map with steps and words, not a blank sheet
        assert len(answer.content) < 150_000


def test_a_picture_has_no_words_of_another_language(client: Any, outage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[pictures.Words] = []
    draw = pictures.as_png
    monkeypatch.setattr(pictures, "as_png", lambda layer, words: drawn.append(words) or draw(layer, words))
    for language in ("ja", "ko", "zh-hans"):
        cache.clear()
        assert client.get(f"/{language}/acme/picture.png").status_code == 200
    assert {re.sub(r"[\d,]+", "n", words.title) for words in drawn} == {"Acme: n / n min"}
    assert {words.detail for words in drawn} == {"2026-03-02 12:00 UTC"}
    client.get("/de/acme/picture.png")
    assert "Acme" in drawn[-1].title
    assert " / 30 min" not in drawn[-1].title


def test_the_map_is_taken_along_with_title_time_zone_and_source(client: Any, outage: Any) -> None:
    answer = client.get("/acme/map.svg?window=1h&metric=count")
    assert answer["Content-Type"] == "image/svg+xml"
    text = " ".join(ElementTree.fromstring(answer.content.decode()).itertext())
    for said in ("Acme by country", "2026-03-02 12:00 UTC", "last hour", "Brownout · brownout.example"):
        assert said in text
    answer = client.get("/acme/map.png?country=US")
    assert Image.open(io.BytesIO(answer.content)).format == "PNG"
    assert "attachment" in answer["Content-Disposition"]
    assert client.get("/acme/map.gif").status_code == 404
    assert client.get("/acme/map.png?window=1y").status_code == 400


def test_oembed_gives_the_frame_of_our_pages_and_of_no_others(client: Any, outage: Any) -> None:
    answer = client.get("/oembed", {"url": f"{SITE}/acme/map?window=1h"}).json()
    assert (answer["type"], answer["version"]) == ("rich", "1.0")
    assert f'src="{SITE}/embed/acme/map?window=1h"' in answer["html"]
    page = client.get("/acme/").content.decode()
    asked = re.search(r'application/json\+oembed" href="([^"]+)"', page)
    assert asked
    assert (
        client.get(unescape(asked[1]).removeprefix(SITE)).json()["html"].startswith(f'<iframe src="{SITE}/embed/acme"')
    )
    for wrong in ("", "https://elsewhere.example/acme/", f"{SITE}/privacy", f"{SITE}/nothing/", "http://[", "\x00"):
        assert client.get("/oembed", {"url": wrong}).status_code == 404, wrong
    assert client.get("/oembed", {"url": f"{SITE}/acme/", "format": "xml"}).status_code == 501
    assert client.get("/oembed", {"url": f"{SITE}/acme/?at=yesterday"}).status_code == 400


def test_the_map_opens_on_what_is_unusual_and_has_a_way_back(client: Any, outage: Any) -> None:
    paths = {"A": "M10 10l5 0 0 5z", "B": "M600 10l5 0 0 5z"}
    assert map_area.box_of("M10 10l5 0 0 5zM300 300l1 0 0 1z") == (10, 10, 5, 5)  # a far island does not count
    small = map_area.affected(paths, ["A"], 640, 320)
    assert small is not None
    assert (small[0], small[1]) == (0, 0)
    assert small[2] / small[3] == pytest.approx(2, rel=0.01)
    assert map_area.affected(paths, ["A", "B"], 640, 320) is None  # it is all over the world
    assert map_area.affected(paths, [], 640, 320) is None
    whole = client.get("/acme/map?area=whole").content.decode()
    drawn = re.search(r'<svg class="map" viewBox="([^"]+)" data-whole="([^"]+)"', whole)
    assert drawn
    assert drawn[1] == drawn[2]
    assert client.get("/acme/map?area=moon").status_code == 400


@pytest.mark.parametrize("language", LATIN)
def test_the_font_of_a_picture_has_every_letter_of_a_language(language: str) -> None:
    font = pictures._font(pictures.SMALL)
    texts = [str(message.string) for message in messages.read(language)] if language != "en" else []
    texts += [place.name(language) for place in places.countries()]
    unknown = bytes(font.getmask("東"))
    letters = {letter for letter in "".join(texts) if letter.isprintable()}
    assert unknown
    assert [letter for letter in sorted(letters) if bytes(font.getmask(letter)) == unknown] == []
