"""The Python and the npm client: made from the description as it is now, and at home on the running site."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from config.process_cache import CACHE
from reports.access import keys
from reports.languages import LANGUAGES, written
from reports.models import Report
from tests.outages.api.conftest import add_incident, add_minutes
from tests.outages.dialects.clients import node
from tools import client, typescript

LONGEST_S = 60
HERE = Path(__file__).parent

pytestmark = pytest.mark.slow


def examples(readme: Path, language: str) -> dict[str, str]:
    """The blocks of a README by the headings that they stand under."""
    blocks = rf"^## ([^\n]+)\n(?:(?!^## ).)*?^```{language}\n(.*?)^```"
    return dict(re.findall(blocks, readme.read_text("utf-8"), re.MULTILINE | re.DOTALL))


def files(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text("utf-8") for file in sorted(folder.rglob("*.py*"))
            if "__pycache__" not in file.parts}  # fmt: skip


def test_the_clients_are_what_the_description_gives(tmp_path: Path) -> None:
    described = client.description()
    client.generate(tmp_path, described)
    made, kept = files(tmp_path / client.PACKAGE), files(client.FOLDER / client.PACKAGE)
    assert made.keys() == kept.keys(), "make client"
    changed = [name for name in made if made[name] != kept[name]]
    for name, content in typescript.files(described).items():
        changed += [name] if (typescript.FOLDER / name).read_text("utf-8") != content else []
    assert changed == [], "make client"


@pytest.fixture
def site(live_server: Any, settings: Any, transactional_db: None) -> Iterator[str]:
    """The site with Tesla as it is shipped, two hours of reports until now, and two incidents."""
    from reports.catalog.loader import read
    from reports.catalog.store import store
    from reports.models import Service

    CACHE.clear()  # Tesla of the test before had another number
    store(read(client.PROJECT / "catalog" / "tesla.toml"))
    service = Service.objects.get(slug="tesla")
    now: datetime = timezone.now().replace(second=0, microsecond=0)
    add_minutes(service, now - timedelta(hours=2), 120, symptom="http-503-maintenance")
    add_incident(service, 1, now - timedelta(days=2), resolved_at=now - timedelta(days=1))
    add_incident(service, 2, now - timedelta(hours=1))
    settings.SITE_URL = live_server.url
    yield str(live_server.url)
    CACHE.clear()


class Runs:
    """Programs that have a client and nothing of the project."""

    def __init__(self, folder: Path, site: str = "", key: str = "") -> None:
        self.folder = folder
        self.environment = {"PATH": os.environ["PATH"], "BROWNOUT": site, "BROWNOUT_KEY": key, "no_proxy": "*",
                            "PYTHONPATH": str(client.FOLDER)}  # fmt: skip
        (folder / "node_modules").mkdir()
        (folder / "node_modules" / "brownout-client").symlink_to(typescript.FOLDER)

    def python(self, code: str) -> str:
        """What it prints."""
        return self._run(sys.executable, "-P", "-c", code)

    def node(self, code: str) -> str:
        """What it prints."""
        program = self.folder / "program.mjs"
        program.write_text(code, encoding="utf-8")
        return self._run(node(), str(program))

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environment, cwd=self.folder, capture_output=True, text=True,
                              check=False, timeout=LONGEST_S)  # fmt: skip
        if done.returncode != 0:
            pytest.fail(f"{command[-1]}\nended with {done.returncode}; it said:\n{done.stdout}\n{done.stderr}")
        return done.stdout


@pytest.mark.parametrize("language", ["python", "ts"])
def test_every_example_of_the_readme_does_what_it_says(site: str, tmp_path: Path, language: str) -> None:
    runs = Runs(tmp_path, site, keys.create(name="ada", scopes=["read"], now=timezone.now()).text)
    folder, run = (client.FOLDER, runs.python) if language == "python" else (typescript.FOLDER, runs.node)
    said = examples(folder / "README.md", language)
    said.pop("Live", None)  # below: streams come from a process of their own
    assert list(said) == ["Is it down?", "Report", "Sums by two axes", "Incidents, page by page", "With a key"]

    assert run(said["Is it down?"]).startswith("confirmed ")

    assert run(said["Report"]).strip()
    report = Report.objects.get()
    assert (report.region, report.withdrawn_at is not None) == ("NL-NH", True)

    lines = run(said["Sums by two axes"]).splitlines()
    told = [int(line.rpartition(" ")[2]) for line in lines if " NL " in line and not line.endswith("few")]
    assert told, lines
    assert all(number > 0 and number % 5 == 0 for number in told), lines  # rounded, as places are
    assert any(line.endswith(" DE few") for line in lines), lines

    pages = run(said["Incidents, page by page"]).splitlines()
    assert [line.split()[:2] for line in pages] == [["2", "confirmed"], ["1", "resolved"]]

    assert run(said["With a key"]).startswith("ada [")


def test_an_error_comes_back_as_a_problem(site: str, tmp_path: Path) -> None:
    runs = Runs(tmp_path, site)
    code = """
import os
from brownout_client import Client
from brownout_client.api.services import services_status
from brownout_client.models import Problem
found = services_status.sync("teslaa", client=Client(base_url=os.environ["BROWNOUT"]))
assert isinstance(found, Problem)
print(found.type_, found.status)
"""
    assert runs.python(code).split() == ["/api/problems/unknown-service", "404"]
    code = """
import { Brownout, ProblemError } from "brownout-client";
const brownout = new Brownout({ site: process.env.BROWNOUT + "/" });
const error = await brownout.servicesStatus({ slug: "tesla/a?b" }).catch((thrown) => thrown);
console.log(error instanceof ProblemError, error.status, error.problem?.type);
"""
    assert runs.node(code).split() == ["true", "404", "/api/problems/not-found"]


def test_the_npm_client_bears_what_networks_do(tmp_path: Path) -> None:
    """Streams cut anywhere, errors that are no problem documents, silence: against a server of its own."""
    runs = Runs(tmp_path)
    (tmp_path / "live.mjs").write_text(examples(typescript.FOLDER / "README.md", "ts")["Live"], encoding="utf-8")
    printed = runs.node((HERE / "hostile.mjs").read_text("utf-8"))
    assert printed.splitlines()[-1] == "all as it should be", printed


def test_home_assistants_integration_fits_the_api_and_speaks_every_language() -> None:
    """Its own tests want a Python of their own: `make homeassistant`."""
    folder = client.PROJECT / "clients" / "homeassistant" / "custom_components" / "brownout"
    texts = {file.stem: file.read_text("utf-8") for file in (folder / "translations").glob("*.json")}
    assert texts.keys() == {*map(written, LANGUAGES), "pt-BR"}  # as Home Assistant calls them
    for text in texts.values():
        assert re.findall(r'"[a-z_]+":', text) == re.findall(r'"[a-z_]+":', texts["en"])
    code = {name: (folder / name).read_text("utf-8") for name in ("const.py", "sensor.py", "event.py")}
    said = typescript.FOLDER.joinpath("index.d.ts").read_text("utf-8")
    status = said.partition("export interface Status {")[2].partition("\n}\n")[0]
    incident = said.partition("export interface Incident {")[2].partition("\n}\n")[0]
    for field in re.findall(r'"(\w+)"', code["sensor.py"].partition("TOLD = (")[2].partition(")")[0]):
        assert f"  {field}: " in status, field
    assert "  number: number;" in incident
    assert "  state: IncidentState;" in incident
    (verdicts,) = re.findall(r"export type VerdictEnum = (.*);", said)
    assert re.findall(r'"(\w+)"', code["const.py"].partition("VERDICTS")[2].partition("]")[0]) == (
        re.findall(r'"(\w+)"', verdicts)
    )
