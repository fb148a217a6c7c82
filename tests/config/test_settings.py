"""Settings: documented ones exist, existing ones are documented, and wrong ones are refused by name."""

import re
from pathlib import Path

import pytest

from config import env

PROJECT = Path(__file__).resolve().parent.parent.parent


def settings_in_code():
    """The names of all settings that the product reads from the environment."""
    read = re.compile(r'env\.(?!load_file)\w+\(\s*"([A-Z_]+)"')
    return {
        name
        for package in ("config", "reports", "outages")
        for file in (PROJECT / package).rglob("*.py")
        for name in read.findall(file.read_text(encoding="utf-8"))
    }


def settings_in_docs():
    text = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


def test_every_setting_is_documented():
    assert settings_in_code() - settings_in_docs() == set()


def test_every_documented_setting_exists():
    assert settings_in_docs() - settings_in_code() == set()


def test_no_module_reads_the_environment_past_the_typed_readers():
    allowed = {
        "config/env.py",
        "config/local/embedded/folders.py",  # where temporary files go
        "config/local/prepare.py",
        "config/local/run.py",
        "config/local/supervisor.py",  # what the children get
        "outages/management/commands/backtest.py",  # where a developer keeps recorded data; the product has none
    }
    for package in ("config", "reports", "outages"):
        for file in (PROJECT / package).rglob("*.py"):
            name = file.relative_to(PROJECT).as_posix()
            text = file.read_text(encoding="utf-8").replace('os.environ.setdefault("DJANGO_SETTINGS_MODULE"', "")
            assert name in allowed or "os.environ" not in text, f"{name} reads os.environ"


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (lambda: env.integer("X", 1, least=1, most=9), "ten", "a whole number from 1 to 9"),
        (lambda: env.integer("X", 1, least=1, most=9), "10", "a whole number from 1 to 9"),
        (lambda: env.boolean("X", False), "perhaps", "one of 1, true, yes, on"),
        (lambda: env.choice("X", "a", ("a", "b")), "c", "one of a, b"),
        (lambda: env.networks("X"), "127.0.0.1/99", "IP networks"),
        (lambda: env.networks("X"), "10.0.0.1/8", "IP networks"),
    ],
)
def test_a_wrong_value_is_refused_with_name_value_and_what_was_expected(monkeypatch, read, value, expected):
    monkeypatch.setenv("X", value)
    with pytest.raises(env.SettingError) as refused:
        read()
    assert f"X={value!r}" in str(refused.value)
    assert expected in str(refused.value)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_empty_value_means_the_default(monkeypatch, value):
    monkeypatch.delenv("X", raising=False)
    if value is not None:
        monkeypatch.setenv("X", value)
    assert env.integer("X", 7) == 7
    assert env.boolean("X", True) is True
    assert env.text("X", "default") == "default"
    assert env.words("X", ("a",)) == ["a"]
    assert env.networks("X") == []
    assert env.path("X", None) is None


def test_a_file_of_settings_gives_way_to_the_environment(tmp_path, monkeypatch):
    file = tmp_path / ".env"
    file.write_text("# a comment\n\nexport X='from the file'\nY=\"also\"\n", encoding="utf-8")
    monkeypatch.delenv("Y", raising=False)
    monkeypatch.setenv("X", "from the environment")
    monkeypatch.setenv("Y", "")
    monkeypatch.delenv("Y")
    env.load_file(file)
    assert env.text("X") == "from the environment"
    assert env.text("Y") == "also"


def test_a_line_that_is_no_setting_is_named(tmp_path):
    file = tmp_path / ".env"
    file.write_text("PORT=8000\nwhat is this\n", encoding="utf-8")
    with pytest.raises(env.SettingError, match=r"\.env, line 2"):
        env.load_file(file)


def test_a_file_that_is_not_there_is_no_error(tmp_path):
    env.load_file(tmp_path / ".env")


def test_behind_https_the_deployment_check_finds_nothing():
    import os
    import subprocess
    import sys
    from pathlib import Path

    environment = os.environ | {"SITE_URL": "https://status.example.org", "SECRET_KEY": "k" * 20 + "9fG-é_zQ" * 6}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the browser tests of the same process set it
    check = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert check.returncode == 0, check.stdout + check.stderr
