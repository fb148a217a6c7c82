"""The pages in every language: each at its own address, with its own numbers and names, and nobody gets another's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import translation
from django.utils.translation import ngettext

from config.languages import path_in, prefix_of
from outages.texts import formats
from reports.languages import DEFAULT_LANGUAGE, LANGUAGES, written
from tests import factories

NOW = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)
OTHERS = [tag for tag in LANGUAGES if tag != DEFAULT_LANGUAGE]
PAGES = (
    "/",
    "/acme/",
    "/acme/map",
    "/acme/history",
    "/acme/incidents/1",
    "/acme/dashboards",
    "/acme/is-it-me",
    "/acme/errors/",
    "/acme/errors/http-503",
    "/acme/report",
    "/acme/subscribe",
    "/embed/acme",
    "/about",
    "/about/method",
    "/privacy",
    "/sources",
    "/developers",
    "/developers/keys",
    "/offline",
)
# Words of the frame and of each page's own texts. None of them is a word of another of the languages.
ENGLISH = (
    "Skip to the content",
    "How we know",
    "Report a problem",
    "Most reported problems",
    "No problems with",
    "usual: ",
)
BROWSER = {"accept": "text/html,*/*;q=0.8", "accept-language": "de-CH,de;q=0.9,en;q=0.5", "sec-fetch-site": "none"}


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def outage(db: None) -> Any:
    cache.clear()
    service = factories.a_service()
    factories.an_outage(service, NOW)
    factories.a_post(service, NOW - timedelta(minutes=12))
    return service


@pytest.mark.parametrize(
    "tag", [tag if tag in ("de", "ja") else pytest.param(tag, marks=pytest.mark.slow) for tag in OTHERS]
)
def test_every_page_speaks_the_language_of_its_address(client: Any, outage: Any, tag: str) -> None:
    for page in PAGES:
        answer = client.get(f"/{tag}{page}")
        text = answer.content.decode()
        assert answer.status_code == 200, page
        assert f'<html lang="{written(tag)}"' in text, page
        assert answer["Content-Language"] == written(tag)
        found = [words for words in ENGLISH if words in re.sub(r"<(pre|code|script)\b.*?</\1>", "", text, flags=re.S)]
        assert found == [], page


def test_the_sentence_its_numbers_and_its_places_are_german(client: Any, outage: Any) -> None:
    page = client.get("/de/acme/").content.decode()
    assert "Acme ist gestört: Mobile app." in page
    assert "Vereinigte Staaten" in page
    assert "02.03.2026" in page
    assert "Meldungen in 30 Min. (" in page
    assert 'href="/de/acme/map' in page


@pytest.mark.parametrize(
    ("tag", "thousands", "half", "quarter"),
    [("en", "1,234", "0.5", "25%"), ("de", "1.234", "0,5", "25\xa0%"), ("fr", "1\u202f234", "0,5", "25\xa0%"),
     ("es", "1234", "0,5", "25\xa0%"), ("ja", "1,234", "0.5", "25%"), ("zh-hans", "1,234", "0.5", "25%"),
     ("sv", "1\xa0234", "0,5", "25\xa0%"), ("pt", "1.234", "0,5", "25%"), ("pl", "1234", "0,5", "25%"),
     ("zh-hant", "1,234", "0.5", "25%")],
)  # fmt: skip
def test_numbers_are_written_as_the_language_does(tag: str, thousands: str, half: str, quarter: str) -> None:
    with translation.override(tag):
        assert (formats.number(1234), formats.short(0.5), formats.percent(0.25)) == (thousands, half, quarter)


@pytest.mark.parametrize(
    ("value", "english", "german", "polish"),
    [
        (1, "report", "Meldung", "zgłoszenie"),
        (2, "reports", "Meldungen", "zgłoszenia"),
        (5, "reports", "Meldungen", "zgłoszeń"),
        (12, "reports", "Meldungen", "zgłoszeń"),
        (22, "reports", "Meldungen", "zgłoszenia"),
        (0, "reports", "Meldungen", "zgłoszeń"),
        (0.6, "reports", "Meldungen", "zgłoszenia"),
        (5.4, "reports", "Meldungen", "zgłoszenia"),  # 5,4 zgłoszenia, but 5 zgłoszeń
        (25.4, "reports", "Meldungen", "zgłoszeń"),  # written as 25
    ],
)
def test_a_number_has_its_plural_form(value: float, english: str, german: str, polish: str) -> None:
    for tag, word in (("en", english), ("de", german), ("pl", polish)):
        with translation.override(tag):
            said = ngettext("%(place)s: %(n)s report", "%(place)s: %(n)s reports", formats.plural(value))
            assert said.rpartition(" ")[2] == word


def test_a_page_names_its_other_languages(client: Any, outage: Any) -> None:
    for page in ("/acme/map?window=1h", "/ja/acme/map?window=1h"):
        text = client.get(page).content.decode()
        found = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="[a-z]+://[^/]+([^"]+)">', text))
        assert found == {written(tag): path_in("/acme/map?window=1h", tag) for tag in LANGUAGES} | {
            "x-default": "/acme/map?window=1h"
        }


def test_whoever_comes_is_led_to_their_language_once(client: Any, outage: Any) -> None:
    answer = client.get("/acme/map?window=1h", headers=BROWSER)
    assert (answer.status_code, answer["Location"]) == (302, "/de/acme/map?window=1h")
    assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("/acme/", {"accept-language": "en-GB,de;q=0.5"}),
        ("/acme/", {"accept-language": "tlh,tok;q=0.5"}),
        ("/acme/", {"accept-language": ""}),
        ("/acme/", {"sec-fetch-site": "same-origin"}),  # a link of the English page, or the switch to English
        ("/acme/", {"accept": "*/*"}),  # a program
        ("/embed/acme", {}),  # the site around it has chosen
        ("/fr/acme/", {}),
    ],
)
def test_nobody_is_led_who_did_not_ask(client: Any, outage: Any, path: str, changed: dict[str, str]) -> None:
    assert client.get(path, headers=BROWSER | changed).status_code == 200


def test_an_english_page_says_on_what_it_depends(client: Any, outage: Any) -> None:
    assert {"Accept-Language", "Cookie"} <= set(client.get("/acme/")["Vary"].split(", "))
    assert "Accept-Language" not in client.get("/de/acme/").headers.get("Vary", "")


def test_a_choice_is_remembered_without_a_script(client: Any, outage: Any) -> None:
    page = client.get("/acme/").content.decode()
    assert '<button type="submit" name="language" value="ja" lang="ja">日本語</button>' in page
    chosen = client.post("/language", {"language": "ja", "next": "/acme/history?state=confirmed"})
    assert (chosen.status_code, chosen["Location"]) == (303, "/ja/acme/history?state=confirmed")
    assert client.get("/acme/", headers=BROWSER)["Location"] == "/ja/acme/"
    back = client.post("/language", {"language": "en", "next": "/ja/acme/"})
    assert back["Location"] == "/acme/"
    assert client.get("/acme/", headers=BROWSER).status_code == 200


@pytest.mark.parametrize(
    ("language", "to", "led"),
    [
        ("de", "https://evil.example/", "/de/"),
        ("de", "//evil.example/", "/de/"),
        ("de", "", "/de/"),
        ("de", "/api/problems", "/api/problems"),
        ("de", "/fr/about", "/de/about"),
        ("klingon", "/fr/about", "/about"),
    ],
)
def test_a_choice_leads_to_a_page_of_ours(client: Any, db: None, language: str, to: str, led: str) -> None:
    assert client.post("/language", {"language": language, "next": to})["Location"] == led


@pytest.mark.parametrize("path", ["/en//evil.example/", "/en///evil.example/"])
def test_the_prefix_of_english_leads_nowhere_else(client: Any, path: str) -> None:
    assert client.get(path)["Location"] == "/evil.example/"


def test_an_address_keeps_its_query_in_another_language() -> None:
    assert path_in("/acme/?at=x", "zh-hans") == "/zh-hans/acme/?at=x"
    assert path_in("/zh-hans/acme/?at=x", "en") == "/acme/?at=x"
    assert (prefix_of("/de/"), prefix_of("/de"), prefix_of("/design/"), prefix_of("/")) == ("de", "", "", "")


def test_the_api_answers_in_the_language_that_is_asked_for_and_gives_nobody_another_s(client: Any, outage: Any) -> None:
    address = "/api/v1/services/acme/status"
    for tag, words in (("de", "gestört"), ("", "is down"), ("ja", "障害"), ("de", "gestört")):
        answer = client.get(address, headers={"accept-language": tag})
        assert words in answer.json()["sentence"]
        assert "Accept-Language" in answer["Vary"]
    refused = client.get("/api/v1/services/nothing/status", headers={"accept-language": "de"})
    assert "There is no service" in refused.json()["detail"]


@pytest.mark.slow
def test_no_language_makes_the_first_view_heavy(client: Any, outage: Any) -> None:
    sizes = {
        tag: len(client.get(path_in("/acme/", tag), headers={"accept-encoding": "gzip"}).content) for tag in LANGUAGES
    }
    assert max(sizes.values()) < sizes[DEFAULT_LANGUAGE] + 2_500, sizes


def test_a_page_that_is_not_there_says_so_in_its_language(client: Any, db: None) -> None:
    answer = client.get("/de/nowhere/")
    assert answer.status_code == 404
    assert 'lang="de"' in answer.content.decode()
    assert "Seite nicht gefunden" in answer.content.decode()
