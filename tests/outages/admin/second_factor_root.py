"""The site's addresses with those that are there only where SIGN_IN_TOTP is on."""

from django.urls import include, path

from config import urls

urlpatterns = [path("admin/", include("outages.admin.second_factor_urls")), *urls.urlpatterns]
handler404, handler500 = urls.handler404, urls.handler500
