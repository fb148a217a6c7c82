"""Sign-in by an OpenID provider (OpenID Connect Core 1.0, code flow with PKCE), by Authlib. Loaded where one is named.

What the provider says of groups decides what somebody may do, anew at each sign-in. Accounts are bound to its `sub`,
never to a name or an address of mail, which may change hands.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import login
from django.contrib.auth.models import Group, User
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from joserfc.errors import JoseError

log = logging.getLogger(__name__)

COOKIE, SALT, MINUTES = "oidc", "outages.admin.oidc", 10
DEADLINE_S = 10
BY_PROVIDER = "signed_in_by_provider"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # signed by a key that the provider alone has
MOST_GROUPS = 1000


class ProviderError(Exception):
    """The provider cannot be asked, or says what cannot be accepted. The message is for the person who signs in."""


@functools.cache
def provider() -> Any:
    """Return the client of the provider; it reads the provider's description at its first use."""
    return OAuth().register(
        name="oidc",
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET,
        server_metadata_url=settings.OIDC_ISSUER + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": settings.OIDC_SCOPES,
            "code_challenge_method": "S256",
            "default_timeout": DEADLINE_S,
        },
    )


def install() -> None:
    """Show the way to the provider on the admin's page of sign-in."""
    admin.site.login_template = "admin/sign_in.html"
    usual = admin.site.each_context

    def each_context(request: HttpRequest) -> dict[str, Any]:
        return {**usual(request), "sign_in_by": settings.OIDC_NAME}

    admin.site.each_context = each_context  # type: ignore[method-assign]  # the site's own instance


@require_GET
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the provider. The browser keeps, signed, what its answer must fit: nothing is stored here."""
    kept: dict[str, Any] = {}
    try:
        with _plainly():
            answer: HttpResponse = provider().authorize_redirect(
                SimpleNamespace(session=kept), settings.SITE_URL + reverse("oidc-back")
            )
    except ProviderError as error:
        return _refused(request, error)
    answer.set_cookie(
        COOKIE, signing.dumps({"kept": kept, "next": request.GET.get("next", "")[:500]}, salt=SALT),
        max_age=MINUTES * 60, path=reverse("oidc-start"), secure=settings.HTTPS, httponly=True, samesite="Lax",
    )  # fmt: skip
    return answer


@require_GET
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer, and sign in whom it vouches for with a role."""
    try:
        try:
            said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=MINUTES * 60)
        except signing.BadSignature:
            raise ProviderError(
                "This sign-in didn't start in this browser, or took too long. Please start again."
            ) from None
        user = account_of(_claims(request, said["kept"]))
    except ProviderError as error:
        answer = _refused(request, error)
    else:
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        request.session[BY_PROVIDER] = True
        wanted = said["next"]
        is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        answer = HttpResponseRedirect(wanted if wanted and is_ours else reverse("admin:index"))
    answer.delete_cookie(COOKIE, path=reverse("oidc-start"), samesite="Lax")
    return answer


def _claims(request: HttpRequest, kept: dict[str, Any]) -> dict[str, Any]:
    """Return what the provider says of a person. Raises ProviderError."""
    with _plainly():
        client = provider()
        described = client.load_server_metadata()
        if str(described.get("issuer", "")).rstrip("/") != settings.OIDC_ISSUER:
            raise ProviderError("The provider's issuer doesn't match OIDC_ISSUER.")
        offered = described.get("id_token_signing_alg_values_supported") or ["RS256"]
        described["id_token_signing_alg_values_supported"] = [name for name in ALGORITHMS if name in offered]
        token = client.authorize_access_token(
            SimpleNamespace(session=kept, GET=request.GET, method="GET"),
            claims_options={
                "iss": {"essential": True, "value": described["issuer"]},
                "aud": {"essential": True, "value": settings.OIDC_CLIENT_ID},
                "sub": {"essential": True},
                "exp": {"essential": True},
            },
        )
        claims = token.get("userinfo")
        if not claims:
            raise ProviderError("The provider didn't send an ID token.")
        if settings.OIDC_GROUPS_CLAIM not in claims and described.get("userinfo_endpoint"):
            more = client.userinfo(token=token)
            if more.get("sub") == claims["sub"]:
                claims = {**more, **claims}
        return dict(claims)


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """Says in one line what goes wrong between us and the provider; the details go to the log."""
    if settings.OUTBOUND == "off":
        raise ProviderError("Outbound connections are off (OUTBOUND=off), so we can't reach your sign-in provider.")
    try:
        yield
    except requests.RequestException as error:
        log.warning("sign-in by the OpenID provider: %s", type(error).__name__)
        raise ProviderError("Your sign-in provider isn't responding. Try again in a minute.") from error
    except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
        log.warning("sign-in by the OpenID provider: %s: %s", type(error).__name__, str(error)[:200])
        raise ProviderError("Your provider's response doesn't match this sign-in. Please start again.") from error


def account_of(claims: dict[str, Any]) -> User:
    """Return the account of a person, with the roles that their groups give now. Raises ProviderError without any."""
    claimed = claims.get(settings.OIDC_GROUPS_CLAIM) or []
    names = [claimed] if isinstance(claimed, str) else list(claimed)[:MOST_GROUPS]
    roles = {settings.OIDC_ROLES[name] for name in names if isinstance(name, str) and name in settings.OIDC_ROLES}
    bound = hashlib.sha256(f"{settings.OIDC_ISSUER}\0{claims['sub']}".encode()).hexdigest()[:24]
    with transaction.atomic():
        user = User.objects.select_for_update().filter(username=f"oidc-{bound}").first() or User(
            username=f"oidc-{bound}"
        )
        if roles or user.pk:
            user.set_unusable_password()
            user.first_name = str(claims.get("name") or claims.get("preferred_username") or "")[:150]
            user.email = str(claims.get("email") or "")[:254]
            user.is_staff, user.is_superuser = bool(roles), "superuser" in roles
            user.save()
            user.groups.set(Group.objects.filter(name__in=roles))
    if not roles:
        raise ProviderError("None of your groups has a role here. Ask an operator (OIDC_ROLES).")
    if not user.is_active:
        raise ProviderError("Your account is disabled here.")
    return user


def _refused(request: HttpRequest, error: ProviderError) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": "Not signed in", "detail": str(error)}
    return render(request, "admin/not_signed_in.html", context, status=403)
