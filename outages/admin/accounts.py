"""People who sign in, and what they did. Operators manage them; only a superuser makes or changes superusers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from reports.admin.base import LookOnly

admin.site.unregister(User)
admin.site.unregister(Group)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


@admin.register(User)
class AccountAdmin(UserAdmin):
    """The superuser's mark and single permissions are for a superuser to give."""

    list_display = ("username", "is_active", "is_staff", "is_superuser", "last_login", "in_groups")

    @admin.display(description="groups")
    def in_groups(self, row: User) -> str:
        return ", ".join(group.name for group in row.groups.all())

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = () if _is_superuser(request) else ("is_superuser", "user_permissions")
        return (*super().get_readonly_fields(request, obj), *fixed)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if getattr(obj, "is_superuser", False) and not _is_superuser(request):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if getattr(obj, "is_superuser", False) and not _is_superuser(request):
            return False
        return super().has_delete_permission(request, obj)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Groups: `moderator` and `operator` are made by the product."""


@admin.register(LogEntry)
class LogAdmin(LookOnly):
    """Who did what here."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag", "change_message")
    list_filter = ("action_flag", "content_type", "user")
    list_select_related = ("user", "content_type")
    date_hierarchy = "action_time"
