"""What `manage.py doctor` says, for the admin's first page."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.utils import timezone

from outages.management.findings import Finding, all_findings, worst_first

register = template.Library()


@register.simple_tag
def installation_findings(user: AbstractBaseUser | AnonymousUser) -> list[Finding]:
    """Return what needs the operator, the worst first; nothing for moderators, who cannot mend it."""
    if not getattr(user, "is_superuser", False):
        return []
    return [finding for finding in worst_first(list(all_findings(timezone.now()))) if finding.remedy]
