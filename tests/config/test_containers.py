"""The Dockerfile and compose.yml start what there is, as nobody special."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parent.parent.parent
DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((PROJECT / "compose.yml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "brownout"}


def instructions():
    """The Dockerfile's instructions as (word, arguments), continued lines joined."""
    joined = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def test_the_services_are_the_ones_that_the_docs_name():
    assert set(COMPOSE["services"]) == {
        *("postgres", "valkey", "prepare"),
        *("web", "live", "worker", "notices", "beat", "probe"),
    }


@pytest.mark.parametrize("name", OURS)
def test_each_command_of_ours_exists(name):
    command = [re.sub(r"\$\{\w+:-(.*)\}", r"\1", word) for word in OURS[name]["command"]]
    assert command[:2] == ["python", "-m"]
    if command[2] == "config.local.prepare":
        check = [sys.executable, "-c", "import config.local.prepare as p; assert callable(p.main)"]
    else:
        code = "import sys; from config.local import run; run.one_process(sys.argv[1], (sys.argv[2:] + [''])[0])"
        if command[3] == "web":
            code = "from config.local import web_server; assert callable(web_server.run_alone)"
        assert command[2] == "config.local.run"
        assert command[3] in {"web", "live", "worker", "notices", "beat", "probe"}
        check = [sys.executable, "-c", code, *command[3:]]
    done = subprocess.run(check, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", OURS)
def test_our_containers_may_do_little(name):
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", [name for name in OURS if name != "prepare"])
def test_nothing_of_ours_starts_before_the_tables_are_there(name):
    assert OURS[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}


def test_only_what_listens_to_people_is_published_and_only_on_this_machine():
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"], "live": ["127.0.0.1:8001:8001"]}


def test_no_password_stands_in_the_file():
    environment = COMPOSE["services"]["postgres"]["environment"]
    assert environment["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert OURS["web"]["environment"]["SECRET_KEY"].startswith("${SECRET_KEY:?")


def test_every_setting_of_the_containers_is_one_of_ours():
    from tests.config.test_settings import settings_in_code

    assert set(OURS["web"]["environment"]) <= settings_in_code()
    in_image = [arguments for word, arguments in instructions() if word == "ENV"]
    names = {name for arguments in in_image for name in re.findall(r"(\w+)=", arguments)}
    assert names - {"PATH", "PIP_NO_CACHE_DIR", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"} <= settings_in_code()


def test_volumes_that_are_used_are_declared():
    used = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service["volumes"]}
    assert used == set(COMPOSE["volumes"])


def test_the_images_have_versions():
    images = [arguments.split()[0] for word, arguments in instructions() if word == "FROM"]
    images += [service["image"] for service in COMPOSE["services"].values() if service["image"] != "brownout"]
    assert images
    for image in images:
        assert re.search(r":\d", image), f"{image} names no version"


def test_the_image_runs_as_an_account_of_its_own():
    words = [word for word, _ in instructions()]
    last_user = [arguments for word, arguments in instructions() if word == "USER"][-1]
    assert last_user == "brownout"
    assert words.index("USER") < words.index("CMD")
    assert "ADD" not in words, "COPY does no more than it says"


def test_the_image_has_every_folder_that_the_product_reads():
    copied = {arguments.split()[0] for word, arguments in instructions() if word == "COPY"}
    settings = (PROJECT / "config" / "settings.py").read_text(encoding="utf-8")
    read = {name for name in re.findall(r'BASE_DIR / "([a-z]+)"', settings) if (PROJECT / name).exists()}
    assert read | {"config", "reports", "outages", "manage.py"} <= copied
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in copied - {"--from=build"}:
        assert any(line in (f"!{source}", f"!{source}environment.py") for line in ignored), f"{source} is ignored"
