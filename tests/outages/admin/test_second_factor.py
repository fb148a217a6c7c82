"""A second factor beside the password: asked for, counted, and taken away from one who has lost it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from base64 import b32decode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from outages.admin.sign_in import PatientSignIn, forget

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
RIGHT = "a password of ours"
OTP = ["django_otp", "django_otp.plugins.otp_totp", "django_otp.plugins.otp_static"]


@pytest.fixture
def person() -> User:
    return User.objects.create_user("mo", password=RIGHT, is_staff=True, is_superuser=True)


@pytest.fixture
def switched_on(servers: None, settings: Any, person: User) -> Iterator[None]:
    """The site as with SIGN_IN_TOTP=required; its tables go away with the test's transaction."""
    forget()
    settings.SIGN_IN_TOTP = "required"
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS[:-2], *OTP, *settings.INSTALLED_APPS[-2:]]
    after = settings.MIDDLEWARE.index("django.contrib.auth.middleware.AuthenticationMiddleware") + 1
    middleware = list(settings.MIDDLEWARE)
    middleware.insert(after, "django_otp.middleware.OTPMiddleware")
    settings.MIDDLEWARE = middleware
    for app in ("otp_totp", "otp_static"):
        call_command("migrate", app, verbosity=0)
    from outages.admin import second_factor

    allowed, shown = admin.site.has_permission, admin.site.login_template
    second_factor.install(admin.site)
    yield
    admin.site.login_form, admin.site.login_template = PatientSignIn, shown
    admin.site.has_permission = allowed  # type: ignore[method-assign]
    forget()


def told(*arguments: str) -> str:
    said = io.StringIO()
    call_command("second_factor", *arguments, stdout=said)
    return said.getvalue()


def sign_in(code: str, password: str = RIGHT) -> str:
    said = {"username": "mo", "password": password, "code": code, "next": reverse("admin:index")}
    answer = Client().post(reverse("admin:login"), said)
    return "in" if answer.status_code == 302 else re.findall(r'errornote">([^<]*)', answer.content.decode())[0]


def code_now(secret: str) -> str:
    from django_otp.oath import totp

    return f"{totp(b32decode(secret), t0=0, step=30):06d}"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.now(UTC).replace(second=10, microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.mark.usefixtures("switched_on")
def test_a_password_alone_is_not_enough_and_there_is_a_way_back(
    person: User, client: Client, settings: Any, clock: time_machine.Traveller
) -> None:
    assert "manage.py second_factor mo" in sign_in("")
    said = told("mo")
    secret = re.findall(r"secret=([A-Z2-7]+)", said)[0]
    sheet = said.strip().splitlines()[-1].split()
    assert len(sheet) == 10
    assert "missing or wrong" in sign_in("")
    assert "Please enter the correct" in sign_in(code_now(secret), "another password")
    forget()
    clock.shift(60)  # the library's own pause after a wrong code
    code = code_now(secret)
    assert sign_in(code) == "in"
    assert "missing or wrong" in sign_in(code), "a code is good once"
    forget()
    assert sign_in(sheet[0]) == "in"
    assert "missing or wrong" in sign_in(sheet[0])

    client.force_login(person)  # a session of before it was switched on
    assert client.get("/admin/").status_code == 302
    settings.SIGN_IN_TOTP = "optional"
    assert client.get("/admin/").status_code == 302

    forget()
    assert [sign_in("000000") for _ in range(6)][-1].startswith("Too many failed")
    forget()
    assert "1 taken away" in told("mo", "--remove")
    assert "has none" in told("mo", "--remove")
    assert sign_in("") == "in"
    assert client.get("/admin/").status_code == 200
    with pytest.raises(CommandError, match="no account"):
        told("nobody")


@pytest.mark.usefixtures("switched_on")
def test_somebody_sets_up_renews_and_takes_away_their_own(
    person: User, settings: Any, clock: time_machine.Traveller
) -> None:
    settings.SIGN_IN_TOTP, settings.ROOT_URLCONF = "optional", "tests.outages.admin.second_factor_root"
    mine, other = Client(), Client()
    for client in (mine, other):
        client.force_login(person)
    page = "/admin/second-factor/"

    def step(name: str, **said: str) -> str:
        answer = mine.post(page, {"step": name, **said}, follow=True)
        assert answer.status_code in (200, 400)
        return answer.content.decode()

    def secret_of(text: str) -> str:
        assert 'class="scan"' in text
        return re.findall(r"<code>([A-Z2-7 ]+)</code>", text)[0].replace(" ", "")

    assert Client().get(page).status_code == 302
    assert 'href="/admin/second-factor/"' in mine.get("/admin/").content.decode()
    assert "Your account has no second factor" in mine.get(page).content.decode()
    assert "That&#x27;s not your password" in step("begin", password="another"), "a session alone sets up nothing"
    secret = secret_of(step("begin", password=RIGHT))
    assert 'class="scan"' not in other.get(page).content.decode(), "shown where it was begun, and nowhere else"
    assert "not the code" in step("confirm", code="000000")
    assert sign_in("") == "in", "what is not confirmed counts for nothing"
    clock.shift(60)
    done = step("confirm", code=code_now(secret))
    sheet = re.findall(r"^(?:<pre class=\"codes\">)?([0-9a-f]{10})$", done, re.MULTILINE)
    assert len(sheet) == 10
    assert (mine.get("/admin/").status_code, other.get("/admin/").status_code) == (200, 302)
    assert "missing or wrong" in sign_in("")
    assert sign_in(sheet[0]) == "in"

    renewed = secret_of(step("begin", password=RIGHT, code=sheet[1]))
    assert sign_in(sheet[2]) == "in", "the old one counts until the new one has shown its code"
    clock.shift(16 * 60)
    assert "took too long" in step("confirm", code=code_now(renewed))
    renewed = secret_of(step("begin", password=RIGHT, code=code_now(secret)))
    step("confirm", code=code_now(renewed))
    clock.shift(60)
    assert "missing or wrong" in sign_in(code_now(secret))
    forget()
    assert "missing or wrong" in sign_in(sheet[3])
    forget()
    clock.shift(60)
    assert sign_in(code_now(renewed)) == "in"
    clock.shift(60)
    assert "shown again" in step("codes", password=RIGHT, code=code_now(renewed))
    clock.shift(60)
    settings.SIGN_IN_TOTP = "required"
    assert "is required here" in step("remove", password=RIGHT, code=code_now(renewed))
    settings.SIGN_IN_TOTP = "optional"
    assert "missing or wrong" in step("remove", password=RIGHT)
    forget()
    clock.shift(60)
    assert "Your account has no second factor" in step("remove", password=RIGHT, code=code_now(renewed))
    assert sign_in("") == "in"
    assert LogEntry.objects.filter(user=person).count() == 4


def test_where_it_is_off_nothing_of_it_is_loaded(person: User) -> None:
    code = (
        "import django, sys; django.setup(); import config.urls; "
        "print([n for n in sys.modules if n.startswith(('django_otp', 'authlib', 'joserfc'))])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == "[]"
    with pytest.raises(CommandError, match="SIGN_IN_TOTP is off"):
        told("mo")
