"""The groups of people who sign in: what a moderator may do, and what an operator may beyond that."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

LOOKED_AT: Final = {
    "outages": (
        *("announcement", "announcementrevision", "detectorstate", "dispute"),
        *("incident", "incidentevent", "incidentoverride"),
        *("probehealth", "probehour", "serviceminute", "sourcehealth", "vantage"),
    ),
    "reports": ("service", "heldreport", "notedreport", "reportdecision", "networkblock"),
}
MODERATES: Final = {
    ("outages", "change_incident"),
    ("outages", "change_dispute"),
    ("outages", "add_announcement"),
    ("outages", "change_announcement"),
    ("reports", "change_heldreport"),
    ("reports", "change_notedreport"),
    ("reports", "change_networkblock"),
}
OPERATES: Final = {
    ("auth", "add_user"),
    ("auth", "change_user"),
    ("auth", "view_user"),
    ("auth", "view_group"),
    ("admin", "view_logentry"),
}
MODERATOR: Final = {(app, f"view_{name}") for app, names in LOOKED_AT.items() for name in names} | MODERATES
GROUPS: Final = {"moderator": MODERATOR, "operator": MODERATOR | OPERATES}


def make(**_signal: Any) -> None:
    """Makes both groups and gives them what they lack; after each migration. What was added by hand stays."""
    wanted = set().union(*GROUPS.values())
    named = Q(content_type__app_label__in={app for app, _ in wanted}, codename__in={code for _, code in wanted})
    found = Permission.objects.filter(named).select_related("content_type").order_by("pk")
    known = {(row.content_type.app_label, row.codename): row for row in found}
    for name, rights in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*(known[right] for right in rights if right in known))
