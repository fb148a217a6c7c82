"""The docs speak of this project: files that exist, and the layers that the import rules hold."""

import re
import tomllib
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from reports.catalog.schema import Probe, SourceKind

PROJECT = Path(__file__).resolve().parents[2]
# The changelog and the decisions are history: they name files as they were.
PAGES = sorted({*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")} - {PROJECT / "CHANGELOG.md"})
ROOTS = ("outages", "reports", "config", "tests", "tools", "bench", "docs", "deploy", "templates", "catalog", "clients")
_PATH = re.compile(rf"`((?:{'|'.join(ROOTS)})/[\w./-]+)`")
_LINK = re.compile(r"\]\((?!https?:|mailto:|#|/)([^)#\s]+)")
NEW_FILES = {"catalog/mail.toml", "catalog/mail/de.toml"}  # made by the reader of docs/add-your-own-service.md


def missing_files(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    named = [name for name in _PATH.findall(text) if name not in NEW_FILES and "NAME" not in name and "XX" not in name]
    linked = [(page.parent / name).resolve() for name in _LINK.findall(text)]
    return [name for name in named if not (PROJECT / name.rstrip("/")).exists()] + [
        str(path) for path in linked if not path.exists()
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_a_page_names_only_files_that_exist(page):
    assert missing_files(page) == []


def test_a_missing_file_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("See `outages/nowhere.py` and [it](gone.md).", encoding="utf-8")
    assert len(missing_files(page)) == 2


@pytest.mark.parametrize("app", ["outages", "reports"])
def test_the_architecture_page_has_the_layers_that_the_import_rules_hold(app):
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    contract = next(contract for contract in contracts if contract.get("containers") == [app])
    assert contract["exhaustive"]
    text = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.split(f"| layers of `{app}` |\n|---|\n")[1].split("\n\n")[0]
    told = [re.findall(r"`(\w+)`", line) for line in table.splitlines()]
    assert told == [re.split(r"[ :|]+", layer) for layer in contract["layers"]]


def test_every_decision_is_in_the_list():
    folder = PROJECT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(folder.glob("0*.md")) if f"({path.name})" not in listed] == []


@pytest.mark.parametrize(
    ("page", "kinds"),
    [
        ("sources.md", get_args(SourceKind)),
        ("add-your-own-service.md", get_args(SourceKind)),
        ("signals.md", get_args(get_type_hints(Probe)["kind"])),
        ("add-your-own-service.md", get_args(get_type_hints(Probe)["kind"])),
    ],
)
def test_every_kind_that_a_catalogue_may_name_is_in_the_docs(page, kinds):
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    assert [kind for kind in kinds if f"`{kind}`" not in text] == []


def test_the_sums_of_the_asvs_are_those_of_its_table():
    text = (PROJECT / "docs" / "asvs.md").read_text(encoding="utf-8")
    points, _, gaps = text.partition("\n## Gaps\n")
    rows = re.findall(r"^\| ([0-9., ]+) \| ([MG–]) \|", points, re.MULTILINE)
    assert len(rows) == len(re.findall(r"^\| [0-9]", points, re.MULTILINE)), "a row that names no mark, or a range"
    marks = {number: mark for numbers, mark in rows for number in numbers.split(", ")}
    assert len(marks) == sum(len(numbers.split(", ")) for numbers, _ in rows), "a requirement stands twice"
    count = {mark: list(marks.values()).count(mark) for mark in "M–G"}
    said = f"of {len(marks)} requirements {count['M']} are met, {count['–']} do not apply, "
    said += f"{count['G']} are not or only partly met"
    for page in ("asvs.md", "security.md"):
        shown = " ".join((PROJECT / "docs" / page).read_text(encoding="utf-8").split())
        assert shown.lower().count(said) == 1, page
    told = [
        number for numbers in re.findall(r"^\| ([0-9., ]+) \|", gaps, re.MULTILINE) for number in numbers.split(", ")
    ]
    assert sorted(told) == sorted(number for number, mark in marks.items() if mark == "G")
