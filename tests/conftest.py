"""What all tests share: settings of their own, servers of their own, and no way off this machine."""

from __future__ import annotations

import atexit
import gc
import os
import re
import shutil
import signal
import tempfile
from collections import defaultdict
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests import database, network
from tools import browser

LONGEST_TEST = timedelta(minutes=1)
PROJECT = Path(__file__).resolve().parent.parent
_WEIGHTS_AS_DRAWN = pytest.StashKey[tuple[bytes, ...]]()


def _settle_environment() -> None:
    """Gives the tests settings that owe nothing to this machine: only where the servers are may be chosen."""
    chosen = {name: os.environ.get(name, "") for name in ("DATA_DIR", "DATABASE_URL", "REDIS_URL")}
    for file in (PROJECT / "config").glob("*.py"):
        for name in re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', file.read_text(encoding="utf-8")):
            os.environ[name] = ""  # an empty value means the default, and a line in .env does not count any more
    os.environ.update(chosen, OUTBOUND="off", LIVE_ON_PAGES="off", DJANGO_SETTINGS_MODULE="config.settings")
    # All tests come from one network, and send more in a minute than any other does.
    os.environ.update(RATE_LIMIT_READS_A_MINUTE="0", RATE_LIMIT_WRITES_A_MINUTE="0", RATE_LIMIT_PAGES_A_MINUTE="0")
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
    # Ignored where all this runs in the background (`nohup make test &`), and then in each process that a test starts.
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)
    network.watch()
    import django

    django.setup()
    from django.conf import settings

    # Pages name static files by their plain names: collecting them is the business of some tests of their own.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # Passwords in tests keep no secret; the usual hash is slow on purpose, half a second a time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Each report is told as one, from the first fixture of a module on, so that tests know their numbers: as drawn, two
    # reports are told as none in 8 of 100 runs, and then there is nothing of them in public.
    from outages.pipeline import perturbation

    config.stash[_WEIGHTS_AS_DRAWN] = perturbation._WEIGHT_OF
    told_as_one = (bytes([1]) * 256,) * len(perturbation.LEANING)
    pytest.MonkeyPatch().setattr(perturbation, "_WEIGHT_OF", told_as_one)  # for as long as this process lives
    if config.getoption("numprocesses", None):
        # Each process chooses its servers first: with this set, pytest-django reads the settings before that.
        del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Looks for no rubbish while tests are collected: nearly all that is made then stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


_SLOW_AS_A_WHOLE = re.compile(r"^pytestmark = .*\bmark\.(slow|browser)\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves out, unread, modules all of whose tests are left out: some import what takes long to import."""
    if not collection_path.name.startswith("test_") or collection_path.suffix != ".py":
        return None
    found = _SLOW_AS_A_WHOLE.search(collection_path.read_text(encoding="utf-8"))
    return True if found is not None and f"not {found[1]}" in config.getoption("markexpr") else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts files that take longest first where tests run side by side: no lane works on one alone at the end."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    takes_s: dict[Path, float] = defaultdict(float)
    for item in items:
        takes_s[item.path] += _seconds(item)
    items.sort(key=lambda item: (-takes_s[item.path], item.path))


def _seconds(item: pytest.Item) -> float:
    """Return about how long a test takes: what its mark `slow` says, else what its kind usually does."""
    slow = item.get_closest_marker("slow")
    if slow is not None and slow.args:
        return float(slow.args[0])
    kinds = {"slow": 4.0, "browser": 2.0, "django_db": 0.1}
    return max((seconds for name, seconds in kinds.items() if item.get_closest_marker(name)), default=0.02)


def pytest_collection_finish() -> None:
    """Keeps what was collected out of the rubbish collector's way: it stays until the end and is large."""
    gc.collect()
    gc.freeze()


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

    ours = not os.environ["DATABASE_URL"]
    if ours:
        database.start(settings.DATA_DIR)
    started = embedded.start(settings.DATA_DIR, database=False, broker=not os.environ["REDIS_URL"]).started
    yield
    if (ours or started) and not embedded.kept(settings.DATA_DIR):
        embedded.stop(settings.DATA_DIR)


@pytest.fixture(scope="session")
def django_db_setup(servers: None, django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of the tests: on a server of our own the migrated one that it starts with, else one made now."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    if not os.environ["DATABASE_URL"]:
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database.NAME
        yield
        connection.close()
        return
    lane = os.environ.get("PYTEST_XDIST_WORKER", "")
    connection.settings_dict["TEST"]["NAME"] = "_".join(filter(None, ("test", connection.settings_dict["NAME"], lane)))
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


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
def no_midnight_in_between() -> Iterator[None]:
    """Keys of reporters and networks change at midnight UTC: a test that would run over it runs at noon instead."""
    now = datetime.now(UTC)
    if (now + LONGEST_TEST).date() == now.date():
        yield
    else:
        with time_machine.travel(now.replace(hour=12), tick=True):
            yield


@pytest.fixture(autouse=True)
def reports_told_as_drawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tells reports at the weights that are drawn for them where the mark `drawn` asks for chance."""
    if request.node.get_closest_marker("drawn") is not None:
        monkeypatch.setattr("outages.pipeline.perturbation._WEIGHT_OF", request.config.stash[_WEIGHTS_AS_DRAWN])


@pytest.fixture(autouse=True)
def no_service_of_another_test() -> None:
    """Intake keeps what it knows of a service for seconds; the next test's Acme has another number."""
    from reports.intake import service_cache

    service_cache._cached.clear()


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine() -> Iterator[None]:
    """Fails a test that has tried to reach an outside address, even if the code under test swallowed the error."""
    network.attempts.clear()
    yield
    assert network.attempts == [], f"the test tried to reach the outside: {network.attempts}"
