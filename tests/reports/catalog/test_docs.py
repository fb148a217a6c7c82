"""docs/add-your-own-service.md says what the loader does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports.catalog import schema
from reports.catalog.errors import CatalogError
from reports.catalog.loader import parse, read
from reports.catalog.schema import localise

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "add-your-own-service.md").read_text(encoding="utf-8")
EXAMPLE, *_, TRANSLATIONS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
PARTS = {
    "### The service": schema.Catalog,
    "### `[[components]]`": schema.Component,
    "### `[[symptoms]]`": schema.Symptom,
    "### `[symptoms.guide]`": schema.Guide,
    "### `[[advice]]`": schema.Advice,
    "### `[[still_works]]`": schema.StillWorks,
    "### `[[probes]]`": schema.Probe,
    "### `[[sources]]`": schema.Source,
}


def test_the_example_on_the_page_loads(tmp_path: Path) -> None:
    (tmp_path / "mail.toml").write_text(EXAMPLE, encoding="utf-8")
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "de.toml").write_text(TRANSLATIONS, encoding="utf-8")
    catalog = read(tmp_path / "mail.toml")
    assert catalog.slug == "mail"
    assert localise(catalog.components[1].name, "de") == "Webpost"


@pytest.mark.parametrize(("heading", "part"), PARTS.items(), ids=[part.__name__ for part in PARTS.values()])
def test_the_page_explains_every_key_and_no_other(heading: str, part: type[schema.Catalog]) -> None:
    section = re.split(r"\n##", PAGE[PAGE.index(heading) + len(heading) :])[0]
    explained = {
        key for row in re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)
    }
    # The lists of the service have sections of their own; extends is taken up before the schema is asked.
    keys = set(part.__struct_fields__) - {"components", "symptoms", "advice", "still_works", "probes", "sources"}
    expected = keys | {"extends"} if part is schema.Catalog else set(part.__struct_fields__)
    assert explained == expected


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('component = "login"', 'component = "sign-in"'),
        ('url = "https://www.example.org/"\nbody_contains', "body_contains"),
    ],
)
def test_the_errors_on_the_page_are_those_that_the_loader_gives(right: str, wrong: str) -> None:
    assert EXAMPLE.count(right) == 1
    with pytest.raises(CatalogError) as raised:
        parse(EXAMPLE.replace(right, wrong), Path("catalog/mail.toml"))
    assert str(raised.value) in PAGE
