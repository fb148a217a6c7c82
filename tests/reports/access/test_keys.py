"""Keys: known by their look, kept as hashes, bound to scopes, counted by themselves, never taken for nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import redis
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from limits.storage import MemoryStorage

from reports.access import keys, rate_limits, usage
from reports.errors import SubmissionError
from reports.models import ApiKey, ApiKeyOwner, ApiKeyUsage, Report

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EVERYTHING = [scope.value for scope in keys.Scope]


@pytest.fixture(autouse=True)
def counts_of_their_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rate_limits, "_meter", rate_limits.Meter(MemoryStorage()))
    usage.forget()
    yield
    usage.forget()


def make(*scopes: str, **changes: Any) -> keys.NewKey:
    values: dict[str, Any] = {"name": "test", "scopes": scopes or EVERYTHING, "now": NOW - timedelta(days=1), **changes}
    return keys.create(**values)


def get(path: str = "/api/v1/services", text: str = "", **headers: str) -> Any:
    return Client().get(path, headers={"Authorization": f"Bearer {text}", **headers})


# ── the text of a key ────────────────────────────────────────────────────────────────────────────────────────────


def test_keys_are_long_random_and_known_by_their_look() -> None:
    found = {keys.new_text() for _ in range(200)}
    assert len(found) == 200
    assert all(keys.PATTERN.fullmatch(text) and keys.is_well_formed(text) for text in found)


@given(position=st.integers(0, 39), other=st.sampled_from("0Aa9Zz"))
def test_a_mistyped_key_is_known_by_its_checksum(position: int, other: str) -> None:
    text = keys.new_text()
    place = len(keys.PREFIX) + position
    changed = text[:place] + other + text[place + 1 :]
    assert keys.is_well_formed(changed) == (changed == text)


@given(st.text())
def test_no_text_breaks_the_check(text: str) -> None:
    assert not keys.is_well_formed(text)
    assert not keys.is_well_formed(keys.PREFIX + text)


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_a_key_is_not_stored_in_the_open() -> None:
    made = make()
    with connection.cursor() as cursor:
        cursor.execute("SELECT k::text FROM reports_apikey k")
        row = cursor.fetchone()[0]
    assert made.text not in row
    assert made.text[len(keys.PREFIX) + keys.SHOWN :] not in row
    assert made.key.shown in row


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\nb\0"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"expires_at": NOW - timedelta(days=2)}, "expires"),
    ],
)
def test_a_key_that_cannot_be_made_is_refused_by_name(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(SubmissionError) as refused:
        make(**{"scopes": EVERYTHING, **changes})
    assert [error["field"] for error in refused.value.errors] == [field]
    assert not ApiKey.objects.exists()


@pytest.mark.django_db
def test_an_owner_has_several_keys_but_not_without_end() -> None:
    owner = ApiKeyOwner.objects.create(mail_hash=b"x" * 32, mail_sealed=b"", created_at=NOW)
    again = make(owner=owner).key.pk
    assert keys.create(name="same", scopes=["read"], now=NOW, owner=owner, key_id=again).text == ""
    for _ in range(keys.MOST_OF_ONE_OWNER - 1):
        make(owner=owner)
    with pytest.raises(SubmissionError, match="keys already"):
        make(owner=owner)


@pytest.mark.django_db
def test_the_address_goes_with_the_last_key() -> None:
    owner = ApiKeyOwner.objects.create(mail_hash=b"x" * 32, mail_sealed=b"sealed", created_at=NOW)
    first, last = make(owner=owner).key, make(owner=owner).key
    assert keys.revoke(first) is False
    assert ApiKeyOwner.objects.exists()
    assert keys.revoke(last) is True
    assert not ApiKeyOwner.objects.exists()


@pytest.mark.django_db
def test_what_is_over_is_tidied_away() -> None:
    owner = ApiKeyOwner.objects.create(mail_hash=b"x" * 32, mail_sealed=b"sealed", created_at=NOW)
    expired = make(owner=owner, expires_at=NOW).key
    kept = make()
    keys.rotate(kept.key, now=NOW)
    keys.forget_old(NOW + keys.OLD_KEY_KEPT)
    kept.key.refresh_from_db()
    assert (kept.key.old_key_hash, kept.key.old_until_at) == (None, None)
    assert ApiKey.objects.filter(pk=expired.pk).exists()
    keys.forget_old(NOW + keys.EXPIRED_KEPT + timedelta(seconds=1))
    assert not ApiKey.objects.filter(pk=expired.pk).exists()
    assert not ApiKeyOwner.objects.exists()


# ── asking with a key ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["", "x", "brownout_", "brownout_" + "x" * 40, "é", pytest.param(keys.new_text(), id="unknown")]
)
@pytest.mark.parametrize(
    "path", ["/api/v1/services", "/api/v1/key", "/api/v2/status.json", "/open311/v2/services.json"]
)
def test_a_wrong_key_is_refused_and_never_taken_for_nobody(path: str, text: str) -> None:
    answer = get(path, text)
    said = answer.json()
    if isinstance(said, list):  # Open311 says errors as a list of its own
        assert (answer.status_code, said[0]["code"]) == (401, 401)
    else:
        assert (answer.status_code, said["type"]) == (401, "/api/problems/bad-key")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_report_with_a_wrong_key_is_not_stored(service: Any) -> None:
    body = json.dumps({"service": service.slug})
    headers = {"Authorization": f"Bearer {keys.new_text()}"}
    assert Client().post("/api/v1/reports", body, "application/json", headers=headers).status_code == 401
    assert Client().post("/api/v1/reports/batch", f"[{body}]", "application/json", headers=headers).status_code == 401
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_revoked_expired_and_replaced_keys_end_at_once() -> None:
    revoked, expiring, replaced = make(), make(expires_at=NOW), make()
    assert get(text=revoked.text).status_code == 200
    keys.revoke(revoked.key)
    new = keys.rotate(replaced.key, now=NOW, at_once=True)
    for text in (revoked.text, expiring.text, replaced.text):
        assert get(text=text).status_code == 401
    assert get(text=new).status_code == 200


@pytest.mark.django_db
def test_after_a_rotation_the_old_key_is_good_for_a_day() -> None:
    made = make()
    new = keys.rotate(made.key, now=NOW)
    for text in (made.text, new):
        assert keys.find(text, now=NOW + timedelta(hours=23)).pk == made.key.pk
    later = NOW + keys.OLD_KEY_KEPT
    assert keys.find(new, now=later).pk == made.key.pk
    with pytest.raises(SubmissionError):
        keys.find(made.text, now=later)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "method", "path", "allowed"),
    [
        ("read", "GET", "/api/v1/services", True),
        ("read", "POST", "/api/v1/reports", False),
        ("read", "GET", "/api/v1/subscriptions", False),
        ("reports:write", "GET", "/api/v1/services", False),
        ("reports:write", "POST", "/api/v1/reports", True),
        ("reports:write", "POST", "/api/v1/subscriptions", False),
        ("notices:manage", "GET", "/api/v1/subscriptions", True),
        ("notices:manage", "POST", "/api/v1/reports", False),
        ("notices:manage", "GET", "/api/v1/key", True),
    ],
)
def test_a_key_does_what_its_scopes_say(scope: str, method: str, path: str, allowed: bool) -> None:
    headers = {"Authorization": f"Bearer {make(scope).text}"}
    answer = Client().generic(method, path, "{}", "application/json", headers=headers)
    assert (answer.status_code != 403) == allowed, answer.content
    if not allowed:
        assert answer.json()["type"] == "/api/problems/missing-scope"
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


@pytest.mark.django_db
def test_a_key_that_cannot_be_checked_is_no_anonymous_call(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def gone(*_: Any, **__: Any) -> Any:
        raise OperationalError("gone")

    monkeypatch.setattr(keys, "find", gone)
    answer = get(text=keys.new_text())
    assert (answer.status_code, answer.json()["type"]) == (503, "/api/problems/unavailable")


# ── limits and use ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_a_key_has_limits_of_its_own(settings: Any) -> None:
    settings.RATE_LIMIT_READS_A_MINUTE, settings.RATE_LIMIT_KEY_READS_A_MINUTE = 2, 4
    made, other = make(), make(reads_a_minute=1)
    told = [get(text=made.text).headers["RateLimit-Policy"] for _ in range(4)]
    assert set(told) == {'"key-reads";q=4;w=60'}
    beyond = get(text=made.text)
    assert (beyond.status_code, "One key may send 4 reads" in beyond.json()["detail"]) == (429, True)
    assert [get(text=other.text).status_code for _ in range(2)] == [200, 429], "each key is counted by itself"
    assert [Client().get("/api/v1/services").status_code for _ in range(3)] == [200, 200, 429], "and the network too"


@pytest.mark.django_db
def test_guessing_keys_uses_up_the_limit_of_the_network(settings: Any) -> None:
    settings.RATE_LIMIT_READS_A_MINUTE = 3
    assert [get(text=keys.new_text()).status_code for _ in range(5)] == [401, 401, 401, 429, 429]


@pytest.mark.django_db
def test_a_flood_of_forms_is_bounded_with_what_the_network_writes_by_the_api(settings: Any, service: Any) -> None:
    settings.RATE_LIMIT_WRITES_A_MINUTE = 3
    form = {"symptom": "http-503", "kind": "problem"}
    body = json.dumps({"service": service.slug})
    assert Client().post("/api/v1/reports", body, "application/json").status_code == 201
    answers = [Client().post(f"/{service.slug}/report", form) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 429, 429]
    assert "Too many reports from your network" in answers[-1].content.decode()
    assert Report.objects.count() == 3
    assert Client().get("/api/v1/services").status_code == 200


@pytest.mark.django_db
def test_use_is_counted_by_day_and_carried_over_once() -> None:
    from django.utils import timezone

    made, now = make("read"), timezone.now()
    for _ in range(3):
        get(text=made.text)
    Client().post("/api/v1/reports", "{}", "application/json", headers={"Authorization": f"Bearer {made.text}"})
    for _ in range(2):
        usage.flush(now)
    [day] = usage.by_day([made.key], now)[made.key.pk]
    assert {name: day[name] for name in usage.COLUMNS} == {"reads": 3, "writes": 0, "refused": 1}
    made.key.refresh_from_db()
    assert made.key.last_used_at is not None
    shown = get("/api/v1/key", made.text).json()
    assert shown["usage"][0]["reads"] == 3
    assert shown["last_used_at"] is not None


@pytest.mark.django_db
def test_counts_that_valkey_has_lost_are_not_lost_again() -> None:
    made, storage = make(), usage.storage()
    counts = usage.Counts(storage)
    for _ in range(5):
        counts.add(made.key.pk, "reads", NOW)
    usage.flush(NOW)
    storage.delete("brownout:key-usage:20260302")
    counts.add(made.key.pk, "reads", NOW)
    usage.flush(NOW)
    assert [day["reads"] for day in usage.by_day([made.key], NOW)[made.key.pk]] == [6]
    assert ApiKeyUsage.objects.count() == 2
    storage.delete("brownout:key-usage:20260302")


class Away:
    """A Valkey that does not answer until it is back."""

    def __init__(self, real: Any) -> None:
        self.real, self.is_away = real, True

    def pipeline(self, **options: Any) -> Any:
        if self.is_away:
            raise redis.exceptions.ConnectionError("gone")
        return self.real.pipeline(**options)


@pytest.mark.django_db
def test_while_valkey_is_away_the_counts_wait() -> None:
    made, clock = make(), [0.0]
    away = Away(usage.storage())
    counts = usage.Counts(away, lambda: clock[0])
    for _ in range(3):
        counts.add(made.key.pk, "reads", NOW)
    away.is_away, clock[0] = False, usage.AWAY_S
    counts.add(made.key.pk, "reads", NOW)
    usage.flush(NOW)
    assert [day["reads"] for day in usage.by_day([made.key], NOW)[made.key.pk]] == [4]
    away.real.delete("brownout:key-usage:20260302")


# ── the operator's commands ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_the_operator_makes_and_revokes_a_key() -> None:
    out = StringIO()
    call_command(
        "create_api_key", "grafana", "--scope", "read", "--expires-days", "30", "--reads-a-minute", "7", stdout=out
    )
    text = next(word for word in out.getvalue().split() if keys.is_well_formed(word))
    key = ApiKey.objects.get()
    assert (key.name, key.scopes, key.owner, key.reads_a_minute) == ("grafana", ["read"], None, 7)
    shown = get("/api/v1/key", text).json()
    assert (shown["name"], shown["limits"]["reads"]["limit"]) == ("grafana", 7)
    call_command("revoke_api_key", key.shown, stdout=out)
    assert get(text=text).status_code == 401
    with pytest.raises(CommandError, match="no key"):
        call_command("revoke_api_key", "brownout_nobody", stdout=out)
    with pytest.raises(CommandError, match="scopes"):
        call_command("create_api_key", "x", "--scope", "all", stdout=out)
