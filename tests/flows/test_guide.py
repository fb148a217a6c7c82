"""docs/operation.md can be followed: each command of it, in order, in a fresh clone in a path with a space."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.servers import debian_postgres
from tests.servers.smtp import mail_server
from tools import guide

PAGE = guide.PAGE.read_text(encoding="utf-8")


@pytest.mark.slow(150)
def test_the_page_can_be_followed_from_the_clone_to_the_proxy() -> None:
    """With the libraries of this environment: `make guide` fetches them as the reader does, and takes a minute more."""
    if missing := [name for name in ("bash", "curl", "git", "make") if shutil.which(name) is None]:
        pytest.skip(f"what a reader has since the first station is not here: {', '.join(missing)}")
    if not (guide.PROJECT / ".git").exists():
        pytest.skip("this is no clone, so its files are not listed")
    with mail_server() as mails:
        if debian_postgres.is_here:
            with debian_postgres.server() as url:
                said = guide.run(PAGE, guide.own_things(mails.port, url), lent=True)
        else:
            things = guide.own_things(mails.port, "")
            said = guide.run(PAGE, things, lent=True, left_out=frozenset({"needs PostgreSQL"}))
    assert said.endswith("The page ends here.\n")
    assert [message["To"] for message in mails.messages] == ["anna@example.org"]
    assert "are as they were saved" in said


def test_every_block_of_the_page_belongs_to_a_station_and_each_is_run() -> None:
    found = guide.blocks(PAGE)
    assert len(found) == len(re.findall(r"^```sh$", PAGE, re.MULTILINE))
    assert all(block.station for block in found)
    script = guide.script(PAGE, {"git clone": "git clone --quiet"})
    for block in found:
        assert block.commands.strip().replace("git clone", "git clone --quiet") in script


def test_a_command_that_fails_ends_it(tmp_path: Path) -> None:
    page = "### 1. One\n\n```sh\necho begun\nfalse\necho not reached\n```\n"
    script = tmp_path / "guide.sh"
    script.write_text(guide.script(page, {}), encoding="utf-8")
    run = guide.subprocess.run(["bash", str(script)], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "begun" in run.stdout
    assert "not reached" not in run.stdout
