"""The tool that makes the virtual environment: it works once, and says what to do where it cannot work."""

import builtins
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import environment

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with two small files of requirements, and an environment that looks installed."""
    (tmp_path / "requirements.txt").write_text("django==5.2\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest==9\n")
    folder = tmp_path / ".venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    monkeypatch.setattr(environment, "PROJECT", str(tmp_path))
    monkeypatch.setattr(environment, "FOLDER", str(folder))
    monkeypatch.setattr(environment, "PYTHON", str(folder / "bin" / "python"))
    return tmp_path


def test_nothing_is_installed_before_the_first_time(project):
    assert not environment.is_installed("requirements.txt")


def test_what_was_installed_is_not_installed_again(project):
    environment.write_stamp("requirements.txt")
    assert environment.is_installed("requirements.txt")
    assert not environment.is_installed("requirements-dev.txt")


@pytest.mark.parametrize("changed", ["requirements.txt", "requirements-dev.txt"])
def test_a_changed_pin_asks_for_a_new_installation_also_where_it_is_included(project, changed):
    environment.write_stamp("requirements-dev.txt")
    (project / changed).write_text("django==5.3\n")
    assert not environment.is_installed("requirements-dev.txt")


@pytest.mark.parametrize(
    ("environ", "file", "expected"),
    [
        ({}, None, "requirements-embedded.txt"),
        ({"DATABASE_URL": "postgresql://x/y"}, None, "requirements-embedded.txt"),
        ({"DATABASE_URL": "postgresql://x/y", "REDIS_URL": "redis://z"}, None, "requirements.txt"),
        ({}, "DATABASE_URL=postgresql://x/y\nexport REDIS_URL = 'redis://z'\n", "requirements.txt"),
        ({"REDIS_URL": "redis://z"}, "DATABASE_URL=postgresql://x/y\n", "requirements.txt"),
        ({}, "DATABASE_URL=\nREDIS_URL= # none\n", "requirements-embedded.txt"),
        ({}, "# DATABASE_URL=a\n# REDIS_URL=b\n", "requirements-embedded.txt"),
    ],
)
def test_the_embedded_servers_are_installed_unless_both_have_addresses(project, monkeypatch, environ, file, expected):
    for name in environment.SERVERS:
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    if file is not None:
        (project / ".env").write_text(file)
    assert environment.product() == expected


def test_with_hashes_the_product_is_installed_from_the_locked_file(project, monkeypatch):
    for name in environment.SERVERS:
        monkeypatch.delenv(name, raising=False)
    for said, expected in (("1", "requirements-embedded.lock"), ("0", "requirements-embedded.txt")):
        monkeypatch.setenv("HASHES", said)
        assert environment.product() == expected
    wheel = project / "ours-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("ours-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: ours\nVersion: 1\n")
        file.writestr("ours-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr("ours-1.dist-info/RECORD", "")
    (project / "requirements-embedded.lock").write_text(f"ours @ {wheel.as_uri()} --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(environment, "PYTHON", sys.executable)
    with pytest.raises(environment.SetupError, match="DO NOT MATCH THE HASHES") as refused:
        environment.install("requirements-embedded.lock")
    assert "was not installed. If requirements-embedded.lock is as git has it" in str(refused.value)
    assert "no wheels" not in str(refused.value)


@pytest.mark.parametrize("name", ["requirements", "requirements-embedded"])
def test_what_is_pinned_is_locked_in_that_version_with_its_hashes(name):
    """After a changed pin: `make lock`."""
    wanted = [*environment.included_in(f"{name}.txt"), f"{name}.txt"]
    lines = "".join((PROJECT / file).read_text(encoding="utf-8") for file in wanted)
    pinned = dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z0-9,]+\])?==(\S+)", lines, re.MULTILINE))
    locked = (PROJECT / f"{name}.lock").read_text(encoding="utf-8")
    entries = re.findall(
        r"^([a-z0-9-]+)(?:\[[a-z0-9,]+\])?==(\S+)[^\n]*\\\n((?:    --hash=sha256:[0-9a-f]{64}[ \\]*\n?)+)",
        locked,
        re.MULTILINE,
    )
    assert pinned.items() <= {known: version for known, version, _ in entries}.items()
    assert len(entries) == len(re.findall(r"^[a-z0-9]", locked, re.MULTILINE)), "each has hashes"


def test_what_is_included_counts_as_installed_too(project):
    (project / "requirements-embedded.txt").write_text("-r requirements.txt\nvalkeylite==9\n")
    (project / "requirements-dev.txt").write_text("-r requirements-embedded.txt\npytest==9\n")
    assert environment.included_in("requirements-dev.txt") == ["requirements.txt", "requirements-embedded.txt"]


def test_another_python_asks_for_a_new_installation(project, monkeypatch):
    environment.write_stamp("requirements.txt")
    monkeypatch.setattr(sys, "version", "3.99.0")
    assert not environment.is_installed("requirements.txt")


def test_a_removed_environment_is_made_again(project):
    environment.write_stamp("requirements.txt")
    (project / ".venv" / "bin" / "python").unlink()
    assert not environment.is_installed("requirements.txt")


def test_a_moved_environment_is_not_used(project):
    (project / ".venv" / "pyvenv.cfg").write_text("command = /usr/bin/python3 -m venv /elsewhere/.venv\n")
    assert not environment.is_usable()


def test_a_folder_that_is_no_environment_is_left_alone(project):
    with pytest.raises(environment.SetupError, match="is in the way"):
        environment.make_folder()
    assert (project / ".venv" / "bin").exists()


def test_an_old_python_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(environment, "OLDEST", (99, 0))
    with pytest.raises(environment.SetupError, match=r"needs Python 99\.0 or newer.*make run PYTHON="):
        environment.check_python()


def test_a_debian_without_venv_is_told_which_package_to_install(monkeypatch):
    real_import = builtins.__import__

    def without(name, *rest):
        if name == "ensurepip":
            raise ImportError("No module named 'ensurepip'", name="ensurepip")
        return real_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(environment.SetupError, match=r"apt-get install python3\.\d+-venv"):
        environment.check_python()


def test_a_failed_installation_shows_its_end_and_leaves_no_stamp(project, monkeypatch):
    (project / "requirements.txt").write_text("no such requirement !!\n")
    monkeypatch.setattr(environment, "PYTHON", sys.executable)
    with pytest.raises(environment.SetupError, match="Invalid requirement"):
        environment.install("requirements.txt")
    assert not environment.is_installed("requirements.txt")


def make(*words):
    return subprocess.run(["make", *words], cwd=PROJECT, capture_output=True, text=True, check=False)


def test_make_help_lists_every_target_that_is_for_people():
    listed = {line.split()[1] for line in make("help").stdout.splitlines() if line.startswith("  make ")}
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    phony = set(makefile.rpartition(".PHONY:")[2].split())
    assert listed == phony - {"environment", "development", "browser"}


@pytest.mark.parametrize("target", ["run", "test", "check", "bench", "demo", "format", "screenshots"])
def test_what_a_target_starts_exists(target):
    commands = make("--dry-run", target).stdout
    assert commands
    for word in commands.replace('"', " ").split():
        if word.endswith(".py"):
            assert (PROJECT / word).exists(), f"make {target} starts {word}"


@pytest.mark.parametrize(("target", "wanted"), [("vantage", "NAME"), ("backup", "FILE"), ("restore", "FILE")])
def test_a_target_that_wants_a_word_says_so(target, wanted):
    asked = make("--assume-old=environment", target)
    assert asked.returncode != 0
    assert f"{wanted}=" in asked.stderr
