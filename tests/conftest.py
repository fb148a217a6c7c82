"""What all tests share: settings of their own, servers of their own, and no way off this machine."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import network
from tools import browser

PROJECT = Path(__file__).resolve().parent.parent


def _settle_environment() -> None:
    """Gives the tests settings that owe nothing to this machine: only where the servers are may be chosen."""
    chosen = {name: os.environ.get(name, "") for name in ("DATA_DIR", "DATABASE_URL", "REDIS_URL")}
    for file in (PROJECT / "config").glob("*.py"):
        for name in re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', file.read_text(encoding="utf-8")):
            os.environ[name] = ""  # an empty value means the default, and a line in .env does not count any more
    os.environ.update(chosen, OUTBOUND="off", DJANGO_SETTINGS_MODULE="config.settings")
    # All tests come from one network, and send more in a minute than any other does.
    os.environ.update(RATE_LIMIT_READS_A_MINUTE="0", RATE_LIMIT_WRITES_A_MINUTE="0")
    lane = os.environ.get("PYTEST_XDIST_WORKER")
    if lane and chosen["REDIS_URL"]:
        raise pytest.UsageError("Tests side by side (-n) need servers of their own: unset REDIS_URL.")
    if not chosen["DATA_DIR"]:
        # Not under pytest's own tmp_path: as root that one is closed to the account that PostgreSQL runs as.
        folder = tempfile.mkdtemp(prefix="brownout-tests-")
        os.environ["DATA_DIR"] = folder
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    elif lane:
        os.environ["DATA_DIR"] = str(Path(chosen["DATA_DIR"]) / lane)
    Path(os.environ["DATA_DIR"], "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing


def pytest_configure(config: pytest.Config) -> None:
    _settle_environment()
    network.watch()
    import django

    django.setup()
    from django.conf import settings

    # Pages name static files by their plain names: collecting them is the business of some tests of their own.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    if config.getoption("numprocesses", None):
        # Each process chooses its servers first: with this set, pytest-django reads the settings before that.
        del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without a Chromium a browser test is skipped with how to get one; in CI it fails."""
    if item.get_closest_marker("browser") and browser.find() is None:
        if os.environ.get("CI"):
            pytest.fail(browser.HOW_TO_GET_ONE)
        pytest.skip(browser.HOW_TO_GET_ONE)


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey, those of DATABASE_URL and REDIS_URL where given, else embedded ones."""
    from django.conf import settings

    from config.local import embedded

    started = embedded.start(
        settings.DATA_DIR,
        database=not os.environ["DATABASE_URL"],
        broker=not os.environ["REDIS_URL"],
    ).started
    yield
    if started and not embedded.kept(settings.DATA_DIR):
        embedded.stop(settings.DATA_DIR)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(servers: None) -> None:
    """Every test with a database finds the servers up."""


@pytest.fixture(autouse=True)
def no_partition_keeps_a_row(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empties the partitioned tables after a test that commits: they are not among those that Django flushes."""
    yield
    marker = request.node.get_closest_marker("django_db")
    commits = marker and marker.kwargs.get("transaction")
    if commits or {"transactional_db", "live_server"} & set(request.fixturenames):
        from django.db import connection

        with request.getfixturevalue("django_db_blocker").unblock(), connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(relname, ', ') FROM pg_class WHERE relkind = 'p'")
            cursor.execute(f"TRUNCATE {cursor.fetchone()[0]}")


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine() -> Iterator[None]:
    """Fails a test that has tried to reach an outside address, even if the code under test swallowed the error."""
    network.attempts.clear()
    yield
    assert network.attempts == [], f"the test tried to reach the outside: {network.attempts}"
