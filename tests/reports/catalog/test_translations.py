from __future__ import annotations

from pathlib import Path

import pytest

from reports.catalog import translations
from reports.catalog.errors import CatalogError
from reports.catalog.loader import read
from reports.catalog.schema import localise

MAIL = """
slug = "mail"
name = "Mail"
default_component = "web"

[[components]]
slug = "web"
name = { en = "Web mail", fr = "Webmail" }

[[symptoms]]
slug = "timeout"
name = "Times out"

[symptoms.guide]
meaning = "It is slow."
steps = ["Wait.", "It is slow."]

[symptoms.guide.causes]
overload = "Too many ask."
"""
GERMAN = """
"Mail" = "Post"
"Web mail" = "Webpost"
"Times out" = "Antwortet nicht"
"It is slow." = "Es ist langsam."
"Wait." = "Warten."
"Too many ask." = "Zu viele fragen."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mail.toml").write_text(MAIL)
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "de.toml").write_text(GERMAN)
    return tmp_path


def test_translations_beside_a_catalogue_reach_every_text(folder: Path) -> None:
    catalog = read(folder / "mail.toml")
    guide = catalog.symptoms[0].guide
    assert guide is not None
    texts = [catalog.name, catalog.components[0].name, guide.meaning, *guide.steps, guide.causes["overload"]]
    assert [localise(text, "de") for text in texts] == [
        "Post",
        "Webpost",
        "Es ist langsam.",
        "Warten.",
        "Es ist langsam.",
        "Zu viele fragen.",
    ]
    assert [localise(text, "en") for text in texts[:2]] == ["Mail", "Web mail"]
    assert localise(catalog.components[0].name, "fr") == "Webmail"
    assert translations.missing(catalog, "de") == []


def test_a_translation_in_the_catalogue_itself_wins(folder: Path) -> None:
    (folder / "mail" / "fr.toml").write_text('"Web mail" = "Courrier"\n')
    assert localise(read(folder / "mail.toml").components[0].name, "fr") == "Webmail"


def test_what_has_no_translation_is_listed_and_shown_in_english(folder: Path) -> None:
    (folder / "mail" / "fr.toml").write_text('"Wait." = "Attendez."\n')
    catalog = read(folder / "mail.toml")
    assert translations.missing(catalog, "fr") == ["Mail", "Times out", "It is slow.", "Too many ask."]
    assert localise(catalog.name, "fr") == "Mail"


def test_what_a_catalogue_extends_brings_its_translations_along(folder: Path) -> None:
    (folder / "day.toml").write_text('extends = "mail"\nslug = "day"\nname = "Mail, one day"\n')
    (folder / "day").mkdir()
    (folder / "day" / "de.toml").write_text('"Mail, one day" = "Post, ein Tag"\n')
    catalog = read(folder / "day.toml")
    assert localise(catalog.name, "de") == "Post, ein Tag"
    assert localise(catalog.symptoms[0].name, "de") == "Antwortet nicht"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("de", '"Mal" = "Post"', r'de\.toml: "Mal": is no text of mail\.toml'),
        ("de", '"Mail" = ""', r'de\.toml: "Mail": expected words in that language'),
        ("de", '"Mail" = 3', r'de\.toml: "Mail": expected words in that language'),
        ("de", '"Mail" = "a\\u0000"', r'de\.toml: "Mail": expected text without control characters'),
        ("de", '"Mail" = ', r"de\.toml: is not valid TOML"),
        ("german", '"Mail" = "Post"', r"german\.toml: expected a file name that is a language tag"),
        ("en", '"Mail" = "Post"', r"en\.toml: expected a file name that is a language tag"),
        ("nl", f'"Mail" = "{"a" * 81}"', r"mail\.toml: name: expected one line of at most 80 characters"),
    ],
)
def test_a_wrong_translation_says_where_and_what_was_expected(
    folder: Path, name: str, content: str, message: str
) -> None:
    (folder / "mail" / f"{name}.toml").write_text(content)
    with pytest.raises(CatalogError, match=message):
        read(folder / "mail.toml")
