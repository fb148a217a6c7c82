"""The catalogues that come ready, and the command that begins one."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reports.catalog import ready, translations
from reports.catalog.diff import file_states
from reports.catalog.draft import draft, slug_of
from reports.catalog.loader import parse, read
from reports.catalog.schema import Catalog
from reports.languages import LANGUAGES
from reports.models import Service

DOCS = Path(__file__).resolve().parents[3] / "docs" / "add-your-own-service.md"
CATALOGS = {name: read(ready.FOLDER / f"{name}.toml") for name in ready.names()}


def test_at_least_twenty_are_ready_each_listed_in_the_docs() -> None:
    assert len(CATALOGS) >= 20
    page = DOCS.read_text(encoding="utf-8")
    section = page[page.index("## Ready catalogues") : page.index("## A complete small example")]
    assert [name for name in CATALOGS if f"`{name}`" not in section] == []
    assert [name for name, catalog in CATALOGS.items() if catalog.slug != name] == []


@pytest.mark.parametrize("catalog", CATALOGS.values(), ids=CATALOGS.keys())
def test_a_ready_one_asks_seldom_with_controls_and_says_whose_word_is_official(catalog: Catalog) -> None:
    assert sum(probe.control for probe in catalog.probes) >= 2
    assert any(not probe.control for probe in catalog.probes)
    assert all(probe.interval_s >= 300 for probe in catalog.probes)
    assert all(probe.url.startswith("https://") for probe in catalog.probes)
    assert all(source.tier == "official" or source.upstream for source in catalog.sources)
    assert all(source.url.startswith("https://") for source in catalog.sources)
    assert catalog.disclaimer
    assert catalog.category != "other"


@pytest.mark.parametrize("base", sorted(ready.BASES))
def test_what_the_ready_ones_share_is_there_in_every_language(base: str) -> None:
    catalog = read(ready.FOLDER / f"{base}.toml")
    languages = [path.stem for path in (ready.FOLDER.parent / "tesla").glob("*.toml")]
    assert len(languages) == len(LANGUAGES) - 1
    missing = {language: translations.missing(catalog, language) for language in languages}
    assert {language: texts for language, texts in missing.items() if len(texts) > 1} == {}  # one is its own name


@pytest.mark.django_db
def test_a_setting_switches_them_on_by_name(tmp_path: Path, settings: Any) -> None:
    settings.CATALOG_DIR = tmp_path
    settings.READY_CATALOGS = ["github", "slack", "github"]
    call_command("load_catalog", stdout=StringIO())
    assert set(Service.objects.filter(is_active=True).values_list("slug", flat=True)) == {"github", "slack"}
    assert {(state.service, state.state) for state in file_states()} == {("github", "loaded"), ("slack", "loaded")}
    settings.READY_CATALOGS = ["github"]
    call_command("load_catalog", stdout=StringIO())
    assert list(Service.objects.filter(is_active=True).values_list("slug", flat=True)) == ["github"]


@pytest.mark.django_db
def test_a_name_that_there_is_not_stops_the_load_with_one_line(tmp_path: Path, settings: Any) -> None:
    settings.CATALOG_DIR = tmp_path
    settings.READY_CATALOGS = ["githup"]
    with pytest.raises(CommandError, match=r'^READY_CATALOGS: there is no ready catalogue "githup"\. Did you mean git'):
        call_command("load_catalog")
    assert [state.state for state in file_states()] == ["wrong"]
    settings.READY_CATALOGS = ["carrier"]  # a base
    with pytest.raises(CommandError, match="there is no ready catalogue"):
        call_command("load_catalog")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("GitHub", "github"),
        ("Ünïcödé & Söhne", "unicode-sohne"),
        ("日本", "service"),
        ("a" * 60, "a" * 40),
        ("--", "service"),
    ],
)
def test_a_slug_is_made_of_any_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    "components",
    [
        None,
        "what",
        [{"name": 'Say "hi"\\\n'}, {"name": None}, {"name": "日本"}, {"name": "日本 2"}, 7],
        [{"name": "Group", "group": True}, {"name": "API"}, {"name": "api"}],
        [{"name": f"Part {number} " + "x" * 200} for number in range(500)],
    ],
)
def test_a_draft_of_an_odd_page_is_a_catalogue_that_can_be_loaded(components: object) -> None:
    text = draft(
        {"page": {"name": 'A "page"\u0000 \\ name'}, "components": components}, "https://status.example.org/x?y"
    )
    catalog = parse(text, Path("draft.toml"))
    assert catalog.sources[0].url == "https://status.example.org"
    assert 1 <= len(catalog.components) <= 40


@pytest.mark.parametrize("summary", [{}, {"page": []}, {"page": {"name": ""}}, {"page": {"name": 5}}])
def test_what_is_no_status_page_begins_nothing(summary: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="does not say its name"):
        draft(summary, "https://status.example.org")
