"""The table of places: every country of ISO 3166-1 and the regions that people use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from babel import Locale

from reports.places.files import DATA, read_json
from reports.places.geometry import Box

# Where else to look for a name. Only languages without names of their own are here, and traditional Chinese, whose
# names never equal the English ones: a name that does is not stored, so that elsewhere "none" may mean "the same".
_NEXT_LANGUAGE: Final = {
    "no": ("nb",),
    "nn": ("nb",),
    "zh-hant": ("zht", "zh"),
    "zh-tw": ("zht", "zh"),
    "zh-hk": ("zht", "zh"),
    "zh-mo": ("zht", "zh"),
    "zht": ("zh",),
}

# Where CLDR's locale has another tag than the table's language.
_CLDR: Final = {"en": "en_GB", "zh": "zh_Hans", "zht": "zh_Hant"}
# CLDR's short names, which Babel does not carry, of places whose long ones are no words for a sentence.
_SHORT_NAMES: Final = {
    "en": {"HK": "Hong Kong", "MO": "Macao", "PS": "Palestine"},
    "de": {"HK": "Hongkong", "MO": "Macau", "PS": "Palästina"},
    "nl": {"HK": "Hongkong", "MO": "Macau", "PS": "Palestina"},
    "fr": {"HK": "Hong Kong", "MO": "Macao", "PS": "Palestine"},
    "es": {"HK": "Hong Kong", "MO": "Macao", "PS": "Palestina"},
    "it": {"HK": "Hong Kong", "MO": "Macao", "PS": "Palestina"},
    "pt": {"HK": "Hong Kong", "MO": "Macau", "PS": "Palestina"},
    "nb": {"HK": "Hongkong", "MO": "Macao", "PS": "Palestina"},
    "sv": {"HK": "Hongkong", "MO": "Macao", "PS": "Palestina"},
    "da": {"HK": "Hongkong", "MO": "Macao", "PS": "Palæstina"},
    "pl": {"HK": "Hongkong", "MO": "Makau", "PS": "Palestyna"},
    "zh": {"HK": "香港", "MO": "澳门", "PS": "巴勒斯坦"},
    "zht": {"HK": "香港", "MO": "澳門", "PS": "巴勒斯坦"},
    "ja": {"HK": "香港", "MO": "マカオ", "PS": "パレスチナ"},
    "ko": {"HK": "홍콩", "MO": "마카오", "PS": "팔레스타인"},
}


@dataclass(frozen=True, slots=True)
class Place:
    """A country or one of its regions.

    `code`: ISO 3166-1 alpha-2 ("NL") or ISO 3166-2 ("NL-NH"). `country`: its country's code; a country's own.
    `population`: people in `population_year`; None where the source gives none, as for most regions.
    `neighbours`: codes of the same kind that share a border on land. `box`: its extent, which may cross the 180th
    meridian. `point`: longitude and latitude well inside its largest part, for a label or a marker.
    """

    code: str
    country: str
    kind: Literal["country", "region"]
    english: str
    population: int | None
    population_year: int | None
    neighbours: tuple[str, ...]
    box: Box
    point: tuple[float, float]

    @property
    def names(self) -> dict[str, str]:
        """Return {language: name} for English and each language whose name differs from it."""
        return {"en": self.english} | {
            language: names[self.code] for language in languages() if self.code in (names := _names(language))
        }

    def name(self, language: str = "en") -> str:
        """Return the name in a language ("nl", "pt-BR", "zh-Hant"), else in its nearest relative, else in English."""
        for candidate in _chain(language):
            if candidate == "en":
                break
            if name := _names(candidate).get(self.code):
                return name
        return self.english


@dataclass(frozen=True, slots=True)
class _Table:
    places: dict[str, Place]
    countries: tuple[Place, ...]
    regions: dict[str, tuple[Place, ...]]
    aliases: dict[str, str]


def get(code: str) -> Place | None:
    """Return the place with exactly this code, in capitals; None if the table has none. Aliases are for `resolve`."""
    return table().places.get(code)


def countries() -> tuple[Place, ...]:
    """Return all countries, by code: the 249 of ISO 3166-1, and Kosovo under the code XK that is used for it."""
    return table().countries


def regions(country: str) -> tuple[Place, ...]:
    """Return a country's regions, by code; empty where the table has none."""
    return table().regions.get(country, ())


@cache
def languages() -> tuple[str, ...]:
    """Return the languages, besides English, that the table has names in."""
    return tuple(sorted(file.name.split(".")[0] for file in (DATA / "names").glob("*.json.gz")))


@cache
def table() -> _Table:
    """Return the whole table, read on first use."""
    content = read_json(DATA / "places.json.gz")
    places = [_country(row) for row in content["countries"]] + [_region(row) for row in content["regions"]]
    by_country: dict[str, list[Place]] = {}
    for place in places:
        if place.kind == "region":
            by_country.setdefault(place.country, []).append(place)
    return _Table(
        places={place.code: place for place in places},
        countries=tuple(place for place in places if place.kind == "country"),
        regions={country: tuple(found) for country, found in by_country.items()},
        aliases=content["aliases"],
    )


def _country(row: list[Any]) -> Place:
    code, _english, neighbours, box, point, population, year = row
    english = _names_of_countries("en")[code]
    return Place(code, code, "country", english, population, year, tuple(neighbours), Box(*box), (point[0], point[1]))


def _region(row: list[Any]) -> Place:
    code, english, neighbours, box, point, *people = row
    population, year = people or (None, None)
    return Place(
        code, code[:2], "region", english, population, year, tuple(neighbours), Box(*box), (point[0], point[1])
    )


def _chain(language: str) -> tuple[str, ...]:
    """Return the languages to try, in order: as asked, its nearest ones, without its country, and theirs."""
    asked = language.strip().lower().replace("_", "-")
    base = asked.split("-")[0]
    script = "-".join(asked.split("-")[:2])
    chain = (
        asked,
        *_NEXT_LANGUAGE.get(asked, ()),
        *_NEXT_LANGUAGE.get(script, ()),
        base,
        *_NEXT_LANGUAGE.get(base, ()),
    )
    return tuple(dict.fromkeys(chain))


@cache
def _names(language: str) -> dict[str, str]:
    """Return names by code: of countries as CLDR has them, of regions as the table's source has them."""
    if language not in languages():
        return {}
    names: dict[str, str] = read_json(DATA / "names" / f"{language}.json.gz")
    return names | _names_of_countries(language)


@cache
def _names_of_countries(language: str) -> dict[str, str]:
    names = Locale.parse(_CLDR.get(language, language)).territories
    codes = (row[0] for row in read_json(DATA / "places.json.gz")["countries"])
    return {code: names[code] for code in codes if code in names} | _SHORT_NAMES.get(language, {})
