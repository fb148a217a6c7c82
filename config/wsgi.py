"""The WSGI application: `application` for any server, `behind_front` for Granian behind our own front."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.urls import get_resolver

from config import memory
from config.database.deadlines import deadlines
from config.front_requests import DUE, OWN, SPENT, STEP
from reports import places

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def bound_database() -> None:
    """Give this process's statements their deadline."""
    deadlines.set(settings.DATABASE_DEADLINE_MS / 1000)


bound_database()
_django = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 -- loads all views now, so that the first visitor does not wait for them
places.warm()

from reports.api import short_way  # noqa: E402 -- only once Django has been set up

application = short_way.before(_django)


def warm() -> None:
    """Load what the first pages would: processes that are forked later share it, else each has its own of all."""
    templates = settings.BASE_DIR / "templates"
    for file in sorted(templates.rglob("*.html")):
        get_template(str(file.relative_to(templates)))


def behind_front(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Serves a request that came through the front, which says whose it is. Only the front reaches the socket."""
    memory.keep_tidy()
    deadlines.begin_request(float(environ.pop(DUE, "inf")))
    environ["REMOTE_ADDR"] = environ.pop("HTTP_X_BROWNOUT_PEER", "")
    environ[OWN] = not environ["REMOTE_ADDR"]  # the front asks for a snapshot
    environ[STEP] = environ.pop("HTTP_X_BROWNOUT_STEP", "0")
    environ[SPENT] = environ.pop("HTTP_X_BROWNOUT_SPENT", "0")
    return application(environ, start_response)
