"""The Dockerfile and compose.yml start what there is, as nobody special."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from config.database.deadlines import Deadlines

PROJECT = Path(__file__).resolve().parent.parent.parent
DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((PROJECT / "compose.yml").read_text(encoding="utf-8"))
MACHINES = yaml.safe_load((PROJECT / "deploy" / "machines" / "compose.yml").read_text(encoding="utf-8"))
VANTAGE = yaml.safe_load((PROJECT / "deploy" / "compose.vantage.yml").read_text(encoding="utf-8"))
PROCESSES = {
    name: service
    for name, service in (COMPOSE["services"] | VANTAGE["services"]).items()
    if service["image"] == "brownout"
}
OURS = {name: service for name, service in PROCESSES.items() if name not in ("probe", "front")}


def instructions():
    """The Dockerfile's instructions as (word, arguments), continued lines joined."""
    joined = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def test_the_services_are_the_ones_that_the_docs_name():
    assert set(COMPOSE["services"]) == {
        *("postgres", "valkey", "prepare", "front", "nginx"),
        *("web", "live", "worker", "notices", "beat"),
    }


@pytest.mark.parametrize("name", [*OURS, "probe"])
def test_each_command_of_ours_exists(name):
    command = [re.sub(r"\$\{\w+:.*\}", "paris", word) for word in PROCESSES[name]["command"]]
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


@pytest.mark.parametrize("name", PROCESSES)
def test_our_containers_may_do_little(name):
    service = PROCESSES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", [name for name in OURS if name != "prepare"])
def test_nothing_of_ours_starts_before_the_tables_are_there(name):
    assert OURS[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}


def test_only_nginx_is_reached_and_what_it_asks_is_in_its_own_network():
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"front": ["80:80", "443:443"]}
    assert {
        name for name, service in COMPOSE["services"].items() if service.get("network_mode") == "service:front"
    } == {"nginx", "web", "live"}
    asked = set(re.findall(r"server (\S+):(\d+)", (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")))
    environment = OURS["web"]["environment"]
    assert asked == {("127.0.0.1", environment["PORT"]), ("127.0.0.1", environment["LIVE_PORT"])}
    assert environment["TRUSTED_PROXIES"] == "127.0.0.1/32"


@pytest.mark.parametrize("name", [*OURS, "probe"])
def test_every_setting_reaches_every_process(name):
    assert PROCESSES[name]["env_file"] == [".env"]


def test_the_example_has_every_setting_that_the_containers_do_not_set_themselves():
    from tests.config.test_settings import settings_in_docs

    example = (PROJECT / "deploy" / "env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:# )?([A-Z_0-9]+)=", example, re.MULTILINE))
    assert named == (settings_in_docs() - set(OURS["web"]["environment"])) | {"POSTGRES_PASSWORD", "SECRET_KEY"}
    asked = set(re.findall(r"\$\{(\w+):\?", (PROJECT / "compose.yml").read_text(encoding="utf-8")))
    assert asked <= set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)), "what is needed is asked for first"


def test_a_vantage_needs_the_broker_and_starts_none():
    assert set(VANTAGE["services"]) == {"probe"}
    assert "depends_on" not in VANTAGE["services"]["probe"]
    assert VANTAGE["services"]["probe"]["environment"]["REDIS_URL"].startswith("${REDIS_URL:?")


def test_the_database_s_password_becomes_part_of_an_address_and_the_example_says_what_that_asks_of_it():
    assert "${POSTGRES_PASSWORD:?" in OURS["web"]["environment"]["DATABASE_URL"]
    example = (PROJECT / "deploy" / "env.example").read_text(encoding="utf-8")
    assert "Letters and digits only, for it becomes part of an address" in example.split("POSTGRES_PASSWORD=")[0]


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
    used = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", [])}
    folders = {volume for volume in used if volume.startswith("./")}
    assert used - folders == set(COMPOSE["volumes"])
    assert [folder for folder in folders if not (PROJECT / folder).exists()] == []


def test_the_images_have_versions():
    images = [arguments.split()[0] for word, arguments in instructions() if word == "FROM"]
    images += [service["image"] for service in COMPOSE["services"].values() if service["image"] != "brownout"]
    assert images
    for image in images:
        assert re.search(r":\d", image), f"{image} names no version"


def test_the_image_runs_as_an_account_of_its_own():
    words = [word for word, _ in instructions()]
    last_user = [arguments for word, arguments in instructions() if word == "USER"][-1]
    assert last_user == "10001", "by its number, which needs no name where it runs (hadolint DL3066)"
    assert "useradd --uid 10001 " in DOCKERFILE
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


@pytest.mark.parametrize("name", [name for name, one in MACHINES["services"].items() if one.get("image") == "brownout"])
def test_on_many_machines_each_process_runs_as_on_one_and_by_the_pool_that_is_meant_for_it(name):
    service, one = MACHINES["services"][name], COMPOSE["services"][name]
    assert service["command"] == one["command"]
    assert {key: service[key] for key in ("read_only", "cap_drop", "security_opt")} == {
        key: one[key] for key in ("read_only", "cap_drop", "security_opt")
    }
    database = service["environment"]["DATABASE_URL"].rpartition("/")[2]
    assert database == {"web": "brownout_web", "live": "brownout", "prepare": "brownout"}.get(name, "brownout_tasks")
    assert set(service["environment"]) - {"DAY_KEYS_DIR"} == set(one["environment"])


def test_a_pool_gives_its_connections_the_deadlines_that_each_of_its_clients_would():
    pools = configparser.RawConfigParser(inline_comment_prefixes=None)
    pools.read(PROJECT / "deploy" / "machines" / "pgbouncer.ini", encoding="utf-8")
    assert pools["pgbouncer"]["pool_mode"] == "transaction"
    defaults = {
        "brownout_web": settings.DATABASE_DEADLINE_MS / 1000,
        "brownout_tasks": settings.TASK_DATABASE_DEADLINE_S,
    }
    assert set(pools["databases"]) == set(defaults)
    for name, deadline_s in defaults.items():
        own = Deadlines()
        own.set(deadline_s)
        given = re.findall(r"SET (\w+) = (\d+)", pools["databases"][name])
        assert {setting: f"{value}ms" for setting, value in given} == own.server_settings(), name
