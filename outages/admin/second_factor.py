"""A second factor at the sign-in: six digits of an app (TOTP, RFC 6238), or a code from a sheet. Loaded where on."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp import devices_for_user, match_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from outages.admin.sign_in import PatientSignIn

NAME = "sign-in"
SHEET = 10  # codes for when the app is gone, each good once
BY_PROVIDER = "signed_in_by_provider"  # in the session of whom an OpenID provider has vouched for
MISSING = "The code from your app is missing or wrong."
NOT_SET_UP = "You need a second factor and haven't set one up. Ask an operator to run: manage.py second_factor %(name)s"
BEGUN_FOR = timedelta(minutes=15)  # how long a new app may take to show its first code


class TotpSignIn(PatientSignIn):
    """Asks for the code beside the password. A wrong code counts as a failed sign-in, as a wrong password does."""

    code = forms.CharField(
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def check_second_factor(self) -> None:
        user: Any = self.get_user()
        if not has_one(user):
            if settings.SIGN_IN_TOTP == "required":
                raise ValidationError(NOT_SET_UP, code="second_factor", params={"name": user.get_username()})
            return
        device = match_token(user, self.cleaned_data.get("code", "").replace(" ", ""))
        if device is None:
            raise ValidationError(MISSING, code="second_factor")
        user.otp_device = device  # django-otp notes it in the session


def install(site: AdminSite) -> None:
    """Let the admin ask for the code, and let nobody in whose session has not shown what is required."""
    for model in (TOTPDevice, StaticDevice):  # django-otp's own pages show secrets
        if site.is_registered(model):
            site.unregister(model)
    site.login_form = TotpSignIn
    site.login_template = "admin/sign_in.html"
    allowed = site.has_permission

    def has_permission(request: HttpRequest) -> bool:
        return allowed(request) and is_enough(request)

    site.has_permission = has_permission  # type: ignore[method-assign]  # the site's own instance


def is_enough(request: HttpRequest) -> bool:
    """Return whether a session has shown a second factor, where its account has or needs one."""
    user: Any = request.user
    if request.session.get(BY_PROVIDER) or user.is_verified():
        return True
    return settings.SIGN_IN_TOTP == "optional" and not has_one(user)


def has_one(user: Any) -> bool:
    """Return whether an account has a second factor."""
    return next(iter(devices_for_user(user)), None) is not None


@transaction.atomic
def set_up(user: User) -> tuple[str, list[str]]:
    """Give an account a new second factor in place of any other. Return its otpauth:// address and the codes."""
    remove(user)
    device = TOTPDevice.objects.create(user=user, name=NAME, confirmed=True)
    return device.config_url, new_sheet(user)


@transaction.atomic
def new_sheet(user: Any) -> list[str]:
    """Give an account new codes for a sheet of paper in place of the old ones."""
    StaticDevice.objects.filter(user=user).delete()
    sheet = StaticDevice.objects.create(user=user, name=NAME, confirmed=True)
    codes = [secrets.token_hex(5) for _ in range(SHEET)]
    for code in codes:
        sheet.token_set.create(token=code)
    return codes


def codes_left(user: Any) -> int:
    """Return how many codes of the sheet are not used up."""
    return int(StaticToken.objects.filter(device__user=user).count())


@transaction.atomic
def begin(user: Any) -> TOTPDevice:
    """Make an app's secret that counts for nothing until a code of it is shown."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name=NAME, confirmed=False)


def begun(user: Any, key: int) -> TOTPDevice | None:
    """Return the app that is being set up, None where that was not begun or has taken too long."""
    since = timezone.now() - BEGUN_FOR
    return TOTPDevice.objects.filter(user=user, pk=key, confirmed=False, created_at__gte=since).first()


@transaction.atomic
def confirm(device: TOTPDevice, code: str) -> list[str] | None:
    """Let an app that shows the right code take the place of any other. Return the codes of a new sheet, or None."""
    locked = TOTPDevice.objects.select_for_update().filter(pk=device.pk, confirmed=False).first()
    if locked is None or not locked.verify_token(code):
        return None
    TOTPDevice.objects.filter(user=locked.user).exclude(pk=locked.pk).delete()
    locked.confirmed = True
    locked.save()
    return new_sheet(locked.user)


def remove(user: User) -> int:
    """Take an account's second factors away. Return how many there were."""
    found = [kind.objects.filter(user=user) for kind in (TOTPDevice, StaticDevice)]
    count = sum(len(rows) for rows in found)
    for rows in found:
        rows.delete()
    return count
