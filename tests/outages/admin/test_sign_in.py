"""Signing in cannot be tried without end, and nobody is kept out for long by others."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from django.contrib.auth import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.urls import reverse
from limits.errors import StorageError

from outages.admin import sessions
from outages.admin.sign_in import PatientSignIn, forget, limiters
from reports.privacy import origin
from tests.factories import a_service

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "a password of ours", "something else"


@pytest.fixture(autouse=True)
def no_counts(servers: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget()
    yield
    monkeypatch.undo()
    forget()


def sign_in(client: Client, password: str, name: str = "mo", address: str = "198.51.100.7") -> str:
    said = {"username": name, "password": password, "next": reverse("admin:index")}
    answer = client.post(reverse("admin:login"), said, REMOTE_ADDR=address, follow=True)
    assert answer.status_code == 200
    text = answer.content.decode()
    if "Too many failed" in text:
        return "too many"
    return "wrong" if "Please enter the correct" in text else "in"


@pytest.fixture
def person() -> User:
    return User.objects.create_user("mo", password=RIGHT, is_staff=True)


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(client: Client, person: User) -> None:
    tried = [sign_in(client, WRONG) for _ in range(6)]
    assert tried == ["wrong"] * 5 + ["too many"]
    assert sign_in(client, RIGHT) == "too many"


def test_the_owner_gets_in_from_elsewhere_meanwhile(client: Client, person: User) -> None:
    for _ in range(6):
        sign_in(client, WRONG)
    assert sign_in(client, RIGHT, address="203.0.113.9") == "in"


def test_one_network_cannot_try_many_names(client: Client, person: User) -> None:
    tried = [sign_in(client, WRONG, name=f"name-{n}") for n in range(21)]
    assert tried == ["wrong"] * 20 + ["too many"]
    assert sign_in(client, RIGHT) == "too many"


def test_a_right_password_uses_nothing_up(client: Client, person: User) -> None:
    for _ in range(7):
        assert sign_in(client, RIGHT) == "in"
        client.logout()


def test_while_valkey_is_away_each_process_counts_by_itself(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object) -> None:
        raise StorageError(OSError("away"))

    for what in ("hit", "test"):
        monkeypatch.setattr(limiters()[0], what, away)
    tried = [sign_in(client, WRONG) for _ in range(6)]
    assert tried == ["wrong"] * 5 + ["too many"]


def test_many_at_once_get_no_further_than_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """And two at a time, for looking at a password takes the processor from everybody else."""
    looked: list[int] = []
    running: list[int] = []

    def authenticate(*_given: object, **_named: object) -> None:
        running.append(1)
        looked.append(len(running))
        time.sleep(0.05)
        running.pop()

    monkeypatch.setattr(forms, "authenticate", authenticate)
    monkeypatch.setattr(origin, "limited_network", lambda *_given, **_named: 7)
    begin = threading.Barrier(16)

    def attempt() -> None:
        form = PatientSignIn(RequestFactory().post("/"))
        form.cleaned_data = {"username": "mo", "password": WRONG}
        begin.wait()
        with pytest.raises(ValidationError):
            form.clean()

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert 1 <= len(looked) <= 5
    assert max(looked) <= 2


def test_a_session_ends_when_nobody_uses_it_and_the_log_says_who_came(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "outages.admin.sessions")
    assert sign_in(client, RIGHT) == "in"
    begin = time.time()
    for hours in (1.9, 3.8, 5.7):
        monkeypatch.setattr(sessions.time, "time", lambda hours=hours: begin + 3600 * hours)
        assert client.get(reverse("admin:index")).status_code == 200, "it was used meanwhile"
    monkeypatch.setattr(sessions.time, "time", lambda: begin + 3600 * 7.8)
    assert client.get(reverse("admin:index")).status_code == 302
    monkeypatch.undo()
    assert client.get(reverse("admin:index")).status_code == 302, "and it stays ended"
    assert [line for line in caplog.messages if line.startswith(("mo ", "the session"))] == [
        "mo signed in", "the session of mo ended unused", "mo signed out",
    ]  # fmt: skip


def test_who_signs_out_leaves_nothing_in_the_browsers_cache(client: Client, person: User) -> None:
    client.force_login(person)
    answer = client.post(reverse("admin:logout"))
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("password", ["brownout-status", "Tesla-Brownout1", "tesla-tesla-tesla", "localhost-admin!"])
def test_a_password_of_this_sites_own_words_is_refused(password: str) -> None:
    a_service(slug="tesla")
    with pytest.raises(ValidationError, match="words from this site"):
        validate_password(password)
    validate_password(password + " and eleven owls")
