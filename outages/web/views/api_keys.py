"""Keys of the API by mail, without a script: ask for a link, make keys, see what they ask for, replace and revoke."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from outages.notifications import api_key_mail, subscriptions, tasks
from outages.notifications.channels import mail
from outages.signals.outbound.configured import is_off
from reports.access import keys as api_keys
from reports.access import usage as api_usage
from reports.access.keys import Scope
from reports.access.same_origin import from_here, read_only
from reports.errors import SubmissionError
from reports.models import ApiKey, ApiKeyLink
from reports.privacy import origin
from reports.web.text import refused as refused_words
from reports.web.views import TRAP

View = Callable[..., HttpResponse]
LIVES = ("", "30", "90", "365")  # days


class LinkExpiredError(Exception):
    """A link that is wrong, or no longer good."""


def kept_nowhere(view: View) -> View:
    """A page that no cache keeps, on the way or here. It says so where a link is over."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except LinkExpiredError:
            detail = _("This link has expired or is incomplete. Request a new one.")
            response = render(request, "error.html", {"title": _("Page not found"), "detail": detail}, status=404)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return answered


@kept_nowhere
@from_here
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """What keys are for, and the form; a POST has a link sent."""
    context: dict[str, Any] = {
        "trap": TRAP,
        "asked": "asked" in request.GET,
        "no_mail": mail.unready(),
        "is_off": is_off(),
        "reads": (settings.RATE_LIMIT_READS_A_MINUTE, settings.RATE_LIMIT_KEY_READS_A_MINUTE),
        "writes": (settings.RATE_LIMIT_WRITES_A_MINUTE, settings.RATE_LIMIT_KEY_WRITES_A_MINUTE),
        "mail": request.POST.get("mail", "")[:254],
    }
    if request.method != "POST" or context["no_mail"]:
        return render(request, "developers/keys.html", context)
    if not request.POST.get(TRAP):
        now = timezone.now()
        network = origin.of_request(request, now=now).network
        try:
            api_key_mail.ask(context["mail"], language=get_language() or "en", now=now, network=network)
        except SubmissionError as refused:
            return render(
                request,
                "developers/keys.html",
                context | {"error": refused_words(refused.detail)},
                status=refused.status,
            )
        tasks.wake_key_links()
    response = HttpResponseRedirect(reverse("api-keys") + "?asked=1")
    response.status_code = 303
    return response


@kept_nowhere
@read_only
def manage(request: HttpRequest, link_id: UUID, token: str) -> HttpResponse:
    """One's keys, for whoever has the link. Looking changes nothing: programs follow links."""
    return _page(request, _link(link_id, token), token)


@kept_nowhere
@from_here
@require_POST
def create(request: HttpRequest, link_id: UUID, token: str) -> HttpResponse:
    """Makes a key and shows it. Sent again, the form makes no second one."""
    link, now = _link(link_id, token), timezone.now()
    form: dict[str, Any] = {
        "name": request.POST.get("name", ""),
        "scopes": request.POST.getlist("scopes"),
        "days": request.POST.get("days", ""),
    }
    days = int(form["days"]) if form["days"] in LIVES and form["days"] else None
    try:
        made = api_keys.create(
            name=form["name"],
            scopes=form["scopes"],
            now=now,
            owner=link.owner,
            expires_at=now + timedelta(days=days) if days else None,
            key_id=_uuid(request.POST.get("id", "")),
        )
    except SubmissionError as refused:
        words = {
            "name": _("Give it a name of 1 to 60 characters."),
            "scopes": _("Choose at least one."),
        }
        errors = {error["field"]: words.get(error["field"], error["message"]) for error in refused.errors}
        said = "" if errors else refused_words(refused.detail)
        return _page(request, link, token, form=form, errors=errors, said=said, status=refused.status)
    api_key_mail.note_use(link, now=now)
    said = "" if made.text else _("This key has already been created and shown. If you didn’t save it, replace it.")
    return _page(request, link, token, fresh=made.text, said=said)


@kept_nowhere
@from_here
@require_POST
def replace(request: HttpRequest, link_id: UUID, token: str, key_id: UUID) -> HttpResponse:
    """Gives a key a new text. Sent again, the form changes nothing."""
    link = _link(link_id, token)
    key = _key(link, key_id)
    if request.POST.get("shown", "") != key.shown:
        return _page(request, link, token, said=_("This key has already been replaced, and the new one shown."))
    api_key_mail.note_use(link, now=timezone.now())
    try:
        fresh = api_keys.rotate(key, now=timezone.now(), at_once=bool(request.POST.get("at_once")))
    except ApiKey.DoesNotExist as error:
        raise Http404 from error
    return _page(request, link, token, fresh=fresh)


@kept_nowhere
@from_here
@require_POST
def revoke(request: HttpRequest, link_id: UUID, token: str, key_id: UUID) -> HttpResponse:
    """Ends a key; with the last one goes the address."""
    link = _link(link_id, token)
    key = _key(link, key_id)
    api_key_mail.note_use(link, now=timezone.now())
    subscriptions.end_key(key)
    if api_key_mail.opened(link_id, token, now=timezone.now()) is None:
        return render(request, "developers/manage.html", {"gone": True})
    return _page(request, link, token, said=_("The key is revoked."))


def _link(link_id: UUID, token: str) -> ApiKeyLink:
    link = api_key_mail.opened(link_id, token, now=timezone.now())
    if link is None:
        raise LinkExpiredError
    return link


def _key(link: ApiKeyLink, key_id: UUID) -> ApiKey:
    key = link.owner.keys.filter(pk=key_id).first()
    if key is None:
        raise Http404
    return key


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _page(
    request: HttpRequest,
    link: ApiKeyLink,
    token: str,
    *,
    form: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    fresh: str = "",
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    found = list(link.owner.keys.annotate(webhooks=Count("subscriptions")).order_by("-created_at"))
    usage = api_usage.by_day(found, now)
    entries = [{"key": key, "usage": usage[key.pk], "webhooks": key.webhooks} for key in found]
    context = {
        "link": link,
        "token": token,
        "keys": entries,
        "full": len(found) >= api_keys.MOST_OF_ONE_OWNER,
        "new_id": uuid4(),
        "form": form or {"name": "", "scopes": [Scope.READ.value], "days": ""},
        "errors": errors or {},
        "fresh": fresh,
        "said": said,
        "site": settings.SITE_URL,
        "scopes": {
            Scope.READ.value: _("Read public data, with higher limits"),
            Scope.WRITE_REPORTS.value: _("Send reports, with higher limits"),
            Scope.MANAGE_NOTICES.value: _("Create and manage webhooks and other subscriptions"),
        },
        "lives": {
            "": pgettext("how long a key is valid", "until revoked"),
            "30": pgettext("how long a key is valid", "30 days"),
            "90": pgettext("how long a key is valid", "90 days"),
            "365": pgettext("how long a key is valid", "a year"),
        },
    }
    return render(request, "developers/manage.html", context, status=status)
