"""Addresses. The API and the pages keep their own lists; the pages' are there once for each language."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from outages.dialects.urls import in_each_language
from outages.urls import same_in_all_languages

urlpatterns = [
    *([path("admin/", include("outages.admin.oidc_urls"))] if settings.OIDC_ISSUER else []),
    *([path("admin/", include("outages.admin.second_factor_urls"))] if settings.SIGN_IN_TOTP != "off" else []),
    path("admin/", admin.site.urls),
    path("", include("outages.dialects.urls")),
    path("api/", include("outages.api.urls")),
    path("", include(same_in_all_languages)),
    *i18n_patterns(
        path("", include(in_each_language)),
        path("", include("reports.web.urls")),
        path("", include("outages.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "outages.web.views.errors.bad_request"
handler404 = "outages.web.views.errors.not_found"
handler500 = "outages.web.views.errors.server_error"
