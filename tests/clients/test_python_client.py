"""The Python client: made from the description as it is now, and at home on the running site."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.outages.api.conftest import add_incident, add_minutes
from tools import client

README = client.FOLDER / "README.md"
EXAMPLES = dict(re.findall(r"^## (.+?)\n.*?^```python\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL))

pytestmark = pytest.mark.slow


def files(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text("utf-8") for file in sorted(folder.rglob("*.py*"))
            if "__pycache__" not in file.parts}  # fmt: skip


def test_the_client_is_what_the_description_gives(tmp_path: Path) -> None:
    client.generate(tmp_path, client.description())
    made, kept = files(tmp_path / client.PACKAGE), files(client.FOLDER / client.PACKAGE)
    assert made.keys() == kept.keys(), "make client"
    changed = [name for name in made if made[name] != kept[name]]
    assert changed == [], "make client"


@pytest.fixture
def site(live_server: Any, settings: Any, transactional_db: None) -> str:
    """The site with Tesla as it is shipped, two hours of reports until now, and two incidents."""
    from reports.catalog.loader import read
    from reports.catalog.store import store
    from reports.models import Service

    store(read(client.PROJECT / "catalog" / "tesla.toml"))
    service = Service.objects.get(slug="tesla")
    now: datetime = timezone.now().replace(second=0, microsecond=0)
    add_minutes(service, now - timedelta(hours=2), 120, symptom="http-503-maintenance")
    add_incident(service, 1, now - timedelta(days=2), resolved_at=now - timedelta(days=1))
    add_incident(service, 2, now - timedelta(hours=1))
    settings.SITE_URL = live_server.url
    return str(live_server.url)


def run(site: str, code: str, **more: str) -> str:
    """What a program prints that has the client and nothing of the project."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(client.FOLDER), "BROWNOUT": site, "no_proxy": "*"}
    done = subprocess.run([sys.executable, "-P", "-c", code], env=environment | more, cwd="/", capture_output=True,
                          text=True, timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_status_is_read(site: str) -> None:
    assert run(site, EXAMPLES["Is it down?"]).startswith("confirmed ")


def test_a_report_is_sent_and_withdrawn(site: str) -> None:
    from reports.models import Report

    assert run(site, EXAMPLES["Report"]).strip()
    report = Report.objects.get()
    assert (report.region, report.withdrawn_at is not None) == ("NL-NH", True)


def test_sums_are_read(site: str) -> None:
    lines = run(site, EXAMPLES["Sums by two axes"]).splitlines()
    told = [int(line.rpartition(" ")[2]) for line in lines if " NL " in line and not line.endswith("few")]
    assert told, lines
    assert all(number > 0 and number % 5 == 0 for number in told), lines  # rounded, as places are
    assert any(line.endswith(" DE few") for line in lines), lines


def test_incidents_are_read_page_by_page(site: str) -> None:
    lines = run(site, EXAMPLES["Incidents, page by page"]).splitlines()
    assert [line.split()[:2] for line in lines] == [["2", "confirmed"], ["1", "resolved"]]


def test_a_key_is_sent_along(site: str) -> None:
    from reports.access import keys

    made = keys.create(name="ada", scopes=["read"], now=timezone.now())
    assert run(site, EXAMPLES["With a key"], BROWNOUT_KEY=made.text).startswith("ada [")


def test_an_error_comes_back_as_a_problem(site: str) -> None:
    code = """
import os
from brownout_client import Client
from brownout_client.api.services import services_status
from brownout_client.models import Problem
found = services_status.sync("teslaa", client=Client(base_url=os.environ["BROWNOUT"]))
assert isinstance(found, Problem)
print(found.type_, found.status)
"""
    assert run(site, code).split() == ["/api/problems/unknown-service", "404"]


def test_every_use_of_the_readme_is_run() -> None:
    source = Path(__file__).read_text("utf-8")
    assert len(EXAMPLES) == 5
    assert all(f'EXAMPLES["{title}"]' in source for title in EXAMPLES)
