"""The address of the page for one's own second factor; there only where SIGN_IN_TOTP is on."""

from django.contrib import admin
from django.urls import path

from outages.admin import enrolment

urlpatterns = [path("second-factor/", admin.site.admin_view(enrolment.page), name="second-factor")]
