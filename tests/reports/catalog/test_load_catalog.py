from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reports.catalog.diff import file_states
from reports.models import Component, Service

pytestmark = pytest.mark.django_db

MAIL = """
slug = "mail"
name = "Mail"
default_component = "web"

[[components]]
slug = "web"
name = "Web mail"

[[symptoms]]
slug = "timeout"
name = "Times out"
"""
CALENDAR = MAIL.replace("mail", "calendar").replace("Mail", "Calendar")


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.CATALOG_DIR = tmp_path
    return tmp_path


def _load(*paths: Path, **options: Any) -> str:
    out = StringIO()
    call_command("load_catalog", *map(str, paths), stdout=out, **options)
    return out.getvalue()


def _fails(*paths: Path) -> tuple[str, str]:
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("load_catalog", *map(str, paths), stdout=out)
    return out.getvalue(), str(raised.value)


def _active() -> list[str]:
    return list(Service.objects.filter(is_active=True).values_list("slug", flat=True))


def test_all_catalogues_of_the_folder_are_loaded_and_a_second_time_nothing_changes(folder: Path) -> None:
    (folder / "mail.toml").write_text(MAIL)
    (folder / "calendar.toml").write_text(CALENDAR)
    assert _load() == (
        "calendar: added (1 component added: web; 1 symptom added: timeout)\n"
        "mail: added (1 component added: web; 1 symptom added: timeout)\n"
    )
    assert _load() == "calendar: unchanged\nmail: unchanged\n"


def test_one_wrong_file_stops_nothing_else_and_all_that_is_wrong_is_said(folder: Path) -> None:
    (folder / "mail.toml").write_text(MAIL)
    (folder / "calendar.toml").write_text(CALENDAR.replace('"Calendar"', '""') + 'component = "x"\n')
    (folder / "notes.toml").write_text("slug = ")
    out, said = _fails()
    assert out.startswith("mail: added")
    assert f"{folder / 'calendar.toml'}: name: expected words; found none" in said
    assert f"{folder / 'calendar.toml'}: symptoms[0].component: expected a component of this catalogue" in said
    assert f"{folder / 'notes.toml'}: is not valid TOML" in said
    assert said.endswith("2 catalogues are wrong; nothing of that was stored.")
    assert _active() == ["mail"]


def test_a_catalogue_that_became_wrong_leaves_its_service_as_it_was(folder: Path) -> None:
    (folder / "mail.toml").write_text(MAIL)
    _load()
    before = Service.objects.values().get()
    (folder / "mail.toml").write_text(MAIL.replace('"web"', '"x"', 1))
    _fails()
    assert Service.objects.values().get() == before
    assert Component.objects.get().is_active


def test_of_two_files_with_one_slug_neither_is_loaded_and_the_live_service_stays_as_it_was(folder: Path) -> None:
    (folder / "mail.toml").write_text(MAIL)
    (folder / "calendar.toml").write_text(CALENDAR)
    _load()
    before = list(Service.objects.order_by("pk").values())
    (folder / "another.toml").write_text(MAIL.replace("Web mail", "Another"))
    out, said = _fails()
    assert f"""{folder / "another.toml"}: slug: expected a slug of its own; "mail" is also that of""" in said
    assert f"""{folder / "mail.toml"}: slug: expected a slug of its own; "mail" is also that of""" in said
    assert said.endswith("2 catalogues are wrong; nothing of that was stored.")
    assert out == "calendar: unchanged\n"
    assert list(Service.objects.order_by("pk").values()) == before
    assert sorted(Component.objects.values_list("name", flat=True)) == ["Web calendar", "Web mail"]


def test_a_file_named_alone_cannot_take_the_slug_of_another_in_the_folder(folder: Path, tmp_path: Path) -> None:
    (folder / "mail.toml").write_text(MAIL)
    _load()
    copied = folder / "copied.toml"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in (copied, elsewhere / "mail.toml"):
        path.write_text(MAIL.replace("Web mail", "Another"))
        _, said = _fails(path)
        assert f"{path}: slug: expected a slug of its own" in said
        assert str(folder / "mail.toml") in said
        path.unlink()
    assert Component.objects.get().name == "Web mail"
    assert _load(folder / "mail.toml") == "mail: unchanged\n"  # by its own name there is nothing to object to


def test_the_page_of_the_catalogues_calls_both_files_wrong(folder: Path) -> None:
    (folder / "a.toml").write_text(MAIL)
    (folder / "b.toml").write_text(MAIL)
    assert [(state.file, state.state) for state in file_states()] == [("a.toml", "wrong"), ("b.toml", "wrong")]


def test_a_service_whose_file_is_gone_becomes_inactive_and_comes_back_with_it(folder: Path) -> None:
    (folder / "mail.toml").write_text(MAIL)
    (folder / "calendar.toml").write_text(CALENDAR)
    _load()
    (folder / "mail.toml").unlink()
    assert "mail: retired" in _load()
    assert _active() == ["calendar"]
    (folder / "mail.toml").write_text(MAIL)
    assert "mail: returned" in _load()
    assert Service.objects.count() == 2


def test_loading_one_file_leaves_all_other_services_alone(folder: Path, tmp_path: Path) -> None:
    (folder / "mail.toml").write_text(MAIL)
    _load()
    other = tmp_path / "elsewhere.toml"
    other.write_text(CALENDAR)
    assert _load(other).startswith("calendar: added")
    assert sorted(_active()) == ["calendar", "mail"]


def test_a_folder_without_a_catalogue_is_an_error_and_retires_nothing(folder: Path) -> None:
    (folder / "mail.toml").write_text(MAIL)
    _load()
    (folder / "mail.toml").unlink()
    _, said = _fails()
    assert "There is no catalogue in" in said
    assert _active() == ["mail"]


def test_a_check_changes_nothing(folder: Path) -> None:
    (folder / "mail.toml").write_text(MAIL)
    assert _load(check=True) == f"{folder / 'mail.toml'}: mail is fine\n"
    assert not Service.objects.exists()


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    _, said = _fails(folder / "gone.toml")
    assert said.startswith(f"{folder / 'gone.toml'}: cannot be read: No such file")
