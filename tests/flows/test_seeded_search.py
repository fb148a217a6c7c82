"""Addresses, coordinates, notes, receipts and mail addresses are handed in by every door, and then looked for
in the dump, the database's tables, the broker, the logs and every other file: each may be in its own place only."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
import redis

from config.local import embedded
from tools.gameday.site import PROJECT, Site, free_port, small_disk

pytestmark = pytest.mark.slow

ADDRESSES = {
    door: f"84.63.{number}.217" for number, door in enumerate(("json", "form", "batch", "open311", "queue"), 101)
}
LATITUDE, LONGITUDE = 52.379189, 4.899431
NOTE = "seedednote"
MAILBOX = "seeded.mailbox@sought.example"
TOKEN = "seeded-reporter-token-7d1f"
PASSWORD = "seeded-password-51b7"
OWN_TABLES = ("reports_report",)  # where a note belongs; its partitions have its name before theirs


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with small_disk(700) as (folder, _why_not):
        one = Site(folder, free_port(), free_port(), {"LOG_LEVEL": "INFO", "EMAIL_URL": "smtp://127.0.0.1:9"})
        try:
            one.start()
            yield one
        finally:
            one.stop()


class Doors:
    """Everything that can be handed in, and the secrets that came back."""

    def __init__(self, site: Site) -> None:
        self.port = site.port
        self.secrets: list[str] = []

    def send(self, method: str, path: str, body: Any = None, *, door: str = "json", **headers: str) -> Any:
        """Return status, headers and text of an answer."""
        headers = {"X-Forwarded-For": ADDRESSES[door], **headers}
        content = None
        if isinstance(body, str):
            content, headers["Content-Type"] = body.encode(), "application/x-www-form-urlencoded"
        elif body is not None:
            content, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def report(self) -> None:
        """A report by each door; what is right and what is wrong with it."""
        point = {"lat": LATITUDE, "lon": LONGITUDE}
        said = {"service": "tesla", "symptom": "login-failed", "note": f"{NOTE} by json", **point}
        status, _, text = self.send(
            "POST", "/api/v1/reports", said, **{"X-Reporter": TOKEN, "Idempotency-Key": "seeded-1"}
        )
        assert status == 201, text
        made = json.loads(text)
        self.secrets.append(made["receipt"])
        status, _, text = self.send(
            "POST", "/api/v1/reports/batch", [{**said, "note": f"{NOTE} by batch"}], door="batch"
        )
        assert status == 200, text
        self.secrets.append(json.loads(text)["results"][0]["report"]["receipt"])
        form = urlencode({"symptom": "login-failed", "note": f"{NOTE} by form", "country": "NL"})
        status, headers, text = self.send("POST", "/tesla/report", form, door="form")
        assert status == 303, text
        page = headers["Location"].partition("?")[0]
        self.secrets.append(page.rstrip("/").rpartition("/")[2])
        form = urlencode({"service_code": "tesla", "lat": LATITUDE, "long": LONGITUDE, "description": f"{NOTE} by 311",
                          "email": MAILBOX, "phone": "+31205550143", "address_string": "Seededstraat 7"})  # fmt: skip
        status, _, text = self.send("POST", "/open311/v2/requests.json", form, door="open311")
        assert status == 200, text
        self.secrets.append(json.loads(text)[0]["service_request_id"].partition(".")[2])
        late = {**said, "note": f"{NOTE} by queue"}
        status, _, text = self.send("POST", "/api/v1/reports", late, door="queue", **{"Idempotency-Key": "seeded-2"})
        assert status == 201, text
        self.secrets.append(json.loads(text)["receipt"])
        own = {"Authorization": f"Bearer {made['receipt']}"}
        for method, path, body in (
            ("POST", "/places/region", point),
            ("POST", "/api/v1/reports", {**said, "symptom": "none such"}),
            ("POST", "/api/v1/reports", {**said, "lat": 400}),
            ("GET", f"{page}?country=NL", None),
            ("PUT", page, None),
            ("GET", f"{page}/nowhere", None),
            ("POST", f"{page}/withdraw", ""),
            ("GET", f"/tesla/is-it-me?lat={LATITUDE}&lon={LONGITUDE}", None),
            ("GET", f"/open311/v2/requests.json?lat={LATITUDE}&long={LONGITUDE}&email={MAILBOX}", None),
        ):
            assert self.send(method, path, body, door="form")[0] < 500, path
        assert self.send("PATCH", f"/api/v1/reports/{made['id']}", {"note": f"{NOTE} anew", **point}, **own)[0] == 200
        assert self.send("GET", f"/api/v1/reports/{made['id']}.json", None, **own)[0] < 500

    def others(self) -> None:
        """What else has somebody's address or secret in it."""
        wanted = {"service": "tesla", "channel": "mail", "target": MAILBOX}
        status, _, text = self.send("POST", "/api/v1/subscriptions", wanted)
        assert status == 201, text
        secret = json.loads(text)["secret"]
        self.secrets.append(secret)
        path = f"/api/v1/subscriptions/{json.loads(text)['id']}"
        assert self.send("GET", path, None, Authorization=f"Bearer {secret}")[0] == 200
        assert self.send("GET", f"{path}?secret={secret}")[0] < 500
        assert self.send("POST", "/tesla/subscribe", urlencode({"target": MAILBOX}), door="form")[0] in (303, 422)
        assert self.send("POST", "/developers/keys", urlencode({"mail": MAILBOX}), door="form")[0] in (303, 429)
        login = urlencode({"username": "somebody", "password": PASSWORD})
        assert self.send("POST", "/admin/login/", login, door="form")[0] in (200, 403)


def test_nothing_that_was_handed_in_is_found_outside_its_place(site: Site, tmp_path: Path) -> None:
    doors = Doors(site)
    doors.report()
    doors.others()
    sought = {*ADDRESSES.values(), *(one.rpartition(".")[0] for one in ADDRESSES.values()), TOKEN, PASSWORD, MAILBOX}
    sought |= {MAILBOX.partition("@")[0], "sought.example", "+31205550143", "Seededstraat", *doors.secrets}
    sought |= {str(LATITUDE)[:8], str(LONGITUDE)[:8]}  # fewer digits are some second of a time now and then
    assert len(doors.secrets) == 6

    dump = tmp_path / "brownout.dump"
    own = {**os.environ, "DATA_DIR": str(site.data_dir), "DATABASE_URL": "", "REDIS_URL": "", "PORT": str(site.port)}
    command = [sys.executable, "-m", "config.local.backup", "save", str(dump)]
    subprocess.run(command, cwd=PROJECT, env=own, check=True, capture_output=True, timeout=60)
    places = {"backup": dump.read_bytes(), "manifest": Path(f"{dump}.json").read_bytes()}
    noted = []
    with psycopg.connect(embedded.database_url(site.data_dir)) as connection:
        tables = connection.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f"SELECT t::text FROM {table} t").fetchall()
            places[f"table {table}"] = "\n".join(row for (row,) in rows).encode()
            noted += [table] * (NOTE in places[f"table {table}"].decode())
    with redis.Redis.from_url(embedded.redis_url(site.data_dir), socket_timeout=5) as broker:
        for key in broker.scan_iter(count=1000):
            places[f"broker {key!r}"] = key + (broker.dump(key) or b"")
        broker.save()
    places["log"] = "".join(site.lines).encode()
    for file in (one for one in site.data_dir.rglob("*") if one.is_file()):
        places[f"file {file.relative_to(site.data_dir)}"] = file.read_bytes()

    assert len(noted) == 1, noted
    assert noted[0].startswith(OWN_TABLES)
    found = [(place, one) for place, data in places.items() for one in sought if one.encode() in data]
    assert not found
    kept = (*(f"table {table}" for table in noted), "file postgres/", "backup")
    assert not [place for place, data in places.items() if NOTE.encode() in data and not place.startswith(kept)]
    assert any(place.startswith("file postgres/") and NOTE.encode() in data for place, data in places.items()), (
        "search works"
    )
