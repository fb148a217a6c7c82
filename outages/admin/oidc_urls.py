"""Addresses of the sign-in by an OpenID provider; there only where one is named."""

from django.urls import path

from outages.admin import oidc

oidc.install()
urlpatterns = [
    path("oidc/", oidc.start, name="oidc-start"),
    path("oidc/back", oidc.back, name="oidc-back"),
]
