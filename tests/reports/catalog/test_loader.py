from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.catalog import files
from reports.catalog.errors import CatalogError
from reports.catalog.loader import parse, read
from reports.catalog.schema import Advice, Catalog, Component, Guide, Probe, Source, StillWorks, Symptom, localise
from tests.reports.catalog.small import GOOD, HTTP


def test_a_catalogue_of_the_least_is_fine() -> None:
    catalog = parse(GOOD, Path("mail.toml"))
    assert (catalog.slug, catalog.clock, catalog.accepts_reports) == ("mail", "live", True)
    assert [component.slug for component in catalog.components] == ["web", "sync"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    text = GOOD.replace('"Mail"', '""') + 'component = "x"\nicon = "/"\n'
    with pytest.raises(CatalogError) as raised:
        parse(text, Path("mail.toml"))
    assert [problem.key for problem in raised.value.problems] == ["name", "symptoms[0].icon", "symptoms[0].component"]


@pytest.mark.parametrize(
    "url",
    [
        'url = "https://example.org"',
        'url = "http://127.0.0.1:8080/"\nport = 8080',
        'url = "http://[::1]/health"',
        'url = "https://example.org:443/a?b=c"',
        'url = "http://localhost/"',
    ],
)
def test_addresses_that_a_probe_may_ask(url: str) -> None:
    assert parse(HTTP + url, Path("mail.toml")).probes[0].url in url


@pytest.mark.parametrize(
    ("written", "waits_s"),
    [("", 10.0), ("interval_s = 10", 5.0), ("interval_s = 3600", 10.0), ("interval_s = 10\ntimeout_s = 9", 9.0)],
)
def test_a_probe_waits_as_written_else_no_longer_than_half_of_a_short_interval(written: str, waits_s: float) -> None:
    catalog = parse(f'{HTTP}url = "https://example.org/"\n{written}\n', Path("mail.toml"))
    assert catalog.probes[0].patience_s == waits_s


def test_a_file_that_is_not_there_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"gone\.toml: cannot be read: No such file"):
        read(tmp_path / "gone.toml")


def test_a_file_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b'slug = "\xff"')
    with pytest.raises(CatalogError, match="expected UTF-8 text; byte 8 is none"):
        read(file)


def test_a_file_that_is_too_long_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b"#" * (files.LONGEST_FILE_BYTES + 1))
    with pytest.raises(CatalogError, match="too long; expected at most 2,000,000 bytes"):
        read(file)


# ── extends ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def test_a_catalogue_that_extends_another_changes_only_what_it_names(tmp_path: Path) -> None:
    day = 'extends = "mail"\nslug = "mail-day"\nprobes = []\nclock = "recorded"\nprovenance = "Made up."\n'
    _write(tmp_path, mail=HTTP + 'url = "https://example.org/"\n', day=day)
    base, extended = read(tmp_path / "mail.toml"), read(tmp_path / "day.toml")
    assert (extended.slug, extended.clock, extended.probes) == ("mail-day", "recorded", [])
    assert (extended.name, extended.components, extended.symptoms) == (base.name, base.components, base.symptoms)
    assert len(base.probes) == 1


@pytest.mark.parametrize(
    ("extends", "message"),
    [
        ("3", "extends: expected the name of a catalogue file beside this, without .toml"),
        ('"../mail"', "extends: expected the name of a catalogue file beside this, without .toml"),
        ('"gone"', "extends: expected another catalogue beside this; no gone.toml is"),
        ('"day"', "extends: expected another catalogue beside this; no day.toml is"),
        ('"other"', "extends: expected a catalogue that stands by itself; other.toml does not"),
    ],
)
def test_what_cannot_be_extended_is_an_error(tmp_path: Path, extends: str, message: str) -> None:
    _write(tmp_path, mail=GOOD, other='extends = "day"\n', day=f"extends = {extends}\n")
    with pytest.raises(CatalogError, match=message.replace(".", r"\.")):
        read(tmp_path / "day.toml")


def test_what_is_wrong_in_an_extended_catalogue_is_said_of_that_file(tmp_path: Path) -> None:
    _write(tmp_path, mail=GOOD.replace('"Mail"', '""'), day='extends = "mail"\nname = "Day"\n')
    with pytest.raises(CatalogError, match=r"mail\.toml: name: expected words"):
        read(tmp_path / "day.toml")


# ── whatever somebody writes ─────────────────────────────────────────────────────────────────────────────────────

PARTS_OF_A_CATALOG = (Component, Symptom, Guide, Advice, StillWorks, Probe, Source)
_KEYS = st.sampled_from([*Catalog.__struct_fields__, "extends", "slug", "guide", "kind", "url", "port", "en"])
_SCALARS = (
    st.booleans().map(lambda value: str(value).lower())
    | st.integers().map(str)
    | st.floats().map(lambda value: str(value))
    | st.dates().map(str)
    | st.times().map(str)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(
        lambda value: '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
    )
    | st.sampled_from(['"web"', '"mail"', '"http"', '"https://example.org:99999/"', '"live"', '"DE"', '"timeout"'])
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda values: f"[{', '.join(values)}]")
        | st.dictionaries(_KEYS, inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        )
    ),
    max_leaves=12,
)


def _catalog_or_error(text: str) -> None:
    try:
        said: object = localise(parse(text, Path("mail.toml")).name)
    except CatalogError as error:
        said = error.problems
    assert said


@given(st.text())
@example("a = 0x" + "f" * 6000)
@example("a = " + "9" * 6000)
@example("a = 1979-05-27T07:32:00Z")
@example("\ufeffslug = 'a'")
def test_any_text_is_a_catalogue_or_a_clear_error(text: str) -> None:
    _catalog_or_error(text)


@given(st.dictionaries(_KEYS, _VALUES, max_size=5))
def test_any_toml_is_a_catalogue_or_a_clear_error(table: dict[str, str]) -> None:
    text = "\n".join(f"{key} = {value}" for key, value in table.items())
    tomllib.loads(text)
    _catalog_or_error(text)


@given(
    st.sampled_from(
        ["", *(f"[[{name}]]" for name in ["components", "symptoms", "advice", "probes", "sources"]), "[symptoms.guide]"]
    ),
    st.dictionaries(
        st.sampled_from(sorted({name for part in PARTS_OF_A_CATALOG for name in part.__struct_fields__})),
        _VALUES,
        max_size=6,
    ),
)
def test_any_value_in_an_otherwise_right_catalogue_is_fine_or_a_clear_error(header: str, table: dict[str, str]) -> None:
    rest = "\n".join(f"{key} = {value}" for key, value in table.items())
    _catalog_or_error(f"{GOOD}\n{header}\n{rest}\n")
