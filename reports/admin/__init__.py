"""The moderators' side of reports: what is held, notes, blocked networks, catalogues. It speaks English."""

from reports.admin import catalogues, moderation

__all__ = ["catalogues", "moderation"]
