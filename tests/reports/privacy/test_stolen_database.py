"""A thief who has the database or a backup, and tries its hashes against all networks."""

from __future__ import annotations

import base64
import re
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from config.local import backup, embedded
from config.process_cache import CACHE
from reports.models import Report
from reports.privacy import daily_keys, origin
from tests.factories import a_service

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ADDRESS = "203.0.113.77"
NETWORKS = [origin.parse_address(f"203.0.{third}.1") for third in range(106, 122)]  # of all: one of them is right
LONGEST_KEY = 64


@pytest.fixture
def keys(settings: Any, tmp_path: Path) -> Path:
    settings.DAY_KEYS_DIR = tmp_path / "day_keys"
    CACHE.clear()
    return tmp_path / "day_keys"


def found_by(key: bytes, hashes: set[int]) -> set[str]:
    """The hash search: which networks have one of these hashes under a key."""
    return {
        str(address)
        for address in NETWORKS
        if {(of := origin.of_address(address, "", key=key)).network, of.wide_network} & hashes
    }


def text_of(dump: Path) -> str:
    """A backup as the statements that would restore it."""
    restore = embedded.client_binaries() / "pg_restore"
    return subprocess.run([restore, "-f", "-", dump], check=True, capture_output=True, text=True, timeout=60).stdout


def candidates(text: str) -> set[bytes]:
    """All that stands in a text and could be a key: words, and what they mean as bytes, hexadecimal or base64."""
    words = {word for line in text.splitlines() for word in (*line.split("\t"), *re.findall(r"[\w+/=\\-]{8,}", line))}
    made = {word.encode()[:LONGEST_KEY] for word in words}
    for word in words:
        digits = word.removeprefix("\\\\x").removeprefix("\\x")
        if len(digits) % 2 == 0 and re.fullmatch(r"[0-9a-f]+", digits):
            made.add(bytes.fromhex(digits)[:LONGEST_KEY])
        if len(word) % 4 == 0 and re.fullmatch(r"[\w+/-]+={0,2}", word, re.ASCII):
            made.add(base64.b64decode(word.replace("-", "+").replace("_", "/"))[:LONGEST_KEY])
    return made - {b""}


def test_neither_a_stolen_database_nor_a_backup_tells_a_network(keys: Path, tmp_path: Path) -> None:
    service = a_service()
    answer = Client(REMOTE_ADDR=ADDRESS).post(
        "/api/v1/reports",
        {"service": service.slug, "symptom": "timeout", "component": "app"},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    report = Report.objects.get()
    hashes = {report.network, report.wide_network}
    day = date.fromisoformat(next(file.name for file in keys.iterdir()))
    key = daily_keys.key_of(day)
    assert "203.0.113.1" in found_by(key, hashes), "with the key the search finds the network, so without it it could"

    dump = tmp_path / "brownout.dump"
    backup.save(_address_of_the_database(), dump, embedded.client_binaries())
    text = text_of(dump)
    assert str(report.network) in text, "the thief has the hashes"
    for written in (key.hex(), base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode(), ADDRESS):
        assert written not in text
    assert key not in dump.read_bytes()
    tried = candidates(text)
    assert len(tried) > 200
    assert {str(one) for one in tried if found_by(one, hashes)} == set()


def test_when_the_key_is_gone_the_machine_itself_tells_nothing(keys: Path) -> None:
    today = date(2026, 3, 2)
    hashes = {origin.of_address(origin.parse_address(ADDRESS), "", key=daily_keys.key_of(today)).network}
    assert found_by(daily_keys.key_of(today), hashes) == {"203.0.113.1"}
    assert daily_keys.delete_old(today.replace(day=5)) == 1
    kept = [file.read_bytes() for file in keys.rglob("*") if file.is_file()]
    assert not any(found_by(one, hashes) for one in kept)
    assert found_by(daily_keys.key_of(today), hashes) == set(), "a key that is made anew is another one"


def _address_of_the_database() -> str:
    at = connection.settings_dict
    return f"postgresql://{at['USER']}:{at['PASSWORD'] or ''}@/{at['NAME']}?host={at['HOST']}&port={at['PORT']}"
