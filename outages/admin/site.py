"""The admin as a whole: its name, and a sign-in that cannot be tried without end."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin

from outages.admin import sessions
from outages.admin.sign_in import PatientSignIn

admin.site.site_header = "Brownout"
admin.site.site_title = "Brownout"
admin.site.index_title = "What needs somebody"
admin.site.login_form = PatientSignIn

if settings.SIGN_IN_TOTP != "off":
    from outages.admin import second_factor

    second_factor.install(admin.site)
sessions.install(admin.site)
