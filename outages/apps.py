from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _make_groups(**signal: Any) -> None:
    """Loads the admin only where it is wanted: it takes tens of megabytes."""
    from outages.admin import groups

    groups.make(**signal)


class OutagesConfig(AppConfig):
    """What reports, probes and announcements mean: incidents, and all that people see of them."""

    name = "outages"
    verbose_name = "Outages"

    def ready(self) -> None:
        """Makes our Celery app the current one, so that a task sent from anywhere goes to our broker.

        And tells the intake, which knows nothing of incidents, who can say what became of a report; and has the
        groups of moderators and operators made after migrations.
        """
        from config import celery  # noqa: F401 -- models can be imported from here on, and not before
        from outages.queries.report_outcomes import agreement
        from reports.reputation import signed_token

        signed_token.judged_by(agreement)
        post_migrate.connect(_make_groups, sender=self, dispatch_uid="outages.admin.groups")
