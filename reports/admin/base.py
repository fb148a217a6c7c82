"""What the admin's pages share: rows to look at only, and actions that ask for a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

SHOWN_ROWS = 20
Decide = Callable[[Any, HttpRequest, list[Any], str], str]


class LookOnly(admin.ModelAdmin):
    """Rows that only the product itself writes. Actions on them ask for the permission to change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Whether this person may decide about these rows."""
        options = self.model._meta
        return request.user.has_perm(f"{options.app_label}.change_{options.model_name}")


def asking_why(description: str, *, refused: type[Exception]) -> Callable[[Decide], Any]:
    """Makes an action of `decide(admin, request, rows, reason)`, which says what it did, or raises `refused`.

    It first shows the chosen rows and asks for a reason; what was done is kept in the admin's log.
    """

    def wrapped(decide: Decide) -> Any:
        def action(self: LookOnly, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
            rows = list(queryset)
            error = ""
            reason = request.POST.get("reason")
            if reason is not None:
                try:
                    done = decide(self, request, rows, reason)
                except refused as why:
                    error = str(why)
                else:
                    log(request, rows, f"{done} Reason: {reason}")
                    self.message_user(request, done, messages.SUCCESS)
                    return None
            context = {
                **self.admin_site.each_context(request),
                "title": description.capitalize(),
                "opts": self.model._meta,
                "rows": rows[:SHOWN_ROWS],
                "more": max(0, len(rows) - SHOWN_ROWS),
                "chosen": [row.pk for row in rows],
                "checkbox": ACTION_CHECKBOX_NAME,
                "action": decide.__name__,
                "reason": reason or "",
                "error": error,
                "back": request.get_full_path(),
                "media": self.media,
            }
            return TemplateResponse(request, "admin/moderation/reason.html", context)

        action.__name__ = decide.__name__
        return admin.action(description=description, permissions=["moderate"])(action)

    return wrapped


def log(request: HttpRequest, rows: list[Any], message: str) -> None:
    """Keeps who did what with rows."""
    if rows:
        LogEntry.objects.log_actions(request.user.pk, rows, CHANGE, message)  # type: ignore[arg-type]


def ago(moment: Any) -> str | SafeString:
    """How long ago in a few words."""
    return f"{timesince(moment, depth=1)} ago" if moment else "never"
