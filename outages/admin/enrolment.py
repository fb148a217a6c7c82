"""The page where somebody who signs in with a password sets up their own second factor, renews it or takes it away.

Each step asks for the password and, where there is a factor, for its code: a session alone, left open, is not enough.
"""

from __future__ import annotations

from typing import Any

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from outages.admin import second_factor

BEGUN = "second_factor_begun"  # in the session: the app that is being set up here
WRONG = "That's not the code for this QR code. Is your phone's clock right? Wait a few seconds after a wrong code."
TOO_LATE = "That took too long, or you started in another window. Please start again."
REQUIRED = "A second factor is required here; set up another instead."


class ProofForm(second_factor.TotpSignIn):
    """Password and code of whom is signed in already. Wrong ones count as failed sign-ins."""

    error_messages = {**second_factor.TotpSignIn.error_messages, "invalid_login": "That's not your password."}

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(request, data=data)
        self.fields["password"].widget.attrs.pop("autofocus", None)
        del self.fields["username"]

    def clean(self) -> dict[str, Any]:
        assert self.request is not None
        self.cleaned_data["username"] = self.request.user.get_username()
        return super().clean()


class CodeForm(forms.Form):
    """The first code of a new app."""

    code = second_factor.TotpSignIn.base_fields["code"]


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show what somebody has, and do what they ask for."""
    if request.session.get(second_factor.BY_PROVIDER):
        return _shown(request, by_provider=True)
    step = request.POST.get("step", "")
    if request.method != "POST":
        return _shown(request)
    if step == "confirm":
        return _confirm(request)
    if step == "stop":
        request.session.pop(BEGUN, None)
        return HttpResponseRedirect(reverse("second-factor"))
    if step == "remove" and settings.SIGN_IN_TOTP == "required":
        return _shown(request, wrong=REQUIRED)
    proof = ProofForm(request, request.POST)
    if step not in ("begin", "codes", "remove") or not proof.is_valid():
        return _shown(request, proof=proof)
    if step == "begin":
        request.session[BEGUN] = second_factor.begin(request.user).pk
        return HttpResponseRedirect(reverse("second-factor"))
    if step == "remove":
        request.session.pop(BEGUN, None)
        second_factor.remove(request.user)  # type: ignore[arg-type]  # an account: the admin lets nobody else in
        _note(request, "Took the second factor away.")
        return HttpResponseRedirect(reverse("second-factor"))
    if not second_factor.has_one(request.user):
        return _shown(request, proof=proof)
    codes = second_factor.new_sheet(request.user)
    _note(request, "Made new codes of the second factor.")
    return _shown(request, codes=codes)


def _confirm(request: HttpRequest) -> HttpResponse:
    device = second_factor.begun(request.user, request.session.get(BEGUN, 0))
    if device is None:
        request.session.pop(BEGUN, None)
        return _shown(request, wrong=TOO_LATE)
    codes = second_factor.confirm(device, request.POST.get("code", "").replace(" ", ""))
    if codes is None:
        return _shown(request, wrong=WRONG)
    del request.session[BEGUN]
    django_otp.login(request, device)  # this session has shown it; all others of the account end
    request.session.cycle_key()
    _note(request, "Set up a second factor.")
    return _shown(request, codes=codes)


def _note(request: HttpRequest, message: str) -> None:
    rows = User.objects.filter(pk=request.user.pk or 0)
    LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, message)  # type: ignore[arg-type]


def _shown(
    request: HttpRequest,
    *,
    proof: ProofForm | None = None,
    wrong: str = "",
    codes: list[str] | None = None,
    by_provider: bool = False,
) -> HttpResponse:
    device = None if codes or by_provider else second_factor.begun(request.user, request.session.get(BEGUN, 0))
    picture, secret = "", ""
    if device is not None:
        # By segno from our own address: numbers and element names only.
        picture = mark_safe(segno.make(device.config_url).svg_inline(scale=5, light="white"))  # noqa: S308
        secret = device.config_url.partition("secret=")[2].partition("&")[0]
    context = {
        **admin.site.each_context(request),
        "title": "Second factor",
        "by_provider": by_provider,
        "has_one": second_factor.has_one(request.user),
        "is_required": settings.SIGN_IN_TOTP == "required",
        "left": second_factor.codes_left(request.user),
        "picture": picture,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "form": CodeForm() if device is not None else proof or ProofForm(request),
        "wrong": wrong,
        "codes": codes,
    }
    status = 400 if wrong or (proof is not None and proof.errors) else 200
    return render(request, "admin/second_factor.html", context, status=status)
