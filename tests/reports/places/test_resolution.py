"""From written codes to places, with messages that say what to change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import places
from reports.places import Resolved, UnknownPlaceError, resolve


@pytest.mark.parametrize(
    ("country", "region", "expected"),
    [
        (None, None, (None, None)),
        ("", "  ", (None, None)),
        ("NL", None, ("NL", None)),
        (" nl ", "", ("NL", None)),
        ("NL", "NL-NH", ("NL", "NL-NH")),
        ("nl", "nl-nh", ("NL", "NL-NH")),
        (None, "US-CA", ("US", "US-CA")),
        ("HK", "HK-HK", ("HK", "HK-HK")),
        ("XK", None, ("XK", None)),
        ("TV", "TV-FUN", ("TV", None)),
    ],
)
def test_a_code_of_the_table_is_taken(country: str | None, region: str | None, expected: tuple[str, str]) -> None:
    found = resolve(country, region)
    assert (found.country, found.region) == expected


@pytest.mark.parametrize(
    ("written", "country", "region"),
    [
        ("FR-75", "FR", "FR-IDF"),  # a department
        ("FR-J", "FR", "FR-IDF"),  # a region before 2016
        ("FR-2A", "FR", "FR-20R"),
        ("IT-MI", "IT", "IT-25"),
        ("ES-M", "ES", "ES-MD"),
        ("ES-NA", "ES", "ES-NC"),
        ("GB-LND", "GB", "GB-ENG"),
        ("GB-EDH", "GB", "GB-SCT"),
        ("GB-BFS", "GB", "GB-NIR"),
        ("GB-CRF", "GB", "GB-WLS"),
        ("IE-D", "IE", "IE-L"),
        ("BE-VAN", "BE", "BE-VLG"),
        ("NO-12", "NO", "NO-46"),
        ("NO-01", "NO", "NO-31"),
        ("PL-MZ", "PL", "PL-14"),
        ("CZ-PR", "CZ", "CZ-10"),
        ("KZ-ALA", "KZ", "KZ-75"),
        ("KZ-AST", "KZ", "KZ-71"),
        ("MK-85", "MK", "MK-810"),
        ("LV-VMR", "LV", "LV-113"),
        ("EE-78", "EE", "EE-79"),
        ("IN-OR", "IN", "IN-OD"),
        ("ZA-GT", "ZA", "ZA-GP"),
        ("GT-GU", "GT", "GT-01"),
        ("MX-DIF", "MX", "MX-CMX"),
        ("TW-TPQ", "TW", "TW-NWT"),
        ("CN-31", "CN", "CN-SH"),
        ("HU-DE", "HU", "HU-HB"),
        ("KE-30", "KE", "KE-110"),  # a county, within the province that is drawn
        ("UG-325", "UG", "UG-N"),
        ("PH-CEB", "PH", "PH-07"),
        ("CZ-201", "CZ", "CZ-20"),  # districts and municipalities, within the region that ISO 3166-2 names
        ("BD-13", "BD", "BD-C"),
        ("LT-57", "LT", "LT-VL"),
        ("EE-784", "EE", "EE-37"),
        ("IS-RKN", "IS", "IS-2"),
        ("MA-CAS", "MA", "MA-06"),
        ("UK-ENG", "GB", "GB-ENG"),
        ("US-PR", "PR", None),
        ("FR-974", "RE", None),
        ("FR-GF", "GF", None),
        ("NL-AW", "AW", None),
        ("NL-BQ1", "BQ", "BQ-BO"),
        ("NO-21", "SJ", None),
        ("FI-01", "AX", None),
        ("CN-HK", "HK", None),
    ],
)
def test_an_older_finer_or_parents_code_becomes_the_one_of_the_table(
    written: str, country: str, region: str | None
) -> None:
    found = resolve(None, written)
    assert (found.country, found.region) == (country, region)
    assert found.note is not None
    assert written in found.note


def test_every_alias_leads_to_a_place_of_the_table() -> None:
    from reports.places.table import table

    for written, target in table().aliases.items():
        assert places.get(written) is None, written
        assert places.get(target) is not None, target


def test_a_number_that_changed_its_meaning_means_what_it_means_today() -> None:
    assert resolve(None, "IR-07").region == "IR-07"
    fars = places.get("IR-07")
    assert fars is not None
    assert fars.english == "Fars"
    assert resolve(None, "MA-08") == Resolved("MA", None, resolve(None, "MA-08").note)


@pytest.mark.parametrize("written", ["DE-XX", "US-ZZ", "NL-1", "GB-000", "NO-30"])
def test_a_well_formed_region_outside_the_table_falls_back_to_its_country(written: str) -> None:
    found = resolve(written[:2], written)
    assert (found.country, found.region) == (written[:2], None)
    assert found.note is not None
    assert written in found.note


@pytest.mark.parametrize("country", ["FR", "GF"])
def test_a_territory_may_come_with_its_parents_country(country: str) -> None:
    assert resolve(country, "FR-973").code == "GF"


def test_a_place_that_needed_no_change_has_no_note() -> None:
    assert resolve("nl", "nl-nh").note is None


@pytest.mark.parametrize(
    ("country", "region", "field", "hint"),
    [
        ("ZZ", None, "country", "There is no country ZZ"),
        ("Germany", None, "country", "two letters"),
        ("DEU", None, "country", "two letters"),
        ("US-CA", None, "country", "Give the country as US and US-CA as region"),
        ("N", None, "country", "two letters"),
        ("ＮＬ", None, "country", "two letters"),
        ("NL", "NH", "region", "Did you mean NL-NH?"),
        ("NL", "Noord-Holland", "region", "NL-NH or US-CA"),
        (None, "US-", "region", "ISO 3166-2"),
        (None, "US-CALI", "region", "ISO 3166-2"),
        (None, "US_CA", "region", "ISO 3166-2"),
        (None, "ZZ-01", "region", "a country that does not exist"),
        ("DE", "US-CA", "region", "begins with DE-"),
        ("NL", "FR-973", "region", "begins with NL-"),
        ("DE", "NL-XX", "region", "begins with DE-"),
    ],
)
def test_a_code_that_stands_for_no_place_is_refused(country: str, region: str, field: str, hint: str) -> None:
    with pytest.raises(UnknownPlaceError) as refused:
        resolve(country, region)
    assert refused.value.field == field
    assert hint in str(refused.value)


def test_a_long_text_is_not_thrown_back_whole() -> None:
    with pytest.raises(UnknownPlaceError) as refused:
        resolve("x" * 5_000)
    assert len(str(refused.value)) < 200


letters = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabc0123456789- _", max_size=8)


@given(st.none() | st.text(max_size=12) | letters, st.none() | st.text(max_size=12) | letters)
def test_any_text_is_a_place_or_a_clear_refusal(country: str | None, region: str | None) -> None:
    refused = ""
    try:
        found = resolve(country, region)
    except UnknownPlaceError as error:
        refused = str(error)
    if refused:
        assert refused.endswith((".", "?"))
        return
    assert found.country is None or places.get(found.country) in places.countries()
    assert found.region is None or places.get(found.region) in places.regions(found.country or "")


@given(st.from_regex(r"[A-Z]{2}-[A-Z0-9]{1,3}", fullmatch=True))
def test_a_well_formed_region_of_an_existing_country_is_never_refused(written: str) -> None:
    exists = places.get(written[:2]) is not None or written[:2] in {"UK", "EL"}
    if exists:
        assert resolve(None, written).country is not None
    else:
        with pytest.raises(UnknownPlaceError):
            resolve(None, written)


@given(st.from_regex(r"[A-Z]{2}-[A-Z0-9]{1,3}", fullmatch=True))
def test_what_was_resolved_resolves_to_itself(written: str) -> None:
    try:
        found = resolve(None, written)
    except UnknownPlaceError:
        return
    assert resolve(found.country, found.region) == Resolved(found.country, found.region)
