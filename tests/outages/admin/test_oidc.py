"""Sign-in by an OpenID provider: who is let in, as what, and which answers are not accepted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import clear_url_caches, set_urlconf
from joserfc.jwk import RSAKey
from pytest_httpserver import HTTPServer

from outages.admin import groups
from tests.servers import oidc as servers

pytestmark = pytest.mark.django_db
GOES_ON = "/admin/reports/service/"


@pytest.fixture
def provider(httpserver: HTTPServer, settings: Any) -> Iterator[servers.Provider]:
    with servers.provider(httpserver) as made:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = made.issuer, servers.CLIENT
        settings.OIDC_CLIENT_SECRET, settings.OUTBOUND = servers.SECRET, "loopback"
        settings.OIDC_ROLES = {"staff": "moderator", "ops": "operator", "root": "superuser"}
        settings.ROOT_URLCONF = "tests.outages.admin.oidc_root"
        usual, shown = admin.site.each_context, admin.site.login_template
        from outages.admin import oidc

        oidc.install()
        oidc.provider.cache_clear()
        clear_url_caches()
        groups.make()
        made.claims = {"sub": "17", "name": "Mo", "email": "mo@example.org", "groups": ["staff", "elsewhere"]}
        yield made
        admin.site.each_context, admin.site.login_template = usual, shown  # type: ignore[method-assign]
        oidc.provider.cache_clear()
        set_urlconf(None)
        clear_url_caches()


def led_back(client: Client) -> str:
    """Begin a sign-in and let the provider answer. Return where it leads the browser to."""
    begun = client.get("/admin/oidc/", {"next": GOES_ON})
    assert begun.status_code == 302, begun.content
    answer = httpx.get(begun["Location"])
    assert answer.status_code == 302, answer.text
    return servers.path_and_query(answer.headers["Location"])


def test_groups_give_roles_anew_at_each_sign_in(client: Client, provider: servers.Provider) -> None:
    assert b"Sign in with your organisation" in client.get("/admin/login/").content
    entered = client.get(led_back(client))
    assert (entered.status_code, entered["Location"]) == (302, GOES_ON)
    person = User.objects.get()
    assert [group.name for group in person.groups.all()] == ["moderator"]
    assert (person.first_name, person.is_superuser) == ("Mo", False)
    assert not person.has_usable_password()
    assert client.get("/admin/").status_code == 200

    provider.claims["groups"] = "root"
    provider.rotate()  # a key that was not known at the first sign-in
    assert client.get(led_back(client)).status_code == 302
    assert User.objects.get().is_superuser

    provider.claims["groups"] = ["elsewhere"]
    refused = client.get(led_back(client))
    assert refused.status_code == 403
    assert b"None of your groups" in refused.content
    person.refresh_from_db()
    assert (person.is_staff, person.is_superuser) == (False, False)
    assert client.get("/admin/").status_code == 302


def test_an_account_is_bound_to_the_subject_and_not_to_name_or_mail(client: Client, provider: servers.Provider) -> None:
    User.objects.create_superuser("mo", "mo@example.org", "correct horse battery")
    provider.claims["preferred_username"] = "mo"
    assert client.get(led_back(client)).status_code == 302
    assert User.objects.count() == 2
    assert not User.objects.exclude(username="mo").get().is_superuser


BENT = [
    {"aud": "somebody else"}, {"iss": "https://elsewhere.example"}, {"nonce": "another"}, {"exp": 1},
    {"exp": None}, {"sub": None}, {"aud": None}, {"iat": "soon"},
]  # fmt: skip


def test_what_does_not_fit_lets_nobody_in(client: Client, provider: servers.Provider, settings: Any) -> None:
    for bend in BENT:
        provider.bend = bend
        refused = client.get(led_back(client))
        assert (refused.status_code, User.objects.count()) == (403, 0), bend
    provider.bend = {}

    provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    assert client.get(led_back(client)).status_code == 403
    provider.signs_with = None

    kept = led_back(client)
    stranger = Client()  # an answer that somebody else has begun: sign-in as the attacker (CSRF)
    assert stranger.get(kept).status_code == 403
    assert client.get(kept.replace("state=", "state=x")).status_code == 403
    assert client.get("/admin/oidc/back?error=access_denied&state=x").status_code == 403
    used = led_back(client)
    assert client.get(used).status_code == 302
    assert client.get(used).status_code == 403, "a code is good once"
    assert User.objects.count() == 1

    User.objects.update(is_active=False)
    assert b"disabled" in client.get(led_back(client)).content

    settings.OUTBOUND = "off"
    assert b"Outbound connections are off" in client.get("/admin/oidc/").content


def test_it_leads_nowhere_else_and_says_when_the_provider_is_away(
    client: Client, provider: servers.Provider, httpserver: HTTPServer
) -> None:
    begun = client.get("/admin/oidc/", {"next": "https://elsewhere.example/"})
    answer = httpx.get(begun["Location"])
    entered = client.get(servers.path_and_query(answer.headers["Location"]))
    assert entered["Location"] == "/admin/"
    kept = led_back(client)
    httpserver.clear()
    began_s = time.monotonic()
    refused = client.get(kept)
    assert refused.status_code == 403
    assert time.monotonic() - began_s < 10
