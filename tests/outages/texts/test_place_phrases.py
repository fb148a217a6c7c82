"""Places within sentences, in every language."""

from __future__ import annotations

import tomllib

import pytest

from outages.texts import place_phrases
from outages.texts.lists import listed
from outages.texts.place_phrases import in_place, in_places, named_places
from reports import places
from reports.languages import LANGUAGES

PREPOSITIONS = {
    "en": ("in ", "on "),
    "de": ("in ", "im ", "auf "),
    "nl": ("in ", "op "),
    "fr": ("en ", "au ", "aux ", "à ", "dans ", "sur "),
    "es": ("en ",),
    "it": ("in ", "a ", "ad ", "nei ", "nel ", "nella ", "nelle ", "negli ", "alle ", "alla ", "sull’"),
    "pt": ("em ", "no ", "na ", "nos ", "nas "),
    "nb": ("i ", "på "),
    "pl": ("w ", "we ", "na "),
    "sv": ("i ", "på "),
    "da": ("i ", "på "),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_has_a_phrase(language: str) -> None:
    assert len(places.countries()) == 250
    for country in places.countries():
        phrase = in_place(country.code, language)
        assert "{" not in phrase
        if language in PREPOSITIONS:
            assert phrase.startswith(PREPOSITIONS[language]), phrase
            assert phrase != country.name(language)
        else:
            assert country.code in ("CD", "CG", "MM") or country.name(language) in phrase


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_region_has_a_phrase(language: str) -> None:
    for country in places.countries():
        for region in places.regions(country.code):
            assert not {"{", "}"} & set(in_place(region.code, language).strip() or "{"), region.code


def test_the_table_names_each_place_once() -> None:
    tables = tomllib.loads(place_phrases.DATA.read_text("utf-8"))
    assert set(tables) == set(LANGUAGES)
    for language, table in tables.items():
        codes = [code for listed_codes in table.get("forms", {}).values() for code in listed_codes.split()]
        assert len(codes) == len(set(codes)), (language, [code for code in codes if codes.count(code) > 1])
        assert all(places.get(code) for code in [*codes, *table.get("phrases", {})]), language


def test_polish_inflects_every_country_by_its_own_phrase() -> None:
    phrases = tomllib.loads(place_phrases.DATA.read_text("utf-8"))["pl"]["phrases"]
    assert {country.code for country in places.countries()} <= set(phrases)


@pytest.mark.parametrize(
    ("code", "language", "phrase"),
    [
        ("NL", "en", "in the Netherlands"),
        ("US", "en", "in the United States"),
        ("JE", "en", "on Jersey"),
        ("NL", "de", "in den Niederlanden"),
        ("CH", "de", "in der Schweiz"),
        ("IR", "de", "im Iran"),
        ("MT", "de", "auf Malta"),
        ("GB", "nl", "in het Verenigd Koninkrijk"),
        ("CW", "nl", "op Curaçao"),
        ("US", "fr", "aux États-Unis"),
        ("CA", "fr", "au Canada"),
        ("IT", "fr", "en Italie"),
        ("CY", "fr", "à Chypre"),
        ("FR-HDF", "fr", "dans les Hauts-de-France"),
        ("NL", "es", "en los Países Bajos"),
        ("US", "es", "en Estados Unidos"),
        ("NL", "it", "nei Paesi Bassi"),
        ("US", "it", "negli Stati Uniti"),
        ("BR", "pt", "no Brasil"),
        ("DE", "pt", "na Alemanha"),
        ("PT", "pt", "em Portugal"),
        ("US", "pt", "nos Estados Unidos"),
        ("DE", "pl", "w Niemczech"),
        ("HU", "pl", "na Węgrzech"),
        ("FR", "pl", "we Francji"),
        ("US", "pl", "w Stanach Zjednoczonych"),
        ("US-NY", "pl", "w stanie Nowy Jork"),
        ("PL-14", "pl", "w województwie mazowieckim"),
        ("NO", "nb", "i Norge"),
        ("IS", "nb", "på Island"),
        ("CY", "sv", "på Cypern"),
        ("NL", "da", "i Nederlandene"),
        ("NL", "zh-hans", "在荷兰"),
        ("NL", "zh-hant", "在荷蘭"),
        ("NL", "ja", "オランダで"),
        ("NL", "ko", "네덜란드에서"),
        ("ZZ", "de", "in ZZ"),
    ],
)
def test_a_place_stands_in_a_sentence_as_people_say_it(code: str, language: str, phrase: str) -> None:
    assert in_place(code, language) == phrase


TWENTY = ["US", "MT", "DE", "JP", "FR", "IT", "ES", "NO", "SE", "DK", "FI", "PL", "CZ", "AT", "CH", "BE", "LU", "IE"]


def test_long_lists_are_cut_short_and_say_how_much_is_left() -> None:
    assert in_places(TWENTY, "en") == "in the United States, Malta, Germany and 15 more countries"
    assert in_places(TWENTY, "de") == "in den USA, auf Malta, in Deutschland und in 15 weiteren Ländern"
    assert in_places(["US", *TWENTY[2:]], "de") == "in den USA, Deutschland, Japan und 14 weiteren Ländern"
    assert in_places(TWENTY, "fr") == "aux États-Unis, à Malte, en Allemagne et dans 15 autres pays"
    assert in_places(TWENTY, "ja") == "アメリカ合衆国、マルタ、ドイツほか15か国・地域で"
    assert in_places(TWENTY, "zh-hans") == "在美国、马耳他、德国等 18 个国家和地区"
    assert in_places(TWENTY, "pt") == "nos Estados Unidos, em Malta, na Alemanha e em mais 15 países"
    assert in_places(TWENTY, "pl") == "w Stanach Zjednoczonych, na Malcie, w Niemczech i w 15 innych krajach"
    assert in_places(TWENTY, "zh-hant") == "在美國、馬爾他、德國等 18 個國家和地區"
    assert named_places(TWENTY, "pl") == "Stany Zjednoczone, Malta, Niemcy i jeszcze 15"
    assert named_places(TWENTY, "de") == "Vereinigte Staaten, Malta, Deutschland und 15 weitere Länder"
    assert in_places(["US-CA", "US-NY", "DE-BY", "NL-NH", "NL-ZH"], "en").endswith("and 2 more regions")


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_place_too_many_is_named_not_counted(language: str) -> None:
    assert in_place("JP", language).split()[-1].removeprefix("在") in in_places(TWENTY[:4], language)
    assert in_places([], language) == named_places([], language) == ""


def test_a_spanish_and_turns_before_the_same_sound() -> None:
    assert listed(["España", "Italia"], "es") == "España e Italia"
    assert listed(["Chile", "Hungría"], "es") == "Chile y Hungría"
