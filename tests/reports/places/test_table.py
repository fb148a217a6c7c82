"""What the table of places holds."""

import importlib.resources

import pytest

from reports import places

# Every region that the simulated worlds weight.
REGIONS_OF_THE_WORLDS = """
AE-DU AT-9 AU-NSW AU-QLD AU-VIC BE-VLG CA-AB CA-BC CA-ON CA-QC CH-ZH DE-BE DE-BW DE-BY DE-HE DE-NW DK-84 ES-CT ES-MD
FI-18 FR-ARA FR-IDF FR-PAC GB-ENG GB-SCT HK-HK IE-L IL-TA IS-1 IT-25 JP-13 KR-11 NL-NB NL-NH NL-UT NL-ZH NO-03 NO-11
NO-46 NZ-AUK PT-11 SE-AB SE-O SG-01 TH-10 TR-34 TW-TPE US-AZ US-CA US-CO US-FL US-GA US-HI US-IL US-MA US-MD US-MI
US-MN US-MO US-NC US-NJ US-NV US-NY US-OH US-OR US-PA US-TN US-TX US-UT US-VA US-WA
"""

ISO_3166_TAB = (importlib.resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8")
ISO_3166 = [line.split("\t")[0] for line in ISO_3166_TAB.splitlines() if not line.startswith("#")]

EVERY_PLACE = [
    *places.countries(),
    *(region for country in places.countries() for region in places.regions(country.code)),
]


def test_the_worlds_weight_seventy_one_regions() -> None:
    assert len(REGIONS_OF_THE_WORLDS.split()) == 71


@pytest.mark.parametrize("code", REGIONS_OF_THE_WORLDS.split())
def test_every_region_of_the_worlds_is_there(code: str) -> None:
    region = places.get(code)
    assert region is not None
    assert (region.kind, region.country) == ("region", code[:2])
    assert places.resolve(code[:2], code) == places.Resolved(code[:2], code)


def test_every_country_of_iso_3166_is_there() -> None:
    assert len(ISO_3166) == 249
    assert {country.code for country in places.countries()} == {*ISO_3166, "XK"}


@pytest.mark.parametrize(
    ("country", "count", "some"),
    [
        ("GB", 4, {"GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"}),
        ("FR", 13, {"FR-IDF", "FR-ARA", "FR-PAC", "FR-20R"}),
        ("IT", 20, {"IT-25", "IT-62", "IT-82"}),
        ("ES", 19, {"ES-MD", "ES-CT", "ES-CN", "ES-CE"}),
        ("NO", 15, {"NO-03", "NO-11", "NO-46", "NO-55", "NO-56"}),
        ("BE", 3, {"BE-VLG", "BE-WAL", "BE-BRU"}),
        ("IE", 4, {"IE-C", "IE-L", "IE-M", "IE-U"}),
        ("PT", 20, {"PT-11", "PT-20", "PT-30"}),
        ("DK", 5, {"DK-81", "DK-82", "DK-83", "DK-84", "DK-85"}),
        ("FI", 18, {"FI-18"}),
        ("NL", 12, {"NL-NH", "NL-ZH", "NL-UT"}),
        ("DE", 16, {"DE-BE", "DE-BY"}),
        ("US", 51, {"US-CA", "US-DC", "US-AK", "US-HI"}),
        ("PL", 16, {"PL-14"}),
        ("CZ", 14, {"CZ-10"}),
        ("JP", 47, {"JP-13"}),
        ("UA", 27, {"UA-40", "UA-43"}),
        ("HK", 1, {"HK-HK"}),
        ("MC", 0, set()),
    ],
)
def test_a_country_is_divided_as_its_people_divide_it(country: str, count: int, some: set[str]) -> None:
    codes = {region.code for region in places.regions(country)}
    assert len(codes) == count
    assert some <= codes


def test_every_place_is_whole() -> None:
    for place in EVERY_PLACE:
        assert places.get(place.code) is place
        assert place.name().strip() == place.english != ""
        assert place.country == place.code[:2]
        assert -180 <= place.box.west <= 180, place.code
        assert -180 <= place.box.east <= 180, place.code
        assert -90 <= place.box.south < place.box.north <= 90, place.code
        longitude, latitude = place.point
        assert place.box.south <= latitude <= place.box.north, place.code
        assert (longitude - place.box.west) % 360 <= place.box.width, place.code
        assert place.population is None or place.population > 0
        assert (place.population is None) == (place.population_year is None)


def test_names_in_a_country_are_told_apart() -> None:
    for country in places.countries():
        names = [region.english for region in places.regions(country.code)]
        assert len(set(names)) == len(names), country.code


def test_an_unknown_code_is_no_place() -> None:
    assert places.get("ZZ") is None
    assert places.get("nl") is None
    assert places.get("") is None
    assert places.regions("ZZ") == ()


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("NL", "nl", "Nederland"),
        ("NL", "de", "Niederlande"),
        ("GB", "en", "United Kingdom"),
        ("DE", "nb", "Tyskland"),
        ("DE", "no", "Tyskland"),
        ("DE", "nn-NO", "Tyskland"),
        ("DE", "da", "Tyskland"),
        ("DE", "sv", "Tyskland"),
        ("DE", "ja", "ドイツ"),
        ("DE", "ko", "독일"),
        ("DE", "xx", "Germany"),
        ("DE", "", "Germany"),
        ("DE-BY", "de-AT", "Bayern"),
        ("DE-BY", "fr", "Bavière"),
        ("DE-BY", "zh", "巴伐利亚"),
        ("DE-BY", "zh_Hant_TW", "巴伐利亞"),
        ("DE-BY", "zh-Hans", "巴伐利亚"),
        ("DE-BY", "nb", "Bavaria"),  # the source has no Norwegian names of regions
        ("NL-NH", "nl", "Noord-Holland"),
        ("NL-NH", "en-GB", "North Holland"),
        ("IT-25", "pt-BR", "Lombardia"),
        ("GB-SCT", "fr", "Écosse"),
        ("DK-84", "en", "Capital Region of Denmark"),
        ("RU-MOW", "en", "Moscow"),
        ("RU-MOS", "en", "Moscow Oblast"),
    ],
)
def test_a_name_comes_in_the_language_asked_for_or_the_nearest(code: str, language: str, name: str) -> None:
    place = places.get(code)
    assert place is not None
    assert place.name(language) == name


def test_all_names_of_a_place_can_be_had_at_once() -> None:
    place = places.get("NL")
    assert place is not None
    assert place.names["en"] == "Netherlands"
    assert place.names["fr"] == "Pays-Bas"
    assert {"en", "de", "nl", "fr", "es", "it", "nb", "sv", "da", "zh", "ja", "ko"} <= set(place.names)


@pytest.mark.parametrize(
    ("code", "least", "most"),
    [
        ("NL", 17e6, 18.5e6),
        ("US", 330e6, 345e6),
        ("SG", 5.5e6, 6.5e6),
        ("FR", 64e6, 69e6),
        ("HK", 7e6, 8e6),
        ("PS", 4.5e6, 6e6),
        ("US-CA", 39e6, 40e6),
        ("US-DC", 0.6e6, 0.8e6),
    ],
)
def test_population_is_of_the_right_size(code: str, least: float, most: float) -> None:
    place = places.get(code)
    assert place is not None
    assert place.population is not None
    assert place.population_year is not None
    assert least < place.population < most
    assert 2024 <= place.population_year <= 2026


def test_regions_have_a_population_where_a_source_in_the_public_domain_has_all_of_a_country() -> None:
    known = {place.country for place in EVERY_PLACE if place.kind == "region" and place.population}
    assert known == {"US"}
    people = [region.population for region in places.regions("US")]
    assert None not in people
    assert sum(filter(None, people)) == 340_110_988, "the United States of 2024, by the Census Bureau"


def test_most_countries_have_a_population_of_the_last_years() -> None:
    years = [place.population_year for place in places.countries() if place.population_year]
    assert sum(year >= 2024 for year in years) > 0.9 * len(years), sorted(years)[:30]


def test_neighbours_are_of_the_same_kind_and_mutual() -> None:
    for place in EVERY_PLACE:
        for code in place.neighbours:
            neighbour = places.get(code)
            assert neighbour is not None
            assert neighbour.kind == place.kind
            assert place.code in neighbour.neighbours


@pytest.mark.parametrize(
    ("code", "neighbours"),
    [
        ("NL", {"BE", "DE"}),
        ("PT", {"ES"}),
        ("IS", set()),
        ("US", {"CA", "MX"}),
        ("US-TX", {"US-NM", "US-OK", "US-AR", "US-LA", "MX-CHH", "MX-COA", "MX-NLE", "MX-TAM"}),
        ("NL-LI", {"NL-NB", "NL-GE", "BE-VLG", "BE-WAL", "DE-NW"}),
        ("GB-NIR", {"IE-U", "IE-L", "IE-C"}),
        ("FR-IDF", {"FR-HDF", "FR-GES", "FR-BFC", "FR-CVL", "FR-NOR"}),
        ("US-HI", set()),
    ],
)
def test_neighbours_are_those_of_the_atlas(code: str, neighbours: set[str]) -> None:
    place = places.get(code)
    assert place is not None
    assert set(place.neighbours) == neighbours


@pytest.mark.parametrize(
    ("code", "crosses"), [("US", True), ("RU", True), ("FJ", True), ("NZ", True), ("RU-CHU", True), ("NL", False)]
)
def test_a_box_across_the_180th_meridian_says_so(code: str, crosses: bool) -> None:
    place = places.get(code)
    assert place is not None
    assert (place.box.west > place.box.east) is crosses
    assert place.box.width < 185
