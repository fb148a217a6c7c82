"""The demo names the address of the site that runs, whatever its own settings say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from outages.management.commands.demo import site_address


def test_the_demo_names_the_running_site(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.SITE_URL = tmp_path, "http://localhost:8000"
    assert site_address() == "http://localhost:8000"
    (tmp_path / "address").write_text("http://localhost:8123")  # as `make run` leaves it
    assert site_address() == "http://localhost:8123"
