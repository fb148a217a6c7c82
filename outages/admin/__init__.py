"""The moderators' and operators' side of the site. It speaks English. See docs/moderation.md."""

from outages.admin import accounts, announcements, incidents, signals, site

__all__ = ["accounts", "announcements", "incidents", "signals", "site"]
