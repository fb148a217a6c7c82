"""The moderators' and operators' side of the site. It speaks English. See docs/moderation.md."""

from outages.admin import accounts, announcements, disputes, incidents, signals, site

__all__ = ["accounts", "announcements", "disputes", "incidents", "signals", "site"]
