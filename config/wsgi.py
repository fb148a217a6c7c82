"""The WSGI application that Granian serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from reports import places

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 -- loads all views now, so that the first visitor does not wait for them
places.warm()
