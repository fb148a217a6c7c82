"""Settings: documented ones exist, existing ones are documented, and wrong ones are refused by name."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from config import addresses, env
from config.local import prepare
from config.local import run as local_run

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
        "config/local/background.py",  # what numpy and Celery are told before they are loaded
        *("config/local/prepare.py", "config/local/run.py"),
        "config/local/supervisor.py",  # what the children get
        "config/traces.py",  # what OpenTelemetry reads for itself
        "config/web.py",  # what numpy is told before it is loaded
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


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("X=8000 # the port", "8000"),
        ('X="a # b" # c', "a # b"),
        ("X=red#1", "red#1"),
        ("X='it'", "it"),
        ("X=", ""),
        ('X="open', '"open'),
    ],
)
def test_a_comment_after_a_value_is_no_part_of_it(tmp_path, monkeypatch, line, value):
    monkeypatch.delenv("X", raising=False)
    (tmp_path / ".env").write_text(line + "\n", encoding="utf-8")
    env.load_file(tmp_path / ".env")
    assert os.environ.pop("X") == value


WRONG = [
    ("PORT", "eight"), ("PORT", "0"), ("PORT", "70000"), ("PORT", "80 80"), ("LIVE_PORT", "-1"),
    ("DEBUG", "maybe"), ("OUTBOUND", "On"), ("LOG_LEVEL", "loud"), ("LOG_LEVEL", "info"),
    ("SITE_URL", "status.example.org"), ("SITE_URL", "https://"), ("SITE_URL", "ftp://a.example"),
    ("SITE_URL", "https://u:geheim@a.example"), ("SITE_URL", "https://a.example:99999"), ("SITE_URL", "https://a b"),
    ("LIVE_URL", "live.example.org"), ("X_API_URL", "api.x.com"),
    ("TRUSTED_PROXIES", "127.0.0.1/99"), ("TRUSTED_PROXIES", "localhost"), ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ("DATABASE_URL", "mysql://u:geheim@h/x"), ("DATABASE_URL", "u:geheim@h/x"), ("DATABASE_URL", "postgresql://"),
    ("DATABASE_URL", "postgresql://u:ge@heim@h/x"), ("DATABASE_URL", "postgresql://u:geheim@h:port/x"),
    ("DATABASE_URL", "postgresql://u:geheim@a:5432,b:port/x"), ("DATABASE_URL", "postgresql://u:geheim@a,b/x?foo=bar"),
    ("REDIS_URL", "amqp://u:geheim@h"), ("REDIS_URL", "foo"), ("REDIS_URL", "redis://"), ("REDIS_URL", "redis://h:x"),
    ("EMAIL_URL", "mail.example.org"), ("EMAIL_URL", "smtp://"), ("EMAIL_URL", "smtp://u:ge@heim@h"),
    ("EMAIL_URL", "smtp://u:geheim@h:99999"), ("EMAIL_URL", "smtp://u:geheim@h?security=ssl"),
    ("EMAIL_URL", "smtp://u:geheim@h?tls=1"), ("EMAIL_URL", "http://u:geheim@h"),
    ("MMDB_ASN", "/nowhere/asn.mmdb"), ("MMDB_COUNTRY", "/"), ("CATALOG_DIR", "/nowhere"),
    ("APPRISE_URLS", "slack geheim"), ("REPORT_RETENTION_DAYS", "1"), ("REPORT_RETENTION_DAYS", "90d"),
    ("PORT", "8_000"), ("PORT", '"8000"'), ("PORT", "８０００"), ("WEB_KEPT_S", "1h"), ("HSTS_SECONDS", "9" * 20),
    ("RATE_LIMIT_READS_A_MINUTE", "3000/min"), ("LIVE_PORT", "8000"), ("METRICS_PORT", "8001"),
    ("DATA_DIR", "~nobodyatall/x"), ("DATA_DIR", "$HOME/x"), ("CATALOG_DIR", "$HOME"),
    ("ALLOWED_HOSTS", "https://a.example"), ("ALLOWED_HOSTS", "a.example:443"), ("ALLOWED_HOSTS", "::1"),
    ("ALLOWED_HOSTS", "a b"), ("SITE_URL", "https://exämple.org"), ("SITE_URL", "https://[::1"), ("HOST", "http://a"),
    ("CONTACT_URL", "me@example.org"), ("CONTACT_URL", "https://ä.example"), ("MAIL_FROM", "nobody"),
    ("MAIL_FROM", "a@b.example\nBcc: c@d.example"), ("GITHUB_TOKEN", "geheim geheim"), ("X_BEARER_TOKEN", "gehéim"),
    ("VAPID_PRIVATE_KEY", "geheim"), ("VANTAGE", "a b"), ("VANTAGE", "../x"),
    ("DATABASE_URL", "postgresql://u:geheim@h/x?foo=bar"), ("DATABASE_URL", "postgresql://u:ge%zzheim@h/x"),
    ("DATABASE_URL", "postgresql://u:geheim@[::1/x"), ("DATABASE_URL", "host=h password=geheim"),
    ("DATABASE_URL", "postgresql://u:ge#heim@h/x"), ("DATABASE_URL", "mysql://h/x?password=geheim"),
    ("REDIS_URL", "redis://h:6379/zero"), ("REDIS_URL", "redis://h/1?foo=bar"), ("REDIS_URL", "unix://a.sock"),
    ("REDIS_URL", "redis://:ge/heim@h:6379/0"), ("EMAIL_URL", "smtp://u:geheim@[::1"), ("EMAIL_URL", "smtp://u:geheim"),
    ("EMAIL_URL", "smtp://u@h:geheim"), ("EMAIL_URL", "smtp://u:geheim@h:0"), ("TRUSTED_PROXIES", "::1;::2"),
    ("OIDC_ISSUER", "https://a.example"), ("OIDC_ROLES", "a=chief"), ("SIGN_IN_TOTP", "yes"), ("LOG_FORMAT", "JSON"),
    ("SCAN_DELAY_S", "5s"), ("WEB_THREADS", "0"), ("WEB_HEADER_DEADLINE_S", "0.5"), ("DATABASE_DEADLINE_MS", "2s"),
    ("SECRET_KEY", "geheim"), ("SECRET_KEY", "geheim-geheim-g"), ("SECRET_KEY", "geh" * 20),
    ("DEFAULT_SERVICE", "ac me"), ("DEFAULT_SERVICE", "https://a.example"), ("TRUSTED_PROXIES", "0.0.0.0/0"),
    ("TRUSTED_PROXIES", "127.0.0.1/32,::/0"), ("TRUSTED_PROXIES", "0.0.0.0/1,128.0.0.0/1"),
    ("DATABASE_URL", "postgresql://u:geheim@h/x?sslmode=maybe"), ("DATABASE_URL", "sqlite:///db.sqlite3"),
    ("DATABASE_URL", "postgresql+psycopg://u:geheim@h/x"), ("DATABASE_URL", "jdbc:postgresql://h/x?password=geheim"),
    ("DATABASE_URL", "'postgresql://u:geheim@h/x'"), ("DATABASE_URL", "postgres:/u:geheim@h/x"),
    ("REDIS_URL", "redis://:geheim@h/99999999999"), ("REDIS_URL", "redis://h/0#1"), ("REDIS_URL", "h:6379"),
    ("REDIS_URL", "redis-sentinel://:geheim@h:26379/m"), ("REDIS_URL", "rediss//:geheim@h:6379/0"),
    ("EMAIL_URL", "smtp://u:ge%zzheim@h"), ("EMAIL_URL", "smtp://u:geheim@h:25#x"), ("EMAIL_URL", "u:geheim@h:587"),
    ("EMAIL_URL", "smtp://u:geheim@h..example"), ("EMAIL_URL", "smtp+tls://u:geheim@h"), ("EMAIL_URL", "mailto:a@b.c"),
    ("SITE_URL", "https://.example.org"), ("SITE_URL", "https://a..example"), ("SITE_URL", "https://*.example.org"),
    ("SITE_URL", "https://999.1.1.1"), ("SITE_URL", "https://a.example/.."), ("SITE_URL", "https://:geheim@a.example"),
    ("SITE_URL", "https:/a.example"), ("SITE_URL", "https://a.example?x=1"), ("LIVE_URL", "wss://live.example.org"),
    ("HOST", "0.0.0.0:8000"), ("HOST", "256.1.1.1"), ("HOST", "*"), ("METRICS_HOST", "example.org:9464"),
    ("PORT", "8000,8001"), ("PORT", "0x1f40"), ("PORT", "8000.0"), ("METRICS_PORT", "8000"),
    ("WEB_WORKERS", "10000"), ("TASK_PROCESSES", "100000"), ("WEB_THREADS", "auto"), ("WEB_SNAPSHOT_DAYS", "9999999"),
    ("REPORT_RETENTION_DAYS", "99999999"), ("DATABASE_DEADLINE_MS", "0"), ("TASK_DATABASE_DEADLINE_S", "1e3"),
    ("RATE_LIMIT_WRITES_A_MINUTE", "-5"), ("OUTBOUND", "true"), ("LOG_LEVEL", "WARN"), ("DEBUG", "ja"),
    ("ALLOWED_HOSTS", "a.example;b.example"), ("ALLOWED_HOSTS", "*.example.org"), ("TRUSTED_PROXIES", "*"),
    ("TRUSTED_PROXIES", "127.0.0.1:80"), ("TRUSTED_PROXIES", "127.0.0.1 10.0.0.1"), ("TRUSTED_PROXIES", "nginx"),
    ("VAPID_PRIVATE_KEY", "-----BEGIN EC PRIVATE KEY-----geheim"), ("CATALOG_DIR", "README.md"), ("MMDB_ASN", "docs"),
    ("OIDC_ISSUER", "http://sso.example.org"), ("OIDC_ROLES", "a:moderator"), ("SIGN_IN_TOTP", "Required"),
    ("MAIL_FROM", "a@b.example, c@d.example"), ("CONTACT_URL", "mailto:"), ("DAY_KEYS_DIR", "$HOME/geheim"),
]  # fmt: skip


@pytest.mark.slow
def test_each_wrong_setting_gives_one_line_that_says_what_to_type_and_no_secret(tmp_path):
    """By the interpreter that the operator starts; the settings are read anew for each."""
    script = (
        "import json, os, runpy, sys\n"
        "from config import env\n"
        "said = []\n"
        "for name, value in json.loads(sys.argv[1]):\n"
        "    before = dict(os.environ)\n"
        "    os.environ[name] = value\n"
        "    try:\n"
        "        runpy.run_path('config/settings.py')\n"
        "        said.append('')\n"
        "    except env.SettingError as error:\n"
        "        said.append(str(error))\n"
        "    os.environ.clear()\n"
        "    os.environ.update(before)\n"
        "print(json.dumps(said))\n"
    )
    environment = {name: value for name, value in os.environ.items() if name not in dict(WRONG)}
    environment |= {"SECRET_KEY": "a good key" * 5, "PYTHONPATH": str(PROJECT)}
    run = subprocess.run(
        [sys.executable, "-c", script, json.dumps(WRONG)],
        cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    for (name, value), line in zip(WRONG, json.loads(run.stdout), strict=True):
        assert line.startswith(name), (name, value, line)
        assert "expected" in line, line
        assert "\n" not in line, line
        assert "geheim" not in line, line
        assert "heim@" not in line, line


def test_settings_that_mean_nothing_alone_are_asked_for_together():
    with pytest.raises(env.SettingError, match=r"^A, B, C: expected all of them or none; missing: A, C$"):
        env.together(A="", B="geheim", C={})
    env.together(A="", B="")
    env.together(A="x", B="y")


def test_the_command_line_says_it_in_one_line_too(tmp_path):
    environment = {**os.environ, "DATABASE_URL": "mysql://u:geheim@h/x", "DATA_DIR": str(tmp_path)}
    for command in (["manage.py", "check"], ["-m", "config.local.run", "worker"]):
        run = subprocess.run(
            [sys.executable, *command],
            cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert run.returncode == 1
        assert run.stderr.startswith("DATABASE_URL='mysql://…@h/x': expected an address such as postgresql://")
        assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "port"),
    [
        (b"\xef\xbb\xbfPORT=8010\r\nDEBUG=off\r\n", "8010"),
        (b"export PORT = '8010'   # ours\n", "8010"),
        (b"set PORT=8010\n", "8010"),
        ("PORT=8010\n".encode("utf-16"), "expected UTF-8"),
        ("MAIL_FROM=Störung <a@b.example>\n".encode("latin-1"), "expected UTF-8"),
        (b"PORT: 8010\n", "line 1: expected NAME=value"),
        (b"[settings]\n", "line 1: expected NAME=value"),
        (None, "expected a file that this account may read"),
    ],
)
def test_files_as_editors_of_all_kinds_leave_them(tmp_path, monkeypatch, content, port):
    file = tmp_path / ".env"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    for name in ("PORT", "DEBUG"):
        monkeypatch.delenv(name, raising=False)
    try:
        env.load_file(file)
        found = os.environ.get("PORT")
    except env.SettingError as error:
        found = str(error)
        assert found.startswith(".env")
        assert "\n" not in found
    for name in ("PORT", "DEBUG"):
        os.environ.pop(name, None)
    assert port in found


def test_a_folder_that_cannot_be_used_and_a_key_that_is_gone_are_said_in_one_line(tmp_path):
    (tmp_path / "secret_key").write_text("\n")
    for folder in ("/dev/null/x", __file__, str(tmp_path)):
        run = subprocess.run(
            [sys.executable, "manage.py", "check"],
            cwd=PROJECT,
            env={**os.environ, "DATA_DIR": folder, "SECRET_KEY": ""},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert (run.returncode, run.stderr.count("\n")) == (1, 1), run.stderr
        assert folder in run.stderr
        assert "expected" in run.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["-m", "config.local.run"], "expected a folder that this account may write to; File exists"),
        (["-m", "config.local.embedded", "start"], "cannot be made or used by this account"),
        (
            ["-m", "config.local.backup", "save", "/dev/null/x.dump"],
            "Not a directory. Name a file that can be written.",
        ),
        (["manage.py", "migrate"], "The database cannot be used: connection failed"),
        (["manage.py", "create_api_key", "ours"], "The database cannot be used: connection failed"),
    ],
)
def test_what_each_command_cannot_reach_is_one_line_without_a_secret(command, said):
    away = {} if "config.local.embedded" in command else {"DATABASE_URL": "postgresql://u:geheim@127.0.0.1:1/x"}
    run = subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env={**os.environ, "DATA_DIR": __file__, "SECRET_KEY": "a good key" * 5, **away},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    hint = "Add --traceback to see where it happened."
    lines = [line for line in (run.stdout + run.stderr).splitlines() if line != hint]
    assert (len(lines), said in lines[0]) == (1, True), lines
    assert "geheim" not in lines[0]


def test_a_path_means_the_same_wherever_a_command_is_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("X", "data")
    assert env.path("X", None) == PROJECT / "data"


def test_the_host_of_the_site_is_answered_to(capsys, monkeypatch):
    assert addresses.host_of("https://[::1]:8443/x") == ["[::1]"]
    assert addresses.host_of("https://status.example.org") == ["status.example.org"]
    local_run._warn_of_hosts("https://status.example.org", ["other.example"])
    assert "ALLOWED_HOSTS=status.example.org" in capsys.readouterr().err
    local_run._warn_of_hosts("https://status.example.org", [".example.org"])
    assert capsys.readouterr().err == ""


def test_a_name_that_is_almost_that_of_a_setting_is_named_with_it():
    known = {"SITE_URL", "ALLOWED_HOSTS", "RATE_LIMIT_READS_A_MINUTE", "PORT"}
    wrong = {"SITE_URLS", "ALOWED_HOSTS", "ALLOWED_HOST", "RATE_LIMIT_READ_A_MINUTE"}
    said = env.misspelt([*wrong, *known, "HOME", "PATH", "LANG", "PORTAL", "site_url"], known)
    assert said == {
        "ALOWED_HOSTS": "ALLOWED_HOSTS",
        "ALLOWED_HOST": "ALLOWED_HOSTS",
        "RATE_LIMIT_READ_A_MINUTE": "RATE_LIMIT_READS_A_MINUTE",
        "SITE_URLS": "SITE_URL",
    }


def test_a_file_that_is_not_there_is_no_error(tmp_path):
    env.load_file(tmp_path / ".env")


@pytest.mark.parametrize("password", ["short-Pw1!", "password1234", "moderator-one"])
@pytest.mark.django_db
def test_a_weak_password_is_refused(password):
    user = get_user_model()(username="moderator-one")
    with pytest.raises(ValidationError):
        validate_password(password, user)
    validate_password("correct horse battery", user)


@pytest.mark.slow
def test_behind_https_the_deployment_check_finds_nothing():
    environment = os.environ | {"SITE_URL": "https://status.example.org", "SECRET_KEY": "k" * 20 + "9fG-é_zQ" * 6}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the browser tests of the same process set it
    check = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert check.returncode == 0, check.stdout + check.stderr
    asked = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_AGE)"
    )
    command = [sys.executable, "-c", f"import django; django.setup(); {asked}"]
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    said = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    assert said.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "43200"]


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_left_alone():
    MigrationRecorder(connection).record_applied("reports", "9999_of_next_year")
    with pytest.raises(CommandError, match=r"newer version than this \(reports\.9999_of_next_year\)"):
        prepare.make_tables()


@pytest.mark.parametrize(
    "given",
    [
        "postgresql:///?dbname=brownout&user=brownout&host=%2Frun%2Fpostgresql",
        "postgresql:///brownout?host=/run/postgresql",
        "postgres://u:pa%40ss@h:6432/x?sslmode=require",
        "postgresql://u:geheim@a.example:5432,[::1]:6432,c/x?target_session_attrs=any",
    ],
)
def test_a_database_on_a_socket_is_an_address_as_good_as_any(monkeypatch, given):
    monkeypatch.setenv("DATABASE_URL", given)
    assert env.server_address("DATABASE_URL", ("postgresql", "postgres"), "an address") == given
