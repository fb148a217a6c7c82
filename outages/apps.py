from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from reports.reputation import signed_token


class OutagesConfig(AppConfig):
    """What reports, probes and announcements mean: incidents, and all that people see of them."""

    name = "outages"
    verbose_name = "Outages"

    def ready(self) -> None:
        """Makes our Celery app the current one, so that a task sent from anywhere goes to our broker.

        And tells the intake, which knows nothing of incidents, who can say what became of a report; and has the
        groups of moderators and operators made after migrations.
        """
        import_module("config.celery")
        signed_token.judged_by(import_module("outages.queries.report_outcomes").agreement)
        post_migrate.connect(
            import_module("outages.admin.groups").make, sender=self, dispatch_uid="outages.admin.groups"
        )
