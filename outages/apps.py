from django.apps import AppConfig


class OutagesConfig(AppConfig):
    """What reports, probes and announcements mean: incidents, and all that people see of them."""

    name = "outages"
    verbose_name = "Outages"
