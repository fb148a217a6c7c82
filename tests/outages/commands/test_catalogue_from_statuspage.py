"""manage.py catalogue_from_statuspage, against a local page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reports.catalog.loader import read
from tests.servers.web import Answer, Web
from tests.servers.web import web as a_web

SUMMARY = {
    "page": {"id": "x", "name": "Example", "url": "https://status.example.org"},
    "components": [{"name": "Platform", "group": True}, {"name": "API"}, {"name": "Web app"}],
}


@pytest.fixture
def web() -> Iterator[Web]:
    with a_web() as served:
        yield served


@pytest.fixture(autouse=True)
def loopback(settings: Any) -> None:
    settings.OUTBOUND = "loopback"


def test_a_page_becomes_a_file_that_is_never_overwritten(web: Web, tmp_path: Path) -> None:
    web.pages["/api/v2/summary.json"] = Answer(200, json.dumps(SUMMARY).encode(), {"Content-Type": "application/json"})
    to, out = tmp_path / "example.toml", StringIO()
    call_command("catalogue_from_statuspage", web.url(""), "--to", str(to), stdout=out)
    catalog = read(to)
    assert (catalog.slug, [part.slug for part in catalog.components]) == ("example", ["api", "web-app"])
    assert out.getvalue().startswith(f"{to}: example, 2 components.")
    with pytest.raises(CommandError, match="is there already"):
        call_command("catalogue_from_statuspage", web.url(""), "--to", str(to))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(404), "answered 404"),
        (Answer(200, b"<html>"), "is no summary of a status page"),
        (Answer(200, b"[1]"), "does not say its name"),
    ],
)
def test_another_page_is_told_so_in_one_line(web: Web, answer: Answer, said: str) -> None:
    web.pages["/api/v2/summary.json"] = answer
    with pytest.raises(CommandError, match=said) as raised:
        call_command("catalogue_from_statuspage", web.url(""))
    assert "\n" not in str(raised.value)
