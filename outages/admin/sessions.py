"""Sessions of the admin: they end when nobody uses them, and who signs in or out stands in the log."""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)

IDLE_S: Final = 2 * 3600.0  # beside the age of a session, which ends it whoever uses it
NOTED_EVERY_S: Final = 60.0
USED: Final = "used"  # in the session: when it was used last, to the minute


def install(site: AdminSite) -> None:
    """Have unused sessions end, log who signs in and out, and have browsers forget what they saw at the sign-out."""
    allowed, signed_out = site.has_permission, site.logout

    def has_permission(request: HttpRequest) -> bool:
        return allowed(request) and is_in_use(request)

    def leave(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = signed_out(request, extra_context)
        response.headers["Clear-Site-Data"] = '"cache"'  # cookies and storage are the visitor's, too
        return response

    site.has_permission = has_permission  # type: ignore[method-assign]  # the site's own instance
    site.logout = leave  # type: ignore[method-assign, assignment]
    user_logged_in.connect(_signed_in, dispatch_uid=__name__)
    user_logged_out.connect(_signed_out, dispatch_uid=__name__)


def is_in_use(request: HttpRequest) -> bool:
    """Return whether a session was used within IDLE_S, and note that it is now; one that was not is ended."""
    now, used = time.time(), request.session.get(USED)
    if used is not None and now - float(used) > IDLE_S:
        log.info("the session of %s ended unused", request.user.get_username())
        logout(request)
        return False
    if used is None or abs(now - float(used)) >= NOTED_EVERY_S:
        request.session[USED] = int(now)
    return True


def _signed_in(user: Any, **_more: Any) -> None:
    log.info("%s signed in", user.get_username())


def _signed_out(user: Any = None, **_more: Any) -> None:
    if user is not None:
        log.info("%s signed out", user.get_username())
